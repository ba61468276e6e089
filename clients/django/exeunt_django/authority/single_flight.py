"""Work that is done once for all who want it at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Full(Exception):
    """As many pieces of work are under way as are allowed."""


class SingleFlight(Generic[Value]):
    """Does a piece of work once for all who want it at the same time: they get the same result, or the same error."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._flights: dict[str, Future[Value]] = {}

    def run(self, key: str, work: Callable[[], Value]) -> Value:
        """The result of the work for `key`. Raises what the work raises, and `Full`."""
        with self._lock:
            flight = self._flights.get(key)
            is_own = flight is None
            if flight is None:
                if len(self._flights) >= self._limit:
                    raise Full
                flight = self._flights[key] = Future()
        if is_own:
            try:
                flight.set_result(work())
            except BaseException as error:
                flight.set_exception(error)
            finally:
                with self._lock:
                    del self._flights[key]
        return flight.result()
