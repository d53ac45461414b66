"""Who beat whom and the record book of the longest recorded chain of seasons, against what Sleeper said.

Needs a folder of recordings, named by ``GAMEFILM_RECORDINGS``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from functools import cache
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from application.commands.sync_leagues import SyncFamily
from tests.acceptance.test_families_on_recordings import LEAST_SEASONS, RECORDINGS, longest_chain, pytestmark
from tests.engines import Servers
from tests.recordings import running_recording
from tests.serving import Served, database_of_ones_own, serving, settings_for

__all__ = ["pytestmark"]
GAMES = 7
"""Of the winners bracket in one season of six playoff teams."""
LEAST_PICKS = 376
NAMES = ("wins", "losses", "ties")


@pytest.fixture(scope="module")
async def service(
    engines: Servers, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Served]:
    """The service after a sync of all seasons; the first request waits for the read model."""
    async with AsyncExitStack() as stack:
        sleeper = await stack.enter_async_context(running_recording(RECORDINGS))
        database = await stack.enter_async_context(database_of_ones_own(engines, template_database))
        settings = settings_for(database, engines.valkey_url, sleeper, tmp_path_factory.mktemp("data"))
        service = await stack.enter_async_context(serving(settings))
        report = await service.app.leagues_syncer.sync(SyncFamily(league_id=seasons()[-1]))
        for resource in ("head-to-head", "standings"):
            await service.client.get(
                f"/api/v1/leagues/{seasons()[-1]}/{resource}", params={"min_position": report.position}
            )
        yield service


@cache
def seasons() -> list[str]:
    """The league ids, the first season first."""
    return [league.league_id for league in reversed(longest_chain())]


@cache
def body(path: str) -> Any:
    """What is recorded of a league, in the source that has the league object."""
    file = next(RECORDINGS.glob(f"*/v1/league/{path}.json"), None)
    return None if file is None else msgspec.json.decode(file.read_bytes())


def settings_of(league: str) -> dict[str, Any]:
    return body(league)["settings"]


def rows(league: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every recorded row of a week that Sleeper has closed."""
    for week in range(1, (settings_of(league).get("last_scored_leg") or 0) + 1):
        yield from ((week, row) for row in body(f"{league}/matchups/{week}") or ())


async def test_regular_games_of_each_season_add_up_to_what_sleeper_reports(service: Served) -> None:
    found = await service.get(f"/api/v1/leagues/{seasons()[-1]}/head-to-head")
    assert len(found["seasons"]) >= LEAST_SEASONS
    sums: Counter[Any] = Counter()
    for each in found["items"]:
        owner = each["owner"]["user_id"]
        sums.update({(owner, name): each["regular"][name] for name in NAMES})
    computed: Counter[Any] = Counter()
    agreeing = []
    for league in seasons():
        for row in (await service.get(f"/api/v1/leagues/{league}/standings"))["items"]:
            computed.update({(row["owner_id"], name): row[name] for name in NAMES})
            agreeing.append(row["agrees"])
    assert sums == computed
    assert agreeing.count(True) > len(agreeing) / 2


async def test_games_of_the_winners_bracket_end_as_the_bracket_says(service: Served) -> None:
    found = 0
    for league in seasons()[-3:]:
        if (bracket := body(f"{league}/winners_bracket")) and body(league)["status"] == "complete":
            owner = {row["roster_id"]: row["owner_id"] for row in body(f"{league}/rosters")}
            for game in bracket:
                pair = {"user_id": owner[game["w"]], "opponent": owner[game["l"]]}
                told = await service.get(f"/api/v1/leagues/{league}/head-to-head", **pair)
                week = settings_of(league)["playoff_week_start"] + game["r"] - 1
                [met] = [
                    each for each in told["games"] if (each["league_id"], each["weeks"]) == (league, [week])
                ]
                assert (met["stage"], met["result"]) == ("playoffs", "W")
                found += 1
    assert found >= 2 * GAMES


async def test_best_seasons_are_the_table_of_teams_that_somebody_played(service: Served) -> None:
    told = 0
    for league in seasons():
        book = await service.get(f"/api/v1/leagues/{league}/records", scope="season", limit=100)
        table = (await service.get(f"/api/v1/leagues/{league}/standings"))["items"]
        over = [row for row in table if row["points_for"]] if body(league)["status"] == "complete" else []
        names = (*NAMES, "rank", "roster_id", "points_for", "points_against")
        assert [{name: row[name] for name in names} for row in book["best_seasons"]] == [
            {name: row[name] for name in names} for row in over
        ]
        # A team that nobody plays was in this league for years: its empty seasons are no records.
        told += len(table) - len(over) if over else 0
    assert told


async def test_highs_are_the_highest_recorded_points(service: Served) -> None:
    book = await service.get(f"/api/v1/leagues/{seasons()[-1]}/records", limit=100)
    points = [
        row["points"] if row["custom_points"] is None else row["custom_points"]
        for league in seasons()
        for week, row in rows(league)
        if week < settings_of(league)["playoff_week_start"] or row["roster_id"] in finalists(league, week)
    ]
    assert [each["points"] for each in book["weekly_highs"]] == sorted(points, reverse=True)[:100]
    assert book["weekly_lows"][0]["points"] > min(points) == 0


