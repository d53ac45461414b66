"""The builds of projections as Postgres notes them: which there are, how far they are, who works on them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    ColumnElement,
    DateTime,
    Integer,
    MetaData,
    Row,
    Select,
    Table,
    Text,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import Insert, insert

from application.projections.projector import Projector, Slot
from application.projections.store import Build

_METADATA: Final = MetaData()
BUILD: Final = Table(
    "projection_build",
    _METADATA,
    Column("name", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("slot", Text, primary_key=True),
    Column("build", BigInteger),
    Column("position", BigInteger),
    Column("started_at", DateTime(timezone=True)),
    Column("updated_at", DateTime(timezone=True)),
    Column("live_since", DateTime(timezone=True)),
)
LEASE: Final = Table(
    "lease",
    _METADATA,
    Column("what", Text, primary_key=True),
    Column("owner", Text),
    Column("expires_at", DateTime(timezone=True)),
)
DEAD_LETTER: Final = Table(
    "dead_letter",
    _METADATA,
    Column("build", BigInteger, primary_key=True),
    Column("stream_id", Text, primary_key=True),
    Column("position", BigInteger),
    Column("event_type", Text),
    Column("error", Text),
    Column("attempts", Integer),
    Column("failed_at", DateTime(timezone=True)),
)


PASS_OVER: Final = text(
    """
    WITH move AS (
        SELECT * FROM unnest(:names, :versions, :schemas, :positions, :targets)
                 AS m(name, version, schema, position, target)
    ), free AS (
        SELECT b.build, m.target FROM projection_build b JOIN move m USING (name, version, position)
        WHERE b.slot = 'live' AND NOT EXISTS (
            SELECT FROM lease l
            WHERE l.what = m.schema AND l.owner <> :owner AND l.expires_at > clock_timestamp()
        )
        FOR UPDATE OF b SKIP LOCKED
    )
    UPDATE projection_build b SET position = free.target, updated_at = now()
    FROM free WHERE b.build = free.build
    RETURNING b.name
    """
).bindparams(
    bindparam("names", type_=ARRAY(Text())),
    bindparam("versions", type_=ARRAY(Integer())),
    bindparam("schemas", type_=ARRAY(Text())),
    bindparam("positions", type_=ARRAY(BigInteger())),
    bindparam("targets", type_=ARRAY(BigInteger())),
    bindparam("owner", type_=Text()),
)
"""Moves live builds past events that they do not handle. Whoever holds one for a moment is not waited for."""


def build_of(projector: Projector, slot: str) -> ColumnElement[bool]:
    """The condition for the row of one build."""
    return and_(version_of(projector), BUILD.c.slot == slot)


def version_of(projector: Projector) -> ColumnElement[bool]:
    """The condition for the rows of all builds of one version of a projector."""
    return and_(BUILD.c.name == projector.name, BUILD.c.version == projector.version)


def versions_of(projectors: Iterable[Projector]) -> ColumnElement[bool]:
    """The condition for the rows of all builds of these versions of projectors."""
    return or_(*map(version_of, projectors))


def new_build(projector: Projector, slot: Slot, **values: Any) -> Insert:
    """The row of a build that begins."""
    return insert(BUILD).values(name=projector.name, version=projector.version, slot=str(slot), **values)


def owner_of(schema: ColumnElement[str] | str) -> ColumnElement[bool]:
    """The condition for the lease under which a process works on the build in a schema."""
    return and_(LEASE.c.what == schema, LEASE.c.expires_at > func.clock_timestamp())


@cache
def all_builds() -> Select[Any]:
    """Every build, with who works on it and how many dead letters it has."""
    suffix = case((BUILD.c.slot == Slot.LIVE, ""), else_=func.concat("_", BUILD.c.slot))
    schema = func.concat("read_", BUILD.c.name, "_v", BUILD.c.version, suffix)
    letters = select(func.count()).where(DEAD_LETTER.c.build == BUILD.c.build).scalar_subquery()
    found = select(BUILD, LEASE.c.owner, letters.label("dead_letters"))
    joined = found.join_from(BUILD, LEASE, owner_of(schema), isouter=True)
    return joined.order_by(BUILD.c.name, BUILD.c.version, BUILD.c.slot)


def build_from(row: Row[Any]) -> Build:
    """A row of :func:`all_builds` as the port tells it."""
    return Build(
        row.name,
        row.version,
        Slot(row.slot),
        row.position,
        row.started_at,
        row.updated_at,
        row.live_since,
        row.owner,
        row.dead_letters,
    )
