"""Simulated seasons that follow one another: keepers, dynasties, and picks that were traded in between."""

from __future__ import annotations

from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.transactions.observation import Transaction
from infrastructure.simulator.calendar import DAY, HOUR, moment, tuesday
from infrastructure.simulator.formats import AUCTION_BUDGET, FORMATS
from infrastructure.simulator.league import League
from infrastructure.simulator.world import World

SEASON = 2026
SEASONS = 3


class Chain:
    """The same league in three seasons, read at the end of each by what it answers."""

    def __init__(self, kind: str, seed: int = 1) -> None:
        self.world = World(seed, SEASON, [FORMATS[kind]], 1, seasons=SEASONS)

    def league(self, year: int) -> League:
        (league,) = self.world.of_person(1, str(SEASON + year), self.end(SEASONS))
        return league

    def end(self, year: int) -> int:
        return moment(SEASON + year + 1, 2, 20)

    def get(self, year: int, path: str, at: int | None = None) -> Any:
        url = f"/v1/league/{self.league(year).league_id}{path}"
        return self._decoded(url, year, at)

    def draft(self, year: int, path: str = "", at: int | None = None) -> Any:
        return self._decoded(f"/v1/draft/{self.league(year).draft_id}{path}", year, at)

    def _decoded(self, url: str, year: int, at: int | None) -> Any:
        body = self.world.body(url, self.end(year) if at is None else at)
        assert body is not None
        return msgspec.json.decode(body)

    def rosters(self, year: int, at: int | None = None) -> dict[int, set[str]]:
        return {row["roster_id"]: set(row["players"] or ()) for row in self.get(year, "/rosters", at)}

    def moves(self, year: int) -> list[Transaction]:
        rows = [row for leg in range(1, 19) for row in self.get(year, f"/transactions/{leg}")]
        complete = (row for row in msgspec.convert(rows, list[Transaction]) if row.status == "complete")
        return sorted(complete, key=lambda row: row.applied)

    def picks_moved(self, year: int) -> dict[tuple[str, int, int], int]:
        rows = self.get(year, "/traded_picks")
        return {(row["season"], row["round"], row["roster_id"]): row["owner_id"] for row in rows}


seeds = st.integers(0, 2**63)
few = settings(max_examples=4)


@few
@given(seeds, st.integers(1, 2))
def test_a_dynasty_is_last_seasons_teams_and_its_moves_and_its_draft(seed: int, year: int) -> None:
    chain = Chain("dynasty", seed)
    before = chain.rosters(year - 1)
    assert chain.rosters(year, chain.league(year).created) == before
    held = {roster_id: set(players) for roster_id, players in before.items()}
    drafted = chain.league(year).drafted
    for row in chain.moves(year):
        if (row.status_updated or 0) >= drafted and drafted:
            for pick in chain.draft(year, "/picks"):
                held[pick["roster_id"]].add(pick["player_id"])
            drafted = 0
        for player, roster_id in (row.drops or {}).items():
            held[roster_id].remove(player)
        for player, roster_id in (row.adds or {}).items():
            held[roster_id].add(player)
    assert chain.rosters(year) == held
    assert max(Counter(player for players in held.values() for player in players).values()) == 1
    picks = chain.draft(year, "/picks")
    assert Counter(pick["round"] for pick in picks) == dict.fromkeys(range(1, 5), 12)


@few
@given(st.sampled_from(["dynasty", "picks"]), seeds)
def test_traded_picks_go_on_into_the_next_season_and_its_draft_heeds_them(kind: str, seed: int) -> None:
    chain = Chain(kind, seed)
    last = {key: owner for key, owner in chain.picks_moved(0).items() if int(key[0]) > SEASON}
    at_first = {
        (row["season"], row["round"], row["roster_id"]): row["owner_id"]
        for row in chain.get(1, "/traded_picks", chain.league(1).created)
    }
    assert at_first == last
    draft = chain.draft(1)
    rosters = {int(slot): roster for slot, roster in draft["slot_to_roster_id"].items()}
    for pick in chain.draft(1, "/picks"):
        original = rosters[pick["draft_slot"]]
        assert pick["roster_id"] == last.get((str(SEASON + 1), pick["round"], original), original)
    listed = chain.draft(1, "/traded_picks")
    assert {row["draft_id"] for row in listed} <= {int(draft["draft_id"])}
    assert {(row["season"], row["round"], row["roster_id"]): row["owner_id"] for row in listed} == {
        key: owner for key, owner in last.items() if key[0] == str(SEASON + 1)
    }


