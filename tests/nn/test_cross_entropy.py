"""Cross-entropy with its gradient by hand, against the plain formulas."""

import pytest
import torch

from seqloom.kernel import available
from seqloom.nn.readouts import cross_entropy as module
from seqloom.nn.readouts.softmax import Maxout, Softmax


def drawn(n: int = 7, F: int = 3, V: int = 11) -> tuple[torch.Tensor, ...]:
    torch.manual_seed(5)
    numbers = [torch.randn(*shape, dtype=torch.float64) for shape in ((n, F), (V, F), (V,))]
    return (*(each.requires_grad_() for each in numbers), torch.randint(V, (n,)))


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_the_sums_are_those_of_the_formulas(smoothing: float):
    features, weight, bias, targets = drawn()
    smoothed, nll = module.cross_entropy(features, weight, bias, targets, smoothing)
    log_probs = torch.log_softmax(features @ weight.t() + bias, dim=1)
    plain = -log_probs[range(7), targets].sum()
    uniform = -log_probs.mean(dim=1).sum()
    torch.testing.assert_close(nll, plain.detach())
    torch.testing.assert_close(smoothed, (1 - smoothing) * plain + smoothing * uniform)


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_the_gradient_is_that_of_finite_differences(
    smoothing: float, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "_TOGETHER", 25)  # two rows at a time
    features, weight, bias, targets = drawn()

    def smoothed(*inputs: torch.Tensor) -> torch.Tensor:
        return 0.37 * module.cross_entropy(*inputs, targets, smoothing)[0]

    assert torch.autograd.gradcheck(smoothed, (features, weight, bias))


def test_nothing_overflows_where_a_model_is_sure():
    features = torch.tensor([[1e4], [-1e4]], requires_grad=True)
    weight, bias = torch.tensor([[1.0], [-1.0]]), torch.zeros(2)
    smoothed, nll = module.cross_entropy(features, weight, bias, torch.tensor([0, 0]), 0.0)
    smoothed.backward()
    assert nll.item() == pytest.approx(2e4)
    assert features.grad is not None
    assert features.grad.flatten().tolist() == [0.0, -2.0]


SIZES = [(1, 1), (7, 2), (5, 16), (4, 17), (3, 33), (9, 1000)]


@pytest.mark.skipif(not available(), reason="the kernel was not built")
@pytest.mark.parametrize(("n", "V"), SIZES)
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("parts", [1, 3])
def test_the_compiled_sums_are_those_of_torch_in_twice_the_precision(
    n: int, V: int, smoothing: float, parts: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "parts_of", lambda n, V, threads: min(parts, n))
    torch.manual_seed(5)
    z, bias, targets = 5 * torch.randn(n, V), torch.randn(V), torch.randint(V, (n,))
    for rounded in (z, z.bfloat16()):
        exact = module._by_torch(rounded.double(), bias.double(), targets, smoothing)
        found = module._compiled(rounded.clone(), bias, targets, smoothing)
        assert found.slope.dtype == rounded.dtype
        near = 2.0**-8 if rounded.dtype == torch.bfloat16 else 1e-6
        torch.testing.assert_close(found.slope.double(), exact.slope, rtol=near, atol=2e-6)
        for one, other in ((found.nll, exact.nll), (found.uniform, exact.uniform)):
            torch.testing.assert_close(one.double(), other, rtol=1e-6, atol=1e-5)
        torch.testing.assert_close(found.of_bias.double(), exact.of_bias, rtol=1e-5, atol=2e-6)


@pytest.mark.skipif(not available(), reason="the kernel was not built")
def test_the_compiled_sums_overflow_nowhere_and_pass_on_what_is_no_number():
    z = torch.tensor([[3e38, -3e38, 0.0], [-1e30, -1e30, -1e30]])
    sums = module._compiled(z, torch.zeros(3), torch.tensor([0, 1]), 0.0)
    assert sums.slope[0].tolist() == [0.0, 0.0, 0.0]
    torch.testing.assert_close(sums.slope[1], torch.tensor([1 / 3, -2 / 3, 1 / 3]))
    assert sums.nll.isfinite()
    for broken in (torch.nan, torch.inf, -torch.inf):
        features = torch.tensor([[broken]], requires_grad=True)
        weight = torch.ones(3, 1)
        smoothed, _ = module.cross_entropy(features, weight, torch.zeros(3), torch.tensor([1]), 0.0)
        assert not smoothed.isfinite()


@pytest.mark.skipif(not available(), reason="the kernel was not built")
@pytest.mark.parametrize("target", [3, -100])
def test_targets_outside_of_the_vocabulary_are_refused(target: int):
    with pytest.raises(IndexError):
        module._compiled(torch.zeros(1, 3), torch.zeros(3), torch.tensor([target]), 0.0)


def test_both_readouts_take_it_over_their_own_logits():
    torch.manual_seed(7)
    features, targets = torch.randn(5, 4), torch.randint(9, (5,))
    for readout in (Softmax(4, 9, None), Maxout(4, 3, 9, None)):
        expected = torch.nn.functional.cross_entropy(
            readout(features), targets, reduction="sum", label_smoothing=0.2
        )
        torch.testing.assert_close(readout.loss(features, targets, 0.2).smoothed, expected)
