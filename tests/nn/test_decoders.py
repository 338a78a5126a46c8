"""One step of each decoder by hand: every size is one, so that a reader can redo the sums."""

from math import exp, tanh

import pytest
import torch
from torch import Tensor, nn

from seqloom.nn.attention.content import Content
from seqloom.nn.attention.scores import Additive, Dot
from seqloom.nn.cells.elman import Elman
from seqloom.nn.decoders.bahdanau import Bahdanau
from seqloom.nn.decoders.bridge import Bridge, Carry
from seqloom.nn.decoders.decoder import Decoder
from seqloom.nn.decoders.gnmt import GNMT
from seqloom.nn.decoders.layers import Layers
from seqloom.nn.decoders.luong import Luong
from seqloom.nn.decoders.plain import Cho, Sutskever
from seqloom.nn.dropout import Dropout
from seqloom.nn.encoders.encoder import Encoded

H1, H2 = 0.5, -1.0
"""The two states of the source; the second is its last."""
START = tanh(0.8 * H2 + 0.1)
"""What the bridge makes of it, with V = 0.8 and a bias of 0.1."""
Y = 0.3
"""The embedding of the token fed."""


def tensor(values: object) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


def set_to(parameter: Tensor, value: float) -> None:
    with torch.no_grad():
        parameter.fill_(value)


def layers() -> Layers:
    """s = tanh(0.6 y + 0.7 s_before + 0.2 + ...)"""
    cell = Elman(1, 1)
    set_to(cell.W, 0.6)
    set_to(cell.R, 0.7)
    set_to(cell.b, 0.2)
    return Layers([cell], Dropout(0.0, False))


def bridge() -> Bridge:
    made = Bridge(source=[1], hidden=1, parts=1, layers=1)
    set_to(made.get_parameter("V.0.weight"), 0.8)
    set_to(made.get_parameter("V.0.bias"), 0.1)
    return made


def encoded() -> Encoded:
    return Encoded(tensor([[[H1], [H2]]]), [(tensor([[H2]]),)], torch.ones(1, 2).bool())


def run_two_steps(decoder: Decoder) -> list[tuple[list[float], list[float] | None]]:
    """Features and attention of two steps that are fed the same token."""
    decoder = decoder.double().eval()
    memory = decoder.remember(encoded(), torch.tensor([[True, True]]))
    state, found = decoder.start(encoded(), memory), []
    for _ in range(2):
        features, weights, state = decoder.step(tensor([[Y]]), memory, state)
        found.append((features[0].tolist(), None if weights is None else weights[0].tolist()))
    return found


def weights_of(first: float, second: float) -> list[float]:
    """softmax of two energies."""
    return [exp(first) / (exp(first) + exp(second)), exp(second) / (exp(first) + exp(second))]


def test_sutskever_by_hand():
    s1 = tanh(0.6 * Y + 0.7 * START + 0.2)
    s2 = tanh(0.6 * Y + 0.7 * s1 + 0.2)
    [(first, _), (second, _)] = run_two_steps(Sutskever(layers(), bridge()))
    assert (first, second) == (pytest.approx([s1]), pytest.approx([s2]))


def test_cho_by_hand():
    # The context, H2, enters the cell by C = 0.9 and the readout as it is.
    decoder = Cho(layers(), bridge(), embedding=1, context=1)
    set_to(decoder.C.weight, 0.9)
    s1 = tanh(0.6 * Y + 0.7 * START + 0.2 + 0.9 * H2)
    s2 = tanh(0.6 * Y + 0.7 * s1 + 0.2 + 0.9 * H2)
    [(first, _), (second, _)] = run_two_steps(decoder)
    assert first == pytest.approx([s1, Y, H2])
    assert second == pytest.approx([s2, Y, H2])


