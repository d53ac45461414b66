"""What REST says of the past of a league, from a real database over a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from application.history import snapshots
from tests import synthetic
from tests.engines import Servers
from tests.fakes import NOW, FixedClock
from tests.recordings import running_app
from tests.serving import ScriptedSleeper, Served, database_of_ones_own, serving, settings_for

L = synthetic.LEAGUE_ID
LEAGUE = f"/api/v1/leagues/{L}"
LISTS = (
    *("members", "rosters", "matchups", "weeks", "transactions"),
    *("brackets/winners", "brackets/losers", "traded-picks"),
)
DRAFT = f"/drafts/{synthetic.DRAFT_ID}"
LATER = NOW + timedelta(days=2)


@pytest.fixture(scope="module")
async def service(
    engines: Servers, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Served]:
    """A league synced twice: at ``NOW``, and changed at ``LATER``."""
    sleeper, clock = ScriptedSleeper(synthetic.bodies(L)), FixedClock()
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(running_app(sleeper))
        database = await stack.enter_async_context(database_of_ones_own(engines, template_database))
        settings = settings_for(database, engines.valkey_url, url, tmp_path_factory.mktemp("data"))
        service = await stack.enter_async_context(serving(settings, clock=clock))
        FIRST.update(await service.sync(L))
        clock.time = LATER
        sleeper.bodies[f"v1/league/{L}"]["name"] = "The Renamed League"
        sleeper.bodies[f"v1/league/{L}/rosters"][0]["settings"]["wins"] = 9
        sleeper.bodies[f"v1/league/{L}/matchups/1"][0]["points"] += 5
        sleeper.bodies[f"v1/league/{L}/transactions/1"][0]["metadata"] = {"notes": "rewritten"}
        sleeper.bodies[f"v1/league/{L}/losers_bracket"][0] |= {"t1": 4, "t2": 6, "w": 4, "l": 6}
        sleeper.bodies[f"v1/league/{L}"]["settings"]["playoff_type"] = 1
        sleeper.bodies[f"v1/league/{L}/traded_picks"][0]["owner_id"] = 10
        sleeper.bodies[f"v1/draft/{synthetic.DRAFT_ID}/picks"][3]["is_keeper"] = True
        sleeper.bodies[f"v1/draft/{synthetic.DRAFT_ID}"]["metadata"]["name"] = "The Renamed League"
        LAST.update(await service.sync(L))
        yield service


FIRST: dict[str, Any] = {}
LAST: dict[str, Any] = {}


OF_DRAFTS = ("/drafts", DRAFT, f"{DRAFT}/picks", f"{DRAFT}/traded-picks")


@pytest.mark.parametrize("resource", ["", "/standings", *(f"/{name}" for name in LISTS), *OF_DRAFTS])
async def test_now_as_a_moment_equals_now(service: Served, resource: str) -> None:
    now = await service.get(LEAGUE + resource, min_position=LAST["position"])
    for moment in (LAST["position"], LATER.isoformat()):
        assert await service.get(LEAGUE + resource, as_of=moment) == now


@pytest.mark.parametrize(
    "as_of", [{"as_of": NOW.isoformat()}, {"as_of": NOW.isoformat(), "as_observed": True}]
)
async def test_the_past_shows_what_was_true_then(service: Served, as_of: dict[str, Any]) -> None:
    sent = synthetic.bodies(L)
    assert (await service.get(LEAGUE, **as_of))["name"] == sent[f"v1/league/{L}"]["name"]
    assert (await service.get(f"{LEAGUE}/rosters", **as_of))["items"][0]["settings"]["wins"] == 0
    [week] = [
        row for row in await service.pages(f"{LEAGUE}/matchups", week=1, **as_of) if row["roster_id"] == 1
    ]
    assert week["points"] == sent[f"v1/league/{L}/matchups/1"][0]["points"]
    assert not any(row["decided"] for row in await service.pages(f"{LEAGUE}/brackets/losers", **as_of))
    picks = await service.pages(f"{LEAGUE}/traded-picks", **as_of)
    assert [{name: pick[name] for name in pick if name != "league_id"} for pick in picks] == sorted(
        sent[f"v1/league/{L}/traded_picks"], key=lambda pick: pick["roster_id"]
    )
    rewritten = sent[f"v1/league/{L}/transactions/1"][0]
    then = {row["transaction_id"]: row for row in await service.pages(f"{LEAGUE}/transactions", **as_of)}
    assert then[rewritten["transaction_id"]]["metadata"] == rewritten["metadata"]
    assert then[rewritten["transaction_id"]]["corrections"] == 0


@pytest.mark.parametrize("name", LISTS)
async def test_pages_of_the_past_join_without_a_seam(service: Served, name: str) -> None:
    whole = await service.pages(f"{LEAGUE}/{name}", limit=1000, as_of=FIRST["position"])
    assert await service.pages(f"{LEAGUE}/{name}", limit=2, as_of=FIRST["position"]) == whole
    assert len(whole) > 2


async def test_filters_hold_in_the_past(service: Served) -> None:
    path, then = f"{LEAGUE}/transactions", FIRST["position"]
    whole = await service.pages(path, as_of=then)
    trades = await service.pages(path, as_of=then, type="trade", week=2)
    assert trades == [row for row in whole if (row["type"], row["leg"]) == ("trade", 2)]
    assert trades


@pytest.mark.parametrize("as_observed", [True, False])
async def test_a_week_was_final_before_it_was_corrected(service: Served, as_observed: bool) -> None:
    then = await service.pages(f"{LEAGUE}/weeks", as_of=NOW.isoformat(), as_observed=as_observed)
    assert [row["state"] for row in then] == [*["final"] * (synthetic.WEEKS - 1), "open"]
    first = (await service.pages(f"{LEAGUE}/weeks", min_position=LAST["position"]))[0]
    assert (first["state"], first["corrections"]) == ("corrected", 1)
    assert (first["closed_at"], first["closed_by"]) == (None, "2026-11-22T12:00:00Z")
    assert first["corrected_at"] == "2026-11-24T12:00:00Z"


async def test_a_time_is_read_in_any_offset(service: Served) -> None:
    there = await service.get(LEAGUE, as_of="2026-11-22T13:00:00+01:00")
    assert there == await service.get(LEAGUE, as_of=NOW.isoformat())


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"as_of": "yesterday"}, "as_of"),
        ({"as_of": "2026-11-22T12:00:00"}, "as_of"),
        ({"as_of": 10**9}, "as_of"),
        ({"as_of": 5, "as_observed": True}, "as_observed"),
        ({"as_observed": True}, "as_observed"),
        ({"as_of": 5, "min_position": 10**9}, "min_position"),
    ],
)
async def test_what_is_no_moment_is_refused(service: Served, parameters: dict[str, Any], field: str) -> None:
    answer = await service.client.get(f"{LEAGUE}/rosters", params=parameters)
    assert answer.status_code == 400
    assert answer.json()["parameter"] == field


async def test_before_the_league_was_known_it_says_since_when(service: Served) -> None:
    before = "2022-11-20T10:13:50Z"  # its id is of the same second, and half a second later
    answer = await service.client.get(f"{LEAGUE}/rosters", params={"as_of": before})
    assert answer.status_code == 404
    assert "position 1, observed 2026-11-22T12:00:00Z" in answer.json()["remedy"]


@pytest.mark.parametrize("as_observed", [False, True])
async def test_drafts_are_shown_as_they_were(service: Served, as_observed: bool) -> None:
    then = {"as_of": NOW.isoformat(), "as_observed": as_observed}
    sent = synthetic.bodies(L)
    draft = await service.get(LEAGUE + DRAFT, **then)
    assert draft["metadata"] == sent[f"v1/draft/{synthetic.DRAFT_ID}"]["metadata"]
    assert (await service.get(f"{LEAGUE}/drafts", **then))["items"] == [draft]
    picks = await service.pages(f"{LEAGUE}{DRAFT}/picks", limit=7, **then)
    assert [pick["player_id"] for pick in picks] == [
        pick["player_id"] for pick in sent[f"v1/draft/{synthetic.DRAFT_ID}/picks"]
    ]
    assert {pick["is_keeper"] for pick in picks} == {None}
    of_four = await service.pages(f"{LEAGUE}{DRAFT}/picks", round=2, roster_id=4, **then)
    assert of_four == [pick for pick in picks if (pick["round"], pick["roster_id"]) == (2, 4)]
    assert of_four


async def test_picks_were_made_before_the_draft_was_looked_at(service: Served) -> None:
    then = {"as_of": (NOW - timedelta(days=1)).isoformat()}
    picks = await service.pages(f"{LEAGUE}{DRAFT}/picks", **then)
    assert len(picks) == synthetic.TEAMS * synthetic.ROUNDS
    assert (await service.get(f"{LEAGUE}{DRAFT}/traded-picks", **then))["items"] == []
    assert (await service.client.get(f"{LEAGUE}/drafts", params=then)).status_code == 404


@pytest.mark.parametrize("part", ["", "/picks", "/traded-picks"])
@pytest.mark.parametrize(
    ("league", "draft", "remedy"),
    [
        (L, "404", f"Use a draft_id of {LEAGUE}/drafts."),
        ("404", synthetic.DRAFT_ID, "gamefilm sync league 404"),
    ],
)
async def test_an_unknown_draft_is_as_unknown_in_the_past(
    service: Served, part: str, league: str, draft: str, remedy: str
) -> None:
    path = f"/api/v1/leagues/{league}/drafts/{draft}{part}"
    answer = await service.client.get(path, params={"as_of": LATER.isoformat()})
    assert answer.status_code == 404
    assert remedy in answer.json()["remedy"]


def squads_at_first() -> dict[int, set[str]]:
    teams = range(1, synthetic.TEAMS + 1)
    return {team: {str(team * 100 + n) for n in range(synthetic.SQUAD)} for team in teams}


async def test_before_the_first_look_the_squads_are_told_and_nothing_else(service: Served) -> None:
    drafted = datetime.fromtimestamp(synthetic.START_MS / 1000, UTC)
    rows = await service.pages(f"{LEAGUE}/rosters", limit=3, as_of=drafted.isoformat())
    assert {row["roster_id"]: {*row["players"]} for row in rows} == squads_at_first()
    known = {"league_id", "roster_id", "players"}
    assert {value for row in rows for name, value in row.items() if name not in known} == {None}
    assert (await service.get(f"{LEAGUE}/standings", as_of=drafted.isoformat()))["items"] == []
    picked = await service.pages(f"{LEAGUE}/rosters", as_of=(drafted - timedelta(days=2)).isoformat())
    assert {len(row["players"]) for row in picked} == {synthetic.SQUAD - synthetic.ROUNDS}


async def test_a_transaction_moves_the_squads_of_its_moment(service: Served) -> None:
    [trade] = [row for row in synthetic.bodies(L)[f"v1/league/{L}/transactions/1"] if row["type"] == "trade"]
    at = datetime.fromtimestamp(trade["status_updated"] / 1000, UTC)
    for moment, there in ((at - timedelta(milliseconds=1), False), (at, True)):
        rows = await service.pages(f"{LEAGUE}/rosters", as_of=moment.isoformat())
        squads = {row["roster_id"]: row["players"] for row in rows}
        assert {player in squads[team] for player, team in trade["adds"].items()} == {there}
        assert {player in squads[team] for player, team in trade["drops"].items()} == {not there}


async def test_as_observed_nothing_was_known_before_the_first_look(service: Served) -> None:
    asked = {"as_of": (NOW - timedelta(days=1)).isoformat(), "as_observed": True}
    answer = await service.client.get(f"{LEAGUE}/rosters", params=asked)
    assert answer.status_code == 404


async def test_who_was_drafted_is_on_the_team_since_the_draft(service: Served) -> None:
    drafted = synthetic.bodies(L)[f"v1/draft/{synthetic.DRAFT_ID}"]["last_picked"]
    since = datetime.fromtimestamp(drafted / 1000, UTC).isoformat().replace("+00:00", "Z")
    told = {
        "roster_id": 1,
        "since": since,
        "until": None,
        "acquired": "draft",
        "acquired_by": None,
        "released": None,
        "released_by": None,
    }
    assert (await service.get(f"{LEAGUE}/players/100/ownership"))["items"] == [told]
    earlier = (NOW - timedelta(days=1)).isoformat()
    assert (await service.get(f"{LEAGUE}/players/100/ownership", as_of=earlier))["items"] == [told]


async def test_an_unknown_league_is_as_unknown_in_the_past(service: Served) -> None:
    answer = await service.client.get("/api/v1/leagues/404/rosters", params={"as_of": 1})
    assert answer.status_code == 404
    assert "gamefilm sync league 404" in answer.json()["remedy"]


async def test_an_unchanged_past_is_not_sent_twice(service: Served) -> None:
    first = await service.client.get(f"{LEAGUE}/rosters", params={"as_of": FIRST["position"]})
    asked = {"If-None-Match": first.headers["etag"]}
    again = await service.client.get(f"{LEAGUE}/rosters", params={"as_of": FIRST["position"]}, headers=asked)
    other = await service.client.get(f"{LEAGUE}/rosters", params={"as_of": LAST["position"]}, headers=asked)
    assert (again.status_code, other.status_code) == (304, 200)
    assert int(first.headers["x-log-position"]) == LAST["position"]


async def test_snapshots_are_kept_and_answer_the_same(
    service: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(snapshots, "EVERY", 4)
    answers = [await service.get(f"{LEAGUE}/matchups", limit=1000, as_of=LAST["position"]) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]


async def changes(service: Served, path: str = "changes", **parameters: Any) -> list[dict[str, Any]]:
    return await service.pages(f"{LEAGUE}/{path}", **parameters)


async def test_changes_between_positions_are_those_of_the_log(service: Served) -> None:
    items = await changes(service, **{"from": FIRST["position"], "to": LAST["position"]})
    assert [row["position"] for row in items] == list(range(FIRST["position"] + 1, LAST["position"] + 1))
    assert {row["type"] for row in items} == {
        *("LeagueRenamed", "LeagueSettingsChanged", "RosterRecordReported", "ScoreChanged"),
        *("WeekCorrected", "TransactionCorrected", "BracketTeamsKnown", "BracketGameDecided", "PickTraded"),
        *("DraftDetailsChanged", "DraftPickCorrected"),
    }
    assert {row["position"] for row in items} == {change["position"] for change in LAST["changes"]}
    assert "week 1: Ada's Eleven went from 105.07 to 110.07 points" in {row["text"] for row in items}


async def test_changes_of_a_time_are_what_happened_in_it_whenever_it_was_seen(service: Served) -> None:
    sent = synthetic.bodies(L)
    done = [
        row
        for week in range(1, synthetic.WEEKS + 1)
        for row in sent[f"v1/league/{L}/transactions/{week}"]
        if row["leg"] == 2
    ]
    times = sorted(datetime.fromtimestamp(row["status_updated"] / 1000, UTC) for row in done)
    between = {"from": (times[0] - timedelta(seconds=1)).isoformat(), "to": times[-1].isoformat()}
    items = await changes(service, **between)
    assert [row["facet"] for row in items] == ["transactions"] * len(done)
    assert [row["happened_at"] for row in items] == sorted(row["happened_at"] for row in items)
    assert await changes(service, **between, as_observed=True) == []


@pytest.mark.parametrize("limit", [1, 7])
async def test_pages_of_changes_join_without_a_seam(service: Served, limit: int) -> None:
    whole = await changes(service, limit=1000, to=NOW.isoformat())
    assert await changes(service, limit=limit, to=NOW.isoformat()) == whole
    folded = [change for change in FIRST["changes"] if change["type"] == "SquadsMoved"]
    assert len(whole) == FIRST["position"] - len(folded)


async def test_a_team_is_followed_through_time(service: Served) -> None:
    items = await changes(service, "rosters/1/history")
    sent = synthetic.bodies(L)
    mine = [
        row
        for week in range(1, synthetic.WEEKS + 1)
        for row in sent[f"v1/league/{L}/transactions/{week}"]
        if 1 in row["roster_ids"]
    ]
    kinds = [row["type"] for row in items]
    assert kinds.count("RosterRegistered") == kinds.count("RosterRecordReported") == 1
    assert kinds.count("SquadsBegan") == 1
    assert kinds.count("DraftPickMade") == synthetic.ROUNDS
    assert "SquadsMoved" not in kinds
    assert sum(row["facet"] == "transactions" and "Corrected" not in row["type"] for row in items) == len(
        mine
    )


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"to": "yesterday"}, "to"),
        ({"from": 5, "to": NOW.isoformat()}, "to"),
        ({"from": 5, "to": 4}, "to"),
        ({"as_observed": True}, "as_observed"),
        ({"after": "x"}, "after"),
    ],
)
async def test_what_is_no_period_is_refused(service: Served, parameters: dict[str, Any], field: str) -> None:
    answer = await service.client.get(f"{LEAGUE}/changes", params=parameters)
    assert (answer.status_code, answer.json()["parameter"]) == (400, field)


async def test_changes_of_an_unknown_league_are_not_found(service: Served) -> None:
    assert (await service.client.get("/api/v1/leagues/404/changes")).status_code == 404
