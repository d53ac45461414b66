"""What feeds say of players: read from both shapes, told many an event, and corrected once a week is closed."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from domain.errors import InvalidInput
from domain.feeds import events as e
from domain.feeds.decide import CHUNK, feed_decider
from domain.feeds.observation import Feed, Line, LineRow, Lines, LinesObserved, lines_of, wrong_period
from domain.feeds.period import Period, SeasonType, check_period, is_over, season_type_named
from domain.feeds.placeholders import placeholders
from domain.league.observation import NflState
from tests.unit.domain.specification import given

WEEK_3 = Period(season="2025", week=3)
AT: dict[str, Any] = {"season": "2025", "season_type": SeasonType.REGULAR, "week": 3}
BACK = {"rush_yd": 71, "rush_td": 1, "pts_ppr": 13.1, "pos_rank_ppr": 12}
CATCHER = {"rec": 5, "rec_yd": 40, "pts_ppr": 9, "pos_rank_ppr": 30}


def seen(
    lines: dict[str, dict[str, Any]], *, feed: Feed = Feed.STATS, over: bool = False, period: Period = WEEK_3
) -> LinesObserved:
    return LinesObserved(feed, period, {key: Line(stats=stats) for key, stats in lines.items()}, over)


def test_the_first_look_tells_whole_lines_by_player() -> None:
    state = (
        given(feed_decider)
        .when(seen({"8": CATCHER, "7": BACK}))
        .then(e.StatsRecorded(**AT, players={"7": Line(stats=BACK), "8": Line(stats=CATCHER)}))
    )
    assert state.lines == {"7": Line(stats=BACK), "8": Line(stats=CATCHER)}
    assert not state.closed


def test_many_players_are_few_events_that_hold_each_once() -> None:
    lines = {str(number): {"pts_ppr": number} for number in range(1, 2 * CHUNK + 2)}
    when = given(feed_decider).when(seen(lines, feed=Feed.PROJECTIONS))
    assert when.types == ["ProjectionsRecorded"] * 3
    assert when.then(*when.events).lines == {key: Line(stats=stats) for key, stats in lines.items()}


def test_while_games_are_played_only_what_moved_is_told() -> None:
    moved = {**BACK, "rush_yd": 80, "fum": 1}
    del moved["rush_td"]
    given(feed_decider, seen({"7": BACK, "8": CATCHER})).when(seen({"7": moved, "8": CATCHER})).then(
        e.StatsRevised(
            **AT, players={"7": e.LineChange(changed={"fum": 1, "rush_yd": 80}, removed=("rush_td",))}
        )
    )


def test_a_week_that_is_over_is_closed_once() -> None:
    known = given(feed_decider, seen({"7": BACK}))
    when = known.when(seen({"7": BACK}, over=True))
    assert when.then(e.StatsClosed(**AT)).closed
    assert [event.words() for event in when.events] == [
        "Stats of week 3 of 2025 are closed: what changes from now on is a correction"
    ]
    # A cache at Sleeper's edge may tell an older state of the calendar: closed is closed.
    given(feed_decider, seen({"7": BACK}, over=True)).when(seen({"7": BACK})).then()


def test_what_moved_until_the_first_look_after_the_week_is_no_correction() -> None:
    when = given(feed_decider, seen({"7": BACK})).when(seen({"7": {**BACK, "rush_yd": 75}}, over=True))
    assert when.types == ["StatsRevised", "StatsClosed"]


def test_a_correction_says_before_and_after_and_ranks_that_follow_are_told_apart() -> None:
    corrected = {**BACK, "rush_yd": 68, "pos_rank_ppr": 13, "tkl": 1}
    del corrected["rush_td"]
    after = {"7": corrected, "8": {**CATCHER, "pos_rank_ppr": 29}}
    when = given(feed_decider, seen({"7": BACK, "8": CATCHER}, over=True)).when(seen(after, over=True))
    when.then(
        e.StatsCorrected(
            **AT,
            players={
                "7": e.LineChange(
                    changed={"rush_yd": 68, "tkl": 1},
                    before={"rush_yd": 71, "rush_td": 1},
                    removed=("rush_td",),
                )
            },
        ),
        e.StatsRevised(
            **AT,
            players={
                "7": e.LineChange(changed={"pos_rank_ppr": 13}),
                "8": e.LineChange(changed={"pos_rank_ppr": 29}),
            },
        ),
    )
    assert when.events[0].topic == "sleeper.nfl.stat-corrections"
    assert when.events[0].words() == (
        "Stats of 1 player in week 3 of 2025 were corrected: "
        "player 7 rush_yd 71 → 68, player 7 tkl none → 1, player 7 rush_td 1 → none"
    )


def test_noise_of_floats_is_not_said() -> None:
    change = e.LineChange(changed={"pts_ppr": 13.100000381469727}, before={"pts_ppr": 14.0})
    assert e.StatsCorrected(**AT, players={"7": change}).words().endswith("player 7 pts_ppr 14 → 13.1")


def test_a_correction_of_many_is_said_short() -> None:
    change = e.LineChange(changed={"rec": 1, "rec_yd": 9}, before={"rec": 2, "rec_yd": 8})
    words = e.StatsCorrected(**AT, players={str(n): change for n in range(4)}).words()
    assert words.endswith("player 2 rec 2 → 1 and 3 more")


def test_projections_and_research_are_never_closed_nor_corrected() -> None:
    for feed, revised in ((Feed.PROJECTIONS, e.ProjectionsRevised), (Feed.RESEARCH, e.ResearchRevised)):
        known = given(feed_decider, seen({"7": {"owned": 97.1}}, feed=feed, over=True))
        known.when(seen({"7": {"owned": 97.3}}, feed=feed, over=True)).then(
            revised(**AT, players={"7": e.LineChange(changed={"owned": 97.3})})
        )


@pytest.mark.quirk("2.3")
def test_noise_of_numbers_and_what_one_shape_leaves_out_is_no_news() -> None:
    told = Line(
        stats={"pts_ppr": 13.1, "gp": 1.0}, team="PHI", opponent="DAL", game_id="1", date="2025-09-21"
    )
    known = given(feed_decider, LinesObserved(Feed.STATS, WEEK_3, {"7": told}))
    known.when(seen({"7": {"gp": 1, "pts_ppr": 13.100000381469727}})).then()
    moved = msgspec.structs.replace(told, opponent="NYG")
    known.when(LinesObserved(Feed.STATS, WEEK_3, {"7": moved})).then(
        e.StatsRevised(**AT, players={"7": e.LineChange(game={"opponent": "NYG"})})
    )


def test_an_empty_answer_and_one_that_was_cut_short_take_nobody_away() -> None:
    lines = {str(number): {"pts_ppr": number} for number in range(1, 21)}
    known = given(feed_decider, seen(lines))
    known.when(seen({}, over=True)).then()
    known.when(seen({key: lines[key] for key in list(lines)[:10]})).then()
    known.when(seen({key: stats for key, stats in lines.items() if key != "20"})).then(
        e.StatsWithdrawn(**AT, players=("20",))
    )


@pytest.mark.quirk("2.3")
def test_both_shapes_say_the_same() -> None:
    as_map = msgspec.json.decode(
        b'{"7": {"rush_yd": 71}, "PHI": {"sack": 3}, "9": {}, "10": null}', type=Lines
    )
    as_list = msgspec.json.decode(
        b'[{"player_id": "PHI", "stats": {"sack": 3}, "week": 3, "player": {"team": "PHI"}},'
        b' {"player_id": "7", "stats": {"rush_yd": 71}, "status": null}, {"player_id": "9", "stats": null}]',
        type=Lines,
    )
    assert (
        lines_of(as_map)
        == lines_of(as_list)
        == {
            "7": Line(stats={"rush_yd": 71}),
            "PHI": Line(stats={"sack": 3}),
        }
    )


def test_of_two_rows_of_a_player_the_last_updated_counts_in_any_order() -> None:
    rows = tuple(
        LineRow(player_id="7", stats={"rec": n}, updated_at=n, game_id=str(9 - n)) for n in (1, 2, 3)
    )
    for order in (rows, rows[::-1], (rows[1], rows[2], rows[0])):
        assert lines_of(order)["7"].stats == {"rec": 3}


def test_a_row_of_another_week_is_named() -> None:
    rows = (LineRow(player_id="7", week=3), LineRow(player_id="8", week=4))
    assert wrong_period(WEEK_3, rows) == ("$[1].week", "it is 4, and 3 was asked for")
    assert wrong_period(WEEK_3, rows[:1]) is None
    assert wrong_period(Period(season="2025"), rows) is None
    assert wrong_period(WEEK_3, (LineRow(player_id="7", season_type="post"),)) is not None


@pytest.mark.parametrize(
    ("period", "over"),
    [
        (Period(season="2025", week=2), True),
        (Period(season="2025", week=3), False),
        (Period(season="2025"), False),
        (Period(season="2025", season_type=SeasonType.PRE), True),
        (Period(season="2025", season_type=SeasonType.POST, week=1), False),
        (Period(season="2024", season_type=SeasonType.POST, week=4), True),
        (Period(season="2026", week=1), False),
    ],
)
def test_a_period_is_over_when_the_sport_moved_beyond_it(period: Period, over: bool) -> None:
    state = NflState(season="2025", season_type="regular", week=3, leg=3, display_week=2)
    assert is_over(period, state) is over
    assert not is_over(period, None)
    assert not is_over(period, msgspec.structs.replace(state, season_type="unheard-of"))


def test_in_the_off_season_of_the_next_year_all_of_the_last_one_is_over() -> None:
    off = NflState(season="2026", season_type="off", week=0, leg=0, display_week=0)
    assert is_over(Period(season="2025", season_type=SeasonType.POST, week=4), off)
    assert not is_over(Period(season="2026", season_type=SeasonType.PRE, week=1), off)


@pytest.mark.parametrize(
    ("period", "field"),
    [
        (Period(season="25", week=1), "season"),
        (Period(season="2025", week=0), "week"),
        (Period(season="2025", week=19), "week"),
    ],
)
def test_what_is_no_period_is_refused_by_its_field(period: Period, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_period(period)
    assert refused.value.field == field
    assert refused.value.remedy


def test_parts_of_a_season_go_by_sleepers_names() -> None:
    assert season_type_named("post") is SeasonType.POST
    with pytest.raises(InvalidInput, match=r"season_type.*'summer'.*pre, regular, post"):
        season_type_named("summer")
    assert str(Period(season="2025")) == "2025"
    assert str(Period(season="2025", season_type=SeasonType.POST)) == "post season 2025"
    assert str(Period(season="2025", season_type=SeasonType.PRE, week=2)) == "pre season week 2 of 2025"


@pytest.mark.quirk("2.3")
def test_numbers_that_stand_for_none_are_named() -> None:
    season = {"gp": 18, "adp_ppr": 999.0, "pos_adp_ppr": 999, "adp_std": 12.5, "pass_yd": 999}
    assert placeholders(Feed.PROJECTIONS, season, whole_season=True) == ("adp_ppr", "gp", "pos_adp_ppr")
    assert placeholders(Feed.PROJECTIONS, {"gp": 18}, whole_season=False) == ()
    assert placeholders(Feed.STATS, {"gp": 18, "pos_rank_std": 999}, whole_season=True) == ("pos_rank_std",)
