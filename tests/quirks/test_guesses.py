"""What nobody could check about Sleeper (SLEEPER_NOTES 2.13): whichever way it is, the sync goes on."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from application.commands.league_syncer import LeagueSyncer
from application.commands.sync_league import SyncLeague, SyncType
from application.projections.matchups import MATCHUP
from domain.errors import LeagueNotFound
from domain.matchups.observation import MatchupRow
from domain.standings import standings
from infrastructure.sleeper.budget import Unmetered
from infrastructure.sleeper.client import PLAYERS_PATH, SleeperClient
from infrastructure.sleeper.transport import Answer, Transport
from tests.fakes import FixedClock, InMemoryEventLog, KeptBodies
from tests.quirks.world import LEAGUE, LEAGUE_ID, SentBodies, World, league
from tests.recordings import running_app
from tests.sleeper_stage import QUICK, Script, error, ok

pytestmark = pytest.mark.quirk("2.13")


class Tagged(SentBodies):
    """Answers with an ETag: of the body, to which it answers 304, or another one each time."""

    def __init__(self, bodies: dict[str, Any], *, stable: bool) -> None:
        super().__init__(bodies)
        self._stable = stable
        self._numbers = itertools.count()

    async def get(self, path: str, *, etag: str | None = None) -> Answer:
        answer = await super().get(path)
        now = answer.body.hex() if self._stable else str(next(self._numbers))
        if etag == now:
            return Answer(304, b"", now, answer.content_type)
        return answer._replace(etag=now)


@pytest.mark.parametrize("stable", [False, True], ids=["churning", "stable"])
async def test_an_etag_may_change_with_every_answer_or_stay(stable: bool) -> None:
    sent = Tagged({LEAGUE: league()}, stable=stable)
    client = SleeperClient(sent, FixedClock())  # type: ignore[arg-type]
    syncer = LeagueSyncer(
        log=InMemoryEventLog(), sleeper=client, rejected_bodies=KeptBodies(), clock=FixedClock()
    )
    counts = []
    for name in ("Test", "Test", "Renamed", "Renamed"):
        sent.bodies[LEAGUE] = league(name=name)
        counts.append((await syncer.sync(SyncLeague(league_id=LEAGUE_ID))).events)
    assert counts == [1, 0, 1, 0]


@asynccontextmanager
async def client_of(script: Script) -> AsyncIterator[SleeperClient]:
    async with running_app(script) as url:
        client = SleeperClient(Transport(url, budget=Unmetered(), policy=QUICK), FixedClock())
        yield client
        await client.aclose()


@pytest.mark.parametrize("body", [b"", b"null", b'{"error":"slow down"}', b"<html>1015</html>"])
@pytest.mark.parametrize("headers", [{}, {"retry-after": "0"}, {"retry-after": "soon"}])
async def test_a_429_is_waited_out_whatever_it_says(body: bytes, headers: dict[str, str]) -> None:
    script = Script(error(429, body, **headers), ok(b'{"league_id":"123"}'))
    async with client_of(script) as client:
        assert (await client.league("123")).body is not None
    assert len(script.requests) == 2


@pytest.mark.parametrize("step", [error(404, b"null"), ok(b"null")], ids=["404", "200"])
async def test_an_unknown_league_is_not_found_however_sleeper_says_it(
    step: tuple[int, bytes, dict[str, str]],
) -> None:
    log = InMemoryEventLog()
    async with client_of(Script(step)) as client:
        syncer = LeagueSyncer(log=log, sleeper=client, rejected_bodies=KeptBodies(), clock=FixedClock())
        with pytest.raises(LeagueNotFound):
            await syncer.sync(SyncLeague(league_id=LEAGUE_ID, sync_type=SyncType.FULL))
    assert log.events == []


async def test_a_team_may_end_below_zero() -> None:
    world = World(**{"matchups/3": [{"roster_id": 1, "matchup_id": 1, "points": 0}]})
    await world.sync()
    world.sent.bodies[f"{LEAGUE}/matchups/3"] = [{"roster_id": 1, "matchup_id": 1, "points": -2.5}]
    report = await world.sync()
    assert [change.text for change in report.changes] == ["week 3: team 1 went from 0 to -2.5 points"]
    assert [row["points"] for row in world.rows(MATCHUP)] == [-2.5]
    rows = [
        MatchupRow(roster_id=1, matchup_id=1, points=-2.5),
        MatchupRow(roster_id=2, matchup_id=1, points=-3.0),
    ]
    table = standings({3: rows}, (), median_game=False)
    assert [(each.roster_id, each.wins, each.points_for) for each in table] == [(1, 1, -2.5), (2, 0, -3.0)]


async def test_filters_that_may_not_stay_are_not_used() -> None:
    world = World()
    await world.sync(SyncType.FULL)
    players = SentBodies({PLAYERS_PATH: {}})
    await SleeperClient(players, FixedClock()).players()  # type: ignore[arg-type]
    assert players.asked == [PLAYERS_PATH]
    assert not [path for path in (*world.sent.asked, *players.asked) if "?" in path]
