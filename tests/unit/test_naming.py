"""Names in words: lent for a while, looked up once, and ids where nobody knows better."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Select

from application.projections.projector import Projector
from application.queries.naming import Namer
from application.read_model import Snapshot
from domain.errors import LogUnavailable
from domain.event import Event, UnknownEvent
from domain.names import called, player, team, user
from domain.rosters.events import PlayerAddedToRoster, RosterOwnerChanged
from domain.trending.events import PlayerStoppedTrending
from domain.trending.observation import Trend
from tests.fakes import InMemoryEventLog

ADDED = PlayerAddedToRoster(league_id="7", roster_id=2, player_id="17", how="waiver")
ELSEWHERE = PlayerAddedToRoster(league_id="8", roster_id=2, player_id="PHI")
OWNER = RosterOwnerChanged(league_id="7", roster_id=2, before="700", after="701")


class Tables(Snapshot):
    """Answers each select from the table that it is about."""

    position = 1

    def __init__(self, **tables: Sequence[Mapping[str, Any]]) -> None:
        self._tables = tables
        self.asked: list[str] = []

    async def fetch(self, select: Select[Any]) -> Sequence[Mapping[str, Any]]:
        (name, *_) = [name for name in ("roster", "member", "player") if f".{name} " in f"{select} "]
        self.asked.append(name)
        return self._tables.get(name, ())

    async def touched(self, projector: Projector, subject: str) -> int | None:
        raise AssertionError("nobody asks for it")


class Read:
    """A read model with one snapshot, or none."""

    def __init__(self, tables: Tables | None) -> None:
        self._tables = tables

    @asynccontextmanager
    async def snapshot(
        self,
        projectors: Collection[Projector],
        *,
        min_position: int | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109 - as the port says
    ) -> AsyncIterator[Tables]:
        if self._tables is None:
            raise LogUnavailable("No connection.")
        yield self._tables


async def said(tables: Tables | None, *events: Event | UnknownEvent) -> list[str]:
    return await Namer(Read(tables), InMemoryEventLog()).words(events)


async def test_teams_players_and_people_are_called_by_their_names_in_their_own_league() -> None:
    tables = Tables(
        roster=[{"league_id": "7", "roster_id": 2, "name": "Harbor Owls"}],
        member=[{"league_id": "7", "user_id": "701", "display_name": "ada"}],
        player=[{"player_id": "17", "name": "Ann Back"}],
    )
    assert await said(tables, ADDED, ELSEWHERE, OWNER) == [
        "Harbor Owls added Ann Back (waiver)",
        "team 2 added PHI",
        "Harbor Owls went from owner 700 to ada",
    ]
    assert sorted(tables.asked) == ["member", "player", "roster"]


async def test_nothing_is_looked_up_that_no_event_names() -> None:
    tables = Tables(player=[{"player_id": "17", "name": "Ann Back"}])
    stopped = PlayerStoppedTrending(trend=Trend.ADD, player_id="17", count=1, place=1)
    assert await said(tables, stopped) == ["Ann Back is no longer among the most added"]
    assert tables.asked == ["player"]
    unknown = UnknownEvent(type="Newer", schema_version=1, data={})
    assert await said(tables, unknown) == ["Newer v1 (not known to this release)"]
    assert tables.asked == ["player"]


async def test_without_the_read_model_ids_do() -> None:
    assert await said(None, ADDED) == ["team 2 added player 17 (waiver)"]


def test_names_are_lent_for_a_block_alone() -> None:
    class Shouted:
        def team(self, roster_id: int) -> str:
            return f"TEAM {roster_id}"

        def player(self, player_id: str) -> str:
            return f"PLAYER {player_id}"

        def user(self, user_id: str) -> str:
            return f"USER {user_id}"

    with called(Shouted()):
        assert (team(2), player("17"), user("700")) == ("TEAM 2", "PLAYER 17", "USER 700")
    assert (team(2), player("17"), user("700")) == ("team 2", "player 17", "700")
    assert (team(None), user(None)) == ("nobody", "nobody")
