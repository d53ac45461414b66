"""Values that a schema of good intentions refuses, in our read tables (SLEEPER_NOTES 1.3): a real Postgres takes them.

Each constraint is one of an older project's schema; each value is one that Sleeper has sent.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from decimal import Decimal
from functools import reduce
from typing import Any

import pytest
from sqlalchemy import Table

from application.projections.drafts import DRAFT_PICK
from application.projections.leagues import LEAGUE
from application.projections.matchups import MATCHUP, MATCHUP_PLAYER
from application.projections.nfl import STATE
from application.projections.players import PLAYER
from application.projections.rosters import ROSTER, ROSTER_PLAYER
from application.projections.rows import Row
from application.projections.transactions import TRANSACTION
from application.projections.trending import TRENDING_PLAYER
from tests import synthetic
from tests.engines import Servers, wait_until
from tests.projecting import stored_rows
from tests.recordings import running_app
from tests.serving import ScriptedSleeper, Served, database_of_ones_own, serving, settings_for

pytestmark = pytest.mark.quirk("1.3")

ODD = "900000000000000101"
NEXT = "900000000000000102"
"""A league that names a season before it that nobody synced, and where two teams share an owner and a player."""
NEVER_SYNCED = "900000000000000050"
BYE_WEEKS = range(14, 19)
PLAYERS: dict[str, dict[str, Any]] = {
    "1": {"position": "WR", "height": "6'1\"", "weight": "215", "team": "OAK"},
    "2": {"position": "QB", "height": "74", "weight": None, "team": None},
    "3": {"position": "RB", "height": "", "weight": "", "team": ""},
    "PHI": {"position": "DEF", "height": None, "team": "PHI"},
}
TRENDING = "v1/players/nfl/trending/add"


def bodies() -> dict[str, Any]:
    answers = {**synthetic.bodies(NEXT, weeks=1), **synthetic.bodies(ODD, weeks=1)}
    odd, following = f"v1/league/{ODD}", f"v1/league/{NEXT}"
    answers["v1/state/nfl"] |= {"season_type": "pre", "week": 0, "leg": 0}
    answers[odd] |= {"status": "post_season", "total_rosters": 500, "previous_league_id": "0"}
    answers[odd]["settings"] |= {"trade_deadline": 99, "leg": 1}
    answers[following]["previous_league_id"] = NEVER_SYNCED
    answers[f"{odd}/rosters"][0]["settings"] |= {"waiver_budget_used": -20, "fpts": -3, "fpts_decimal": 0}
    below = answers[f"{odd}/matchups/1"][0]
    below |= {"points": -2.5, "starters_points": [-8.0, 5.5], "starters": ["9001", "9002"]}
    below |= {"players": ["9001", "9002"], "players_points": {"9001": -8.0, "9002": 5.5}}
    for week in BYE_WEEKS:
        answers[f"{odd}/matchups/{week}"] = [
            row | {"matchup_id": 1 if row["roster_id"] < 3 else None} for row in answers[f"{odd}/matchups/1"]
        ]
    one, other = answers[f"{following}/rosters"][:2]
    other |= {"owner_id": one["owner_id"], "players": [one["players"][0], *other["players"]]}
    players = {player_id: {"player_id": player_id, **fields} for player_id, fields in PLAYERS.items()}
    return answers | {
        "v1/players/nfl": players,
        TRENDING: counted(300, 9),
        TRENDING.replace("add", "drop"): [],
    }


def counted(*counts: int) -> list[dict[str, Any]]:
    return [{"player_id": str(player), "count": count} for player, count in enumerate(counts, start=1)]


@pytest.fixture(scope="module")
async def stored(
    engines: Servers, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Mapping[Table, list[Row]]]:
    """What Postgres holds after everything was synced and projected."""
    script = ScriptedSleeper(bodies())
    async with AsyncExitStack() as stack:
        sleeper = await stack.enter_async_context(running_app(script))
        database = await stack.enter_async_context(database_of_ones_own(engines, template_database))
        settings = settings_for(database, engines.valkey_url, sleeper, tmp_path_factory.mktemp("data"))
        service = await stack.enter_async_context(serving(settings))
        await _sync(service, script)
        yield await stored_rows(database)


async def _sync(service: Served, script: ScriptedSleeper) -> None:
    """All that Sleeper sends, the list of trending players twice on one day."""
    for league in (ODD, NEXT):
        for sync_type in ("incremental", "full"):
            report = await service.sync(league, sync_type)
            assert report["errors"] == []
    assert (await service.client.post("/sync/players", json={})).status_code == 200
    await service.client.post("/sync/trending", json={})
    script.bodies[TRENDING] = counted(310, 9, 40)
    last = (await service.client.post("/sync/trending", json={})).json()
    assert last["events"] > 0
    projections = service.app.projections
    await wait_until(lambda: all(each.position >= last["position"] for each in projections.status()))


def found(stored: Mapping[Table, list[Row]], table: Table, **where: Any) -> list[Row]:
    return [row for row in stored[table] if where.items() <= row.items()]


@pytest.mark.parametrize(
    ("table", "where", "column", "value"),
    [
        pytest.param(LEAGUE, {"league_id": ODD}, "status", "post_season", id="league.status"),
        pytest.param(STATE, {}, "season_type", "pre", id="season_type"),
        pytest.param(STATE, {}, "week", 0, id="current_week > 0"),
        pytest.param(STATE, {}, "leg", 0, id="leg > 0"),
        pytest.param(LEAGUE, {"league_id": ODD}, "settings.trade_deadline", 99, id="trade_deadline 1-18"),
        pytest.param(LEAGUE, {"league_id": ODD}, "total_rosters", 500, id="total_rosters 2-32"),
        pytest.param(
            ROSTER, {"league_id": ODD, "roster_id": 1}, "waiver_budget_used", -20, id="waiver_budget_used >= 0"
        ),
        pytest.param(PLAYER, {"player_id": "1"}, "height", "6'1\"", id="height in feet"),
        pytest.param(PLAYER, {"player_id": "2"}, "height", "74", id="height in inches"),
        pytest.param(PLAYER, {"player_id": "1"}, "weight", "215", id="weight"),
        pytest.param(LEAGUE, {"league_id": ODD}, "previous_league_id", "0", id="previous_league_id 0"),
        pytest.param(
            LEAGUE, {"league_id": NEXT}, "previous_league_id", NEVER_SYNCED, id="previous_league_id never synced"
        ),
        pytest.param(PLAYER, {"player_id": "1"}, "team", "OAK", id="a team that was"),
        pytest.param(PLAYER, {"player_id": "2"}, "team", None, id="a free agent"),
        pytest.param(PLAYER, {"player_id": "3"}, "team", "", id="a team without a name"),
        pytest.param(
            MATCHUP, {"league_id": ODD, "week": 1, "roster_id": 1}, "points", -2.5, id="matchup points >= 0"
        ),
        pytest.param(
            MATCHUP_PLAYER, {"league_id": ODD, "week": 1, "player_id": "9001"}, "points", -8.0, id="player points >= 0"
        ),
        pytest.param(ROSTER, {"league_id": ODD, "roster_id": 1}, "fpts", Decimal(-3), id="fantasy points >= 0"),
    ],
)  # fmt: skip
async def test_a_value_that_was_thought_impossible_is_stored(
    stored: Mapping[Table, list[Row]], table: Table, where: dict[str, Any], column: str, value: Any
) -> None:
    (row,) = found(stored, table, **where)
    assert reduce(lambda part, name: part[name], column.split("."), row) == value


async def test_transactions_carry_leg_1_while_the_state_is_in_leg_0(
    stored: Mapping[Table, list[Row]],
) -> None:
    sent = bodies()[f"v1/league/{ODD}/transactions/1"]
    rows = found(stored, TRANSACTION, league_id=ODD, leg=1)
    assert {row["transaction_id"] for row in rows} == {row["transaction_id"] for row in sent}


async def test_the_number_of_a_pick_need_not_follow_from_round_and_slot(
    stored: Mapping[Table, list[Row]],
) -> None:
    rows = found(stored, DRAFT_PICK, league_id=ODD)
    assert [row["pick_no"] for row in rows] == [*range(1, synthetic.TEAMS * synthetic.ROUNDS + 1)]
    others = [
        row["round"]
        for row in rows
        if row["pick_no"] != (row["round"] - 1) * synthetic.TEAMS + row["draft_slot"]
    ]
    assert others == [2] * synthetic.TEAMS  # the way back of the snake


@pytest.mark.parametrize("week", BYE_WEEKS)
async def test_teams_without_an_opponent_are_stored_beside_a_game(
    stored: Mapping[Table, list[Row]], week: int
) -> None:
    rows = found(stored, MATCHUP, league_id=ODD, week=week)
    assert [row["matchup_id"] for row in rows] == [1, 1, *[None] * (synthetic.TEAMS - 2)]


async def test_what_is_unique_at_sleeper_is_not_demanded_of_it(stored: Mapping[Table, list[Row]]) -> None:
    """No recorded owner had two teams and no player two: a poll between two changes may still show it."""
    one, other = (row for row in stored[ROSTER] if row["league_id"] == NEXT and row["roster_id"] < 3)
    assert one["owner_id"] == other["owner_id"]
    shared = bodies()[f"v1/league/{NEXT}/rosters"][1]["players"][0]
    rows = found(stored, ROSTER_PLAYER, league_id=NEXT, list="players", player_id=shared)
    assert [row["roster_id"] for row in rows] == [1, 2]


async def test_a_count_that_is_polled_twice_a_day_is_overwritten(stored: Mapping[Table, list[Row]]) -> None:
    rows = found(stored, TRENDING_PLAYER, trend="add")
    assert {row["player_id"]: row["count"] for row in rows} == {"1": 310, "2": 9, "3": 40}
    assert len(rows) == 3
