"""All leagues at a glance: what each is, and when something last changed in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import Select, func, select, union_all

from application.projections.catalogue import LEAGUE_PROJECTORS
from application.projections.leagues import LEAGUE
from application.read_model import Snapshot

NEEDS: Final = LEAGUE_PROJECTORS
"""The projectors behind this query."""


class LeagueOverview(msgspec.Struct, frozen=True, kw_only=True):
    """A league of the log. All but the id is null where its league object was never seen.

    ``last_position`` is that of the last event about it, ``last_change`` when that was observed.
    """

    league_id: str
    name: str | None
    season: str | None
    status: str | None
    total_rosters: int | None
    last_position: int
    last_change: datetime


async def list_overviews(snapshot: Snapshot) -> Sequence[LeagueOverview]:
    """Every league that the log has an event of, the latest season first, then by name."""
    return [LeagueOverview(**row) for row in await snapshot.fetch(_query())]


def _query() -> Select[Any]:
    touched = union_all(*(select(projector.touched) for projector in LEAGUE_PROJECTORS)).subquery()
    last = (
        select(
            touched.c.subject.label("league_id"),
            func.max(touched.c.position).label("last_position"),
            func.max(touched.c.observed_at).label("last_change"),
        )
        .group_by(touched.c.subject)
        .subquery()
    )
    league = LEAGUE.c
    return (
        select(last, league.name, league.season, league.status, league.total_rosters)
        .outerjoin_from(last, LEAGUE, league.league_id == last.c.league_id)
        .order_by(league.season.desc().nulls_last(), league.name, last.c.league_id)
    )
