"""Games begin, end, move and vanish; the order of the list and nulls tell nothing."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from domain.feeds.period import SeasonType
from domain.schedule import events as e
from domain.schedule.decide import schedule_decider
from domain.schedule.observation import Game, ScheduleObserved
from tests.unit.domain.specification import given

AT: dict[str, Any] = {"season": "2025", "season_type": SeasonType.REGULAR}
OPENER = Game(game_id="1", week=1, status="pre_game", date="2025-09-04", home="PHI", away="DAL")
LATE = Game(game_id="2", week=1, status="pre_game", date="2025-09-08", home="CHI", away="MIN")


def seen(*games: Game) -> ScheduleObserved:
    return ScheduleObserved("2025", SeasonType.REGULAR, games)


def but(game: Game, **changed: Any) -> Game:
    return msgspec.structs.replace(game, **changed)


def test_the_first_look_is_one_fact_in_the_order_of_weeks_whatever_that_of_the_list() -> None:
    expected = e.GamesScheduled(**AT, games=(OPENER, LATE))
    given(schedule_decider).when(seen(LATE, OPENER)).then(expected)
    given(schedule_decider, seen(OPENER, LATE)).when(seen(LATE, OPENER)).then()


@pytest.mark.quirk("2.3")
@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("in_game", "has begun"),
        ("complete", "has ended"),
        ("canceled", "was canceled"),
        ("pre_game", "has not begun"),
        ("delayed", "is delayed"),
    ],
)
def test_a_status_is_told_in_words(status: str, said: str) -> None:
    event = e.GameStatusChanged(**AT, game=but(OPENER, status=status), before="pre_game")
    assert event.words() == f"DAL at PHI (week 1) {said}"


@pytest.mark.quirk("2.3")
def test_a_game_that_begins_is_news_of_its_own() -> None:
    begun = but(OPENER, status="in_game")
    given(schedule_decider, seen(OPENER, LATE)).when(seen(begun, LATE)).then(
        e.GameStatusChanged(**AT, game=begun, before="pre_game")
    )


def test_a_game_that_moves_and_ends_is_told_in_two_facts() -> None:
    moved = but(OPENER, week=2, date="2025-09-14", status="canceled")
    when = given(schedule_decider, seen(OPENER, LATE)).when(seen(moved, LATE))
    when.then(
        e.GameRescheduled(**AT, game=but(moved, status="pre_game"), before={"week": 1, "date": "2025-09-04"}),
        e.GameStatusChanged(**AT, game=moved, before="pre_game"),
    )
    assert when.events[0].words() == (
        "DAL at PHI (week 2) was moved: week 1 → 2, date 2025-09-04 → 2025-09-14"
    )


def test_a_null_tells_nothing() -> None:
    given(schedule_decider, seen(OPENER)).when(seen(Game(game_id="1", week=1))).then()


def test_a_list_that_was_cut_short_takes_no_game_away() -> None:
    games = [but(OPENER, game_id=str(number)) for number in range(1, 21)]
    given(schedule_decider, seen(*games)).when(seen(*games[:10])).then()
    given(schedule_decider, seen(*games)).when(seen()).then()
    given(schedule_decider, seen(*games)).when(seen(*games[:-1])).then(e.GameUnlisted(**AT, game=games[-1]))


def test_a_single_new_game_is_named() -> None:
    assert e.GamesScheduled(**AT, games=(LATE,)).words() == "MIN at CHI (week 1) is in the schedule of 2025"
    assert e.GamesScheduled(**AT, games=(LATE, OPENER)).words() == "2 games are in the schedule of 2025"
