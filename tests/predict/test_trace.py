"""How an answer came about, with toy models over letters."""

import json
from collections.abc import Sequence

import numpy as np
import pytest
from tests.predict.test_predictor import Letters, Pair, examples
from tests.search.toy import Toy, constant_table, every_output, log_prob, random_table

from seqloom.config.search import Search
from seqloom.data.example import Example
from seqloom.errors import UserError
from seqloom.predict import Predictor, Result, Trace
from seqloom.predict.trace import trace
from seqloom.predict.tree import Tree
from seqloom.search import EnsembleStepper
from seqloom.search.hypothesis import Hypothesis
from seqloom.symbols import EOS, UNK

TABLE = random_table(11, 7, concentration=0.5)
WAYS = {
    "greedy": Search(max_length=5),
    "beam": Search(beam=4, nbest=3, max_length=5),
    "length penalty": Search(beam=4, nbest=4, max_length=6, length_penalty=1.0),
    "cut off": Search(beam=3, nbest=3, max_length=2, min_length=2),
    "no repeats": Search(beam=3, nbest=3, max_length=6, no_repeat_ngram=1),
    "groups": Search(beam=6, nbest=6, groups=3, max_length=5),
    "alike groups": Search(beam=4, nbest=4, groups=2, diversity=0.0, max_length=4),
    "samples": Search(sample=True, nbest=6, max_length=4),
    "minimum risk": Search(sample=True, mbr="edit", mbr_samples=8, nbest=2, max_length=4),
}
every_way = pytest.mark.parametrize("settings", WAYS.values(), ids=WAYS.keys())
every_source = pytest.mark.parametrize("source", ["ab", "c", "abcabc"])


class Greedy(Toy):
    """Goes through greedy search by itself, and says that it found only 'b'."""

    def greedy(
        self, sources: Sequence[Sequence[int]], settings: Search
    ) -> list[list[Hypothesis]] | None:
        return [[Hypothesis((5,), (-1.0, -2.0), -3.0, None, True, "beam")] for _ in sources]


def traced(settings: Search, source: str = "ab", toy: Toy | None = None, **options) -> Trace:
    return trace(Pair(), toy or Toy(TABLE), settings, Example(source), **options)


def predicted(settings: Search, source: str = "ab", **options) -> Result:
    predictor = Predictor(Pair(), Toy(TABLE), settings)
    return next(predictor.predict([Example(source)], **options))


def ids(tokens: Sequence[str]) -> tuple[int, ...]:
    shown = Letters().tokens(range(7))
    return tuple(shown.index(token) for token in tokens)


def spelled(tree: Tree, number: int) -> tuple[str, ...]:
    return tuple(tree.nodes[n].token for n in tree.path(number))


def assert_same(one: Result, other: Result) -> None:
    assert len(one.outputs) == len(other.outputs)
    for a, b in zip(one.outputs, other.outputs, strict=True):
        assert (a.text, a.tokens, a.token_log_probs) == (b.text, b.tokens, b.token_log_probs)
        assert (a.score, a.finished, a.origin) == (b.score, b.finished, b.origin)
        assert np.array_equal(a.attention, b.attention)


@every_way
@every_source
def test_the_result_is_the_predictors(settings: Search, source: str) -> None:
    assert_same(traced(settings, source).result, predicted(settings, source))


@every_way
@every_source
def test_a_path_that_was_kept_leads_to_every_output(settings: Search, source: str) -> None:
    found = traced(settings, source)
    for number, output in enumerate(found.result.outputs):
        [end] = [n for n, node in enumerate(found.tree.nodes) if node.output == number]
        assert spelled(found.tree, end) == output.tokens
        assert all(found.tree.nodes[n].kept for n in found.tree.path(end))
        assert found.tree.nodes[end].score == pytest.approx(output.log_prob)


