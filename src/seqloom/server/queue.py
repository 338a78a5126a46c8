"""Where jobs wait for a worker, and which of them are answered together.

The oldest job goes first. With it go those of its group: all of them where they fit into a batch,
else those whose lengths are nearest to its own. Nobody waits for company: a batch is what has
gathered while the workers were busy.
"""

from collections.abc import Sequence

from seqloom.server.job import Group, Job


class FullError(Exception):
    """More jobs than may wait."""


class Queue:
    """limit  how many jobs may wait"""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: list[Job] = []

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def group(self) -> Group | None:
        """Of the oldest job; None if nobody waits."""
        return next((job.group for job in self._waiting if not job.reply.done()), None)

    def has_room(self, count: int) -> bool:
        """Whether so many more may wait."""
        if len(self._waiting) + count > self._limit:
            self._drop_settled()
        return len(self._waiting) + count <= self._limit

    def add(self, jobs: Sequence[Job]) -> None:
        """All of them. Raises FullError, and takes none, if there is no room."""
        if not self.has_room(len(jobs)):
            raise FullError
        self._waiting.extend(jobs)

    def put_back(self, jobs: Sequence[Job]) -> None:
        """Jobs that were taken but not begun: they wait where they waited, room or not."""
        self._waiting[:0] = jobs

    def take(self, most: int) -> list[Job]:
        """The next batch, the oldest job first; empty if nobody waits."""
        self._drop_settled()
        if not self._waiting:
            return []
        oldest = self._waiting[0]
        batch = self._company(oldest, most)
        taken = set(map(id, batch))
        self._waiting = [job for job in self._waiting if id(job) not in taken]
        return batch

    def _company(self, oldest: Job, most: int) -> list[Job]:
        if not oldest.group.merges:
            return [oldest]
        alike = [job for job in self._waiting if job.group == oldest.group]
        if len(alike) > most:
            alike[1:] = sorted(alike[1:], key=lambda job: abs(job.length - oldest.length))
        return alike[:most]

    def _drop_settled(self) -> None:
        """Those that were given up while they waited."""
        self._waiting = [job for job in self._waiting if not job.reply.done()]
