"""Attention inside a training loop: the compiled sums are those of torch in twice the precision."""

import gc
import weakref

import pytest
import torch
from torch import Tensor

from seqloom.kernel import available
from seqloom.nn.attention.attention import Memory
from seqloom.nn.attention.content import Content, Looped
from seqloom.nn.attention.location import Location
from seqloom.nn.attention.scores import Dot, General, Score

pytestmark = pytest.mark.skipif(not available(), reason="the kernel was not built")

STEPS, LENGTHS = 4, [5, 1, 3]
SCORES = {
    "dot": (Dot, 7, 7),
    "scaled": (lambda: Dot(scaled=True), 33, 33),
    "general": (lambda: General(19, 34), 19, 34),
    "one feature": (Dot, 1, 1),
}
each_score = pytest.mark.parametrize(("make", "query", "source"), SCORES.values(), ids=SCORES)


def asked(attention: Content, queries: Tensor, source: Tensor) -> tuple[Memory, Tensor, Tensor]:
    """The memory, and the contexts and weights of a loop in which each query waits for a context."""
    valid = torch.arange(max(LENGTHS)) < torch.tensor(LENGTHS).unsqueeze(1)
    memory = attention.looped(attention.remember(source, valid))
    contexts, weights, before = [], [], 0.0
    for query in queries:
        context, paid, _ = attention.step((query + before).unsqueeze(1), memory, ())
        contexts.append(context)
        weights.append(paid)
        before = context.mean()
    return memory, torch.stack(contexts), torch.stack(weights)


def drawn(make, query: int, source: int, kind: torch.dtype) -> tuple[Content, Tensor, Tensor]:
    torch.manual_seed(5)
    score: Score = make()
    queries = torch.randn(STEPS, len(LENGTHS), query).to(kind)
    states = torch.randn(len(LENGTHS), max(LENGTHS), source).to(kind)
    return Content(score).to(kind), queries.requires_grad_(), states.requires_grad_()


def gradients(attention: Content, queries: Tensor, states: Tensor, times: int = 1) -> list[Tensor]:
    """What came out, and the gradients of all that went in after so many ways back."""
    memory, contexts, weights = asked(attention, queries, states)
    assert isinstance(memory, Looped) == (states.dtype == torch.float32)
    far = torch.linspace(-1, 2, weights.numel()).view_as(weights).to(weights)
    total = (contexts**2).sum() + (far * weights).sum()
    for _ in range(times):
        leaves = [queries, states, *attention.parameters()]
        for leaf in leaves:
            leaf.grad = None
        total.backward(retain_graph=True)
    return [contexts, weights, *(leaf.grad for leaf in leaves)]


@each_score
def test_contexts_weights_and_all_gradients_are_those_of_torch(make, query, source):
    quick = gradients(*drawn(make, query, source, torch.float32))
    exact = gradients(*drawn(make, query, source, torch.float64))
    for a, b in zip(quick, exact, strict=True):
        torch.testing.assert_close(a.double(), b, rtol=1e-4, atol=2e-5)


@each_score
def test_padding_gets_no_weight_and_no_gradient(make, query, source):
    _, weights, _, of_states, *_ = gradients(*drawn(make, query, source, torch.float32))
    for row, length in enumerate(LENGTHS):
        assert weights[:, row, :, length:].count_nonzero() == 0
        assert of_states[row, length:].count_nonzero() == 0


def test_a_second_way_back_starts_from_zeros():
    once = gradients(*drawn(Dot, 7, 7, torch.float32))
    twice = gradients(*drawn(Dot, 7, 7, torch.float32), times=2)
    for a, b in zip(once, twice, strict=True):
        assert torch.equal(a, b)


@pytest.mark.parametrize("went_back", [False, True])
def test_nothing_of_a_memory_is_kept_when_a_loop_is_over(went_back):
    """Not even until Python looks for what keeps itself: that would be many updates."""
    attention, queries, states = drawn(Dot, 7, 7, torch.float32)
    gc.disable()
    try:
        memory, contexts, weights = asked(attention, queries, states)
        assert isinstance(memory, Looped)
        kept = weakref.ref(memory.gathered), weakref.ref(memory.gathered._sums)
        if went_back:
            contexts.sum().backward()
        del memory, contexts, weights
        assert [each() for each in kept] == [None, None]
    finally:
        gc.enable()


def test_a_score_that_is_no_product_is_left_to_torch():
    attention, _, states = drawn(lambda: Location(19, 9), 19, 34, torch.float32)
    memory = attention.remember(states, torch.ones(states.shape[:2], dtype=torch.bool))
    assert attention.looped(memory) is memory


def test_where_nothing_is_learnt_the_memory_stays_as_it_is():
    attention, queries, states = drawn(Dot, 7, 7, torch.float32)
    with torch.no_grad():
        memory, _, _ = asked(attention, queries, states)
    assert type(memory) is Memory