@every_way
def test_a_node_adds_the_log_probability_of_its_token_to_its_parents(settings: Search) -> None:
    toy, tree = Toy(TABLE), traced(settings).tree
    for number, node in enumerate(tree.nodes):
        *before, token = ids(spelled(tree, number))
        own = float(toy.log_probs(Pair.source.encode("ab"), before)[token])
        above = 0.0 if node.parent is None else tree.nodes[node.parent].score
        assert node.log_prob == pytest.approx(own)
        assert node.score == pytest.approx(above + own)


@every_way
def test_a_node_stands_after_its_parent_which_was_kept_and_has_not_ended(settings: Search) -> None:
    tree = traced(settings).tree
    for number, node in enumerate(tree.nodes):
        if node.parent is not None:
            parent = tree.nodes[node.parent]
            assert node.parent < number
            assert parent.kept
            assert not parent.finished


@every_way
def test_a_node_is_finished_where_its_token_ends_the_output(settings: Search) -> None:
    for node in traced(settings).tree.nodes:
        assert node.finished == (node.token == "<eos>")


def test_a_wide_beam_keeps_every_output_there_is() -> None:
    toy = Toy(random_table(3, 6))
    source = Pair.source.encode("ab")
    every = every_output(toy, source, 2)
    tree = traced(Search(beam=30, nbest=30, max_length=2), toy=toy).tree
    kept = {ids(spelled(tree, n)) for n, node in enumerate(tree.nodes) if node.finished}
    assert kept == set(every)
    for number, node in enumerate(tree.nodes):
        assert node.score == pytest.approx(log_prob(toy, source, ids(spelled(tree, number))))


def test_the_tree_of_a_beam_of_two_by_hand() -> None:
    toy = Toy(constant_table({4: 0.4, 5: 0.3, 6: 0.2, EOS: 0.1}, 7))
    tree = traced(Search(beam=2, max_length=1), toy=toy).tree
    shown = [(n.parent, n.token, round(float(np.exp(n.score)), 3), n.kept) for n in tree.nodes]
    assert shown == [
        (None, "a", 0.4, True),
        (None, "b", 0.3, True),
        (None, "c", 0.2, False),
        # At the limit only what ends still counts; of 'a' and 'b' three continuations each are seen,
        # and none of these ends.
        (0, "a", 0.16, False),
        (0, "b", 0.12, False),
        (1, "a", 0.12, False),
        (1, "b", 0.09, False),
    ]
    assert [n.output for n in tree.nodes] == [0, None, None, None, None, None, None]


def test_at_each_step_no_more_is_given_up_than_twice_the_beam() -> None:
    tree = traced(Search(beam=3, max_length=5)).tree
    steps = [len(tree.path(n)) for n, node in enumerate(tree.nodes) if not node.kept]
    assert steps
    assert max(map(steps.count, steps)) <= 6


@pytest.mark.parametrize("settings", [WAYS["greedy"], WAYS["samples"]])
def test_without_a_beam_every_output_is_a_chain(settings: Search) -> None:
    found = traced(settings)
    parents = [node.parent for node in found.tree.nodes if node.kept and node.parent is not None]
    assert len(set(parents)) == len(parents)
    roots = [node for node in found.tree.nodes if node.kept and node.parent is None]
    assert len(roots) == len(found.result.outputs)


def test_a_stepper_that_goes_through_greedy_search_by_itself_has_its_chain() -> None:
    tree = traced(Search(), toy=Greedy(TABLE)).tree
    assert [(node.token, node.parent, node.score) for node in tree.nodes] == [
        ("b", None, -1.0),
        ("<eos>", 0, -3.0),
    ]
    assert [node.output for node in tree.nodes] == [None, 0]