def test_picks_are_traded_in_the_seasons_of_a_dynasty() -> None:
    chain = Chain("dynasty")
    seasons = {season for year in range(SEASONS) for season, _, _ in chain.picks_moved(year)}
    assert seasons >= {str(SEASON + 1), str(SEASON + 2), str(SEASON + 3)}
    assert chain.draft(1, "/traded_picks")
    assert [chain.draft(year)["settings"]["rounds"] for year in range(SEASONS)] == [19, 4, 4]


@pytest.mark.parametrize(("kind", "kept"), [("keeper", 3), ("picks", 2)])
def test_keepers_are_picks_of_players_whom_the_team_had(kind: str, kept: int) -> None:
    chain = Chain(kind)
    before = chain.rosters(0)
    picks = chain.draft(1, "/picks")
    keepers = [pick for pick in picks if pick["is_keeper"]]
    assert Counter(pick["roster_id"] for pick in keepers) == dict.fromkeys(before, kept)
    assert all(pick["player_id"] in before[pick["roster_id"]] for pick in keepers)
    assert not any(pick["is_keeper"] for pick in chain.draft(0, "/picks"))
    said = {row["roster_id"]: row["keepers"] for row in chain.get(1, "/rosters", chain.league(1).created)}
    assert all(
        set(players) == {p["player_id"] for p in keepers if p["roster_id"] == roster_id}
        for roster_id, players in said.items()
    )
    assert [pick["pick_no"] for pick in picks] == list(range(1, len(picks) + 1))
    assert len({pick["player_id"] for pick in picks}) == len(picks)


def test_each_season_names_the_one_before() -> None:
    chain = Chain("redraft")
    assert [chain.get(year, "")["previous_league_id"] for year in range(SEASONS)] == [
        None,
        chain.league(0).league_id,
        chain.league(1).league_id,
    ]
    four = World(1, SEASON, [FORMATS["redraft"]], 4)
    assert [league.previous_id for league in four.leagues] == [None, None, None, "0"]
    assert World(1, SEASON, [FORMATS["redraft"]], 1).of_person(1, str(SEASON + 2), chain.end(3)) == []


def test_an_auction_spends_dollars_that_are_text() -> None:
    chain = Chain("auction")
    league = chain.league(0)
    picks = chain.draft(0, "/picks")
    spent: Counter[int] = Counter()
    for pick in picks:
        assert isinstance(pick["metadata"]["amount"], str)
        spent[pick["roster_id"]] += int(pick["metadata"]["amount"])
    assert all(0 < dollars <= AUCTION_BUDGET for dollars in spent.values())
    assert min(int(pick["metadata"]["amount"]) for pick in picks) >= 1
    assert Counter(pick["roster_id"] for pick in picks) == dict.fromkeys(league.roster_ids, 15)
    draft = chain.draft(0, at=league.drafted - HOUR)
    assert (draft["type"], draft["status"], draft["settings"]["budget"]) == ("auction", "drafting", 200)
    made = {pick["player_id"] for pick in chain.draft(0, "/picks", league.drafted - HOUR)}
    assert draft["metadata"]["nominated_player_id"] not in made


def test_a_dynasty_keeps_the_hurt_on_reserve_and_rookies_on_the_taxi_squad_and_starts_neither() -> None:
    chain = Chain("dynasty")
    seen: Counter[str] = Counter()
    for week in range(1, 15):
        for row in chain.get(1, "/rosters", tuesday(SEASON + 1, week) + 5 * DAY):
            away = [*(row["reserve"] or ()), *(row["taxi"] or ())]
            assert set(away) <= set(row["players"])
            assert not set(away) & set(row["starters"])
            seen["reserve"] += len(row["reserve"] or ())
            seen["taxi"] += len(row["taxi"] or ())
    assert seen["reserve"] > 20
    assert seen["taxi"] > 200
