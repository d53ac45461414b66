"""One event of each type, with every field set, so that any change of its encoding shows."""

from __future__ import annotations

from domain.brackets import events as brackets
from domain.brackets.observation import Bracket, BracketGame
from domain.drafts import events as drafts
from domain.drafts.observation import Draft, DraftPick, TradedDraftPick
from domain.event import Event
from domain.feeds import events as feeds
from domain.feeds.observation import Line
from domain.feeds.period import SeasonType
from domain.league import events as league
from domain.league.observation import League, NflState
from domain.matchups import events as matchups
from domain.matchups.observation import MatchupRow
from domain.members import events as members
from domain.members.observation import Member
from domain.nfl import events as nfl
from domain.picks import events as picks
from domain.players import events as players
from domain.players.observation import write_player
from domain.rosters import events as rosters
from domain.rosters import past_events as past
from domain.rosters.observation import Roster
from domain.schedule import events as schedule
from domain.schedule.observation import Game
from domain.seasons import events as seasons
from domain.transactions import events as transactions
from domain.transactions.observation import FaabTransfer, TradedPick, Transaction
from domain.trending import events as trending
from domain.trending.observation import Trend, TrendingPlayer
from domain.users import events as users
from domain.users.observation import User
from domain.weeks import events as weeks

_LEAGUE_ID = "1199999999999999999"
_USER_ID = "700000000000000001"
_L = {"league_id": _LEAGUE_ID}
_U = {"user_id": _USER_ID}
_M = {**_L, "user_id": _USER_ID}
_R = {**_L, "roster_id": 3}
_W = {**_L, "week": 14, "roster_id": 3}
_MOVE = {
    **_R,
    "player_id": "4034",
    "transaction_id": "1200000000000000001",
    "how": "waiver",
    "moved_at": 1_757_000_000_123,
}

_LEAGUE = League(
    league_id=_LEAGUE_ID,
    name="Sunday Best",
    season="2025",
    season_type="regular",
    sport="nfl",
    status="in_season",
    total_rosters=12,
    draft_id="1199999999999999998",
    previous_league_id="0",
    avatar="0a1b",
    roster_positions=("QB", "RB", "FLEX", "BN"),
    settings={"leg": 14, "type": 2},
    scoring_settings={"rec": 0.5, "pass_td": 4},
    metadata={"division_1": "East"},
    bracket_id=9007199254740993,
    loser_bracket_id=9007199254740995,
    bracket_overrides_id=9007199254740997,
    loser_bracket_overrides_id=9007199254740999,
    company_id="1",
    group_id="2",
)
_MEMBER = Member(
    user_id=_USER_ID,
    display_name="ann",
    avatar="0a1b",
    is_bot=False,
    is_owner=True,
    metadata={"team_name": "Aces"},
)
_ROSTER = Roster(
    roster_id=3,
    owner_id=_USER_ID,
    co_owners=("700000000000000002",),
    players=("4034", "17", "PHI"),
    starters=("4034", "0"),
    reserve=("17",),
    taxi=("PHI",),
    keepers=("4034",),
    settings={"wins": 3, "fpts": 300, "fpts_decimal": 25},
    metadata={"record": "WWWL"},
    player_map={"4034": 1},
)
_ROW = MatchupRow(
    roster_id=3,
    matchup_id=2,
    points=12.5,
    custom_points=20.0,
    starters=("4034", "0"),
    starters_points=(12.5, 0.0),
    players=("4034", "17"),
    players_points={"4034": 12.5, "17": None},
)
_TRANSACTION = {
    **_L,
    "leg": 14,
    "transaction": Transaction(
        transaction_id="1200000000000000001",
        type="trade",
        status="complete",
        leg=14,
        created=1_757_000_000_000,
        status_updated=1_757_000_000_123,
        creator=_USER_ID,
        roster_ids=(3, 5),
        consenter_ids=(3, 5),
        adds={"4034": 3},
        drops={"4034": 5},
        draft_picks=(
            TradedPick(
                season="2026", round=1, roster_id=9, previous_owner_id=3, owner_id=5, league_id=_LEAGUE_ID
            ),
        ),
        waiver_budget=(FaabTransfer(sender=5, receiver=3, amount=20),),
        settings={"seq": 0, "waiver_bid": 12},
        metadata={"notes": "Done."},
    ),
}
_GAME = BracketGame(
    r=2,
    m=3,
    t1=4,
    t2=6,
    w=4,
    l=6,
    p=1,
    t1_from={"w": 1},
    t2_from={"l": 2},
    t1_original=5,
    t2_original=7,
)
_G = {**_L, "bracket": Bracket.LOSERS, "m": 3, "r": 2}
_TEAMS = {"before_t1": 5, "before_t2": 7, "t1": 4, "t2": 6, "t1_from": {"w": 1}, "t2_from": {"l": 2}}
_P = {**_L, "season": "2026", "round": 1, "roster_id": 9}
_D = {**_L, "draft_id": "1199999999999999998"}
_DRAFT = Draft(
    draft_id="1199999999999999998",
    type="auction",
    status="drafting",
    season="2025",
    season_type="regular",
    sport="nfl",
    created=1_750_000_000_000,
    start_time=1_757_000_000_000,
    last_picked=1_757_000_000_123,
    creators=(_USER_ID,),
    draft_order={_USER_ID: 1},
    slot_to_roster_id={"1": 3},
    settings={"rounds": 15, "teams": 12, "budget": 200},
    metadata={"name": "Sunday Best", "scoring_type": "ppr"},
)
_DRAFT_PICK = DraftPick(
    pick_no=14,
    round=2,
    draft_slot=1,
    roster_id=3,
    player_id="4034",
    picked_by=_USER_ID,
    is_keeper=True,
    metadata={"amount": "31", "slot": "1", "position": "RB"},
)
_TRADED_DRAFT_PICK = TradedDraftPick(season="2025", round=2, roster_id=9, previous_owner_id=3, owner_id=5)
_MAP_CHANGE = {"changed": {"rec": 1.5, "leg": 15}, "removed": ("old",)}
_ROSTER_MAPS = {
    "settings": {"wins": 4},
    "removed_settings": ("rank",),
    "metadata": {"streak": "4W"},
    "removed_metadata": ("record",),
}
_LISTS = {"before": ("1",), "after": ("2", "3")}