def test_bahdanau_by_hand():
    # Asks with the state before, e = 2 tanh(1.5 s + 0.4 h); the context enters the cell by C = 0.9.
    score = Additive(query=1, source=1, hidden=1)
    set_to(score.W.weight, 1.5)
    set_to(score.U.weight, 0.4)
    set_to(score.v.weight, 2.0)
    decoder = Bahdanau(layers(), bridge(), Content(score), embedding=1, source=1)
    set_to(decoder.C.weight, 0.9)

    def step(s: float) -> tuple[float, float, list[float]]:
        a = weights_of(2 * tanh(1.5 * s + 0.4 * H1), 2 * tanh(1.5 * s + 0.4 * H2))
        c = a[0] * H1 + a[1] * H2
        return tanh(0.6 * Y + 0.7 * s + 0.2 + 0.9 * c), c, a

    s1, c1, a1 = step(START)
    s2, c2, a2 = step(s1)
    [(first, attention1), (second, attention2)] = run_two_steps(decoder)
    assert first == pytest.approx([s1, Y, c1])
    assert second == pytest.approx([s2, Y, c2])
    assert (attention1, attention2) == (pytest.approx(a1), pytest.approx(a2))


def test_attention_is_asked_for_by_the_last_layer():
    two = Layers([Elman(1, 1), Elman(1, 1)], Dropout(0.0, False))
    for parameter in two.parameters():
        set_to(parameter, 0.5)
    decoder = Bahdanau(two, bridge(), Content(Dot()), embedding=1, source=1).double()
    memory = decoder.remember(encoded(), torch.tensor([[True, True]]))
    low, high = 0.9, -0.2
    _, weights, _ = decoder.step(tensor([[Y]]), memory, (tensor([[low]]), tensor([[high]])))
    assert weights[0].tolist() == pytest.approx(weights_of(high * H1, high * H2))


def luong(feed: nn.Linear | None) -> Luong:
    """Asks with the new state, e = s h; the attentional state is tanh(1.1 c + 1.3 s)."""
    decoder = Luong(layers(), bridge(), Content(Dot()), source=1, feed=feed)
    with torch.no_grad():
        decoder.W_c.weight.copy_(tensor([[1.1, 1.3]]))
    return decoder


def attentional(s: float) -> tuple[float, list[float]]:
    a = weights_of(s * H1, s * H2)
    return tanh(1.1 * (a[0] * H1 + a[1] * H2) + 1.3 * s), a


def test_luong_by_hand():
    s1 = tanh(0.6 * Y + 0.7 * START + 0.2)
    s2 = tanh(0.6 * Y + 0.7 * s1 + 0.2)
    [(first, attention1), (second, attention2)] = run_two_steps(luong(feed=None))
    for s, features, attention in [(s1, first, attention1), (s2, second, attention2)]:
        expected, a = attentional(s)
        assert features == pytest.approx([expected])
        assert attention == pytest.approx(a)


def test_luong_with_input_feeding_by_hand():
    # The attentional state before enters the cell by 0.9; at the first step it is zero.
    feed = nn.Linear(1, 1, bias=False)
    set_to(feed.weight, 0.9)
    s1 = tanh(0.6 * Y + 0.7 * START + 0.2)
    fed, _ = attentional(s1)
    s2 = tanh(0.6 * Y + 0.7 * s1 + 0.2 + 0.9 * fed)
    [(first, _), (second, attention)] = run_two_steps(luong(feed))
    expected, a = attentional(s2)
    assert first == pytest.approx([fed])
    assert second == pytest.approx([expected])
    assert attention == pytest.approx(a)


def gnmt(residual: int | None) -> GNMT:
    """The bottom layer's state before asks, e = s h; the context enters its gates by 0.9 and those of
    the layer above by 1.2. Above, s = tanh(0.5 below + 0.4 s_before - 0.3 + ...)."""
    above = Elman(1, 1)
    set_to(above.W, 0.5)
    set_to(above.R, 0.4)
    set_to(above.b, -0.3)
    two = Layers([layers().first, above], Dropout(0.0, False), residual)
    start = Bridge([1], hidden=1, parts=1, layers=2)
    for layer, weight in enumerate([0.8, -0.6]):
        set_to(start.get_parameter(f"V.{layer}.weight"), weight)
        set_to(start.get_parameter(f"V.{layer}.bias"), 0.1)
    decoder = GNMT(two, start, Content(Dot()), source=1)
    set_to(decoder.get_parameter("C.0.weight"), 0.9)
    set_to(decoder.get_parameter("C.1.weight"), 1.2)
    return decoder


