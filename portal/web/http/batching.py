"""Decide sign-ups that arrive together in one transaction, in order; waiting takes no thread."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Generic, NamedTuple, TypeVar

from anyio import CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from sqlalchemy.orm import Session

from portal.db.engine import Database
from portal.db.outages import BusyError

# Waiting in one process; at hundreds a second, later ones would wait too long.
MAX_WAITING: Final = 2_500
# Decided in one transaction. Everybody else who writes waits for it.
MAX_BATCH: Final = 25

R = TypeVar("R")
D = TypeVar("D")


class QueueFullError(BusyError):
    """More requests than can be answered soon."""


class _Waiting(NamedTuple, Generic[R, D]):
    key: str
    request: R
    decision: asyncio.Future[D]


class BatchQueue(Generic[R, D]):
    """One queue a process; `decide(db, key, requests)` returns a decision for each request."""

    def __init__(
        self, database: Database, decide: Callable[[Session, str, Sequence[R]], Sequence[D]]
    ) -> None:
        self._database, self._decide = database, decide
        # Tests run the application in several event loops; a future belongs to one.
        self._queues: RunVar[deque[_Waiting[R, D]]] = RunVar(f"batches of {id(self)}")
        self._drains: dict[int, asyncio.Task[None]] = {}

    async def submit(self, key: str, request: R) -> D:
        """Return the committed decision; raise QueueFullError, or what `decide` raises to all."""
        # One `key` a transaction: processes locking several in different order would deadlock.
        waiting = self._queue()
        if len(waiting) >= MAX_WAITING:
            raise QueueFullError
        decision: asyncio.Future[D] = asyncio.get_running_loop().create_future()
        waiting.append(_Waiting(key, request, decision))
        if id(waiting) not in self._drains:
            self._drains[id(waiting)] = asyncio.create_task(self._drain(waiting))
        return await decision

    def _queue(self) -> deque[_Waiting[R, D]]:
        try:
            return self._queues.get()
        except LookupError:
            made: deque[_Waiting[R, D]] = deque()
            self._queues.set(made)
            return made

    async def _drain(self, waiting: deque[_Waiting[R, D]]) -> None:
        try:
            while waiting:
                await self._decide_batch(_next_batch(waiting))
        finally:
            # Nothing is awaited since `waiting` was found empty, so nobody is left behind.
            del self._drains[id(waiting)]

    async def _decide_batch(self, batch: Sequence[_Waiting[R, D]]) -> None:
        requests = [each.request for each in batch]
        try:
            decisions = await to_thread.run_sync(
                self._decided, batch[0].key, requests, limiter=CapacityLimiter(1)
            )
        except Exception as error:  # noqa: BLE001 - raised where they wait
            for each in batch:
                if not each.decision.done():
                    each.decision.set_exception(error)
        else:
            for each, decision in zip(batch, decisions, strict=True):
                if not each.decision.done():
                    each.decision.set_result(decision)

    def _decided(self, key: str, requests: Sequence[R]) -> Sequence[D]:
        with self._database.writing() as db:
            decisions = self._decide(db, key, requests)
            if len(decisions) != len(requests):
                raise ValueError("a decision for each request is needed")
            return decisions


def _next_batch(waiting: deque[_Waiting[R, D]]) -> list[_Waiting[R, D]]:
    """Take the request that has waited longest, and later ones with the same key."""
    batch: list[_Waiting[R, D]] = []
    others: list[_Waiting[R, D]] = []
    while waiting and len(batch) < MAX_BATCH:
        each = waiting.popleft()
        (batch if not batch or each.key == batch[0].key else others).append(each)
    waiting.extendleft(reversed(others))
    return batch
