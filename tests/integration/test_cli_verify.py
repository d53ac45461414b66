"""``verify``: real processes, a real database, a scripted Sleeper."""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.cli import ScriptedSleeper, environment, gamefilm, running_sleeper
from tests.synthetic import LEAGUE_ID, TEAMS, WEEKS, bodies

BEFORE = "900000000000000008"


def right_bodies(league_id: str = LEAGUE_ID) -> dict[str, Any]:
    """The invented league with records that belong to its matchups, and the rosters to its transactions."""
    answers = bodies(league_id)
    root = f"v1/league/{league_id}"
    answers[root]["settings"]["last_scored_leg"] = 0
    budgets: dict[int, int] = dict.fromkeys(range(1, TEAMS + 1), 0)
    for week in range(1, WEEKS + 1):
        for row in answers[f"{root}/transactions/{week}"]:
            if row["status"] == "complete":
                for team in {*(row["adds"] or {}).values()} if row["type"] == "waiver" else ():
                    budgets[team] += row["settings"]["waiver_bid"]
                for sent in row["waiver_budget"] or ():
                    budgets[sent["sender"]] += sent["amount"]
                    budgets[sent["receiver"]] -= sent["amount"]
    for roster in answers[f"{root}/rosters"]:
        roster["settings"]["waiver_budget_used"] = budgets[roster["roster_id"]]
    return answers


@pytest.fixture
async def sleeper(
    database_url: str, valkey_url: str
) -> AsyncIterator[tuple[ScriptedSleeper, dict[str, str]]]:
    answers = {**right_bodies(), **right_bodies(BEFORE)}
    answers[f"v1/league/{LEAGUE_ID}"]["previous_league_id"] = BEFORE
    answers[f"v1/league/{BEFORE}"] |= {"season": "2025", "previous_league_id": "0"}
    async with running_sleeper(answers) as (scripted, url):
        yield scripted, environment(DATABASE_URL=database_url, VALKEY_URL=valkey_url, SLEEPER_BASE_URL=url)


async def test_a_league_that_is_right_is_counted_and_verifies(sleeper) -> None:
    _, environ = sleeper
    assert (await gamefilm("sync", "league", LEAGUE_ID, "--full", environ=environ)).code == 0
    verified = await gamefilm("verify", "league", LEAGUE_ID, environ=environ)
    assert (verified.code, verified.err) == (0, "")
    assert f"faab       {TEAMS} of {TEAMS} agree" in verified.out
    assert f"points     {TEAMS * WEEKS} of {TEAMS * WEEKS} agree" in verified.out
    assert "standings  not checked: no week is closed." in verified.out
    assert verified.out.splitlines()[-1].endswith("0 without a known cause.")


async def test_a_difference_without_a_cause_ends_with_1_and_names_both_sides(sleeper) -> None:
    scripted, environ = sleeper
    scripted.answers = copy.deepcopy(scripted.answers)
    scripted.answers[f"v1/league/{LEAGUE_ID}/rosters"][0]["settings"]["waiver_budget_used"] += 7
    assert (await gamefilm("sync", "league", LEAGUE_ID, "--full", environ=environ)).code == 0
    verified = await gamefilm("verify", "league", LEAGUE_ID, environ=environ)
    assert verified.code == 1
    assert "budget used by team 1" in verified.out
    assert "no cause is known" in verified.out
    assert "1 without a known cause" in verified.err


async def test_history_goes_back_as_far_as_the_log_knows_the_family(sleeper) -> None:
    _, environ = sleeper
    for league in (LEAGUE_ID, BEFORE):
        assert (await gamefilm("sync", "league", league, "--full", environ=environ)).code == 0
    verified = await gamefilm("verify", "league", LEAGUE_ID, "--history", "--json", environ=environ)
    assert verified.code == 0
    assert [(each["league_id"], each["season"]) for each in verified.json] == [
        (LEAGUE_ID, "2026"), (BEFORE, "2025"),
    ]  # fmt: skip
    assert all(each["clean"] for each in verified.json)


async def test_a_league_that_was_never_synced_is_not_found(sleeper) -> None:
    _, environ = sleeper
    verified = await gamefilm("verify", "league", "404", environ=environ)
    assert verified.code == 3
    assert "gamefilm sync league 404 --full" in verified.err
