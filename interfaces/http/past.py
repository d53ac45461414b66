"""Answers queries about the past, from the log itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from litestar import Request, Response

from application.history.history import History, Then
from application.ports import EventLog
from domain.errors import InvalidInput, NotFound
from domain.moment import AtPosition, Moment, Period, period
from interfaces.http.positions import note_position
from interfaces.http.reads import answer, etag_of, unknown_league

T = TypeVar("T")


class PastReads:
    """Runs queries over a moment for one request, and wraps what they find, as ``Reads`` does for now.

    ``moment`` is what the request asks about; with ``None`` the log is asked about now.
    """

    def __init__(
        self,
        history: History,
        log: EventLog,
        request: Request[Any, Any, Any],
        moment: Moment | None,
        min_position: int | None,
    ) -> None:
        self._history = history
        self._log = log
        self._request = request
        self.moment = moment
        self._min_position = min_position

    async def of_league(self, league_id: str, query: Callable[[Then], Awaitable[T]]) -> Response[T]:
        """The answer to a query about one league.

        Raises:
            NotFound: nothing was known of the league then, or not what the query asks for.
            InvalidInput: the moment or ``min_position`` is beyond the end of the log.
            LogUnavailable: Postgres cannot be reached.
        """
        then = await self._then()
        try:
            found = await query(then)
        except NotFound:
            await self._check_known(league_id, then.moment)
            raise
        if not any(then.versions.values()):
            await self._check_known(league_id, then.moment)
        return answer(self._request, _etag(then), found)

    async def of_sport(self, query: Callable[[Then], Awaitable[T]], *, unknown: NotFound) -> Response[T]:
        """The answer to a query about the sport.

        Raises:
            NotFound: ``unknown``, where nothing was known then of what the query asks for.
            InvalidInput: the moment or ``min_position`` is beyond the end of the log.
            LogUnavailable: Postgres cannot be reached.
        """
        then = await self._then()
        found = await query(then)
        if not any(then.versions.values()):
            raise unknown
        return answer(self._request, _etag(then), found)

    async def _then(self) -> Then:
        head = await _head(self._log, self._request, self._min_position)
        _check("as_of", self.moment.position if isinstance(self.moment, AtPosition) else None, head)
        return self._history.at(self.moment or AtPosition(head))

    async def _check_known(self, league_id: str, moment: Moment) -> None:
        """Whether the log knew anything of the league by then."""
        first = await self._log.read(topic=f"sleeper.league.{league_id}.>", limit=1, to_show=True)
        if not first:
            raise unknown_league(league_id)
        if not moment.includes(first[0]):
            observed_at = first[0].metadata.observed_at.isoformat().replace("+00:00", "Z")
            raise NotFound(
                f"League {league_id} was not known at {moment}.",
                remedy=f"The log begins with it at position {first[0].position}, observed {observed_at}.",
            )


class PeriodReads:
    """Runs queries over what happened between two moments; ``between`` holds ``None`` for an open end."""

    def __init__(
        self,
        log: EventLog,
        request: Request[Any, Any, Any],
        between: tuple[Moment | None, Moment | None],
        min_position: int | None,
    ) -> None:
        self._log = log
        self._request = request
        self._between = between
        self._min_position = min_position

    async def of_league(
        self, league_id: str, query: Callable[[EventLog, Period], Awaitable[T]]
    ) -> Response[T]:
        """The answer to a query about what happened in a league.

        Raises:
            NotFound: nothing is known of the league.
            InvalidInput: the period or ``min_position`` cannot be.
            LogUnavailable: Postgres cannot be reached.
        """
        head = await _head(self._log, self._request, self._min_position)
        asked = period(*self._between, head)
        found = await query(self._log, asked)
        if not await self._log.read(topic=f"sleeper.league.{league_id}.>", limit=1, to_show=True):
            raise unknown_league(league_id)
        # Late news of the period may come with any event: the answer is good for this head of the log. A name
        # may still be an id until the read model has it, which a weak tag allows (RFC 9110, 8.8.1).
        return answer(self._request, f"W/{etag_of(asked, head)}", found)


async def _head(log: EventLog, request: Request[Any, Any, Any], min_position: int | None) -> int:
    """The end of the log, which is the position that the answer shows."""
    head = await log.head()
    note_position(request, head)
    _check("min_position", min_position, head)
    return head


def _check(field: str, position: int | None, head: int) -> None:
    if position is not None and position > head:
        raise InvalidInput(field, f"the log ends at {head}, {position} was asked for.")


def _etag(then: Then) -> str:
    """Equal bytes come from the same release, the same moment and the same events of the same streams."""
    return etag_of(then.moment, *sorted(then.versions.items()))
