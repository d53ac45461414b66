"""What happened in a league between two moments, in words."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import column

from application.ports import EventLog
from application.queries.naming import Namer
from application.queries.paging import Key, Keyset, Page, Slice
from domain.drafts.events import DraftPickEvent
from domain.event import RecordedEvent
from domain.moment import Period, when
from domain.rosters.events import RosterEvent
from domain.rosters.past_events import RostersReconciled, SquadsBegan, SquadsMoved
from domain.transactions.events import TransactionEvent


class ChangeRow(msgspec.Struct, frozen=True, kw_only=True):
    """An event in words. ``position`` finds it whole in the log; ``facet`` is the last part of its topic.

    ``happened_at`` is Sleeper's own time where it tells one, else that of the observation.
    """

    position: int
    type: str
    facet: str
    happened_at: datetime
    observed_at: datetime
    text: str


_PAGE: Final = 500  # events read at once while looking for those of one team
_ORDER: Final = Keyset(
    "changes", Key(column("when"), "when", datetime), Key(column("position"), "position", int)
)


class Changes:
    """Reads events in the order in which things happened, and says them with names."""

    def __init__(self, log: EventLog, namer: Namer) -> None:
        self._log = log
        self._namer = namer

    async def of_league(self, league_id: str, period: Period, page: Page) -> Slice[ChangeRow]:
        """Every change of a league in a period.

        What transactions and draft picks tell of times before the rosters were first looked at is told by
        them alone: ``SquadsMoved``, which folds them, is left out.

        Raises:
            InvalidInput: ``page.after`` is no cursor of this list.
            LogUnavailable: the log cannot be read.
        """
        return await self._slice(
            league_id, period, page, lambda recorded: not isinstance(recorded.event, SquadsMoved)
        )

    async def of_roster(self, league_id: str, roster_id: int, period: Period, page: Page) -> Slice[ChangeRow]:
        """What happened to one team: its picks, moves and settings, and the transactions that it was part of.

        Raises:
            InvalidInput: ``page.after`` is no cursor of this list.
            LogUnavailable: the log cannot be read.
        """
        return await self._slice(league_id, period, page, lambda recorded: _concerns(recorded, roster_id))

    async def _slice(
        self, league_id: str, period: Period, page: Page, wanted: Callable[[RecordedEvent], bool]
    ) -> Slice[ChangeRow]:
        after = _ORDER.last(page)
        found: list[Mapping[str, Any]] = []
        start = None if after is None else (after[0], after[1])
        async for recorded in self._read(league_id, period, start):
            if wanted(recorded):
                found.append(
                    {"when": when(recorded, period), "position": recorded.position, "event": recorded}
                )
            if len(found) > page.limit:
                break
        rows, cursor = _ORDER.cut(found, page)
        changed: list[RecordedEvent] = [row["event"] for row in rows]
        words = await self._namer.words([recorded.event for recorded in changed])
        return Slice(items=list(map(_row, changed, words)), next=cursor)

    async def _read(
        self, league_id: str, period: Period, after: tuple[datetime, int] | None
    ) -> AsyncIterator[RecordedEvent]:
        while True:
            topic = f"sleeper.league.{league_id}.>"
            events = await self._log.read_period(period, topic=topic, after=after, limit=_PAGE)
            for recorded in events:
                yield recorded
            if len(events) < _PAGE:
                return
            after = when(events[-1], period), events[-1].position


def _concerns(recorded: RecordedEvent, roster_id: int) -> bool:
    match recorded.event:
        case RosterEvent() as event:
            return event.roster_id == roster_id
        case DraftPickEvent() as event:
            return event.pick.roster_id == roster_id
        case SquadsBegan() as event:
            return any(squad.roster_id == roster_id for squad in event.squads)
        case RostersReconciled() as event:
            return any(apart.roster_id == roster_id for apart in event.differences)
        case TransactionEvent() as event:
            return roster_id in (event.transaction.roster_ids or ())
    return False


def _row(recorded: RecordedEvent, text: str) -> ChangeRow:
    return ChangeRow(
        position=recorded.position,
        type=recorded.type,
        facet=recorded.topic.rpartition(".")[2],
        happened_at=recorded.metadata.occurred_at,
        observed_at=recorded.metadata.observed_at,
        text=text,
    )
