"""What holds of projections whatever Sleeper sends, and however the log is cut into pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table

from application.projections.brackets import BRACKET_GAME, game_of
from application.projections.catalogue import PROJECTORS
from application.projections.drafts import (
    DRAFT,
    DRAFT_PICK,
    DRAFT_TRADED_PICK,
    draft_of,
    draft_pick_of,
    traded_draft_pick_of,
)
from application.projections.leagues import LEAGUE, league_of
from application.projections.matchups import MATCHUP, MATCHUP_PLAYER, matchups_of
from application.projections.members import MEMBER, member_of
from application.projections.page import project_page
from application.projections.rebuild import rebuild
from application.projections.rosters import ROSTER, ROSTER_PLAYER, rosters_of
from application.projections.rows import Row
from application.projections.store import ProjectionStore
from application.projections.traded_picks import TRADED_PICK, pick_of
from application.projections.transactions import FAAB, MOVE, PICK, TRANSACTION, transactions_of
from domain.brackets.decide import bracket_decider
from domain.decider import Decider
from domain.drafts.decide import draft_decider, draft_picks_decider, draft_traded_picks_decider
from domain.event import Event
from domain.league.decide import league_decider
from domain.matchups.decide import matchups_decider
from domain.members.decide import members_decider
from domain.picks.decide import picks_decider
from domain.rosters.decide import rosters_decider
from domain.transactions.decide import transactions_decider
from infrastructure.postgres.projection_store import PostgresProjectionStore
from tests.engines import execute
from tests.projecting import MemoryLog, MemoryStore, project, recorded, stored_rows
from tests.property import domain_strategies as sleeper

_DECIDERS: dict[str, tuple[Decider[Any, Any], st.SearchStrategy[Any]]] = {
    "league": (league_decider, sleeper.leagues),
    "members": (members_decider, sleeper.members),
    "rosters": (rosters_decider, sleeper.rosters()),
    "matchups": (matchups_decider, sleeper.matchups()),
    "transactions": (transactions_decider, sleeper.transactions),
    "bracket": (bracket_decider, sleeper.brackets),
    "traded_picks": (picks_decider, sleeper.traded_picks),
    "draft": (draft_decider, sleeper.drafts),
    "draft picks": (draft_picks_decider, sleeper.draft_picks()),
    "traded draft picks": (draft_traded_picks_decider, sleeper.traded_draft_picks),
}


@dataclass(frozen=True)
class History:
    """What was observed of a league one after the other: the events of it, and what is known at the end."""

    events: list[Event]
    states: dict[str, Any]


@st.composite
def histories(draw: st.DrawFn) -> History:
    names = draw(st.lists(st.sampled_from(sorted(_DECIDERS)), min_size=1, max_size=7))
    states = {name: decider.initial for name, (decider, _) in _DECIDERS.items()}
    events: list[Event] = []
    for name in names:
        decider, observations = _DECIDERS[name]
        decided = decider.decide(states[name], draw(observations))
        states[name] = decider.fold(decided, states[name])
        events += decided
    return History(events, states)


def known_to(made: dict[Table, list[Row]]) -> dict[str, Any]:
    """What the rows say, in the terms of the domain."""
    rosters = rosters_of(made[ROSTER], made[ROSTER_PLAYER])
    matchups = matchups_of(made[MATCHUP], made[MATCHUP_PLAYER])
    transactions = transactions_of(made[TRANSACTION], made[MOVE], made[PICK], made[FAAB])
    return {
        "league": next((league_of(row) for row in made[LEAGUE]), None),
        "members": {row["user_id"]: member_of(row) for row in made[MEMBER]},
        "rosters": {roster.roster_id: roster for roster in rosters},
        "matchups": {matchup.roster_id: matchup for matchup in matchups},
        "transactions": {each.transaction_id: each for each in transactions},
        "bracket": {row["m"]: game_of(row) for row in made[BRACKET_GAME]},
        "traded_picks": {pick.key: pick for pick in map(pick_of, made[TRADED_PICK])},
        "draft": next((draft_of(row) for row in made[DRAFT]), None),
        "draft picks": {row["pick_no"]: draft_pick_of(row) for row in made[DRAFT_PICK]},
        "traded draft picks": {pick.key: pick for pick in map(traded_draft_pick_of, made[DRAFT_TRADED_PICK])},
    }


def decided(states: dict[str, Any]) -> dict[str, Any]:
    return states | {"rosters": states["rosters"].rosters}


async def project_in_pages(store: ProjectionStore, events: Sequence[Event], limits: Sequence[int]) -> None:
    """Each projector takes the log in pages of sizes of its own."""
    log = MemoryLog(recorded(events))
    for shift, projector in enumerate(PROJECTORS):
        page, turn = await project_page(store, log, projector, limit=limits[shift % len(limits)]), shift
        while page.more:
            turn += 1
            page = await project_page(store, log, projector, limit=limits[turn % len(limits)])


async def forget(database_url: str, store: PostgresProjectionStore) -> None:
    """Drop what an example before this one made."""
    for build in await store.builds():
        [projector] = [each for each in PROJECTORS if each.name == build.name]
        await execute(database_url, f"DROP SCHEMA {projector.schema(build.slot)} CASCADE")
    await execute(database_url, "DELETE FROM projection_build")
    await store.prepare(PROJECTORS)


_limits = st.lists(st.integers(1, 9), min_size=1, max_size=4)


@settings(max_examples=150)
@given(history=histories())
def test_rows_say_what_the_decider_knows(history):
    assert known_to(project(*history.events)) == decided(history.states)


@settings(max_examples=80)
@given(history=histories(), limits=_limits)
async def test_pages_of_any_size_make_the_same_rows_as_a_rebuild(history, limits):
    store = MemoryStore()
    await project_in_pages(store, history.events, limits)
    expected = project(*history.events)
    assert {table: rows for each in PROJECTORS for table, rows in store.rows(each).items()} == expected
    for projector in PROJECTORS:
        await rebuild(store, MemoryLog(recorded(history.events)), projector)
    assert {table: rows for each in PROJECTORS for table, rows in store.rows(each).items()} == expected


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories(), limits=_limits)
async def test_postgres_keeps_the_rows_that_were_folded(database_url, history, limits):
    store = PostgresProjectionStore(database_url)
    try:
        await forget(database_url, store)
        await project_in_pages(store, history.events, limits)
        stored = await stored_rows(database_url)
        assert stored == project(*history.events)
        assert known_to(stored) == decided(history.states)
        for projector in PROJECTORS:
            await rebuild(store, MemoryLog(recorded(history.events)), projector)
        assert await stored_rows(database_url) == stored
    finally:
        await store.close()
