"""Settings of search that cannot be together are refused in one line, by a recipe and by search."""

import pytest
from pydantic import ValidationError
from tests.search.toy import Toy, random_table

from seqloom.config import Recipe
from seqloom.config.search import Search
from seqloom.errors import UserError
from seqloom.search import search
from seqloom.symbols import EOS

CONFLICTS = [
    (Search(beam=5, groups=2), r"multiple of search\.groups \(2\), but is 5.*Set search\.beam=6\."),
    (Search(sample=True, groups=2), r"but is 2 for sampling\. Set search\.groups=1"),
    (Search(mbr="chrf"), r"mbr=chrf ranks samples, .* Set search\.sample=true"),
    (Search(sample=True, mbr="edit", nbest=9, mbr_samples=8), r"Set search\.mbr_samples=9"),
    (Search(beam=2, nbest=3), r"Set search\.beam=3 or more"),
]


@pytest.mark.parametrize(("impossible", "message"), CONFLICTS)
def test_search_refuses_it_and_says_the_way_out(impossible, message):
    with pytest.raises(UserError, match=message):
        search(Toy(random_table(3, 7)), [(4, EOS)], impossible)


@pytest.mark.parametrize(("impossible", "message"), CONFLICTS)
def test_a_recipe_refuses_it_in_the_same_words(impossible, message):
    with pytest.raises(ValidationError, match=message):
        Recipe(search=impossible)


def test_the_defaults_have_no_conflict():
    assert Search().conflict() == ""
