import re
from html.parser import HTMLParser

from seqloom.explain import html_page
from seqloom.predict.result import Output, Result

EVIL = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&"


class Tags(HTMLParser):
    """Collects the tags with their attributes, as a browser would find them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


def test_text_from_outside_never_becomes_markup(make_result) -> None:
    result = make_result([EVIL, "b"], [EVIL], [EVIL])
    result = Result(EVIL, result.source_tokens, result.outputs, unknown=(EVIL,))
    tags = Tags(html_page([result], EVIL, source_language=EVIL))
    assert len(tags.named("script")) == 1
    assert not tags.named("img")
    assert not any(name.startswith("on") for _, attributes in tags.found for name in attributes)


def test_the_page_fetches_nothing(make_result) -> None:
    page = html_page([make_result(["한"], ["b"])], "t")
    assert (
        re.findall(r"""(?:src|href|action)\s*=|url\((?!data:)|@import|fetch\(|import\(""", page)
        == []
    )
    assert set(re.findall(r"https?://[^\s\"'<>]*", page)) == {"http://www.w3.org/2000/svg"}


def test_every_output_of_an_n_best_list_can_be_chosen(make_result) -> None:
    tags = Tags(html_page([make_result(["a"], ["b"], ["c"], ["d"])], "t"))
    radios = [attributes["value"] for attributes in tags.named("input")]
    panels = [a["id"] for a in tags.named("div") if a.get("class") == "output"]
    assert radios == panels == ["output-1-0", "output-1-1", "output-1-2"]


def test_a_token_carries_the_weights_of_the_other_side(make_result) -> None:
    tags = Tags(html_page([make_result(["a", "b"], ["c"])], "t"))
    tokens = [a for a in tags.named("span") if a.get("class") == "token"]
    assert [a["data-weights"] for a in tokens if "data-t" in a] == [
        "0.7 0.15 0.15",
        "0.15 0.15 0.7",
    ]
    assert [a["data-weights"] for a in tokens if "data-s" in a] == [
        "0.7 0.15",
        "0.15 0.15",
        "0.15 0.7",
    ]


def test_each_row_of_tokens_is_one_stop_for_the_tab_key(make_result) -> None:
    tags = Tags(html_page([make_result(["a", "b"], ["c"])], "t"))
    stops = [a["tabindex"] for a in tags.named("span") if a.get("class") == "token"]
    assert stops == ["0", "-1", "-1", "0", "-1"]


def test_the_weights_stand_in_a_table_with_a_name(make_result) -> None:
    tags = Tags(html_page([make_result(["a"], ["b"])], "t"))
    [table] = tags.named("table")
    assert "Attention weights" in (table["aria-label"] or "")
    assert len(tags.named("td")) == 1 + 2 * 2


def test_right_to_left_tokens_run_right_to_left(make_result) -> None:
    tags = Tags(html_page([make_result(["مرحبا"], ["hello"])], "t", source_language="ar"))
    rows = [a for a in tags.named("div") if a.get("class") == "tokens"]
    assert [(a["dir"], a.get("lang")) for a in rows] == [("rtl", "ar"), ("ltr", None)]


def test_a_model_without_attention_still_has_a_page() -> None:
    bare = Output("b", ("b", "<eos>"), (-0.1, -0.1), -0.2, attention=None, finished=True)
    page = html_page([Result("a", ("a", "<eos>"), (bare,))], "t")
    assert "no attention to show" in page
