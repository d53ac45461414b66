"""The record book of a league: of one season, or of all."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from application.queries.played import PlayedSeason, played, seasons_of
from application.read_model import Snapshot
from domain.records import RecordBook, record_book


class Scope(StrEnum):
    """Of what the records are."""

    SEASON = "season"
    FAMILY = "family"


class Records(RecordBook, frozen=True, kw_only=True):
    """The records, and the ``seasons`` of which they are made."""

    league_id: str
    scope: Scope
    seasons: Sequence[PlayedSeason]


async def get_records(
    snapshot: Snapshot, league_id: str, league_ids: Sequence[str], scope: Scope, limit: int
) -> Records:
    """At most ``limit`` of each kind, out of the finished weeks of some seasons."""
    seasons = await seasons_of(snapshot, league_ids)
    book = record_book(seasons, limit)
    return Records(
        league_id=league_id,
        scope=scope,
        seasons=[played(season) for season in seasons],
        **{name: getattr(book, name) for name in RecordBook.__struct_fields__},
    )
