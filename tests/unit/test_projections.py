"""Each event shows in the rows; rows turn back into what was observed."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from application.projections.brackets import BRACKET_GAME, game_of
from application.projections.catalogue import PROJECTORS
from application.projections.leagues import LEAGUE, LEAGUES, league_of
from application.projections.matchups import MATCHUP, MATCHUP_PLAYER, matchups_of
from application.projections.members import MEMBER, MEMBERS, member_of
from application.projections.rosters import ROSTER, ROSTER_PLAYER, rosters_of
from application.projections.traded_picks import TRADED_PICK, pick_of
from application.projections.transactions import FAAB, MOVE, PICK, TRANSACTION, transactions_of
from domain.brackets import events as br
from domain.brackets.observation import Bracket, BracketGame
from domain.event import EVENT_TYPES, Event, from_millis
from domain.league import events as le
from domain.league.observation import League
from domain.matchups import events as mu
from domain.matchups.observation import MatchupRow
from domain.members import events as me
from domain.members.observation import Member
from domain.picks import events as pi
from domain.rosters import events as ro
from domain.rosters.observation import Roster
from domain.transactions import events as tr
from domain.transactions.observation import FaabTransfer, TradedPick, Transaction
from tests.projecting import START, one, project, recorded_leagues

ID = {"league_id": "7"}
TEAM = {"league_id": "7", "roster_id": 1}
WEEK = {"league_id": "7", "week": 3, "roster_id": 1}

LEAGUE_7 = League(league_id="7", name="Old", status="pre_draft", settings={"leg": 1, "best_ball": 0})
MEMBER_A = Member(user_id="a", display_name="ann", metadata={"team_name": "Ants"})
ROSTER_1 = Roster(
    roster_id=1,
    owner_id="a",
    players=("10", "11", "12"),
    starters=("10", "0"),
    reserve=("12",),
    taxi=("11",),
    settings={"wins": 1, "fpts": 100, "fpts_decimal": 5, "waiver_position": 4},
)
MATCHUP_1 = MatchupRow(
    roster_id=1,
    matchup_id=2,
    points=9.5,
    starters=("10", "0"),
    starters_points=(9.5, 0.0),
    players=("10", "11"),
    players_points={"10": 9.5, "11": 3.1},
)
TRADE = Transaction(
    transaction_id="900",
    type="trade",
    status="complete",
    leg=3,
    created=1_600_000_000_000,
    status_updated=1_600_000_000_500,
    creator="a",
    roster_ids=(1, 2),
    consenter_ids=(1, 2),
    adds={"10": 2, "20": 1},
    drops={"10": 1, "20": 2},
    draft_picks=(TradedPick(season="2027", round=1, roster_id=2, previous_owner_id=2, owner_id=1),),
    waiver_budget=(FaabTransfer(sender=1, receiver=2, amount=15),),
)

REGISTERED = le.LeagueRegistered(**ID, league=LEAGUE_7)
JOINED = me.MemberJoined(**ID, user_id="a", member=MEMBER_A)
ROSTERED = ro.RosterRegistered(**TEAM, roster=ROSTER_1)
OPENED = mu.MatchupOpened(**WEEK, row=MATCHUP_1)
GAME = {"league_id": "7", "bracket": Bracket.LOSERS, "m": 1, "r": 1}
DRAWN = br.BracketDrawn(league_id="7", bracket=Bracket.LOSERS, games=(BracketGame(r=1, m=1, t1=4),))
THE_PICK = {"league_id": "7", "season": "2027", "round": 1, "roster_id": 2}
PICK_TRADED = pi.PickTraded(**THE_PICK, previous_owner_id=2, owner_id=3)


def players(table, *events: Event, **where: Any) -> dict[str, Any]:
    rows = [row for row in project(*events)[table] if all(row[k] == v for k, v in where.items())]
    return {row["player_id"]: row for row in rows}


OF_THE_PAST = {"SquadsBegan", "SquadsMoved", "RostersReconciled"}
"""They tell of times before what is shown now, and are folded where the past is asked for."""


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_each_event_type_is_folded_by_one_projector_but_for_those_of_the_past(name):
    folding = [name in projector.handles for projector in PROJECTORS].count(True)
    assert folding == (0 if name in OF_THE_PAST else 1)


@pytest.mark.parametrize(
    ("table", "before", "event", "shown"),
    [
        (LEAGUE, REGISTERED, le.LeagueStatusChanged(**ID, before="pre_draft", after="in_season"), {"status": "in_season"}),
        (LEAGUE, REGISTERED, le.LeagueRenamed(**ID, before="Old", after="New"), {"name": "New"}),
        (LEAGUE, REGISTERED, le.LeagueSettingsChanged(**ID, changed={"best_ball": 1}), {"settings": {"leg": 1, "best_ball": 1}}),
        (LEAGUE, REGISTERED, le.LeagueClockAdvanced(**ID, changed={"leg": 2}), {"settings": {"leg": 2, "best_ball": 0}}),
        (LEAGUE, REGISTERED, le.ScoringRulesChanged(**ID, changed={"rec": 0.5}), {"scoring_settings": {"rec": 0.5}}),
        (LEAGUE, REGISTERED, le.RosterPositionsChanged(**ID, after=("QB", "BN")), {"roster_positions": ["QB", "BN"]}),
        (LEAGUE, REGISTERED, le.LeagueDetailsChanged(**ID, changed={"avatar": "x", "metadata": {"k": "v"}}), {"avatar": "x", "metadata": {"k": "v"}}),
        (MEMBER, JOINED, me.MemberRenamed(**ID, user_id="a", before="ann", after="anna"), {"display_name": "anna"}),
        (MEMBER, JOINED, me.TeamRenamed(**ID, user_id="a", before="Ants", after="Bees"), {"team_name": "Bees", "metadata": {"team_name": "Bees"}}),
        (MEMBER, JOINED, me.TeamRenamed(**ID, user_id="a", before="Ants"), {"team_name": None, "metadata": {}}),
        (MEMBER, JOINED, me.CommissionerAppointed(**ID, user_id="a"), {"is_owner": True}),
        (MEMBER, JOINED, me.CommissionerRemoved(**ID, user_id="a"), {"is_owner": False}),
        (MEMBER, JOINED, me.MemberDetailsChanged(**ID, user_id="a", changed={"avatar": "x", "is_bot": True}), {"avatar": "x", "is_bot": True}),
        (ROSTER, ROSTERED, ro.RosterOwnerChanged(**TEAM, before="a"), {"owner_id": None}),
        (ROSTER, ROSTERED, ro.CoOwnersChanged(**TEAM, after=("b",)), {"co_owners": ["b"]}),
        (ROSTER, ROSTERED, ro.StartersChanged(**TEAM, starters=("11", "10")), {"starters": ["11", "10"]}),
        (ROSTER, ROSTERED, ro.RosterRecordReported(**TEAM, settings={"wins": 2, "fpts_decimal": 50}), {"wins": 2, "fpts": Decimal("100.5"), "settings": ROSTER_1.settings | {"wins": 2, "fpts_decimal": 50}}),
        (ROSTER, ROSTERED, ro.WaiverStandingChanged(**TEAM, settings={"waiver_position": 1}), {"waiver_position": 1, "settings": ROSTER_1.settings | {"waiver_position": 1}}),
        (ROSTER, ROSTERED, ro.RosterDetailsChanged(**TEAM, metadata={"p_nick_10": "Jo"}), {"metadata": {"p_nick_10": "Jo"}}),
        (MATCHUP, OPENED, mu.PairingChanged(**WEEK, before=2), {"matchup_id": None}),
        (MATCHUP, OPENED, mu.CustomPointsSet(**WEEK, after=1.25), {"custom_points": 1.25}),
        (MATCHUP, OPENED, mu.ScoreChanged(**WEEK, before=9.5, after=8.0, starters_points=(8.0, 0.0)), {"points": 8.0, "starters_points": [8.0, 0.0]}),
        (BRACKET_GAME, DRAWN, br.BracketTeamsKnown(**GAME, before_t1=4, t1=4, t2=6), {"t2": 6}),
        (BRACKET_GAME, DRAWN, br.BracketTeamsChanged(**GAME, before_t1=4, t1=5), {"t1": 5}),
        (BRACKET_GAME, DRAWN, br.BracketGameDecided(**GAME, w=4, l=6, p=5), {"w": 4, "l": 6}),
        (BRACKET_GAME, DRAWN, br.BracketDecisionCorrected(**GAME, w=6, l=4), {"w": 6, "l": 4}),
        (BRACKET_GAME, DRAWN, br.BracketGameDetailsChanged(**GAME, changed={"p": 3, "t2_from": {"w": 2}}), {"p": 3, "t2_from": {"w": 2}}),
        (TRADED_PICK, PICK_TRADED, pi.PickTraded(**THE_PICK, before=3, previous_owner_id=3, owner_id=4), {"previous_owner_id": 3, "owner_id": 4}),
        (TRADED_PICK, PICK_TRADED, pi.PickReturned(**THE_PICK, before=3, previous_owner_id=3, owner_id=2), {"previous_owner_id": 3, "owner_id": 2}),
        (TRADED_PICK, PICK_TRADED, pi.PickPreviousOwnerChanged(**THE_PICK, owner_id=3, before=2, after=5), {"previous_owner_id": 5}),
        (MATCHUP, OPENED, mu.LineupChanged(**WEEK, starters=("11", "0"), starters_points=(3.1, None)), {"starters": ["11", "0"], "starters_points": [3.1, None]}),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Event) else "",
)  # fmt: skip
def test_event_changes_what_it_says_and_nothing_else(table, before, event, shown):
    assert one(table, before, event) == one(table, before) | shown


@pytest.mark.parametrize(
    ("table", "before", "event"),
    [
        (MEMBER, JOINED, me.MemberLeft(**ID, user_id="a")),
        (ROSTER, ROSTERED, ro.RosterRemoved(**TEAM)),
        (ROSTER_PLAYER, ROSTERED, ro.RosterRemoved(**TEAM)),
        (MATCHUP, OPENED, mu.MatchupWithdrawn(**WEEK)),
        (MATCHUP_PLAYER, OPENED, mu.MatchupWithdrawn(**WEEK)),
        (BRACKET_GAME, DRAWN, br.BracketGameWithdrawn(**GAME)),
        (TRADED_PICK, PICK_TRADED, pi.PickDelisted(**THE_PICK, owner_id=3)),
    ],
)
def test_what_is_gone_leaves_no_row(table, before, event):
    assert project(before)[table]
    assert not project(before, event)[table]


@pytest.mark.parametrize(
    ("event", "list_", "expected"),
    [
        (ro.PlayerAddedToRoster(**TEAM, player_id="13"), "players", ("10", "11", "12", "13")),
        (ro.PlayerRemovedFromRoster(**TEAM, player_id="11"), "players", ("10", "12")),
        (ro.PlayerPlacedOnReserve(**TEAM, player_id="11"), "reserve", ("11", "12")),
        (ro.PlayerActivatedFromReserve(**TEAM, player_id="12"), "reserve", ()),
        (ro.PlayerPlacedOnTaxi(**TEAM, player_id="10"), "taxi", ("10", "11")),
        (ro.PlayerPromotedFromTaxi(**TEAM, player_id="11"), "taxi", ()),
        (ro.KeepersChanged(**TEAM, after=("12", "10")), "keepers", ("12", "10")),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Event) else "",
)
def test_event_moves_a_player_between_lists(event, list_, expected):
    made = project(ROSTERED, event)
    [roster] = rosters_of(made[ROSTER], made[ROSTER_PLAYER])
    assert getattr(roster, list_) == expected


def test_games_of_the_two_brackets_have_numbers_of_their_own():
    winners = {"league_id": "7", "bracket": Bracket.WINNERS}
    final = BracketGame(r=2, m=2, t1_from={"w": 1})
    rows = project(
        DRAWN,
        br.BracketDrawn(**winners, games=(BracketGame(r=1, m=1, t1=1),)),
        br.BracketGameAdded(**winners, m=2, r=2, game=final),
        br.BracketGameDecided(**GAME, w=4, l=6),
    )[BRACKET_GAME]
    shown = {(row["bracket"], row["m"]): (row["t1"], row["w"]) for row in rows}
    assert shown == {("losers", 1): (4, 4), ("winners", 1): (1, None), ("winners", 2): (None, None)}
    assert game_of(rows[-1]) == final


def test_acquisition_is_kept_while_the_player_stays():
    added = ro.PlayerAddedToRoster(
        **TEAM, player_id="13", transaction_id="900", how="waiver", moved_at=1_600_000_000_500
    )
    rows = players(
        ROSTER_PLAYER, ROSTERED, added, ro.StartersChanged(**TEAM, starters=("13",)), list="players"
    )
    known = {name: rows["13"][name] for name in ("acquired_at", "how", "transaction_id")}
    assert known == {
        "acquired_at": from_millis(1_600_000_000_500),
        "how": "waiver",
        "transaction_id": "900",
    }
    assert rows["10"]["acquired_at"] is None


def test_acquisition_ends_when_the_player_leaves():
    added = ro.PlayerAddedToRoster(**TEAM, player_id="13", how="waiver", moved_at=1)
    again = ro.PlayerAddedToRoster(**TEAM, player_id="13")
    rows = players(
        ROSTER_PLAYER,
        ROSTERED,
        added,
        ro.PlayerRemovedFromRoster(**TEAM, player_id="13"),
        again,
        list="players",
    )
    assert (rows["13"]["how"], rows["13"]["acquired_at"]) == (None, START + timedelta(seconds=4))


def test_removal_renumbers_nobody():
    before = players(ROSTER_PLAYER, ROSTERED, list="players")
    after = players(
        ROSTER_PLAYER, ROSTERED, ro.PlayerRemovedFromRoster(**TEAM, player_id="10"), list="players"
    )
    assert after == {player: before[player] for player in ("11", "12")}


@pytest.mark.quirk("2.5")
def test_reported_numbers_of_another_type_are_kept_in_the_settings_only():
    odd = Roster(roster_id=1, settings={"wins": "two", "losses": 2**70, "fpts": None, "ties": True})
    row = one(ROSTER, ro.RosterRegistered(**TEAM, roster=odd))
    assert (row["wins"], row["losses"], row["fpts"], row["ties"], row["settings"]) == (
        None,
        None,
        None,
        None,
        odd.settings,
    )


@pytest.mark.quirk("2.7")
def test_squad_and_scores_show_by_player():
    scored = mu.ScoreChanged(**WEEK, after=12.0, players={"10": 12.0, "99": None}, removed=("11",))
    squad = mu.WeekSquadChanged(**WEEK, joined=("13",), left=("10",))
    rows = players(MATCHUP_PLAYER, OPENED, scored, squad, mu.LineupChanged(**WEEK, starters=("13", "77")))
    shown = {
        player: (row["ordinal"], row["points"], row["has_points"], row["is_starter"])
        for player, row in rows.items()
    }
    assert shown == {
        "10": (None, 12.0, True, False),
        "11": (1, None, False, False),
        "13": (2, None, False, True),
        "77": (None, None, False, True),
        "99": (None, None, True, False),
    }


@pytest.mark.quirk("2.8")
@pytest.mark.parametrize(
    "kind",
    [
        tr.TradeProposed,
        tr.TradeCompleted,
        tr.TradeFailed,
        tr.WaiverClaimSubmitted,
        tr.WaiverClaimSucceeded,
        tr.WaiverClaimFailed,
        tr.FreeAgentMoveCompleted,
        tr.CommissionerMoveCompleted,
        tr.TransactionReported,
    ],
)
def test_transaction_shows_in_all_its_tables(kind):
    made = project(kind(**ID, leg=3, transaction=TRADE))
    [row] = made[TRANSACTION]
    assert (row["leg"], row["corrections"], row["position"]) == (3, 0, 1)
    assert row["happened_at"] == from_millis(1_600_000_000_500)
    assert len(made[MOVE]) == 4
    assert transactions_of(made[TRANSACTION], made[MOVE], made[PICK], made[FAAB]) == [TRADE]


@pytest.mark.quirk("0")
def test_correction_counts_and_replaces():
    failed = Transaction(transaction_id="900", type="trade", status="failed", adds={}, leg=None)
    corrected = tr.TransactionCorrected(**ID, leg=3, transaction=failed, before={"drops": {}})
    made = project(tr.TradeFailed(**ID, leg=3, transaction=TRADE), corrected)
    [row] = made[TRANSACTION]
    assert (row["corrections"], row["position"]) == (1, 2)
    assert row["happened_at"] == from_millis(1_600_000_000_500)
    assert transactions_of(made[TRANSACTION], made[MOVE], made[PICK], made[FAAB]) == [failed]


def test_transaction_without_a_time_happened_when_it_was_seen():
    bare = Transaction(transaction_id="1", type="x", status="y")
    made = project(tr.TransactionReported(**ID, leg=1, transaction=bare))
    assert made[TRANSACTION][0]["happened_at"] == START + timedelta(seconds=1)


def test_other_facts_of_a_league_show_before_the_league_itself():
    made = project(le.LeagueRenamed(**ID, before="a", after="b"), ROSTERED, JOINED)
    assert made[LEAGUE] == []
    assert len(made[ROSTER]) == len(made[MEMBER]) == 1
    assert made[LEAGUES.touched] == [
        {"subject": "7", "position": 1, "observed_at": START + timedelta(seconds=1)}
    ]


def test_touched_is_the_last_event_of_each_league():
    made = project(
        REGISTERED, le.LeagueRegistered(league_id="8", league=League(league_id="8")), JOINED, JOINED
    )
    touched = [(row["subject"], row["position"]) for row in made[LEAGUES.touched]]
    assert (touched, made[MEMBERS.touched][0]["position"]) == ([("7", 1), ("8", 2)], 4)


def test_first_observation_of_a_league_is_remembered():
    row = one(LEAGUE, REGISTERED, le.LeagueRenamed(**ID, before="Old", after="New"))
    assert row["first_observed_at"] == START + timedelta(seconds=1)


@pytest.mark.quirk("2.5", "2.7", "2.8")
@pytest.mark.parametrize("empty", [None, ()])
def test_null_and_empty_lists_stay_what_they_were(empty):
    roster = Roster(
        roster_id=1, players=empty, reserve=empty, taxi=empty, keepers=empty, starters=empty, co_owners=empty
    )
    matchup = MatchupRow(
        roster_id=1,
        starters=empty,
        starters_points=empty,
        players=empty,
        players_points=None if empty is None else {},
    )
    moved = None if empty is None else {}
    transaction = Transaction(
        transaction_id="1",
        type="waiver",
        status="failed",
        adds=moved,
        drops=moved,
        draft_picks=empty,
        waiver_budget=empty,
        roster_ids=empty,
        settings=moved,
    )
    made = project(
        ro.RosterRegistered(**TEAM, roster=roster),
        mu.MatchupOpened(**WEEK, row=matchup),
        tr.WaiverClaimFailed(**ID, leg=1, transaction=transaction),
    )
    assert rosters_of(made[ROSTER], made[ROSTER_PLAYER]) == [roster]
    assert matchups_of(made[MATCHUP], made[MATCHUP_PLAYER]) == [matchup]
    assert transactions_of(made[TRANSACTION], made[MOVE], made[PICK], made[FAAB]) == [transaction]


def test_recorded_bodies_come_back_from_their_rows(recordings):
    compared = 0
    for league in recorded_leagues(recordings):
        made = project(*league.events)
        seen = league.observed
        weeks = {week for name in seen if name.startswith("matchups/") for week in [int(name[9:])]}
        assert [league_of(row) for row in made[LEAGUE]] == [body for body in [seen.get("league")] if body]
        assert {row["user_id"] for row in made[MEMBER]} == {m.user_id for m in seen.get("users/0", ())}
        assert {r.roster_id: r for r in rosters_of(made[ROSTER], made[ROSTER_PLAYER])} == {
            roster.roster_id: roster for roster in seen.get("rosters/0", ())
        }
        for week in weeks:
            rows = [row for row in made[MATCHUP] if row["week"] == week]
            shown = {row.roster_id: row for row in matchups_of(rows, made[MATCHUP_PLAYER])}
            assert shown == {row.roster_id: row for row in seen[f"matchups/{week}"]}
        transactions = transactions_of(made[TRANSACTION], made[MOVE], made[PICK], made[FAAB])
        assert {t.transaction_id: t for t in transactions} == {
            t.transaction_id: t
            for name, body in seen.items()
            if name.startswith("transactions/")
            for t in body
        }
        for bracket in Bracket:
            games = {row["m"]: game_of(row) for row in made[BRACKET_GAME] if row["bracket"] == bracket}
            assert games == {game.m: game for game in seen.get(f"{bracket}_bracket/0", ())}
        picks = [pick_of(row) for row in made[TRADED_PICK]]
        assert picks == sorted(seen.get("traded_picks/0", ()), key=lambda pick: pick.key)
        compared += len(league.events)
    assert compared > 5000


def test_member_comes_back_from_its_row():
    assert member_of(one(MEMBER, JOINED)) == MEMBER_A


def test_moments_are_utc():
    row = one(LEAGUE, REGISTERED)
    moment: datetime = row["first_observed_at"]
    assert moment.utcoffset() == timedelta(0)
