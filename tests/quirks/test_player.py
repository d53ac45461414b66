"""Players as Sleeper sends them, from the bytes of the map to events and rows (SLEEPER_NOTES 2.11)."""

from __future__ import annotations

from typing import Any

import pytest

from application.projections.players import PLAYER
from application.projections.rows import Row
from domain.event import Event
from domain.players.decide import players_decider
from domain.players.observation import PlayersObserved
from infrastructure.sleeper.client import PLAYERS_PATH, SleeperClient
from tests.fakes import FixedClock
from tests.projecting import project
from tests.quirks.world import SentBodies
from tests.unit.domain.specification import given

pytestmark = pytest.mark.quirk("2.11")

ANN: dict[str, Any] = {
    "player_id": "17",
    "first_name": "Ann",
    "last_name": "Back",
    "full_name": "Ann Back",
    "position": "RB",
    "fantasy_positions": ["RB", "WR"],
    "team": "PHI",
    "status": "Active",
    "active": True,
    "number": 0,
    "age": 27,
    "years_exp": 0,
    "height": "6'1\"",
    "weight": "215",
    "search_rank": 9_999_999,
    "injury_status": None,
    "injury_body_part": None,
    "injury_notes": None,
    "injury_start_date": None,
    "gsis_id": " 00-0000001",
    "espn_id": None,
    "yahoo_id": 11,
    "rotowire_id": 12,
    "news_updated": 1_788_000_000_000,
    "metadata": {"injury_override_regular_2025_3": "Out"},
    "team_changed_at": None,
    "practice_participation": None,
    "practice_description": None,
}
DEFENSE: dict[str, Any] = {
    "player_id": "PHI",
    "first_name": "Test City",
    "last_name": "Birds",
    "position": "DEF",
    "fantasy_positions": ["DEF"],
    "team": "PHI",
    "injury_status": None,
}


async def observed(*players: dict[str, Any]) -> PlayersObserved:
    """The map of players, through the client."""
    sent = {PLAYERS_PATH: {each["player_id"]: each for each in players}}
    client = SleeperClient(SentBodies(sent), FixedClock())  # type: ignore[arg-type]
    body = (await client.players()).body
    assert body is not None
    return PlayersObserved(body, complete=True)


async def row_of(player: dict[str, Any]) -> Row:
    events = given(players_decider).when(await observed(player)).events
    (row,) = project(*events)[PLAYER]
    return row


async def news(**changed: Any) -> tuple[list[Event], Row]:
    """What is told when Ann's fields change, and her row after it."""
    known = given(players_decider, await observed(ANN))
    when = known.when(await observed(ANN | changed))
    when.then(*when.events)
    first = known.decider.decide(known.decider.initial, await observed(ANN))
    (row,) = project(*first, *when.events)[PLAYER]
    return when.events, row


async def test_an_object_comes_back_whole_and_its_fields_as_columns() -> None:
    row = await row_of(ANN)
    assert row["data"] == ANN
    assert row["data"]["gsis_id"].startswith(" ")
    columns = row.keys() & ANN.keys()
    assert {name: row[name] for name in columns} == {name: ANN[name] for name in columns}
    assert columns >= {"number", "age", "years_exp", "height", "weight", "search_rank", "status", "team"}


@pytest.mark.parametrize(
    ("sent", "name"),
    [(DEFENSE, "PHI"), ({"player_id": "18"}, "player 18"), (ANN | {"full_name": None}, "Ann Back")],
    ids=["a defense", "without any field", "without a full name"],
)
async def test_whoever_is_in_the_map_has_a_name(sent: dict[str, Any], name: str) -> None:
    row = await row_of(sent)
    assert (row["player_id"], row["name"], row["data"]) == (sent["player_id"], name, sent)


@pytest.mark.parametrize(
    "status",
    ["Inactive", "Injured Reserve", "Practice Squad", "Physically Unable to Perform", "PUP", "Retired", None],
)
async def test_every_status_is_news(status: str | None) -> None:
    (event,), row = await news(status=status)
    assert event.words() == f"Ann Back: status Active → {status or 'none'}"
    assert row["status"] == status


@pytest.mark.parametrize(
    "injury", ["Questionable", "Doubtful", "Out", "IR", "PUP", "Sus", "NA", "DNR", "COV"]
)
async def test_every_injury_is_news_and_so_is_its_end(injury: str) -> None:
    (event,), row = await news(injury_status=injury)
    assert (event.topic, event.words()) == ("sleeper.players.17", f"Ann Back: injury {injury}")
    assert row["injury_status"] == injury
    hurt = given(players_decider, await observed(ANN | {"injury_status": injury}))
    (event,) = hurt.when(await observed(ANN)).events
    assert event.words() == f"Ann Back: no injury any more (was {injury})"


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("team", None, "left PHI, free agent"),
        ("team", "", "left PHI, free agent"),
        ("team", "DAL", "moved from PHI to DAL"),
        ("fantasy_positions", None, "fantasy positions RB/WR → none"),
        ("fantasy_positions", ["RB"], "fantasy positions RB/WR → RB"),
        ("position", None, "position RB → none"),
        ("number", 7, "number 0 → 7"),
        ("injury_body_part", "Knee", "injury body part none → Knee"),
        ("injury_notes", "Surgery", "injury notes none → Surgery"),
        ("injury_start_date", "2026-09-01", "injury start date none → 2026-09-01"),
        ("practice_participation", "DNP", "practice participation none → DNP"),
    ],
)
async def test_what_people_follow_may_be_null_before_or_after(field: str, value: Any, words: str) -> None:
    (event,), row = await news(**{field: value})
    assert event.words() == f"Ann Back: {words}"
    assert row["data"][field] == value


@pytest.mark.parametrize(
    "changed",
    [
        {"search_rank": 40},
        {"news_updated": None},
        {"gsis_id": "00-0000001"},
        {"espn_id": 13, "yahoo_id": None},
        {"metadata": {"injury_override_regular_2026_1": "Questionable"}},
        {"metadata": None},
        {"team_changed_at": 1_788_000_000_001},
        {"height": "73", "weight": "216", "age": 28, "years_exp": 1},
        {"kalshi_id": "KX", "oddsjam_id": "1", "opta_id": None, "competitions": ["nfl"]},
    ],
    ids=" ".join,
)
async def test_what_moves_for_many_every_day_is_told_apart_from_news(changed: dict[str, Any]) -> None:
    (event,), row = await news(**changed)
    assert event.topic == "sleeper.player-catalogue"
    assert row["data"] == ANN | changed
