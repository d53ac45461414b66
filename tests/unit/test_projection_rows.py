"""The rows that a fold works on: those that were read, and those that must be written."""

from __future__ import annotations

import pytest

from application.projections.catalogue import PROJECTORS
from application.projections.members import MEMBER
from application.projections.rosters import ROSTER
from application.projections.rows import Rows
from domain.errors import ProjectionFailed
from domain.league import events as le
from domain.league.observation import League
from domain.rosters import events as ro
from tests.projecting import folded, recorded

TEAM = {"league_id": "7", "roster_id": 1}
REGISTERED = le.LeagueRegistered(league_id="7", league=League(league_id="7"))


def test_event_that_cannot_be_folded_is_named():
    orphan = ro.StartersChanged(**TEAM, starters=("1",))
    [rosters] = [p for p in PROJECTORS if p.name == "rosters"]
    with pytest.raises(
        ProjectionFailed, match=r"rosters cannot go on at position 2 \(StartersChanged\)"
    ) as failed:
        folded(rosters, recorded([ro.RosterRemoved(**TEAM), orphan]))
    assert (failed.value.position, failed.value.event_type) == (2, "StartersChanged")


def test_fold_may_only_touch_rows_that_were_read():
    rows = Rows()
    rows.load(ROSTER, [("7", 1)], ())
    assert rows.get(ROSTER, "7", 1) is None
    with pytest.raises(LookupError, match="not declared"):
        rows.get(ROSTER, "7", 2)


def test_rows_know_what_must_be_written():
    rows, stored = Rows(), {"league_id": "7", "user_id": "a", "display_name": "ann"}
    left = stored | {"user_id": "b"}
    rows.load(MEMBER, [("7", "a"), ("7", "b"), ("7", "c")], [stored, left])
    rows.put(MEMBER, dict(stored))
    rows.put(MEMBER, stored | {"user_id": "c"})
    rows.remove(MEMBER, "7", "b")
    rows.remove(MEMBER, "7", "c")
    rows.put(MEMBER, stored | {"user_id": "c", "display_name": "cid"})
    assert rows.added(MEMBER) == [stored | {"user_id": "c", "display_name": "cid"}]
    assert rows.replaced(MEMBER) == []
    rows.put(MEMBER, stored | {"display_name": "anna"})
    assert rows.replaced(MEMBER) == [stored | {"display_name": "anna"}]
    assert rows.gone(MEMBER) == [("7", "b")]
