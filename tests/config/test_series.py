"""Sources that are frames or strokes: what they do not go with, in one line each."""

import pytest

from seqloom.config import Recipe, override
from seqloom.errors import UserError

FRAMES = ["source.kind=frames"]
REFUSED = {
    "encoder.kind=transformer": "is read by a recurrent encoder",
    "shared_vocabulary=true": "has no vocabulary to share",
    "decoder.copying=true": "has no units to copy",
    "search.replace_unknown=copy": "has no words to replace unknown ones with",
    "data.features=[3]": "has no features beside it",
    "training.guided_alignment=0.1": "has no words to align",
    "data.embedded=dates": "reads numbers, but data.embedded=dates is text",
    "data.embedded=hershey": "data.embedded=hershey has strokes. Set source.kind=strokes",
}


@pytest.mark.parametrize("change", REFUSED)
def test_what_frames_do_not_go_with_is_one_line(change):
    with pytest.raises(UserError) as error:
        override(Recipe(), [*FRAMES, change])
    message = str(error.value)
    assert "source.kind=frames" in message
    assert REFUSED[change] in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (["encoder.pyramid=[2]"], "encoder.pyramid joins the steps of frames and strokes"),
        ([*FRAMES, "encoder.pyramid=[2]"], "has 1 numbers for 1 layers. Set encoder.layers=2"),
        (
            [*FRAMES, "encoder.pyramid=[2]", "encoder.layers=3", "encoder.residual=2"],
            "encoder.residual=2 adds a layer's input to its output",
        ),
        (["data.embedded=speech"], "data.embedded=speech has numbers as sources"),
        (["source.kind=strokes", "data.embedded=speech"], "reads strokes"),
        ([*FRAMES, "source.rate=0"], "source.rate must be above 0"),
        (["source.kind=frame"], "Unknown value 'frame' for source.kind. Did you mean 'frames'?"),
    ],
)
def test_what_a_pyramid_and_made_data_ask_for_is_said(changes, sentence):
    with pytest.raises(UserError) as error:
        override(Recipe(), changes)
    assert sentence in str(error.value)


def test_a_pyramid_widens_what_the_layers_above_read():
    recipe = override(
        Recipe(),
        [
            *FRAMES,
            "encoder.layers=4",
            "encoder.pyramid=[2,3]",
            "encoder.hidden=5",
            "encoder.embedding=7",
        ],
    )
    assert recipe.encoder.inputs == [7, 20, 30, 10]
    assert recipe.encoder.joined == 6
