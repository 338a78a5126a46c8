"""Voice conversion: the mel distance on sentences never heard, and one of them as spectra and sound."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.series.pictures import small, spectra
from benchmarks.series.row import Judged, Judging
from seqloom.config.frame_data import PairData
from seqloom.converter import Converter
from seqloom.data.frames.voices import speak, wav_of_frames
from seqloom.search.stepper import Reals


def judge(judging: Judging) -> Judged:
    converter = judging.model
    assert isinstance(converter, Converter)
    source, target = _sentence(converter)
    [answer] = converter.predict(source)
    path = judging.folder / "spectra.png"
    spectra({"source": source, "converted": answer.frames, "target": target}, path)
    small(path)
    for name, frames in (("source", source), ("converted", answer.frames), ("target", target)):
        wav_of_frames(frames, judging.folder / f"{name}.wav")
    return Judged(
        scores=dict(converter.evaluate().record()),
        pictures={
            path.name: "A sentence of the test set: read, converted, and as the other voice says it."
        },
    )


def _sentence(converter: Converter) -> tuple[Reals, Reals]:
    """The first of the test set, spoken by both voices."""
    data = converter.recipe.data
    assert isinstance(data, PairData)
    with TemporaryDirectory() as folder:
        made = speak(data.voices, converter.recipe.seed, Path(folder) / "voices", ("test",))
        with np.load(made["test"]) as arrays:
            first = int(arrays["source_lengths"][0])
            return arrays["source_points"][:first], arrays["target_points"][:first]