@pytest.mark.parametrize("residual", [None, 2])
def test_gnmt_by_hand(residual):
    def step(bottom: float, top: float) -> tuple[float, float, float, list[float]]:
        a = weights_of(bottom * H1, bottom * H2)
        c = a[0] * H1 + a[1] * H2
        bottom = tanh(0.6 * Y + 0.7 * bottom + 0.2 + 0.9 * c)
        return bottom, tanh(0.5 * bottom + 0.4 * top - 0.3 + 1.2 * c), c, a

    added = 0.0 if residual is None else 1.0
    bottom1, top1, c1, a1 = step(START, tanh(-0.6 * H2 + 0.1))
    bottom2, top2, c2, a2 = step(bottom1, top1)
    [(first, attention1), (second, attention2)] = run_two_steps(gnmt(residual))
    assert first == pytest.approx([top1 + added * bottom1, c1])
    assert second == pytest.approx([top2 + added * bottom2, c2])
    assert (attention1, attention2) == (pytest.approx(a1), pytest.approx(a2))


def test_from_the_first_residual_layer_on_inputs_are_added_to_outputs():
    # h_l = tanh(0.5 below), the states before being zero; layers 3 and 4 add what is below.
    four = Layers([Elman(1, 1) for _ in range(4)], Dropout(0.0, False), residual=3).double()
    for name, weight in four.named_parameters():
        set_to(weight, 0.5 if name.endswith("W") else 0.0)
    h1 = tanh(0.5 * Y)
    o2 = tanh(0.5 * h1)
    h3 = tanh(0.5 * o2)
    o3 = h3 + o2
    h4 = tanh(0.5 * o3)
    before = (tensor([[0.0]]),) * 4
    projected = four.project(tensor([[[Y]]]))
    state = four.step(projected[0], before, four.noise(projected), 0)
    assert [part.item() for part in state] == pytest.approx([h1, o2, h3, h4])
    assert four.top(state).item() == pytest.approx(h4 + o3)
    assert four.scan(projected, before).item() == pytest.approx(h4 + o3)


def test_states_of_like_size_are_handed_on_as_they_are():
    last = [(tensor([[1.0]]), tensor([[2.0]])), (tensor([[3.0]]), tensor([[4.0]]))]
    assert [part.item() for part in Carry()(last)] == [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize(
    ("encoder_layers", "decoder_layers", "starts"),
    [(2, 2, [0, 1]), (3, 1, [2]), (3, 2, [1, 2]), (1, 2, [0, 0]), (2, 3, [0, 0, 1])],
)
def test_a_bridge_matches_depths_from_the_top(encoder_layers, decoder_layers, starts):
    made = Bridge([1] * encoder_layers, hidden=1, parts=1, layers=decoder_layers).double()
    for parameter in made.parameters():
        set_to(parameter, float(parameter.dim() == 2))  # V = 1 and no bias
    last = [(tensor([[0.1 * (1 + layer)]]),) for layer in range(encoder_layers)]
    expected = [tanh(0.1 * (1 + layer)) for layer in starts]
    assert [part.item() for part in made(last)] == pytest.approx(expected)


def test_a_bridge_takes_layers_of_unlike_sizes():
    made = Bridge([2, 1], hidden=1, parts=1, layers=2).double()
    for parameter in made.parameters():
        set_to(parameter, float(parameter.dim() == 2))
    last = [(tensor([[0.1, 0.2]]),), (tensor([[0.4]]),)]
    assert [part.item() for part in made(last)] == pytest.approx([tanh(0.1 + 0.2), tanh(0.4)])
