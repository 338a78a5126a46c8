"""A search in the terminal, of a beam small enough to draw by hand."""

from rich.console import Console
from tests.predict.test_predictor import Pair
from tests.search.toy import Toy, constant_table

from seqloom.config.search import Search
from seqloom.data.example import Example
from seqloom.explain.tree import alternatives_table, print_trace, search_tree
from seqloom.predict.trace import Trace, trace
from seqloom.symbols import EOS

BEAM = Search(beam=2, nbest=2, max_length=2)


def traced(source: str = "ab", **options) -> Trace:
    toy = Toy(constant_table({4: 0.5, EOS: 0.3, 5: 0.2}, 7))
    return trace(Pair(), toy, BEAM, Example(source), **options)


def printed(*things: object) -> list[str]:
    console = Console(width=80, highlight=False, markup=False)
    with console.capture() as captured:
        console.print(*things)
    return [line.rstrip() for line in captured.get().splitlines()]


def test_a_line_holds_what_does_not_branch_and_says_where_an_output_stops() -> None:
    # <eos> .3 ends, a .5 and b .2 go on; then a<eos> .15 ends, aa .25 and ab .1 go on; at the limit
    # aa<eos> .075 ends too late to be among the two best.
    assert printed(search_tree(traced())) == [
        "ab",
        "├── <eos>  -1.204  (1)",
        "├── a  -0.693",
        "│   ├── <eos>  -1.897  (2)",
        "│   ├── a <eos>  -2.590",
        "│   └── b  -2.303",
        "└── b  -1.609",
    ]


def test_a_step_shows_its_token_and_the_likeliest_with_their_probabilities() -> None:
    lines = printed(alternatives_table(traced(alternatives=2), 1))
    assert [line.split() for line in lines if line.strip()[:1].isdigit()] == [
        ["1", "a", "0.500", "a", "0.500", "<eos>", "0.300"],
        ["2", "<eos>", "0.300", "a", "0.500", "<eos>", "0.300"],
    ]


def test_what_was_left_out_is_counted() -> None:
    whole, small = traced(), traced(max_nodes=3)
    left_out = len(whole.tree.nodes) - 3
    assert printed(search_tree(small))[-1] == f"└── … and {left_out} nodes that were left out"


def test_a_source_that_reads_like_markup_is_shown_as_it_is() -> None:
    assert printed(search_tree(traced("[bold]ab")))[0] == "[bold]ab"


def test_an_empty_source_has_nothing_to_show() -> None:
    console = Console(width=80)
    with console.capture() as captured:
        print_trace(console, traced(""))
    assert captured.get().strip() == "∅"
