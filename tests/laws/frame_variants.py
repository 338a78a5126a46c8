"""Small converters of every kind, in float64, and pairs for them.

Sizes: B = 3 pairs, S up to 7 source frames, F = 2 source features, C = 2 features of dates, G = 3 target
features, T up to 5.
"""

import torch

from seqloom.config.densities import Bernoulli
from seqloom.config.frames import Attending, FrameTraining, OneToOne
from seqloom.models.build_frames import Sizes, build_frames
from seqloom.models.frames import FrameModel, Given, Target

F, C, G, HORIZON = 2, 2, 3, 5
SOURCES, TARGETS = (7, 3, 5), (5, 2, 4)
_SMALL = {"hidden": 5, "embedding": 4, "dropout": 0.0}
_REGRESSION, _GAUSSIAN, _MIXTURE = (
    {"density": {"kind": "regression"}},
    {"density": {"kind": "gaussian"}},
    {"density": {"kind": "mixture", "mixtures": 2}},
)
_BITS = {"density": {"kind": "bernoulli"}}
_LOCAL = {"kind": "local-p", "window": 2}
_HEADS = {"kind": "multihead", "heads": 1, "hidden": 4}

ATTENDING = {
    name: Attending(**_SMALL, **settings)
    for name, settings in {
        "luong": _GAUSSIAN,
        "luong-feeding": {"input_feeding": True, "cell": "gru", **_MIXTURE},
        "bahdanau": {"decoder": "bahdanau", "attention": {"kind": "additive"}, "layers": 2}
        | _REGRESSION,
        "local": {"attention": _LOCAL, "bidirectional": False, **_GAUSSIAN},
        "multihead": {"attention": _HEADS, "layer_norm": True, **_GAUSSIAN},
        "direct": {"fed": "nothing", **_MIXTURE},
        "direct-bahdanau": {"fed": "nothing", "decoder": "bahdanau", "cell": "elman"} | _REGRESSION,
        "bit": {"ending": "bit", "max_length": 9, **_GAUSSIAN},
        "switches": {"cell": "gru", **_BITS},
        "switches-direct": {"fed": "nothing", **_BITS},
        "switches-bit": {"ending": "bit", "decoder": "bahdanau", "max_length": 9, **_BITS},
    }.items()
}
ONE_TO_ONE = {
    name: OneToOne(hidden=5, dropout=0.0, **settings)
    for name, settings in {
        "one-way": {"bidirectional": False, "layers": 2, **_GAUSSIAN},
        "both-ways": {"layers": 2, "cell": "gru", **_MIXTURE},
        "residual": {"residual": True, **_REGRESSION},
        "residual-mixture": {"residual": True, **_MIXTURE},
        "switches": {"layers": 2, **_BITS},
    }.items()
}
VARIANTS = ATTENDING | {f"one-to-one-{name}": each for name, each in ONE_TO_ONE.items()}


def model_of(settings: Attending | OneToOne) -> FrameModel:
    """Evaluating, in float64, its outputs far from their start."""
    torch.manual_seed(5)
    attends = isinstance(settings, Attending)
    fixed = attends and settings.ending == "horizon"
    source = G if not attends and settings.residual else F
    sizes = Sizes(
        source=source, target=G, dates=C if fixed else 0, horizon=HORIZON if fixed else None
    )
    return (
        build_frames(settings, FrameTraining(init="uniform", init_scale=0.6), sizes).double().eval()
    )


def pairs_of(settings: Attending | OneToOne) -> tuple[Given, Target]:
    """Three pairs; what stands on padding is noise, which must not matter."""
    generator = torch.Generator().manual_seed(7)
    attends = isinstance(settings, Attending)
    fixed = attends and settings.ending == "horizon"
    width = F + C if fixed else G if not attends and settings.residual else F
    targets = TARGETS if attends and not fixed else SOURCES if not attends else (HORIZON,) * 3

    def noise(*shape: int) -> torch.Tensor:
        return torch.randn(*shape, generator=generator, dtype=torch.float64)

    given = Given(
        noise(3, 7, width),
        torch.tensor(SOURCES),
        noise(3, max(targets), C if fixed else 0),
        noise(3, G),
    )
    values = noise(3, max(targets), G)
    if isinstance(settings.density, Bernoulli):
        values = (values > 0).double()
    return given, Target(values, torch.tensor(targets))


def alone(given: Given, target: Target, row: int) -> tuple[Given, Target]:
    """One pair without its neighbours and their padding."""
    read, written = int(given.lengths[row]), int(target.lengths[row])
    one = Given(
        given.source[row : row + 1, :read],
        given.lengths[row : row + 1],
        given.known[row : row + 1, :written],
        given.first[row : row + 1],
    )
    return one, Target(target.values[row : row + 1, :written], target.lengths[row : row + 1])