def test_a_tree_too_large_keeps_the_paths_of_the_outputs_and_then_what_was_kept() -> None:
    settings = Search(beam=5, nbest=2, max_length=6)
    whole = traced(settings).tree
    kept = [spelled(whole, n) for n, node in enumerate(whole.nodes) if node.kept]
    small = traced(settings, max_nodes=len(kept) + 3).tree
    assert [spelled(small, n) for n, node in enumerate(small.nodes) if node.kept] == kept
    assert len(small.nodes) == len(kept) + 3 == len(whole.nodes) - small.left_out
    smaller = traced(settings, max_nodes=len(kept) - 3).tree
    assert all(node.kept for node in smaller.nodes)
    least = traced(settings, max_nodes=1)
    ends = {node.output for node in least.tree.nodes}
    assert {0, 1} <= ends
    assert len(least.tree.nodes) <= sum(len(output.tokens) for output in least.result.outputs)


@every_way
@every_source
def test_alternatives_have_the_probability_that_the_model_gives_them(
    settings: Search, source: str
) -> None:
    toy, found = Toy(TABLE), traced(settings, source)
    read = Pair.source.encode(source)
    for output, steps in zip(found.result.outputs, found.alternatives, strict=True):
        assert len(steps) == len(output.tokens)
        for t, step in enumerate(steps):
            every = toy.log_probs(read, ids(output.tokens[:t]))
            for each in step:
                assert each.log_prob == pytest.approx(float(every[ids([each.token])[0]]))


@every_way
def test_the_token_that_was_taken_is_among_the_alternatives_once(settings: Search) -> None:
    found = traced(settings, alternatives=1)
    for output, steps in zip(found.result.outputs, found.alternatives, strict=True):
        for t, step in enumerate(steps):
            [taken] = [each for each in step if each.taken]
            assert taken.token == output.tokens[t]
            assert taken.log_prob == pytest.approx(output.token_log_probs[t])


def test_alternatives_are_the_likeliest_first() -> None:
    toy, found = Toy(TABLE), traced(WAYS["beam"], alternatives=3)
    every = np.sort(toy.log_probs(Pair.source.encode("ab"), ()))[::-1]
    for steps in found.alternatives:
        assert [each.log_prob for each in steps[0]][:3] == pytest.approx(every[:3].tolist())


def test_the_text_of_an_alternative_is_the_prefix_to_go_on_from() -> None:
    known = TABLE.copy()
    known[..., UNK] = 0.0
    toy = Toy(known / known.sum(axis=-1, keepdims=True))
    found = traced(WAYS["beam"], toy=toy)
    for output, steps in zip(found.result.outputs, found.alternatives, strict=True):
        for t, step in enumerate(steps):
            for each in step:
                assert each.text == "".join(output.tokens[:t]) + each.token.removesuffix("<eos>")
                again = traced(WAYS["beam"], toy=toy, prefix=each.text).result
                assert all(o.text.startswith(each.text) for o in again.outputs)


def test_without_alternatives_there_is_only_what_was_taken() -> None:
    for steps in traced(WAYS["beam"], alternatives=0).alternatives:
        assert all(len(step) == 1 for step in steps)


def test_fewer_than_no_alternatives_are_refused() -> None:
    with pytest.raises(UserError, match="alternatives must be at least 0, but is -1"):
        traced(Search(), alternatives=-1)


@pytest.mark.parametrize("source", ["", "  "])
def test_an_empty_source_has_an_empty_trace(source: str) -> None:
    found = traced(WAYS["beam"], source)
    assert [output.text for output in found.result.outputs] == [""]
    assert found.alternatives == ((),)
    assert found.tree == Tree()


def test_an_output_of_no_token_has_no_node_and_no_step() -> None:
    table = np.zeros((1, 7, 7, 7))
    table[..., EOS] = 1.0
    found = traced(Search(max_length=3), toy=Toy(table))
    assert found.result.outputs[0].tokens == ("<eos>",)
    assert [node.output for node in found.tree.nodes] == [0]


