"""Beam search under lexical constraints: every output must contain the given phrases.

Dynamic beam allocation (Post & Vilar 2018): hypotheses that have met as many tokens of the phrases
form a bank, and each bank has an equal share of the beam, so that those which have met more, and
paid for it in probability, are not crowded out by those which have met none. What a bank cannot fill
is left to the best of the others. <eos> may only follow when every phrase has appeared.

    bank = tokens met                      0 .. N
    share = W // (N + 1)                   of W hypotheses; the last bank has what is over

At the limit of length <eos> is all that can follow, so it is taken however unlikely: a source is left
without a finished output only if its phrases do not fit.

Besides its best continuations each hypothesis is offered <eos> and the next token of every phrase
that it has not met, however unlikely. A stepper names the probability of few tokens only, so it is
asked for all V: a step under constraints costs a sorting of the vocabulary.

Sizes: b sources in flight, w hypotheses of each before the choice and W after it, k candidates,
C most phrases of one source.
"""

import numpy as np
from numpy.typing import NDArray

from seqloom.errors import UserError
from seqloom.search.choice import Chosen, first, take, without_eos
from seqloom.search.penalties import Scores
from seqloom.search.phrases import Phrases
from seqloom.search.stepper import Candidates, Ids
from seqloom.symbols import EOS, PAD


class Banks:
    """Keeps the progress of the hypotheses in step with the beam."""

    def __init__(self, width: int, vocabulary_size: int, phrases: Phrases) -> None:
        most = int(phrases.totals.max())
        if width <= most:
            raise UserError(
                f"search.beam must be above the number of tokens in the constraints ({most}), but "
                f"is {width}. Set search.beam={most + 1} or more, or give fewer or shorter phrases."
            )
        self.num_candidates = vocabulary_size
        self._width = width
        self._phrases = phrases
        self._after: Ids = phrases.progress

    def narrow(self, candidates: Candidates) -> Candidates:
        """The best W + 1 of each hypothesis and what it needs; no <eos> before all are met."""
        early = (candidates.tokens == EOS) & ~self._phrases.met()[:, :, None]
        log_probs = np.where(early, -np.inf, candidates.log_probs)
        best = slice(0, self._width + 1)
        needed = self._needed()
        own = _log_probs_of(needed, candidates.tokens, log_probs)
        among_best = (candidates.tokens[:, :, None, best] == needed[..., None]).any(axis=3)
        own = np.where(among_best | _repeated(needed), -np.inf, own)
        return candidates._replace(
            tokens=np.concatenate([candidates.tokens[..., best], needed], axis=2),
            log_probs=np.concatenate([log_probs[..., best], own], axis=2),
        )

    def choose(
        self, pool: Scores, candidates: Candidates, at_limit: NDArray[np.bool_]
    ) -> tuple[Chosen, Chosen]:
        progress = self._phrases.after(candidates.tokens)
        met = progress.sum(axis=3)
        only_end = (at_limit & self._constrained)[:, None, None] & (candidates.tokens != EOS)
        ending = np.where(only_end, -np.inf, pool)
        best = take(self._allocated(ending, met), ending, candidates)
        going_on = without_eos(pool, candidates)
        places = self._allocated(going_on, met)
        flat = progress.reshape(len(progress), -1, progress.shape[3])
        self._after = np.take_along_axis(flat, places[:, :, None], axis=1)
        return best, take(places, going_on, candidates)

    def follow(self, going: NDArray[np.bool_], live: Chosen) -> None:
        self._phrases.follow(going, self._after)

    @property
    def _constrained(self) -> NDArray[np.bool_]:
        return self._phrases.totals > 0

    def _needed(self) -> Ids:
        """The next token of each phrase, and <eos>: [b, w, C + 1]; <pad> stands for none."""
        needed = self._phrases.needed()
        eos = np.where(self._constrained, EOS, PAD)[:, None, None]
        return np.concatenate([needed, np.broadcast_to(eos, (*needed.shape[:2], 1))], axis=2)

    def _allocated(self, pool: Scores, met: Ids) -> Ids:
        """[b, W]: the entries chosen of pool [b, w, k], that have met so many tokens; best first."""
        scores = pool.reshape(len(pool), -1)
        banks = met.reshape(scores.shape)
        within = (_rank_in_bank(scores, banks) < self._shares(banks)) & (scores > -np.inf)
        chosen = np.lexsort((-scores, ~within), axis=1)[:, : self._width]
        order = first(np.take_along_axis(scores, chosen, axis=1), self._width)
        return np.take_along_axis(chosen, order, axis=1)

    def _shares(self, banks: Ids) -> Ids:
        """How many hypotheses the bank of each entry may keep at least."""
        totals = self._phrases.totals[:, None]
        share, over = self._width // (totals + 1), self._width % (totals + 1)
        return share + np.where(banks == totals, over, 0)


def _rank_in_bank(scores: Scores, banks: Ids) -> Ids:
    """For each entry of a row how many of its bank are better."""
    order = np.lexsort((-scores, banks), axis=1)
    ordered = np.take_along_axis(banks, order, axis=1)
    place = np.arange(banks.shape[1])[None]
    first_of_bank = np.ones(banks.shape, dtype=np.bool_)
    first_of_bank[:, 1:] = ordered[:, 1:] != ordered[:, :-1]
    start = np.maximum.accumulate(np.where(first_of_bank, place, 0), axis=1)
    ranks = np.empty_like(banks)
    np.put_along_axis(ranks, order, place - start, axis=1)
    return ranks


def _log_probs_of(wanted: Ids, tokens: Ids, log_probs: NDArray[np.floating]) -> Scores:
    """The log probability of wanted [b, w, C] among tokens [b, w, k]; -inf where it is not."""
    found = np.full(wanted.shape, -np.inf)
    for c in range(wanted.shape[2]):
        here = tokens == wanted[:, :, c, None]
        # The first place, since inside a prefix all candidates are one token and the rest void.
        place = here.argmax(axis=2)[..., None]
        own = np.take_along_axis(log_probs, place, axis=2)[..., 0]
        found[:, :, c] = np.where(here.any(axis=2), own, -np.inf)
    return found


def _repeated(needed: Ids) -> NDArray[np.bool_]:
    """Whether a token has come before in its row, or stands for none: [b, w, C]."""
    same = needed[:, :, :, None] == needed[:, :, None, :]
    earlier = np.tril(np.ones(same.shape[-2:], dtype=np.bool_), k=-1)
    return (same & earlier).any(axis=3) | (needed == PAD)
