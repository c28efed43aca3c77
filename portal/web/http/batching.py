"""Lets those through in the order they came who all want the same thing in the same minute.

Sign-ups for one event must wait for each other whatever is done. Here they wait without a thread
or a connection, which other pages need, and those who wait for one event are decided about
together: what is asked before and what is answered after needs no lock, and a transaction costs
hardly more for many than for one.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from contextvars import Context, copy_context
from typing import Any, Final, Generic, NamedTuple, TypeVar

from sqlalchemy.orm import Session
from starlette.responses import Response

from portal.db.engine import Database
from portal.db.outages import BusyError

# So many wait in one process; at hundreds a second, whoever comes then would wait too long.
MOST_WAITING: Final = 2_500
# So many are decided about together. Everybody else who writes waits for them at most.
MOST_TOGETHER: Final = 25

W = TypeVar("W")
D = TypeVar("D")


class LineFullError(BusyError):
    """More people than can be answered soon."""


class Crossing(NamedTuple, Generic[W, D]):
    """What is done for one of a crowd: asked alone, decided with others, told alone.

    `ask` says what somebody wants, or answers at once who cannot have it; `decide` says of each
    of those who want the same thing what comes of it, in one transaction; `tell` answers with it
    when it is committed.
    """

    ask: Callable[[], W | Response]
    decide: Callable[[Session, Sequence[W]], Sequence[D]]
    tell: Callable[[D], Response]


class _Turn(NamedTuple):
    key: str
    crossing: Crossing[Any, Any]
    context: Context
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Response]

    def say(self, outcome: Response | Exception) -> None:
        """Gives the answer in the loop that waits for it."""
        with suppress(RuntimeError):  # that loop has ended, and its requests with it
            self.loop.call_soon_threadsafe(_settle, self.answer, outcome)

    def asked(self) -> Any:
        """What they want; None if they have their answer already."""
        wish = self._tried(self.crossing.ask)
        if not isinstance(wish, (Response, Exception)):
            return wish
        self.say(wish)
        return None

    def told(self, decision: Any) -> None:
        """Answers with what was decided."""
        self.say(self._tried(self.crossing.tell, decision))

    def _tried(self, step: Callable[..., Any], *values: Any) -> Any:
        try:
            return self.context.run(step, *values)
        except Exception as error:  # noqa: BLE001 - theirs alone, raised where they wait
            return error


class Turnstile:
    """One for each process; `database` is where those who pass write."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._inside = threading.Lock()
        self._waiting: deque[_Turn] = deque()
        self._is_turning = False

    async def through(self, key: str, crossing: Crossing[W, D]) -> Response:
        """The answer when a turn has come and what was written is committed.

        Only those of one `key`, who have `decide` in common, are decided about together, and so
        hold locks of one thing: processes that locked several in different order would wait for
        each other for ever. Raises LineFullError at once if too many wait.
        """
        loop = asyncio.get_running_loop()
        turn = _Turn(key, crossing, copy_context(), loop, loop.create_future())
        with self._inside:
            if len(self._waiting) >= MOST_WAITING:
                raise LineFullError
            self._waiting.append(turn)
            if not self._is_turning:
                self._is_turning = True
                threading.Thread(target=self._turn, name="turnstile").start()
        return await turn.answer

    def _turn(self) -> None:
        while together := self._next():
            wanting = [(turn, wish) for turn in together if (wish := turn.asked()) is not None]
            if wanting:
                self._pass(wanting)

    def _next(self) -> list[_Turn]:
        """Whoever has waited longest, and others after them who want the same."""
        together: list[_Turn] = []
        passed_over: list[_Turn] = []
        with self._inside:
            while self._waiting and len(together) < MOST_TOGETHER:
                turn = self._waiting.popleft()
                same = not together or turn.key == together[0].key
                (together if same else passed_over).append(turn)
            self._waiting.extendleft(reversed(passed_over))
            self._is_turning = bool(together)
        return together

    def _pass(self, wanting: Sequence[tuple[_Turn, Any]]) -> None:
        """Decides about all of them or none, and answers each."""
        decide = wanting[0][0].crossing.decide
        try:
            with self._database.writing() as db:
                decisions = decide(db, [wish for _turn, wish in wanting])
                decided = list(zip(wanting, decisions, strict=True))
        except Exception as error:  # noqa: BLE001 - raised where they wait
            for turn, _wish in wanting:
                turn.say(error)
            return
        for (turn, _wish), decision in decided:
            turn.told(decision)


def _settle(answer: asyncio.Future[Any], outcome: Response | Exception) -> None:
    if answer.done():
        return
    if isinstance(outcome, Exception):
        answer.set_exception(outcome)
    else:
        answer.set_result(outcome)
