"""Events as other releases wrote them: of an older schema, of a newer one, of a type that is not known here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import msgspec

from domain import event as event_module
from domain.event import EVENT_TYPES
from domain.streams import league_stream
from infrastructure.postgres.rows import append_columns, call_arguments
from tests.appending import CALL, to
from tests.sample_events import renamed

RAISED = "LeagueRenamed"
"""The type that :func:`raised_schema` takes for one of version 2."""

EVOLVED_COMMAND = (
    sys.executable,
    "-c",
    """
import sys
from interfaces.cli.main import main
from tests.evolution import raised_schema
sys.argv[0] = "gamefilm"
with raised_schema():
    main()
""",
)
"""``gamefilm`` of a release in which the schema was raised."""


@contextmanager
def raised_schema() -> Iterator[None]:
    """Meanwhile ``LeagueRenamed`` is of version 2; version 1 knew only ``name``, the name after."""
    known = EVENT_TYPES[RAISED]
    event_module._TYPES[RAISED] = known._replace(version=2, upcasters={1: _from_a_name})
    try:
        yield
    finally:
        event_module._TYPES[RAISED] = known


def _from_a_name(old: dict[str, Any]) -> dict[str, Any]:
    return {"league_id": old["league_id"], "before": None, "after": old["name"]}


async def store(
    sql: asyncpg.Connection,
    league_id: str,
    event_type: str,
    schema_version: int,
    *,
    stream: str | None = None,
    **data: Any,
) -> int:
    """Append an event to a stream, the league's own, as some release would have; returns its position."""
    columns = append_columns([to(stream or league_stream(league_id), renamed(league=league_id))])
    columns.types, columns.schemas = [event_type], [schema_version]
    columns.data = [msgspec.json.encode({"league_id": league_id, **data})]
    await sql.fetch(CALL, *call_arguments([columns]))
    position: int = await sql.fetchval("SELECT position FROM log_head")
    return position
