"""Fields of players that look wrong and are not (SLEEPER_NOTES 2.11): each is kept as it came."""

from __future__ import annotations

from typing import Any

import pytest

from application.projections.players import UNRANKED, row_of


@pytest.mark.quirk("2.11")
@pytest.mark.parametrize(
    ("sent", "column"),
    [
        ({"height": "74"}, "74"),
        ({"height": "6'1\""}, "6'1\""),
        ({"weight": "215"}, "215"),
        ({"number": 0}, 0),
        ({"team": None}, None),
        ({"team": "OAK"}, "OAK"),
        ({"team": ""}, ""),
        ({"injury_status": "COV"}, "COV"),
        ({"status": "Physically Unable to Perform"}, "Physically Unable to Perform"),
        ({"fantasy_positions": None}, None),
        ({"search_rank": 9_999_999}, 9_999_999),
        ({"search_rank": None}, UNRANKED),
        ({"age": "27"}, None),
        ({"number": 2**70}, None),
    ],
)
def test_a_known_field_is_a_column_of_its_own_type_or_null(sent: dict[str, Any], column: Any) -> None:
    row = row_of("17", sent)
    (field,) = sent
    assert row[field] == column
    assert row["data"] == sent


@pytest.mark.quirk("2.11")
@pytest.mark.parametrize(
    "sent",
    [
        {"gsis_id": " 00-0000001"},
        {"espn_id": None, "yahoo_id": 11, "rotowire_id": 12},
        {"news_updated": None},
        {"metadata": {"injury_override_regular_2025_3": "Out"}},
        {"kalshi_id": "KX", "competitions": []},
        {"injury_start_date": None, "team_changed_at": None},
    ],
)
def test_what_has_no_column_is_in_the_whole_object(sent: dict[str, Any]) -> None:
    assert row_of("17", sent)["data"] == sent


@pytest.mark.quirk("2.11")
def test_a_defense_has_letters_for_an_id_and_is_called_by_its_team() -> None:
    row = row_of(
        "PHI", {"first_name": "Philadelphia", "last_name": "Eagles", "position": "DEF", "team": "PHI"}
    )
    assert (row["player_id"], row["name"]) == ("PHI", "PHI")
    assert "'philadelphia'" in row["search"]
