"""The players added and dropped most, in Sleeper's order."""

from __future__ import annotations

from collections.abc import Iterator

from application.projections.projector import Projector, types_of
from application.projections.rows import Read, Rows
from application.projections.tables import ID, INT, always, key, read_table, touched_table
from domain.event import Event, RecordedEvent
from domain.trending.events import TrendingCounted, TrendingEvent

TRENDING_PLAYER = read_table(
    "trending",
    "player",
    key("trend"),
    key("place", INT),
    always("player_id", ID),
    always("count", INT),
    read_by=1,
)


def _reads(event: Event) -> Iterator[Read]:
    if isinstance(event, TrendingCounted):
        yield TRENDING_PLAYER, (str(event.trend),)


def _fold(rows: Rows, recorded: RecordedEvent) -> None:
    event = recorded.event
    if isinstance(event, TrendingCounted):  # who entered and who left shows in the list that follows
        listed = [
            {"trend": str(event.trend), "place": place, "player_id": each.player_id, "count": each.count}
            for place, each in enumerate(event.players, start=1)
        ]
        rows.replace(TRENDING_PLAYER, (str(event.trend),), listed)


TRENDING = Projector(
    name="trending",
    version=1,
    tables=(TRENDING_PLAYER,),
    touched=touched_table("trending"),
    handles=types_of(TrendingEvent),
    reads=_reads,
    fold=_fold,
)
