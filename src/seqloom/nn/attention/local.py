"""Local attention (Luong 2015, section 3.2): only a window of the source is looked at.

    positions are 1..S, S the real length of a source, <eos> counted; the window is |j - p| <= D

    local-m   p = min(t, S)                              straight ahead, then the end
    local-p   p = S sigmoid(v_p . tanh(W_p q))           wherever the state points
              e_j is lowered by (j - p)^2 / (2 sigma^2), sigma = D / 2
    both      a = softmax(e) inside the window, 0 outside

The paper multiplies the weights of local-p by the Gaussian after the softmax, and they then add up to
less than one, by how much depending on how p falls between two positions. Here the Gaussian enters
the energies, which is the same product divided by its sum: weights compare alike, and they stay a
distribution, as alignments, coverage penalty and copying expect of them. With t cut off at S, and p
never past it, a window always has a real position in it.

A short source is scored whole and the window cut out of it, which is the cheaper way there. From a
long one the windows are taken first and then cost the same, however long it is.

Sizes: B batch, W queries a source, N = B * W rows, S source length, H source features, Q query
features, L = 2D + 1 positions of a window, P positions looked at: S or L.
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn

from seqloom.nn.attention.attention import (
    Attended,
    Attention,
    AttentionState,
    Memory,
    padding_of,
)
from seqloom.nn.attention.scores import Score
from seqloom.nn.products import Linear

_LONG = 16
"""A source is long if it has more than that many windows: to take one out costs about as much as to
compare a query with that many by a product of matrices. A costly score gains from the second on."""


class Window(nn.Module):
    """Content attention to the D positions on either side of a centre and the centre itself."""

    def __init__(self, score: Score, reach: int, gaussian: bool) -> None:
        super().__init__()
        self.score = score
        self.reach = reach
        self.fall = 2 / reach**2 if gaussian else 0.0  # 1 / (2 sigma^2)

    def remember(self, source: Float[Tensor, "B S H"], valid: Bool[Tensor, "B S"]) -> Memory:
        return Memory(source, self.score.keys(source), padding_of(valid, source))

    def forward(
        self, queries: Float[Tensor, "B W Q"], centres: Float[Tensor, "B W"], memory: Memory
    ) -> tuple[Float[Tensor, "B W H"], Float[Tensor, "B W S"]]:
        """Contexts and weights."""
        windows = memory.padding.shape[1] / (2 * self.reach + 1)
        long = windows > (1 if self.score.costly else _LONG)
        return (self._taken if long else self._whole)(queries, centres, memory)

    def _whole(
        self, queries: Float[Tensor, "B W Q"], centres: Float[Tensor, "B W"], memory: Memory
    ) -> tuple[Float[Tensor, "B W H"], Float[Tensor, "B W S"]]:
        """Every position scored."""
        positions = torch.arange(1, memory.padding.shape[1] + 1, device=centres.device)
        energies = self.score(queries, memory.keys) + memory.padding.unsqueeze(1)
        weights = self._paid(energies, positions - centres.unsqueeze(-1))
        return torch.bmm(weights, memory.values), weights

    def _taken(
        self, queries: Float[Tensor, "B W Q"], centres: Float[Tensor, "B W"], memory: Memory
    ) -> tuple[Float[Tensor, "B W H"], Float[Tensor, "B W S"]]:
        """Every window taken out of the source, as if it were a source of its own: [N, L, ...]."""
        length = memory.padding.shape[1]
        positions = self._positions(centres)
        places = (positions - 1).clamp(0, length - 1)
        padding = memory.padding.gather(1, places.flatten(1)).view_as(places)
        padding = padding.masked_fill(places != positions - 1, -torch.inf)
        rows = places + length * torch.arange(len(places), device=places.device)[:, None, None]
        energies = self.score(queries.flatten(0, 1).unsqueeze(1), _rows(memory.keys, rows))
        energies = energies.view_as(padding) + padding
        paid = self._paid(energies, positions - centres.unsqueeze(-1))
        contexts = torch.bmm(paid.flatten(0, 1).unsqueeze(1), _rows(memory.values, rows))
        # Past either end the last place there stands in, and has 0 added to it.
        weights = paid.new_zeros(*centres.shape, length).scatter_add(2, places, paid)
        return contexts.view(*centres.shape, -1), weights

    def _positions(self, centres: Float[Tensor, "B W"]) -> Int[Tensor, "B W L"]:
        """The first position of each window and the 2D after it."""
        first = torch.ceil(centres.detach() - self.reach).long()
        return first.unsqueeze(-1) + torch.arange(2 * self.reach + 1, device=centres.device)

    def _paid(
        self, energies: Float[Tensor, "B W P"], distances: Float[Tensor, "B W P"]
    ) -> Float[Tensor, "B W P"]:
        """Weights of positions that far from the centre."""
        if self.fall:
            energies = torch.addcmul(energies, distances, distances, value=-self.fall)
        return torch.softmax(energies.masked_fill(distances.abs() > self.reach, -torch.inf), dim=-1)


class LocalM(Attention):
    """Its state is the number of steps taken, [N]."""

    parts = 1

    def __init__(self, score: Score, reach: int) -> None:
        super().__init__()
        self.window = Window(score, reach, gaussian=False)

    def remember(self, source: Float[Tensor, "B S H"], valid: Bool[Tensor, "B S"]) -> Memory:
        return self.window.remember(source, valid)

    def start(self, memory: Memory) -> AttentionState:
        return (torch.zeros(len(memory.padding), dtype=torch.long, device=memory.padding.device),)

    def step(
        self, query: Float[Tensor, "B W Q"], memory: Memory, state: AttentionState
    ) -> Attended:
        steps = state[0] + 1
        return Attended(*self._at(steps.view(len(query), -1), query, memory), (steps,))

    def over(
        self, queries: Float[Tensor, "B T Q"], memory: Memory, state: AttentionState
    ) -> tuple[Float[Tensor, "B T H"], Float[Tensor, "B T S"]]:
        ahead = torch.arange(1, queries.shape[1] + 1, device=queries.device)
        return self._at(state[0].unsqueeze(1) + ahead, queries, memory)

    def _at(
        self, steps: Int[Tensor, "B W"], queries: Float[Tensor, "B W Q"], memory: Memory
    ) -> tuple[Float[Tensor, "B W H"], Float[Tensor, "B W S"]]:
        centres = torch.minimum(steps, _lengths(memory)).to(queries.dtype)
        return self.window(queries, centres, memory)


class LocalP(Attention):
    """Nothing stays from one step to the next."""

    def __init__(self, score: Score, reach: int, query: int) -> None:
        super().__init__()
        self.window = Window(score, reach, gaussian=True)
        self.W_p = Linear(query, query, bias=False)
        self.v_p = nn.Linear(query, 1, bias=False)

    def remember(self, source: Float[Tensor, "B S H"], valid: Bool[Tensor, "B S"]) -> Memory:
        return self.window.remember(source, valid)

    def step(
        self, query: Float[Tensor, "B W Q"], memory: Memory, state: AttentionState
    ) -> Attended:
        return Attended(*self.over(query, memory, state), state)

    def over(
        self, queries: Float[Tensor, "B T Q"], memory: Memory, state: AttentionState
    ) -> tuple[Float[Tensor, "B T H"], Float[Tensor, "B T S"]]:
        share = torch.sigmoid(self.v_p(torch.tanh(self.W_p(queries)))).squeeze(-1)
        return self.window(queries, _lengths(memory) * share, memory)


def _lengths(memory: Memory) -> Int[Tensor, "B 1"]:
    """S of each source."""
    return (memory.padding == 0).sum(dim=1, keepdim=True)


def _rows(source: Float[Tensor, "B S K"], rows: Int[Tensor, "B W L"]) -> Float[Tensor, "N L K"]:
    """Some positions of each source, by their place among those of all."""
    taken = source.flatten(0, 1).index_select(0, rows.flatten())
    return taken.view(-1, rows.shape[2], source.shape[2])