_STATE = NflState(
    season="2026",
    season_type="regular",
    week=12,
    leg=12,
    display_week=11,
    league_season="2026",
    league_create_season="2026",
    previous_season="2025",
    season_start_date="2026-09-10",
    season_has_scores=True,
)
_S = {"season": "2025", "season_type": SeasonType.REGULAR}
_PERIOD = {**_S, "week": 14}
_NFL_GAME = Game(game_id="202511401", week=14, status="in_game", date="2025-12-07", home="PHI", away="DAL")
_NUMBERS = Line(
    stats={"rush_yd": 71, "pts_ppr": 13.1},
    team="PHI",
    opponent="DAL",
    game_id="202511401",
    date="2025-12-07",
)
_MOVED = feeds.LineChange(
    changed={"rush_yd": 68}, before={"rush_yd": 71, "fum": 1}, removed=("fum",), game={"opponent": "NYG"}
)
_PLAYER = write_player({"player_id": "4034", "full_name": "A. Back", "position": "RB", "team": None})

SAMPLES: tuple[Event, ...] = (
    league.LeagueRegistered(**_L, league=_LEAGUE),
    league.LeagueStatusChanged(**_L, before="in_season", after="post_season"),
    league.LeagueRenamed(**_L, before="Sunday Best", after="Monday Worst"),
    league.LeagueSettingsChanged(**_L, **_MAP_CHANGE),
    league.LeagueClockAdvanced(**_L, **_MAP_CHANGE),
    league.ScoringRulesChanged(**_L, **_MAP_CHANGE),
    league.RosterPositionsChanged(**_L, before=("QB", "BN"), after=("QB", "SUPER_FLEX", "BN")),
    league.LeagueDetailsChanged(**_L, changed={"avatar": None, "metadata": {"division_1": "West"}}),
    members.MemberJoined(**_M, member=_MEMBER),
    members.MemberLeft(**_M, display_name="ann"),
    members.MemberRenamed(**_M, before="ann", after="anna"),
    members.TeamRenamed(**_M, display_name="ann", before="Aces", after="Kings"),
    members.CommissionerAppointed(**_M, display_name="ann"),
    members.CommissionerRemoved(**_M, display_name="ann"),
    members.MemberDetailsChanged(
        **_M,
        display_name="ann",
        changed={"avatar": "0a1b"},
        metadata={"allow_pn": "on"},
        removed_metadata=("mention_pn",),
    ),
    past.SquadsBegan(
        **_L,
        began_at=1_750_000_000_000,
        squads=(past.Squad(roster_id=3, players=("17", "4034"), assumed=("PHI",)),),
    ),
    past.SquadsMoved(
        **_L,
        moved_at=1_757_000_000_123,
        how="draft",
        transaction_id="1200000000000000001",
        draft_id="1199999999999999998",
        adds={"4034": 3},
        drops={"17": 5},
    ),
    past.RostersReconciled(
        **_L,
        start="previous_season",
        picks=48,
        transactions=233,
        differences=(past.SquadDifference(roster_id=3, missing=("4034",), extra=("17",)),),
        unapplied=("1200000000000000001",),
    ),
    rosters.RosterRegistered(**_R, roster=_ROSTER, settled=("1200000000000000000",)),
    rosters.RosterRemoved(**_R),
    rosters.RosterOwnerChanged(**_R, before="1", after="2"),
    rosters.CoOwnersChanged(**_R, **_LISTS),
    rosters.PlayerAddedToRoster(**_MOVE),
    rosters.PlayerRemovedFromRoster(**_MOVE),
    rosters.PlayerPlacedOnReserve(**_R, player_id="4034"),
    rosters.PlayerActivatedFromReserve(**_R, player_id="4034"),
    rosters.PlayerPlacedOnTaxi(**_R, player_id="4034"),
    rosters.PlayerPromotedFromTaxi(**_R, player_id="4034"),
    rosters.KeepersChanged(**_R, **_LISTS),
    rosters.StartersChanged(**_R, starters=("4034", "0"), started=("4034",), benched=("17",)),
    rosters.RosterRecordReported(**_R, **_ROSTER_MAPS),
    rosters.WaiverStandingChanged(**_R, **_ROSTER_MAPS),
    rosters.RosterDetailsChanged(**_R, **_ROSTER_MAPS),
    matchups.MatchupOpened(**_W, row=_ROW),
    matchups.MatchupWithdrawn(**_W),
    matchups.PairingChanged(**_W, before=2, after=3),
    matchups.LineupChanged(
        **_W, starters=("4034", "0"), starters_points=(1.5, None), started=("4034",), benched=("17",)
    ),
    matchups.WeekSquadChanged(**_W, joined=("4034",), left=("17",)),
    matchups.ScoreChanged(
        **_W,
        before=12.5,
        after=-1.25,
        players={"4034": -1.25, "17": None},
        removed=("PHI",),
        starters_points=(-1.25, 0.0),
    ),
    matchups.CustomPointsSet(**_W, before=1.5, after=20.0),
    *(
        kind(**_TRANSACTION)
        for kind in (
            transactions.TradeProposed,
            transactions.TradeCompleted,
            transactions.TradeFailed,
            transactions.WaiverClaimSubmitted,
            transactions.WaiverClaimSucceeded,
            transactions.WaiverClaimFailed,
            transactions.FreeAgentMoveCompleted,
            transactions.CommissionerMoveCompleted,
            transactions.TransactionReported,
        )
    ),
    drafts.DraftRegistered(**_D, draft=_DRAFT),
    drafts.DraftScheduled(**_D, before=1_756_000_000_000, after=1_757_000_000_000),
    drafts.DraftStatusChanged(**_D, before="drafting", after="complete", completed_at=1_757_000_000_123),
    drafts.DraftOrderSet(**_D, draft_order={_USER_ID: 1}, slot_to_roster_id={"1": 3}),
    drafts.DraftSettingsChanged(**_D, **_MAP_CHANGE),
    drafts.DraftDetailsChanged(
        **_D, changed={"type": "snake"}, metadata={"name": "Draft"}, removed_metadata=("highest_offer",)
    ),
    drafts.DraftClockAdvanced(**_D, last_picked=1_757_000_000_123),
    drafts.DraftPickMade(**_D, pick=_DRAFT_PICK, made_by=1_757_000_000_123),
    drafts.DraftPickCorrected(**_D, pick=_DRAFT_PICK, before={"player_id": "17"}),
    drafts.DraftPickUndone(**_D, pick=_DRAFT_PICK),
    drafts.PickOfDraftTraded(**_D, pick=_TRADED_DRAFT_PICK),
    drafts.PickOfDraftReturned(**_D, pick=_TRADED_DRAFT_PICK),
    transactions.TransactionCorrected(**_TRANSACTION, before={"drops": {"17": 3}, "roster_ids": [3]}),
    brackets.BracketDrawn(**_L, bracket=Bracket.WINNERS, games=(_GAME,)),
    brackets.BracketGameAdded(**_G, game=_GAME),
    brackets.BracketGameWithdrawn(**_G),
    brackets.BracketTeamsKnown(**_G, **_TEAMS),
    brackets.BracketTeamsChanged(**_G, **_TEAMS),
    brackets.BracketGameDecided(**_G, w=4, l=6, p=1),
    brackets.BracketDecisionCorrected(**_G, before_w=6, before_l=4, w=4, l=6),
    brackets.BracketGameDetailsChanged(**_G, changed={"p": 3, "t1_from": {"w": 2}}),
    picks.PickTraded(**_P, before=3, previous_owner_id=3, owner_id=5),
    picks.PickReturned(**_P, before=3, previous_owner_id=3, owner_id=9),
    picks.PickPreviousOwnerChanged(**_P, owner_id=5, before=3, after=4),
    picks.PickDelisted(**_P, owner_id=5),
    weeks.WeekClosed(
        **_L, week=14, scores=(weeks.FinalScore(3, 101.5), weeks.FinalScore(5, 88.0)), watched=True
    ),
    weeks.WeekCorrected(
        **_L,
        week=14,
        scores=(
            weeks.CorrectedScore(3, before=101.5, after=99.5),
            weeks.CorrectedScore(5, before=88.0),
            weeks.CorrectedScore(7, after=70.25),
        ),
    ),
    seasons.SeasonArchived(**_L, season="2025", covers=("league", "rosters")),
    users.UserRegistered(
        **_U,
        user=User(
            **_U, username="ann", display_name="Ann", avatar="0a1b", is_bot=False, metadata={"theme": "dark"}
        ),
    ),
    users.UserRenamed(**_U, before="ann", after="anna"),
    users.UserDetailsChanged(**_U, changed={"display_name": "Anna", "avatar": None}),
    users.UserJoinedLeague(**_U, season="2025", league_id=_LEAGUE_ID),
    users.UserLeftLeague(**_U, season="2025", league_id=_LEAGUE_ID),
    users.UserJoinedDraft(**_U, season="2025", draft_id="1199999999999999998"),
    users.UserLeftDraft(**_U, season="2025", draft_id="1199999999999999998"),
    nfl.NflStateFirstObserved(state=_STATE),
    nfl.NflSeasonChanged(before="2025", after="2026"),
    nfl.NflSeasonTypeChanged(before="regular", after="post"),
    nfl.NflWeekChanged(before=11, after=12),
    nfl.NflLegChanged(before=11, after=12),
    nfl.NflDisplayWeekChanged(before=11, after=12),
    nfl.NflStateDetailsChanged(changed={"league_create_season": "2027"}),
    players.PlayersListed(players={"4034": _PLAYER, "PHI": write_player({"position": "DEF"})}),
    players.PlayerListed(player_id="4034", player=_PLAYER),
    players.PlayerChanged(
        player_id="4034",
        name="A. Back",
        changed={"team": "PHI", "injury_status": None},
        before={"team": None, "injury_status": "IR"},
        removed=("practice_description",),
    ),
    players.PlayerUnlisted(player_id="4034", name="A. Back"),
    players.PlayerDetailsChanged(
        players={"4034": players.QuietChange(changed={"search_rank": 7}, removed=("opta_id",))}
    ),
    *(
        kind(trend=Trend.ADD, player_id="4034", count=48211, place=1)
        for kind in (trending.PlayerStartedTrending, trending.PlayerStoppedTrending)
    ),
    trending.TrendingCounted(trend=Trend.DROP, players=(TrendingPlayer(player_id="PHI", count=30917),)),
    *(
        kind(**_PERIOD, players={"4034": _NUMBERS, "PHI": Line(stats={"sack": 3})})
        for kind in (feeds.StatsRecorded, feeds.ProjectionsRecorded, feeds.ResearchRecorded)
    ),
    *(
        kind(**_PERIOD, players={"4034": _MOVED})
        for kind in (feeds.StatsRevised, feeds.ProjectionsRevised, feeds.ResearchRevised)
    ),
    *(
        kind(**_PERIOD, players=("4034",))
        for kind in (feeds.StatsWithdrawn, feeds.ProjectionsWithdrawn, feeds.ResearchWithdrawn)
    ),
    feeds.StatsClosed(**_PERIOD),
    feeds.StatsCorrected(**_PERIOD, players={"4034": _MOVED}),
    schedule.GamesScheduled(**_S, games=(_NFL_GAME,)),
    schedule.GameStatusChanged(**_S, game=_NFL_GAME, before="pre_game"),
    schedule.GameRescheduled(**_S, game=_NFL_GAME, before={"week": 13, "date": None}),
    schedule.GameUnlisted(**_S, game=_NFL_GAME),
)

FORMER: dict[tuple[str, int], Event] = {}
"""By type and version, the events that the golden lines of versions no longer current are upcast to.

When a version is raised, its last sample moves here, as the new class says it.
"""
