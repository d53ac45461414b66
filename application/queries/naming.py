"""Events in words, with the names that teams, players and people have now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import structlog
from msgspec.structs import replace
from sqlalchemy import and_, func, select

from application.commands.sync_league import Change
from application.ports import EventLog
from application.projections.members import MEMBER, MEMBERS
from application.projections.players import PLAYER, PLAYERS
from application.projections.rosters import ROSTER, ROSTERS
from application.queries.events import EventRow
from application.read_model import ReadModel, Snapshot
from domain.errors import LogUnavailable
from domain.event import Event, EventInLeague, UnknownEvent
from domain.names import IDS, called

log = structlog.get_logger()

_NEEDS: Final = (ROSTERS, MEMBERS, PLAYERS)


@dataclass
class _Asked:
    """Notes what is to be named, league by league."""

    league_id: str = ""
    teams: set[str] = field(default_factory=set)
    """Leagues of which some team is to be named."""
    users: set[tuple[str, str]] = field(default_factory=set)
    players: set[str] = field(default_factory=set)

    def team(self, roster_id: int) -> str:
        self.teams.add(self.league_id)
        return IDS.team(roster_id)

    def player(self, player_id: str) -> str:
        self.players.add(player_id)
        return IDS.player(player_id)

    def user(self, user_id: str) -> str:
        self.users.add((self.league_id, user_id))
        return IDS.user(user_id)


@dataclass
class _Known:
    """Names by ids, of one league at a time."""

    teams: Mapping[tuple[str, int], str]
    users: Mapping[tuple[str, str], str]
    players: Mapping[str, str]
    league_id: str = ""

    def team(self, roster_id: int) -> str:
        return self.teams.get((self.league_id, roster_id)) or IDS.team(roster_id)

    def player(self, player_id: str) -> str:
        return self.players.get(player_id) or IDS.player(player_id)

    def user(self, user_id: str) -> str:
        return self.users.get((self.league_id, user_id)) or IDS.user(user_id)


class Namer:
    """Says events with names out of the read model: what is not known there is called by its id."""

    def __init__(self, read_model: ReadModel, event_log: EventLog) -> None:
        self._read_model = read_model
        self._log = event_log

    async def words(self, events: Sequence[Event | UnknownEvent]) -> list[str]:
        """The words of each event. Without the read model they are those without names."""
        asked = _Asked()
        plain = _said(events, asked)
        if not (asked.teams or asked.users or asked.players):
            return plain
        try:
            async with self._read_model.snapshot(_NEEDS) as snapshot:
                known = await _look_up(snapshot, asked)
        except LogUnavailable as error:
            log.warning("no_names", reason=error.message)
            return plain
        return _said(events, known)

    async def named(self, rows: Sequence[EventRow]) -> list[EventRow]:
        """Rows of the log with names in their text."""
        texts = await self.words([_event(row) for row in rows])
        return [replace(row, text=text) for row, text in zip(rows, texts, strict=True)]

    async def changes(self, league_id: str, changes: Sequence[Change]) -> list[Change]:
        """What a sync of a league changed, in the order of the log, with names.

        Raises:
            LogUnavailable: the log cannot be read.
        """
        if not changes:
            return []
        first, last = changes[0].position, changes[-1].position
        recorded = await self._log.read(
            after=first - 1, limit=last - first + 1, topic=f"sleeper.league.{league_id}.>", to_show=True
        )
        words = await self.words([each.event for each in recorded])
        texts = dict(zip((each.position for each in recorded), words, strict=True))
        return [replace(change, text=texts.get(change.position, change.text)) for change in changes]


def _said(events: Sequence[Event | UnknownEvent], names: _Asked | _Known) -> list[str]:
    texts: list[str] = []
    with called(names):
        for event in events:
            names.league_id = event.league_id if isinstance(event, EventInLeague) else ""
            texts.append(event.words())
    return texts


def _event(row: EventRow) -> Event | UnknownEvent:
    if isinstance(row.data, Event):
        return row.data
    return UnknownEvent(type=row.type, schema_version=row.schema_version, data=row.data)


async def _look_up(snapshot: Snapshot, asked: _Asked) -> _Known:
    return _Known(
        await _teams(snapshot, asked.teams),
        await _users(snapshot, asked.users),
        await _players(snapshot, asked.players),
    )


async def _teams(snapshot: Snapshot, leagues: Collection[str]) -> dict[tuple[str, int], str]:
    if not leagues:
        return {}
    owner = and_(MEMBER.c.league_id == ROSTER.c.league_id, MEMBER.c.user_id == ROSTER.c.owner_id)
    name = func.coalesce(func.nullif(MEMBER.c.team_name, ""), MEMBER.c.display_name).label("name")
    named = select(ROSTER.c.league_id, ROSTER.c.roster_id, name).join(MEMBER, owner)
    rows = await snapshot.fetch(named.where(ROSTER.c.league_id.in_(leagues)))
    return {(row["league_id"], row["roster_id"]): row["name"] for row in rows}


async def _users(snapshot: Snapshot, users: Collection[tuple[str, str]]) -> dict[tuple[str, str], str]:
    if not users:
        return {}
    named = select(MEMBER.c.league_id, MEMBER.c.user_id, MEMBER.c.display_name).where(
        MEMBER.c.league_id.in_({league for league, _ in users}),
        MEMBER.c.user_id.in_({user for _, user in users}),
    )
    rows = await snapshot.fetch(named)
    return {(row["league_id"], row["user_id"]): row["display_name"] for row in rows}


async def _players(snapshot: Snapshot, players: Collection[str]) -> dict[str, str]:
    if not players:
        return {}
    rows = await snapshot.fetch(
        select(PLAYER.c.player_id, PLAYER.c.name).where(PLAYER.c.player_id.in_(players))
    )
    return {row["player_id"]: row["name"] for row in rows}
