"""The sport's state, and what turns when in a league (SLEEPER_NOTES 2.10)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest

from application.projections.matchups import MATCHUP, MATCHUP_PLAYER
from application.projections.nfl import STATE as STATE_TABLE
from application.projections.rosters import ROSTER
from application.projections.weeks import WEEK
from domain.standings import counted_weeks
from tests.quirks.world import LEAGUE, STATE, World, kept, league

pytestmark = pytest.mark.quirk("2.10")

PRE = STATE | {"season_type": "pre", "week": 0, "leg": 0, "display_week": 1, "season_has_scores": False}
POST = STATE | {"season_type": "post", "week": 1, "leg": 18, "display_week": 1, "league_season": "2027"}
OFF: dict[str, Any] = {
    "season": "2027",
    "season_type": "off",
    "week": 0,
    "leg": 0,
    "display_week": 0,
    "league_season": "2027",
    "league_create_season": "2027",
    "previous_season": "2026",
    "season_start_date": None,
    "season_has_scores": True,
}


@pytest.mark.parametrize(
    ("sent", "weeks"),
    [
        (PRE, [1]),
        (PRE | {"week": 4}, [1]),
        (STATE | {"week": 1, "leg": 1, "display_week": 1}, [1]),
        (STATE | {"week": 12, "leg": 12, "display_week": 11}, [11, 12]),
        (POST, [17, 18]),
        (POST | {"week": 4}, [17, 18]),
        (OFF, [1]),
        (OFF | {"display_week": 1}, [1]),
    ],
    ids=[
        "pre 0",
        "pre 4",
        "regular 1",
        "between Tuesday and Wednesday",
        "post 1",
        "post 4",
        "off",
        "off, shows 1",
    ],
)
async def test_a_state_is_kept_as_sent_and_its_leg_says_which_weeks_move(
    sent: dict[str, Any], weeks: list[int]
) -> None:
    """Week and leg are 0 out of season, the leg is 18 in the post season, whose weeks begin with 1 again."""
    world = World(**{"": league(season=sent["season"], settings={})})
    world.sent.bodies["v1/state/nfl"] = sent
    await world.sync()
    (row,) = world.rows(STATE_TABLE)
    assert kept(sent, row) == sent
    assert weeks_asked(world, "matchups") == weeks_asked(world, "transactions") == weeks


async def test_in_january_a_league_of_the_next_season_is_not_in_the_leg_of_the_sport() -> None:
    world = World(**{"": league(season="2027", status="pre_draft", settings={"leg": 1})})
    world.sent.bodies["v1/state/nfl"] = POST
    await world.sync()
    assert weeks_asked(world, "transactions") == [1]


async def test_off_season_transactions_carry_leg_1_while_the_state_says_0() -> None:
    move = {"transaction_id": "900", "type": "free_agent", "status": "complete", "leg": 1, "adds": {"17": 1}}
    world = World(**{"": league(season="2027", status="pre_draft", settings={}), "transactions/1": [move]})
    world.sent.bodies["v1/state/nfl"] = OFF
    report = await world.sync()
    assert "FreeAgentMoveCompleted" in [change.type for change in report.changes]


def weeks_asked(world: World, endpoint: str) -> list[int]:
    start = f"{LEAGUE}/{endpoint}/"
    return sorted(int(path.removeprefix(start)) for path in world.sent.asked if path.startswith(start))


# --- the turns of a season, one after the other

SETTINGS = {"leg": 12, "last_scored_leg": 11, "last_report": 11, "playoff_week_start": 15}
RECORD = {
    "wins": 7,
    "losses": 4,
    "ties": 0,
    "fpts": 1200,
    "fpts_decimal": 50,
    "ppts": 1400,
    "ppts_decimal": 0,
}
SQUAD = ["17", "18"]


class Turn(NamedTuple):
    """What Sleeper changes at a moment, and what a poll after it asks for and records."""

    at: datetime
    types: list[str]
    weeks: list[int]
    state: dict[str, Any] = {}
    settings: dict[str, Any] = {}
    league: dict[str, Any] = {}
    roster: dict[str, Any] = {}
    record: dict[str, str] = {}
    bodies: dict[str, Any] = {}


def at(month: int, day: int, hour: int, minute: int = 0, *, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def matchup(points: float, players: list[str] = SQUAD) -> list[dict[str, Any]]:
    return [
        {
            "roster_id": 1,
            "matchup_id": 1,
            "points": points,
            "players": players,
            "starters": ["17"],
            "starters_points": [points],
            "players_points": dict.fromkeys(players, 0.0) | {"17": points},
        }
    ]


CLAIMED = int(at(12, 2, 8, 0).timestamp() * 1000)
CLAIM: dict[str, Any] = {
    "transaction_id": "900",
    "type": "waiver",
    "status": "complete",
    "leg": 13,
    "created": CLAIMED - 60_000,
    "status_updated": CLAIMED,
    "roster_ids": [1],
    "adds": {"20": 1},
    "drops": {"19": 1},
}
TURNS = {
    "on Monday the games end": Turn(
        at(12, 1, 1), ["ScoreChanged"], [11, 12], bodies={"matchups/12": matchup(101.5)}
    ),
    "on Tuesday week and leg of the sport turn": Turn(
        at(12, 1, 4, 10), ["NflLegChanged", "NflWeekChanged"], [12, 13], state={"week": 13, "leg": 13}
    ),
    "then the week is scored and the table moves, once": Turn(
        at(12, 1, 5, 30),
        ["LeagueClockAdvanced", "RosterRecordReported", "WeekClosed"],
        [12, 13],
        settings={"last_scored_leg": 12},
        roster={"wins": 8, "fpts": 1302, "fpts_decimal": 0, "ppts": 1520},
        record={"record": "WW", "streak": "2W"},
    ),
    "in the afternoon it is reported": Turn(
        at(12, 1, 16, 30), ["LeagueClockAdvanced"], [12, 13], settings={"last_report": 12}
    ),
    "until Wednesday the squad of the past week follows adds and drops": Turn(
        at(12, 1, 20),
        ["ScoreChanged", "WeekSquadChanged"],
        [12, 13],
        bodies={"matchups/12": matchup(101.5, [*SQUAD, "19"])},
    ),
    "and stats are corrected": Turn(
        at(12, 2, 1),
        ["ScoreChanged", "WeekCorrected"],
        [12, 13],
        bodies={"matchups/12": matchup(100.5, [*SQUAD, "19"])},
    ),
    "on Wednesday what is shown and the leg of the league turn and waivers run": Turn(
        at(12, 2, 8, 20),
        ["LeagueClockAdvanced", "NflDisplayWeekChanged", "WaiverClaimSucceeded"],
        [12, 13],
        state={"display_week": 13},
        settings={"leg": 13},
        bodies={"transactions/13": [CLAIM]},
    ),
    "at the beginning of December leagues of the next season can be made": Turn(
        at(12, 2, 12), ["NflStateDetailsChanged"], [12, 13], state={"league_create_season": "2027"}
    ),
    "in January leagues are in the next season and the post season begins": Turn(
        at(1, 7, 5, year=2027),
        [
            *("LeagueClockAdvanced", "LeagueStatusChanged", "NflDisplayWeekChanged", "NflLegChanged"),
            *("NflSeasonTypeChanged", "NflStateDetailsChanged", "NflWeekChanged"),
        ],
        [17, 18],
        state={"league_season": "2027", "season_type": "post", "week": 1, "leg": 18, "display_week": 1},
        settings={"leg": 17},
        league={"status": "complete"},
    ),
    "in February the sport is in the next season and off": Turn(
        at(2, 12, 5, year=2027),
        [
            *("NflDisplayWeekChanged", "NflLegChanged", "NflSeasonChanged", "NflSeasonTypeChanged"),
            *("NflStateDetailsChanged", "NflWeekChanged"),
        ],
        [16, 17],
        state=OFF,
    ),
    "in August it is pre season, of any week and of leg 0": Turn(
        at(8, 3, 5, year=2027),
        ["NflSeasonTypeChanged", "NflStateDetailsChanged", "NflWeekChanged"],
        [16, 17],
        state={"season_type": "pre", "week": 1, "season_start_date": "2027-08-01"},
    ),
}


class Season:
    """A league that is polled after each turn."""

    def __init__(self) -> None:
        self.world = World(**{"": league(settings=SETTINGS), "matchups/12": matchup(90.0)})
        self.world.clock.time = at(11, 30, 20)
        self.world.sent.bodies[f"{LEAGUE}/rosters"] = [
            {
                "roster_id": 1,
                "owner_id": "1001",
                "players": SQUAD,
                "settings": RECORD,
                "metadata": {"record": "W", "streak": "1W"},
            }
        ]
        self.state = STATE | {"week": 12, "leg": 12, "display_week": 12, "league_create_season": "2026"}
        self.world.sent.bodies["v1/state/nfl"] = self.state

    async def see(self, turn: Turn) -> list[str]:
        """Let Sleeper turn, and poll."""
        sent, self.world.clock.time = self.world.sent.bodies, turn.at
        sent["v1/state/nfl"] = sent["v1/state/nfl"] | turn.state
        told = sent[LEAGUE]
        sent[LEAGUE] = told | turn.league | {"settings": told["settings"] | turn.settings}
        (roster,) = sent[f"{LEAGUE}/rosters"]
        reported = {
            "settings": roster["settings"] | turn.roster,
            "metadata": roster["metadata"] | turn.record,
        }
        sent[f"{LEAGUE}/rosters"] = [roster | reported]
        sent |= {f"{LEAGUE}/{path}": body for path, body in turn.bodies.items()}
        return await self.world.news()


async def season_until(name: str) -> tuple[Season, list[str]]:
    """The season with all turns up to that one, and what the poll after it recorded."""
    season = Season()
    await season.world.sync()
    for passed, turn in TURNS.items():
        news = await season.see(turn)
        if passed == name:
            return season, news
    raise AssertionError(name)


@pytest.mark.parametrize("name", TURNS)
async def test_each_part_turns_at_its_own_time(name: str) -> None:
    season, news = await season_until(name)
    assert news == TURNS[name].types
    assert weeks_asked(season.world, "matchups") == TURNS[name].weeks
    assert weeks_asked(season.world, "transactions") == TURNS[name].weeks
    assert await season.world.news() == []
    (row,) = season.world.rows(STATE_TABLE)
    sent = season.world.sent.bodies["v1/state/nfl"]
    assert kept(sent, row) == sent


@pytest.mark.parametrize(
    ("name", "closed"),
    [
        ("on Monday the games end", []),
        ("on Tuesday week and leg of the sport turn", []),
        ("then the week is scored and the table moves, once", [12]),
        ("in January leagues are in the next season and the post season begins", [12]),
    ],
)
async def test_a_week_closes_when_the_league_is_scored_and_not_when_the_sport_turns(
    name: str, closed: list[int]
) -> None:
    season, _ = await season_until(name)
    assert [row["week"] for row in season.world.rows(WEEK)] == closed


async def test_the_record_of_a_team_stands_still_while_its_games_are_played() -> None:
    """Live tables therefore come from matchups: they count the week under way, the reported record does not."""
    season, _ = await season_until("on Tuesday week and leg of the sport turn")
    (roster,), (game,) = season.world.rows(ROSTER), season.world.rows(MATCHUP)
    assert (roster["wins"], str(roster["fpts"]), game["points"]) == (7, "1200.5", 101.5)
    assert 12 in counted_weeks(SETTINGS, "in_season", live=True)
    assert 12 not in counted_weeks(SETTINGS, "in_season")
    season, _ = await season_until("then the week is scored and the table moves, once")
    (roster,) = season.world.rows(ROSTER)
    assert (roster["wins"], roster["fpts"], roster["settings"]["ppts"]) == (8, 1302, 1520)
    assert roster["metadata"] == {"record": "WW", "streak": "2W"}


async def test_the_squad_of_the_past_week_is_the_one_of_the_wednesday() -> None:
    season, _ = await season_until(
        "on Wednesday what is shown and the leg of the league turn and waivers run"
    )
    week = [row["player_id"] for row in season.world.rows(MATCHUP_PLAYER) if row["week"] == 12]
    assert sorted(week) == [*SQUAD, "19"]