def finalists(league: str, week: int) -> set[int]:
    """The rosters that play a game of the winners bracket in a week."""
    round_ = week - settings_of(league)["playoff_week_start"] + 1
    games = [game for game in body(f"{league}/winners_bracket") or () if game["r"] == round_]
    return {game[side] for game in games for side in ("t1", "t2")}


async def test_each_streak_is_won_game_by_game(service: Served) -> None:
    book = await service.get(f"/api/v1/leagues/{seasons()[-1]}/records", limit=1)
    for kind, streaks in (("W", book["winning_streaks"]), ("L", book["losing_streaks"])):
        for streak in streaks:
            won = await games_of(service, streak["owner"]["user_id"])
            since, until = ((each["season"], each["week"]) for each in (streak["since"], streak["until"]))
            inside = [result for week, result in won if since <= week <= until]
            assert inside == [kind] * streak["games"]
            assert streak["active"] == (not any(week > until for week, _ in won))


async def games_of(service: Served, user_id: str) -> list[tuple[tuple[str, int], str]]:
    """All games of an owner but consolation, in their order."""
    path = f"/api/v1/leagues/{seasons()[-1]}/head-to-head"
    found = []
    for each in (await service.get(path, user_id=user_id))["items"]:
        pair = await service.get(path, user_id=user_id, opponent=each["opponent"]["user_id"])
        found += [
            ((game["season"], game["weeks"][0]), game["result"])
            for game in pair["games"]
            if game["stage"] != "other"
        ]
    return sorted(found)


async def test_every_recorded_trade_is_told_once_with_all_its_parties(service: Served) -> None:
    told = await service.pages(f"/api/v1/leagues/{seasons()[0]}/trades", limit=50)
    expected = {row["transaction_id"]: row for league in seasons() for row in completed(league, "trade")}
    assert [each["transaction_id"] for each in told] == [
        id_ for id_, _ in sorted(expected.items(), key=lambda item: (item[1]["status_updated"], item[0]))
    ][::-1]
    for each in told:
        row = expected[each["transaction_id"]]
        assert [party["roster_id"] for party in each["parties"]] == sorted(row["roster_ids"])
        received = {
            player["player_id"]: party["roster_id"]
            for party in each["parties"]
            for player in party["received"]["players"]
        }
        assert received == (row["adds"] or {})
        assert sum(len(party["received"]["picks"]) for party in each["parties"]) == len(row["draft_picks"])
        assert sum(party["sent"]["faab"] for party in each["parties"]) == sum(
            sent["amount"] for sent in row["waiver_budget"]
        )


def completed(league: str, *types: str) -> list[dict[str, Any]]:
    """The recorded completed transactions, in the order in which Sleeper applied them."""
    legs = [body(f"{league}/transactions/{leg}") or () for leg in range(1, 19)]
    rows = [row for leg in legs for row in leg if row["status"] == "complete"]
    wanted = [row for row in rows if not types or row["type"] in types]
    return sorted(wanted, key=lambda row: (row["status_updated"], int(row["transaction_id"])))


async def test_every_player_came_by_his_last_transaction_or_else_by_a_pick(service: Served) -> None:
    unknown: list[set[tuple[str, int]]] = []
    for league in seasons():
        unknown.append(set())
        added = {
            (player, team): row for row in completed(league) for player, team in (row["adds"] or {}).items()
        }
        drafted = {(row["player_id"], row["roster_id"]): row for row in picks(league)}
        for roster in body(f"{league}/rosters"):
            team = roster["roster_id"]
            found = (await service.get(f"/api/v1/leagues/{league}/rosters/{team}/acquisitions"))["items"]
            assert [each["player_id"] for each in found] == (roster["players"] or [])
            for each in found:
                key = (each["player_id"], team)
                if (move := added.get(key)) is not None:
                    assert (each["how"], each["transaction_id"]) == (move["type"], move["transaction_id"])
                elif (pick := drafted.get(key)) is not None:
                    kept = "keeper" if pick["is_keeper"] else "draft"
                    assert (each["how"], each["pick_no"]) == (kept, pick["pick_no"])
                elif each["how"] == "unknown":
                    unknown[-1].add(key)
    # Of this dynasty all is recorded but the draft of its first season: from there they come, all of them.
    first, *later = unknown
    assert first
    assert all(after <= before for before, after in pairwise([first, *later]))


def picks(league: str) -> list[dict[str, Any]]:
    file = next(RECORDINGS.glob(f"*/v1/draft/{body(league)['draft_id']}/picks.json"), None)
    return [] if file is None else msgspec.json.decode(file.read_bytes())


async def test_points_of_picks_are_the_recorded_ones(service: Served) -> None:
    compared = 0
    for league in seasons():
        if not picks(league):
            continue
        draft = body(league)["draft_id"]
        found = await service.get(f"/api/v1/leagues/{league}/drafts/{draft}/results")
        started: Counter[str] = Counter()
        scored: Counter[str] = Counter()
        for _, row in rows(league):
            slots = dict(zip(row["starters"], row["starters_points"], strict=True))
            started.update({player: points for player, points in slots.items() if player != "0"})
            scored.update(row.get("players_points") or {})
        for each in found["items"]:
            assert each["started_points"] == pytest.approx(started[each["player_id"]], abs=0.011)
            if not found["weeks_without_bench"]:
                assert each["points"] == pytest.approx(scored[each["player_id"]], abs=0.011)
            compared += 1
        assert sum(each["value"] or 0 for each in found["items"]) == pytest.approx(0, abs=1)
    assert compared >= LEAST_PICKS
