"""Lets those through in the order they came who all want the same thing in the same minute.

Sign-ups for one event must wait for each other whatever is done. Here they wait without a thread
or a connection, which other pages need, and those who wait for one event share a transaction:
its beginning, its commit and the content's revision cost more than a sign-up itself.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from contextlib import suppress
from contextvars import Context, copy_context
from typing import TYPE_CHECKING, Final, NamedTuple

from portal.outages import BusyError, is_outage

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from typing import Any

    from sqlalchemy.orm import Session
    from starlette.responses import Response

    from portal.database import Database

    Begin = Callable[[], AbstractContextManager[Session]]

# So many wait in one process; at hundreds a second, whoever comes then would wait too long.
MOST_WAITING: Final = 2_500
# So many share a transaction. Everybody else who writes waits for one at most.
MOST_TOGETHER: Final = 25


class LineFullError(BusyError):
    """More people than can be answered soon."""


class _Turn(NamedTuple):
    key: str
    call: Callable[[Begin], Response]
    context: Context
    loop: asyncio.AbstractEventLoop
    answer: asyncio.Future[Response]

    def tell(self, outcome: Response | Exception) -> None:
        """Gives the answer in the loop that waits for it."""
        with suppress(RuntimeError):  # that loop has ended, and its requests with it
            self.loop.call_soon_threadsafe(_settle, self.answer, outcome)


class Turnstile:
    """One for each process; `database` is where those who pass write."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._inside = threading.Lock()
        self._waiting: deque[_Turn] = deque()
        self._is_turning = False

    async def through(self, key: str, call: Callable[[Begin], Response]) -> Response:
        """What `call` answers when its turn has come and what it wrote is committed.

        Only calls of one `key` share a transaction, and so hold locks of one thing together:
        processes that locked several in different order would wait for each other for ever.
        Raises LineFullError at once if too many wait.
        """
        loop = asyncio.get_running_loop()
        turn = _Turn(key, call, copy_context(), loop, loop.create_future())
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
            for turn, outcome in zip(together, self._outcomes(together), strict=True):
                turn.tell(outcome)

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

    def _outcomes(self, together: list[_Turn]) -> list[Response | Exception]:
        outcomes: list[Response | Exception] = []
        is_out = False
        try:
            with self._database.writing_together() as begin:
                for turn in together:
                    if is_out:  # they would wait for the same again, one after another
                        outcomes.append(BusyError())
                        continue
                    try:
                        outcomes.append(turn.context.run(turn.call, begin))
                    except Exception as error:  # noqa: BLE001 - theirs alone, raised where they wait
                        outcomes.append(error)
                        is_out = is_outage(error)
        except Exception as error:  # noqa: BLE001 - nothing was committed, for none of them
            return [error for _turn in together]
        return outcomes


def _settle(answer: asyncio.Future[Any], outcome: Response | Exception) -> None:
    if answer.done():
        return
    if isinstance(outcome, Exception):
        answer.set_exception(outcome)
    else:
        answer.set_result(outcome)
