"""Examples of what all seasons of a league add up to: invented, like those in ``examples``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from application.queries.acquisitions import AcquisitionRow, Acquisitions
from application.queries.composition import Composition
from application.queries.draft_results import DraftResultRow, DraftResults
from application.queries.head_to_head import HeadToHead
from application.queries.names import PlayerName
from application.queries.paging import Slice
from application.queries.played import PlayedSeason
from application.queries.player_share import PlayerShare
from application.queries.records import Records, Scope
from application.queries.trades import AssetsRow, PartyRow, PickOfTrade, TradeRow
from domain.acquisitions import How
from domain.composition import Count, Place, Placed, PositionCount
from domain.draft_results import ScoredFor
from domain.head_to_head import Meeting, Rivalry, Tally
from domain.played import Owner, Stage
from domain.records import GameRecord, SeasonRecord, Side, Streak, WeekOfSeason, WeekRecord

_LEAGUE: Final = "100200300400500600"
_ANN: Final = Owner(user_id="700800900100200300", display_name="examplecoach")
_BEN: Final = Owner(user_id="700800900100200301", display_name="exampleben")
_SEASONS: Final = [PlayedSeason(league_id=_LEAGUE, season="2026", weeks=list(range(1, 11)), missing_weeks=[])]
_MEETING: Final = Meeting(
    league_id=_LEAGUE,
    season="2026",
    weeks=[4],
    stage=Stage.REGULAR,
    roster_id=3,
    opponent_roster_id=7,
    points_for=121.4,
    points_against=118.66,
    result="W",
)
_WEEK: Final = WeekRecord(
    league_id=_LEAGUE,
    season="2026",
    week=4,
    stage=Stage.REGULAR,
    roster_id=3,
    owner=_ANN,
    points=121.4,
)
_GAME: Final = GameRecord(
    league_id=_LEAGUE,
    season="2026",
    week=4,
    stage=Stage.REGULAR,
    winner=Side(roster_id=3, owner=_ANN, points=121.4),
    loser=Side(roster_id=7, owner=_BEN, points=118.66),
    margin=2.74,
)
_STREAK: Final = Streak(
    owner=_ANN,
    games=4,
    since=WeekOfSeason(league_id="100200300400500500", season="2025", week=13),
    until=WeekOfSeason(league_id=_LEAGUE, season="2026", week=2),
    active=False,
)
_SEASON: Final = SeasonRecord(
    league_id="100200300400500500",
    season="2025",
    owner=_ANN,
    rank=1,
    roster_id=3,
    wins=11,
    losses=3,
    ties=0,
    win_percentage=0.7857,
    points_for=1612.3,
    points_against=1480.06,
    streak="2W",
)
_PLACES: Final[Mapping[str, Any]] = {
    "starters": 1,
    "bench": 0,
    "reserve": 0,
    "taxi": 0,
    "average_age": 27.0,
    "ages_known": 1,
}
_TIME: Final = datetime(2026, 11, 17, 8, 1, 12, tzinfo=UTC)
_PLAYER_ONLY: Final = AssetsRow(
    players=[PlayerName(player_id="4034", name="Andre Back", position="RB", team="PHI")], picks=[], faab=0
)
_PICK_ONLY: Final = AssetsRow(
    players=[],
    picks=[PickOfTrade(season="2027", round=1, roster_id=3, drafted=None)],
    faab=5,
)

LEAGUE_BOOK: Final[Mapping[str, Any]] = {
    "getHeadToHead": HeadToHead(
        league_id=_LEAGUE,
        seasons=_SEASONS,
        items=[
            Rivalry(
                owner=_ANN,
                opponent=_BEN,
                regular=Tally(games=1, wins=1, points_for=121.4, points_against=118.66),
                playoffs=Tally(),
                other=Tally(),
            )
        ],
        games=[_MEETING],
    ),
    "getRecords": Records(
        league_id=_LEAGUE,
        scope=Scope.FAMILY,
        seasons=_SEASONS,
        weekly_highs=[_WEEK],
        weekly_lows=[],
        blowouts=[_GAME],
        closest_games=[_GAME],
        bad_beats=[_GAME],
        lucky_wins=[_GAME],
        winning_streaks=[_STREAK],
        losing_streaks=[],
        best_seasons=[_SEASON],
        worst_seasons=[],
    ),
    "getDraftResults": DraftResults(
        league_id=_LEAGUE,
        draft_id="100200300400500601",
        type="snake",
        season="2026",
        weeks=list(range(1, 11)),
        weeks_without_bench=[],
        items=[
            DraftResultRow(
                pick_no=1,
                round=1,
                draft_slot=1,
                roster_id=3,
                picked_by=_ANN.user_id,
                is_keeper=None,
                amount=None,
                player_id="4034",
                name="Andre Back",
                position="RB",
                place=1,
                points=141.2,
                started_points=128.9,
                rank=4,
                expected=176.04,
                value=-34.84,
                scored_for=[ScoredFor(roster_id=3, weeks=10, points=141.2, starts=9, started_points=128.9)],
            )
        ],
    ),
    "listTrades": Slice(
        items=[
            TradeRow(
                league_id=_LEAGUE,
                season="2026",
                week=10,
                transaction_id="100200300400500699",
                happened_at=_TIME,
                creator=_ANN.user_id,
                parties=[
                    PartyRow(roster_id=3, owner=_ANN, received=_PLAYER_ONLY, sent=_PICK_ONLY, dropped=[]),
                    PartyRow(roster_id=7, owner=_BEN, received=_PICK_ONLY, sent=_PLAYER_ONLY, dropped=[]),
                ],
            )
        ],
        next=None,
    ),
    "getAcquisitions": Acquisitions(
        league_id=_LEAGUE,
        roster_id=3,
        owner_id=_ANN.user_id,
        items=[
            AcquisitionRow(
                player_id="4034",
                name="Andre Back",
                position="RB",
                how=How.WAIVER,
                league_id=_LEAGUE,
                season="2026",
                happened_at=_TIME,
                transaction_id="100200300400500698",
                bid=17,
            )
        ],
    ),
    "getPlayerShare": PlayerShare(
        player_id="4034",
        name="Andre Back",
        position="RB",
        team="PHI",
        leagues=8,
        rostered=6,
        started=5,
        share=0.75,
        league_ids=None,
    ),
    "getComposition": Composition(
        league_id=_LEAGUE,
        roster_id=3,
        owner_id=_ANN.user_id,
        catalogue_known=True,
        total=Count(players=1, **_PLACES),
        empty_slots=1,
        positions=[PositionCount(position="RB", players=1, eligible=1, **_PLACES)],
        unknown=[],
        items=[
            Placed(
                player_id="4034",
                name="Andre Back",
                position="RB",
                eligible=["RB"],
                team="PHI",
                age=27,
                place=Place.STARTER,
            )
        ],
    ),
}