def test_a_prefix_is_the_one_way_the_tree_begins() -> None:
    found = traced(WAYS["beam"], prefix="ca")
    ways = {spelled(found.tree, n)[:2] for n in range(len(found.tree.nodes))}
    assert ways == {("c",), ("c", "a")}
    assert all(output.text.startswith("ca") for output in found.result.outputs)
    # The model's own opinion of each step is told inside the prefix too.
    assert len(found.alternatives[0][0]) > 1


def test_a_prefix_of_tokens_is_that_of_the_text_they_spell() -> None:
    settings = WAYS["beam"]
    assert_same(
        traced(settings, prefix_tokens=["c", "a"]).result, traced(settings, prefix="ca").result
    )
    assert_same(predicted(settings, prefix_tokens=["c", "a"]), predicted(settings, prefix="ca"))


def test_a_prefix_that_ends_with_eos_is_the_whole_output() -> None:
    [output] = traced(Search(), prefix_tokens=["c", "a", "<eos>"]).result.outputs
    assert output.tokens == ("c", "a", "<eos>")
    own = log_prob(Toy(TABLE), Pair.source.encode("ab"), (6, 4, EOS))
    assert output.log_prob == pytest.approx(own)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"prefix_tokens": ["x"]}, "prefix_tokens must be tokens that the model writes, but 'x'"),
        ({"prefix_tokens": ["<pad>"]}, "must be tokens that the model writes, but '<pad>'"),
        ({"prefix_tokens": ["<eos>", "a"]}, "must have nothing after '<eos>'"),
        ({"prefix_tokens": ["a"], "prefix": "a"}, "A prefix is given as a text or as tokens"),
        ({"prefix": "ax"}, "must be of tokens that the model writes, but 'x' of 'ax' is none"),
    ],
)
def test_a_prefix_that_cannot_be_is_refused(options: dict, message: str) -> None:
    with pytest.raises(UserError, match=message):
        traced(Search(), **options)


def test_no_tokens_are_no_prefix() -> None:
    assert_same(predicted(WAYS["beam"], prefix_tokens=[]), predicted(WAYS["beam"]))


def test_constraints_are_in_the_outputs_and_the_tree_leads_there() -> None:
    found = traced(Search(beam=6, nbest=2, max_length=6), constraints=["cb"])
    for number, output in enumerate(found.result.outputs):
        assert "cb" in output.text
        [end] = [n for n, node in enumerate(found.tree.nodes) if node.output == number]
        assert spelled(found.tree, end) == output.tokens


def test_several_models_as_one_are_traced_as_one() -> None:
    toys = [Toy(TABLE), Toy(random_table(12, 7))]
    stepper = EnsembleStepper(toys)
    settings = WAYS["beam"]
    found = trace(Pair(), stepper, settings, Example("ab"))
    [same] = Predictor(Pair(), stepper, settings).predict(examples(["ab"]))
    assert_same(found.result, same)
    every = [toy.log_probs(Pair.source.encode("ab"), ()) for toy in toys]
    for each in found.alternatives[0][0]:
        mean = np.mean([np.exp(one[ids([each.token])[0]]) for one in every])
        assert each.log_prob == pytest.approx(np.log(mean), rel=1e-5)


@every_way
def test_a_trace_is_json(settings: Search) -> None:
    found = traced(settings)
    written = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert set(written) == {"result", "alternatives", "tree"}
    assert [len(steps) for steps in written["alternatives"]] == [
        len(output["tokens"]) for output in written["result"]["outputs"]
    ]
    assert set(written["alternatives"][0][0][0]) == {"token", "text", "log_prob", "taken"}
    assert set(written["tree"]["nodes"][0]) == {
        *("parent", "token", "log_prob", "score", "kept", "finished", "output")
    }


def test_a_result_is_json_without_attention_too() -> None:
    result = traced(Search(), toy=Toy(TABLE, attends=False)).result
    [output] = json.loads(json.dumps(result.to_dict()))["outputs"]
    assert output["attention"] is None
    assert output["tokens"] == list(result.outputs[0].tokens)
