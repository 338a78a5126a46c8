"""What the beam inside the kernel gives up early must be what could not have been won.

Longer outputs overtake shorter ones where the model is sure of what follows, <eos> is unlikely at
first and the length penalty is high: there a search that stops too soon finds another list.
"""

from copy import deepcopy
from functools import cache

import numpy as np
import pytest
from tests.kernel.networks import RECIPES, SOURCES, kernel_of
from tests.kernel.test_parity import _same

from seqloom.config import Search
from seqloom.kernel import KernelStepper
from seqloom.models.build import build
from seqloom.search.beam import beam_search
from seqloom.symbols import EOS, PAD, SOS

NAMES = (
    "lstm-luong-general-True-both ways",
    "gru-bahdanau-additive-both ways",
    "elman-cho-one way",
)
VOCABULARY = 1031
"""More stretches of the readout's row than a beam has candidates, so that most are passed over."""


@cache
def _kernel(name: str, sharpness: int, ending: int) -> KernelStepper:
    """A model that is as sure as `sharpness` says, with so much added to the logit of <eos>, and
    that would write what no output may have before anything else."""
    recipe = RECIPES[name]
    model = deepcopy(build(recipe, 43, VOCABULARY)).eval()
    random = np.random.default_rng(10 * sharpness + ending)
    for parameter in model.parameters():
        drawn = random.uniform(-0.5, 0.5, parameter.shape).astype(np.float32)
        parameter.data.copy_(parameter.data.new_tensor(drawn))
    readout = dict(model.named_parameters())
    bias = next(readout[n] for n in sorted(readout) if n.endswith("output.bias"))
    weight = next(readout[n] for n in sorted(readout) if n.endswith("output.weight"))
    weight.data *= sharpness
    bias.data[EOS] += ending
    bias.data[[PAD, SOS]] += 9.0
    return kernel_of(recipe, model)


SURE = [(1, 3), (1, 6), (3, 6), (6, 6), (6, 9)]
"""Of such models some outputs end at once and others late."""

LISTS = {
    "the best of many": Search(beam=5, nbest=1, length_penalty=2.0, max_length=24),
    "fewer than the beam": Search(beam=6, nbest=2, length_penalty=1.0, max_length=24),
    "the whole beam": Search(beam=4, nbest=4, length_penalty=1.5, max_length=24),
    "none of the first lengths": Search(
        beam=5, nbest=2, length_penalty=1.2, min_length=4, max_length=24
    ),
    "no penalty": Search(beam=5, nbest=2, length_penalty=0.0, max_length=24),
    "shorter is better": Search(beam=5, nbest=3, length_penalty=0.3, max_length=12),
}


@pytest.mark.parametrize("settings", LISTS.values(), ids=LISTS.keys())
@pytest.mark.parametrize(("sharpness", "ending"), SURE)
@pytest.mark.parametrize("name", NAMES)
def test_the_list_is_that_of_the_search_in_python(name, sharpness, ending, settings):
    kernel = _kernel(name, sharpness, ending)
    inside = kernel.beam(SOURCES, settings)
    assert inside is not None
    _same(inside, beam_search(kernel, SOURCES, settings))


def test_longer_outputs_do_overtake_shorter_ones_that_ended_before():
    # Without such a case the law above would say nothing of what is given up too soon.
    assert any(_overtaken(_kernel(name, *sure)) for name in NAMES for sure in SURE)


def _overtaken(kernel: KernelStepper) -> bool:
    settings = LISTS["the best of many"]
    found = beam_search(kernel, SOURCES, settings)
    early = beam_search(kernel, SOURCES, settings.model_copy(update={"max_length": 3}))
    return any(
        soon.finished and late.finished and len(late.tokens) > 3 and late.score > soon.score
        for [late], [soon] in zip(found, early, strict=True)
    )


@pytest.mark.parametrize("instructions", ["plain", "avx2", "avx512"])
@pytest.mark.parametrize("highest", [[PAD], [SOS], [PAD, SOS]])
def test_candidates_are_as_many_as_asked_though_the_likeliest_may_not_be_written(
    instructions, highest
):
    recipe = RECIPES["lstm-sutskever-both ways"]
    weights = {n: w.detach().numpy() for n, w in build(recipe, 9, VOCABULARY).named_parameters()}
    weights |= {name: np.zeros_like(w) for name, w in weights.items() if name.startswith("readout")}
    bias = np.random.default_rng(4).normal(size=VOCABULARY).astype(np.float32)
    bias[highest] = 20.0
    weights["readout.output.bias"] = bias
    try:
        stepper = KernelStepper(recipe, weights, instructions=instructions)
    except ValueError:
        pytest.skip(f"this processor has no {instructions}")
    order = [i for i in np.argsort(-bias, kind="stable").tolist() if i not in (PAD, SOS)]
    for k in (1, 2, 6, 12):
        found, _ = stepper.step(stepper.start([[4, 3]]), np.array([[SOS]]), k)
        assert found.tokens[0, 0].tolist() == order[:k]
