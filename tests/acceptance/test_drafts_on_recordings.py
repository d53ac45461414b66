"""Drafts on what Sleeper really sent: every recorded body of a draft, its picks and its traded picks.

Needs a folder of recordings, named by ``GAMEFILM_RECORDINGS``.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.decider import Decider
from domain.drafted import DraftWithPicks, drafted_with, slots_of
from domain.drafts.decide import (
    DraftObserved,
    DraftPicksObserved,
    DraftTradedPicksObserved,
    draft_decider,
    draft_picks_decider,
    draft_traded_picks_decider,
)
from domain.drafts.events import DraftPickMade
from domain.drafts.observation import Draft, DraftPick, TradedDraftPick
from domain.event import from_millis
from domain.league.observation import League
from domain.transactions.observation import TradedPick
from tests.acceptance.test_domain_on_recordings import (
    SEEDS,
    Endpoint,
    bodies,
    pytestmark,
    recorded,
    series,
    shuffled,
)

__all__ = ["pytestmark"]
LEAST_TRADED = 8
"""Traded picks of a draft of which both the slots and the picks are recorded."""


@dataclass(frozen=True)
class Kind:
    """An endpoint of drafts: how many bodies are at hand at least, and what decides on one of them."""

    path: str
    least: int
    body: Any
    decider: Decider[Any, Any]
    observe: Callable[[Any], Any]

    def bodies(self) -> Iterator[tuple[Path, Any]]:
        """Every recorded body; a list of drafts is several, one a draft."""
        for file, body in bodies(_endpoint(self.path)):
            for each in body if self.body is Draft and isinstance(body, list) else [body]:
                yield file, each

    def observation(self, body: Any) -> Any:
        return self.observe(msgspec.json.decode(msgspec.json.encode(body), type=self.body))


def _endpoint(path: str) -> Endpoint:
    return Endpoint("drafts", path, League, draft_decider, lambda body: body, ())


KINDS = (
    Kind(r"league/\d+/drafts", 7, Draft, draft_decider, lambda body: DraftObserved("1", body)),
    Kind(r"draft/\d+", 7, Draft, draft_decider, lambda body: DraftObserved("1", body)),
    Kind(
        r"draft/\d+/picks",
        15,
        tuple[DraftPick, ...],
        draft_picks_decider,
        lambda rows: DraftPicksObserved("1", "2", rows),
    ),
    Kind(
        r"draft/\d+/traded_picks",
        1,
        tuple[TradedDraftPick, ...],
        draft_traded_picks_decider,
        lambda rows: DraftTradedPicksObserved("1", "2", rows),
    ),
)
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda each: each.path)


@every_kind
def test_a_recorded_body_is_known_after_its_events_and_no_news_again(kind: Kind) -> None:
    count = 0
    for file, body in kind.bodies():
        seen = kind.observation(body)
        state = kind.decider.fold(recorded(kind.decider.decide(kind.decider.initial, seen)))
        rows = [state] if isinstance(state, Draft) else list(state.values())
        kept = {name for row in rows for name in row.__struct_fields__}
        told = [body] if isinstance(body, dict) else body
        assert [{name: getattr(row, name) for name in kept} for row in rows] == [
            {name: _kept(name, each.get(name)) for name in kept} for each in _sorted(told)
        ], file
        assert list(kind.decider.decide(state, seen)) == [], file
        count += 1
    assert count >= kind.least


def _kept(name: str, value: Any) -> Any:
    return tuple(value) if name == "creators" and value is not None else value


def _sorted(rows: list[Any]) -> list[Any]:
    """Rows in the order in which they become events."""
    if rows and "pick_no" in rows[0]:
        return sorted(rows, key=lambda row: row["pick_no"])
    if rows and "owner_id" in rows[0]:
        return sorted(rows, key=lambda row: (row["season"], row["round"], row["roster_id"]))
    return rows


@every_kind
def test_another_order_of_keys_and_lists_is_no_news(kind: Kind) -> None:
    for file, body in kind.bodies():
        state = kind.decider.fold(kind.decider.decide(kind.decider.initial, kind.observation(body)))
        for seed in SEEDS:
            again = kind.observation(shuffled(body, random.Random(seed)))
            assert list(kind.decider.decide(state, again)) == [], (file, seed)


def test_a_series_of_the_list_ends_in_its_last_body() -> None:
    count = 0
    for file, observed in series(_endpoint(r"league/\d+/drafts")):
        states: dict[str, Any] = {}
        for _, body in observed:
            for row in msgspec.convert(body, tuple[Draft, ...]):
                known = states.get(row.draft_id)
                states[row.draft_id] = draft_decider.fold(
                    recorded(draft_decider.decide(known, DraftObserved("1", row))), known
                )
        for row in msgspec.convert(observed[-1][1], tuple[Draft, ...]):
            assert draft_decider.decide(states[row.draft_id], DraftObserved("1", row)) == [], file
        count += 1
    assert count


def test_the_picks_of_a_complete_draft_were_made_by_its_last_pick() -> None:
    drafts = {body["draft_id"]: msgspec.convert(body, Draft) for _, body in KINDS[1].bodies()}
    told = {
        file.parent.name: msgspec.convert(body, tuple[DraftPick, ...]) for file, body in KINDS[2].bodies()
    }
    complete = {id_: draft for id_, draft in drafts.items() if draft.status == "complete" and told.get(id_)}
    assert complete
    for id_, draft in complete.items():
        events = draft_picks_decider.decide({}, DraftPicksObserved("1", id_, told[id_], draft))
        assert all(isinstance(event, DraftPickMade) for event in events)
        assert draft.last_picked is not None
        assert {event.happened_at for event in events} == {from_millis(draft.last_picked)}


def test_who_was_drafted_with_a_traded_pick_went_to_its_last_owner() -> None:
    drafts = {body["draft_id"]: msgspec.convert(body, Draft) for _, body in KINDS[1].bodies()}
    told = {file.parent.name: body for file, body in KINDS[2].bodies()}
    compared = 0
    for file, rows in KINDS[3].bodies():
        draft = drafts[file.parent.name]
        known = DraftWithPicks(
            league_id="1",
            draft_id=draft.draft_id,
            season=draft.season,
            at=None,
            slots=slots_of(draft.slot_to_roster_id, None, {}),
            picks=msgspec.convert(told[draft.draft_id], tuple[DraftPick, ...]),
        )
        for row in (row for row in rows if row["season"] == draft.season):
            pick = TradedPick(season=row["season"], round=row["round"], roster_id=row["roster_id"])
            drafted = drafted_with(pick, [known])
            assert drafted is not None
            assert drafted.pick.roster_id == row["owner_id"]
            compared += 1
    assert compared >= LEAST_TRADED


@pytest.mark.quirk("2.9")
def test_recorded_picks_are_listed_by_their_numbers_without_a_gap() -> None:
    """A draft counts as known to its end by how many of its picks are known."""
    for file, rows in KINDS[2].bodies():
        assert [row["pick_no"] for row in rows] == [*range(1, len(rows) + 1)], file


@pytest.mark.quirk("2.9")
def test_recorded_picks_have_texts_for_metadata_and_are_by_somebody_or_by_an_empty_text() -> None:
    picks = [row for _, rows in KINDS[2].bodies() for row in rows]
    assert {type(row["picked_by"]) for row in picks} == {str}
    assert {row["is_keeper"] for row in picks} <= {None, True}
    assert {type(value) for row in picks for value in row["metadata"].values()} == {str}
    assert {type(row.get("reactions")) for row in picks} == {dict, type(None)}


@pytest.mark.quirk("2.9")
def test_numbers_of_recorded_picks_do_not_follow_from_round_and_slot() -> None:
    following, others = 0, 0
    for _, rows in KINDS[2].bodies():
        teams = max(row["draft_slot"] for row in rows)
        same = [row["pick_no"] == (row["round"] - 1) * teams + row["draft_slot"] for row in rows]
        following, others = following + same.count(True), others + same.count(False)
    assert following > others > 400


@pytest.mark.quirk("2.9")
def test_the_slots_of_rosters_are_in_recorded_drafts_and_not_in_lists_of_them() -> None:
    assert not any("slot_to_roster_id" in body for _, body in KINDS[0].bodies())
    assert all("slot_to_roster_id" in body for _, body in KINDS[1].bodies())
