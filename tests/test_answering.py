"""A source that a model cannot read is named by its line, whoever asks."""

import pytest

import seqloom
from seqloom.config import Location, Luong
from seqloom.data.example import Example
from seqloom.errors import UserError
from tests.export.runs import saved

FITS, LONG = Example("ab", origin="in.txt:1"), Example("a" * 1000, origin="in.txt:2")


@pytest.fixture(scope="module")
def located(tmp_path_factory):
    """Attention by location: 1000 positions, <eos> counted."""
    folder = tmp_path_factory.mktemp("located") / "run"
    saved(folder, decoder=Luong(hidden=4, embedding=3, attention=Location(max_source=1000)))
    return folder


@pytest.mark.parametrize("times", [1, 2])
def test_predicting_and_scoring_name_the_line(located, times):
    model = seqloom.load([located] * times)
    expected = r"^in.txt:2: location attention knows 1000 .* this source has 1001 tokens"
    with pytest.raises(UserError, match=expected):
        model.predict([FITS, LONG, FITS], beam=2)
    with pytest.raises(UserError, match=expected):
        model.score([(FITS, "x"), (LONG, "x y"), (FITS, "y")])
