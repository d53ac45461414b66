"""Examples for the API's description: invented, and made of the very types that the routes answer with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from application.commands.sync_feeds import FeedReport
from application.commands.sync_league import Change, SyncFailure, SyncProgress, SyncReport, SyncType
from application.commands.sync_players import PlayersReport
from application.commands.sync_runs import RunStatus, SyncRun
from application.health import ComponentHealth, HealthReport
from application.queries.brackets import BracketGameRow
from application.queries.changes import ChangeRow
from application.queries.drafts import DraftPickRow, DraftRow, TradedDraftPickRow
from application.queries.events import EventRow, EventSlice
from application.queries.family import Family, FamilySeason
from application.queries.feeds import GameRow, PlayerLineRow, ResearchRow
from application.queries.leagues import LeagueRow
from application.queries.matchups import MatchupRow
from application.queries.members import MemberRow
from application.queries.nfl import NflStateRow
from application.queries.ownership import Ownership
from application.queries.paging import Slice
from application.queries.players import PlayerRow, PlayerView
from application.queries.rosters import RosterRow
from application.queries.standings import Reported, StandingRow, Standings
from application.queries.traded_picks import TradedPickRow
from application.queries.transactions import FaabRow, PickRow, TransactionRow
from application.queries.trending import TrendingRow
from application.queries.users import DraftsOfUser, LeaguesOfUser, UserRow
from application.queries.verification import Verification
from application.queries.weeks import WeekRow
from domain.event import Metadata
from domain.ownership import Stint
from domain.verification.findings import Check, Difference
from domain.weeks.state import WeekState
from interfaces.http.examples_of_records import LEAGUE_BOOK
from interfaces.http.problems import KINDS, TYPE_PREFIX, Problem
from interfaces.http.service import Alive, Index
from interfaces.http.sync import PlayersSyncRequest, RejectedBodyView, SyncRequest, UserSyncRequest
from interfaces.http.sync_feeds import LinesSyncRequest, ScheduleSyncRequest, TrendingSyncRequest

_LEAGUE: Final = "100200300400500600"
_USER: Final = "700800900100200300"
_TIME: Final = datetime(2026, 11, 17, 8, 1, 12, tzinfo=UTC)
_RUN: Final = UUID("0d9f1c3e-6a2b-4c8d-9e4f-5a6b7c8d9e0f")
_URL: Final = f"https://api.sleeper.app/v1/league/{_LEAGUE}/matchups/10"

_SYNCED: Final = SyncReport(
    success=True,
    league_id=_LEAGUE,
    sync_type=SyncType.INCREMENTAL,
    records_updated=1,
    events=1,
    duration_ms=412,
    position=1843,
    errors=[],
    absent=[],
    changes=[
        Change(position=1843, type="ScoreChanged", text="week 10: team 3 went from 88.4 to 94.4 points")
    ],
)

_CHANGE: Final = ChangeRow(
    position=1790,
    type="TradeCompleted",
    facet="transactions",
    happened_at=_TIME,
    observed_at=_TIME + timedelta(minutes=4),
    text="team 3 and team 7 traded: 1002 to team 3, 1044 to team 7",
)
_PLAYER: Final[Mapping[str, Any]] = {
    "player_id": "4034",
    "first_name": "Andre",
    "last_name": "Back",
    "full_name": "Andre Back",
    "position": "RB",
    "fantasy_positions": ["RB"],
    "team": "PHI",
    "status": "Active",
    "active": True,
    "number": 26,
    "age": 27,
    "years_exp": 5,
    "height": "71",
    "weight": "215",
    "college": "Example State",
    "birth_date": "1999-02-09",
    "injury_status": "Questionable",
    "injury_body_part": "Ankle",
    "injury_notes": None,
    "injury_start_date": None,
    "depth_chart_position": "RB",
    "depth_chart_order": 1,
    "search_rank": 12,
}

_LINE: Final[Mapping[str, Any]] = {
    "player_id": "1002",
    "season": "2026",
    "season_type": "regular",
    "week": 10,
    "team": "PHI",
    "opponent": "DAL",
    "game_id": "202611015",
    "date": "2026-11-15",
}
_FED: Final = FeedReport(observed_at=_TIME, records=0, events=0, duration_ms=410, position=1844, changes=[])
_DRAFT_ID: Final = "100200300400500601"
_DRAFT: Final = DraftRow(
    draft_id=_DRAFT_ID,
    league_id=_LEAGUE,
    type="snake",
    status="complete",
    season="2026",
    season_type="regular",
    sport="nfl",
    created=1_785_000_000_000,
    start_time=1_787_500_000_000,
    last_picked=1_787_506_000_000,
    creators=[_USER],
    draft_order={_USER: 1},
    slot_to_roster_id={"1": 3},
    settings={"teams": 12, "rounds": 15, "pick_timer": 120},
    metadata={"scoring_type": "half_ppr", "name": "The Example League"},
)
ANSWERS: Final[Mapping[str, Any]] = {
    "getNflState": NflStateRow(
        season="2026",
        season_type="regular",
        week=11,
        leg=11,
        display_week=11,
        league_season="2026",
        league_create_season="2026",
        previous_season="2025",
        season_start_date="2026-09-10",
        season_has_scores=True,
    ),
    "listTrendingPlayers": [
        TrendingRow(player_id="1002", count=48211),
        TrendingRow(player_id="PHI", count=30917),
    ],
    "listStats": Slice(
        items=[PlayerLineRow(**_LINE, stats={"gp": 1, "rush_yd": 71, "rush_td": 1}, placeholders=[])],
        next=None,
    ),
    "listProjections": Slice(
        items=[
            PlayerLineRow(**_LINE, stats={"rush_yd": 64.2, "adp_dd_ppr": 999}, placeholders=["adp_dd_ppr"])
        ],
        next=None,
    ),
    "listResearch": Slice(
        items=[
            ResearchRow(
                player_id="1002", season="2026", season_type="regular", week=10, owned=97.1, started=64.0
            )
        ],
        next=None,
    ),
    "listGames": Slice(
        items=[
            GameRow(
                game_id="202611015",
                season="2026",
                season_type="regular",
                week=10,
                date="2026-11-15",
                home="PHI",
                away="DAL",
                status="complete",
            )
        ],
        next=None,
    ),
    "syncTrending": FeedReport(
        observed_at=_TIME,
        records=25,
        events=2,
        duration_ms=120,
        position=1846,
        changes=[
            Change(
                position=1845,
                type="PlayerStartedTrending",
                text="player 1002 is among the most added (48,211 times in 24 hours, place 1)",
            )
        ],
    ),
    **dict.fromkeys(("syncStats", "syncProjections", "syncResearch", "syncSchedule"), _FED),
    "listPlayers": Slice(items=[PlayerRow(name="Andre Back", **_PLAYER)], next=None),
    "getPlayer": PlayerView(name="Andre Back", **_PLAYER, data={**_PLAYER, "gsis_id": " 00-0035700"}),
    "syncPlayers": PlayersReport(
        skipped=False,
        observed_at=_TIME,
        players=1,
        events=1,
        duration_ms=310,
        position=1844,
        changes=[Change(position=1844, type="PlayerChanged", text="Andre Back: injury Questionable")],
    ),
    "listLeagues": Slice(
        items=[
            LeagueRow(
                league_id=_LEAGUE,
                name="The Example League",
                season="2026",
                season_type="regular",
                sport="nfl",
                status="in_season",
                total_rosters=12,
                draft_id="100200300400500601",
                previous_league_id=None,
                avatar=None,
                roster_positions=["QB", "RB", "RB", "WR", "WR", "TE", "FLEX", "BN", "BN"],
                settings={"leg": 11, "last_scored_leg": 10, "playoff_week_start": 15},
                scoring_settings={"rec": 0.5, "pass_td": 4.0},
                metadata=None,
                bracket_id=None,
                loser_bracket_id=None,
                bracket_overrides_id=None,
                loser_bracket_overrides_id=None,
                company_id=None,
                group_id=None,
                first_observed_at=_TIME - timedelta(days=70),
            )
        ],
        next=None,
    ),
    "getLeagueFamily": Family(
        league_id=_LEAGUE,
        not_synced="100200300400500400",
        items=[
            FamilySeason(
                league_id="100200300400500500",
                season="2025",
                name="The Example League",
                status="complete",
                previous_league_id="100200300400500400",
            ),
            FamilySeason(
                league_id=_LEAGUE,
                season="2026",
                name="The Example League",
                status="in_season",
                previous_league_id="100200300400500500",
            ),
        ],
    ),
    "listMembers": Slice(
        items=[
            MemberRow(
                user_id=_USER,
                league_id=_LEAGUE,
                display_name="examplecoach",
                team_name="Fourth and Long",
                avatar=None,
                is_owner=True,
                is_bot=False,
                metadata={"team_name": "Fourth and Long"},
            )
        ],
        next=None,
    ),
    "listRosters": Slice(
        items=[
            RosterRow(
                roster_id=3,
                league_id=_LEAGUE,
                owner_id=_USER,
                co_owners=None,
                players=["1001", "1002", "1003"],
                starters=["1001", "1002", "0"],
                reserve=["1003"],
                taxi=None,
                keepers=None,
                settings={"wins": 7, "losses": 3, "ties": 0, "fpts": 1123, "fpts_decimal": 46},
                metadata={"record": "WWLWWLWWLW", "streak": "1W"},
                player_map=None,
            )
        ],
        next="WyJyb3N0ZXJzIiwzXQ",
    ),
    "getStandings": Standings(
        league_id=_LEAGUE,
        season="2026",
        live=False,
        median_game=False,
        weeks=list(range(1, 11)),
        items=[
            StandingRow(
                rank=1,
                roster_id=3,
                owner_id=_USER,
                display_name="examplecoach",
                team_name="Fourth and Long",
                wins=7,
                losses=3,
                ties=0,
                win_percentage=0.7,
                points_for=1123.46,
                points_against=1044.1,
                streak="1W",
                reported=Reported(
                    wins=7,
                    losses=3,
                    ties=0,
                    fpts=1123.46,
                    fpts_against=1044.1,
                    record="WWLWWLWWLW",
                    streak="1W",
                ),
                agrees=True,
            )
        ],
    ),
    "listMatchups": Slice(
        items=[
            MatchupRow(
                league_id=_LEAGUE,
                week=10,
                roster_id=3,
                matchup_id=2,
                points=94.4,
                custom_points=None,
                starters=["1001", "1002", "0"],
                starters_points=[24.4, 70.0, 0.0],
                players=["1001", "1002", "1003"],
                players_points={"1001": 24.4, "1002": 70.0, "1003": 3.1},
            )
        ],
        next=None,
    ),
    "listDrafts": Slice(items=[_DRAFT], next=None),
    "getDraft": _DRAFT,
    "listDraftPicks": Slice(
        items=[
            DraftPickRow(
                draft_id=_DRAFT_ID,
                pick_no=1,
                round=1,
                draft_slot=1,
                roster_id=3,
                player_id="1002",
                picked_by=_USER,
                is_keeper=None,
                metadata={"position": "RB", "team": "EXA"},
            )
        ],
        next=None,
    ),
    "listDraftTradedPicks": Slice(
        items=[
            TradedDraftPickRow(
                draft_id=_DRAFT_ID,
                season="2026",
                round=2,
                roster_id=7,
                previous_owner_id=7,
                owner_id=3,
            )
        ],
        next=None,
    ),
    "listTransactions": Slice(
        items=[
            TransactionRow(
                transaction_id="100200300400500777",
                league_id=_LEAGUE,
                week=10,
                type="trade",
                status="complete",
                leg=10,
                created=1794900000000,
                status_updated=1794902472000,
                creator=_USER,
                roster_ids=[3, 7],
                consenter_ids=[3, 7],
                adds={"1002": 3, "1044": 7},
                drops={"1002": 7, "1044": 3},
                draft_picks=[
                    PickRow(
                        season="2027", round=2, roster_id=7, previous_owner_id=7, owner_id=3, league_id=None
                    )
                ],
                waiver_budget=[FaabRow(sender=3, receiver=7, amount=12)],
                settings=None,
                metadata=None,
                happened_at=_TIME,
                corrections=0,
            )
        ],
        next=None,
    ),
    "listBracket": Slice(
        items=[
            BracketGameRow(
                league_id=_LEAGUE,
                r=2,
                m=3,
                t1=3,
                t2=7,
                w=3,
                l=7,
                p=1,
                t1_from={"w": 1},
                t2_from={"w": 2},
                t1_original=None,
                t2_original=None,
                decided=True,
                winner=3,
                loser=7,
                weeks=[16],
            )
        ],
        next=None,
    ),
    "listWeeks": Slice(
        items=[
            WeekRow(
                league_id=_LEAGUE,
                week=9,
                state=WeekState.CORRECTED,
                closed_at=_TIME - timedelta(days=7),
                closed_by=_TIME - timedelta(days=7),
                corrections=1,
                corrected_at=_TIME - timedelta(days=6),
            ),
            WeekRow(
                league_id=_LEAGUE,
                week=10,
                state=WeekState.OPEN,
                closed_at=None,
                closed_by=None,
                corrections=0,
                corrected_at=None,
            ),
        ],
        next=None,
    ),
    "listTradedPicks": Slice(
        items=[
            TradedPickRow(
                league_id=_LEAGUE, season="2027", round=2, roster_id=7, previous_owner_id=7, owner_id=3
            )
        ],
        next=None,
    ),
    "getOwnership": Ownership(
        league_id=_LEAGUE,
        player_id="1002",
        items=[
            Stint(
                roster_id=7,
                since=_TIME - timedelta(days=40),
                until=_TIME,
                acquired="waiver",
                acquired_by="100200300400500655",
                released="trade",
                released_by="100200300400500777",
            ),
            Stint(
                roster_id=3,
                since=_TIME,
                until=None,
                acquired="trade",
                acquired_by="100200300400500777",
                released=None,
                released_by=None,
            ),
        ],
    ),
    **LEAGUE_BOOK,
    "verifyLeague": Verification(
        league_id=_LEAGUE,
        name="The Example League",
        season="2026",
        clean=True,
        checks=[
            Check(oracle="rosters", compared=319, agreeing=319, differences=[]),
            Check(
                oracle="standings",
                compared=12,
                agreeing=11,
                differences=[
                    Difference(
                        what="season of team 3",
                        computed="9-5-0, 1421.96 for and 1302.10 against",
                        reported="9-5-0, 1419.96 for and 1302.10 against",
                        cause="scores were corrected after Sleeper had closed the standings.",
                    )
                ],
            ),
        ],
    ),
    "listChanges": Slice(items=[_CHANGE], next=None),
    "listRosterHistory": Slice(items=[_CHANGE], next=None),
    "getUser": UserRow(
        user_id=_USER,
        username="examplecoach",
        display_name="ExampleCoach",
        avatar=None,
        is_bot=False,
        metadata=None,
    ),
    "listLeaguesOfUser": LeaguesOfUser(user_id=_USER, season="2026", league_ids=[_LEAGUE]),
    "listDraftsOfUser": DraftsOfUser(user_id=_USER, season="2026", draft_ids=["100200300400500601"]),
    "listEvents": EventSlice(
        items=[
            EventRow(
                position=1843,
                stream=f"matchups-{_LEAGUE}-10",
                version=57,
                id=UUID("7f9c24e8-3b12-5a0d-8c1e-d2f5a6b7c8d9"),
                type="ScoreChanged",
                schema_version=1,
                topic=f"sleeper.league.{_LEAGUE}.matchups",
                data={"league_id": _LEAGUE, "week": 10, "roster_id": 3, "before": 88.4, "after": 94.4},
                metadata=Metadata(
                    occurred_at=_TIME,
                    observed_at=_TIME,
                    correlation_id=str(_RUN),
                    causation_id=f"v1/league/{_LEAGUE}/matchups/10",
                    traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                ),
                recorded_at=_TIME + timedelta(seconds=1),
                text="week 10: team 3 went from 88.4 to 94.4 points",
            )
        ],
        next=1843,
    ),
    "syncLeague": _SYNCED,
    "getSyncRun": SyncRun(
        id=_RUN,
        league_id=_LEAGUE,
        sync_type=SyncType.FULL,
        status=RunStatus.RUNNING,
        started_at=_TIME,
        progress=SyncProgress(done=12, total=46, stream=f"matchups-{_LEAGUE}-7"),
    ),
    "getRejectedBody": RejectedBodyView(
        number=4,
        observed_at=_TIME,
        url=_URL,
        field="$[3].points",
        reason="Expected `float | null`, got `str`",
        content_type="application/json",
        size=30,
        encoding="utf-8",
        body='[{"roster_id":1,"points":"x"}]',
    ),
    "isAlive": Alive(),
    "isReady": HealthReport(
        ready=True,
        components=[ComponentHealth(name="postgres", ok=True, required=True, detail="answers")],
    ),
    "index": Index(name="gamefilm", version="0.1.0", links={"leagues": "/api/v1/leagues"}),
    "metrics": "# TYPE gamefilm_log_head gauge\ngamefilm_log_head 1843.0\n",
}
"""What each operation answers, by its id."""

LEAGUE_EXAMPLE: Final[Any] = ANSWERS["listLeagues"].items[0]
RUN_EXAMPLE: Final[Any] = ANSWERS["getSyncRun"]
FAILURE_EXAMPLE: Final = SyncFailure(
    url=_URL,
    message=f"{_URL}: the body does not decode at $[3].points: Expected `float | null`, got `str`.",
    remedy="Nothing of this body was recorded; the body is kept for diagnosis.",
    field="$[3].points",
    rejected_body=4,
)

BODIES: Final[Mapping[str, Any]] = {
    "syncLeague": SyncRequest(league_id=_LEAGUE),
    "syncUser": UserSyncRequest(user="examplecoach"),
    "syncPlayers": PlayersSyncRequest(),
    "syncTrending": TrendingSyncRequest(),
    "syncStats": LinesSyncRequest(season="2026", week=10),
    "syncProjections": LinesSyncRequest(season="2026", week=10),
    "syncResearch": LinesSyncRequest(season="2026", week=10),
    "syncSchedule": ScheduleSyncRequest(season="2026"),
}
"""What each operation takes, by its id."""

PARAMETERS: Final[Mapping[str, Any]] = {
    "league_id": _LEAGUE,
    "user": "examplecoach",
    "user_id": _USER,
    "season": "2026",
    "run_id": str(_RUN),
    "number": 4,
    "season_type": "regular",
    "trend": "add",
    "week": 10,
    "as_of": "2026-11-17T08:00:00Z",
    "as_observed": False,
    "from": "2026-11-10T08:00:00Z",
    "to": "2026-11-17T08:00:00Z",
    "roster_id": 3,
    "owner_id": 3,
    "opponent": "700800900100200301",
    "scope": "family",
    "bracket": "winners",
    "draft_id": _DRAFT_ID,
    "round": 1,
    "player_id": "1002",
    "live": True,
    "limit": 100,
    "min_position": 1843,
    "stream": f"matchups-{_LEAGUE}-10",
    "topic": f"sleeper.league.{_LEAGUE}.>",
    "status": "complete",
    "search": "amon ra st brown",
    "position": "RB",
    "team": "PHI",
    "active": True,
}
"""A value for each parameter, by its name; those whose meaning differs between routes have none."""


def problem_example(error: type[BaseException], **more: Any) -> Problem:
    """How an error is told."""
    kind = KINDS[error]
    return Problem(
        type=TYPE_PREFIX + kind.slug,
        title=kind.title,
        status=kind.status.value,
        instance=more.pop("instance", f"/api/v1/leagues/{_LEAGUE}/rosters"),
        **more,
    )
