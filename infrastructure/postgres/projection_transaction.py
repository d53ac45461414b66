"""Transactions on the build of a projection, one statement a table: a page, what is mended, and the swap."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

import asyncpg
import sqlalchemy
from sqlalchemy import Executable, Result, Table, and_, delete, exc, func, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from application.ports import EventPlace
from application.projections.projector import Projector, Slot
from application.projections.rows import Key, Row, Rows
from domain.errors import ProjectionFailed, ProjectionHeld, ProjectionNotBuilt, RowsRefused
from infrastructure.postgres.dead_letters import drop_letter, letters_of, put_letter, skips
from infrastructure.postgres.projection_builds import BUILD, LEASE, build_of, owner_of
from infrastructure.postgres.projection_copy import copy_rows, is_copied
from infrastructure.postgres.projection_schemas import drop, lock_tables, rename
from infrastructure.postgres.projection_statements import as_json, delete_keys, named, select_under, upsert
from infrastructure.postgres.sqlalchemy_errors import database_unavailable, reason, refuses_values

_STATEMENT_TIMEOUT: Final = 60.0  # seconds
_SWAP_PATIENCE: Final = "500ms"
"""How long a swap waits for the queries of the moment. Those that come meanwhile wait behind it."""
_SWAP_HANGS: Final = "5s"
"""A process that hangs inside a swap loses it then. Queries wait for it, and for ten seconds at most."""
_OUTGOING: Final = "outgoing"
"""The slot of what was live, inside a swap."""


class PostgresProjectionTransaction:
    """The port ``ProjectionTransaction``."""

    def __init__(self, connection: AsyncConnection, projector: Projector, slot: Slot, owner: str) -> None:
        self._connection = connection
        self._projector = projector
        self._slot = slot
        self._owner = owner
        self.position = 0
        self._is_empty = False
        """Nothing was ever written: there is nothing to read."""
        self.letters: Mapping[str, int] = {}

    async def lock(self, *, whoever: bool = False) -> None:
        """Lock the build, and see that no other process has taken it over, unless ``whoever`` may have it."""
        # Who waits for a row that a swap moves finds it gone, and the one in its place with another look.
        found = await self._lock_row() or await self._lock_row()
        if found is None:
            raise ProjectionNotBuilt(self._projector.name, self._slot)
        if not whoever and found.owner not in (None, self._owner):
            raise ProjectionHeld(f"the projection {self._projector.name}")
        self._build, self.position = found.build, found.position
        self._is_empty = not self.position
        # A statement of its own: the one that waited for the lock sees other tables as they were before.
        letters = await self._execute(letters_of(self._build))
        self.letters = {row.stream_id: row.position for row in letters}

    async def _lock_row(self) -> sqlalchemy.Row[Any] | None:
        owner = select(LEASE.c.owner).where(owner_of(self._projector.schema(self._slot))).scalar_subquery()
        mine = build_of(self._projector, self._slot)
        found = select(BUILD.c.build, BUILD.c.position, owner.label("owner"))
        return (await self._execute(found.where(mine).with_for_update())).one_or_none()

    async def load(self, keys: Mapping[Table, Collection[Key]]) -> Rows:
        rows = Rows()
        for table, wanted in keys.items():
            rows.load(table, wanted, () if self._is_empty else await self._stored(table, wanted))
        return rows

    async def _stored(self, table: Table, wanted: Collection[Key]) -> list[Mapping[str, Any]]:
        found = await self._execute(select_under(table), {"keys": as_json(named(table, wanted))})
        names = [column.name for column in table.columns]
        return [dict(zip(names, row, strict=True)) for row in found]

    async def save(self, rows: Rows) -> None:
        self._is_empty = False
        for table in self._projector.all_tables:
            if gone := rows.gone(table):
                await self._execute(delete_keys(table), {"keys": as_json(named(table, gone))})
            await self._write(table, rows.added(table), rows.replaced(table))

    async def _write(self, table: Table, added: list[Row], replaced: list[Row]) -> None:
        if self._is_copied(table, added):
            with self._failing():
                async with asyncio.timeout(_STATEMENT_TIMEOUT):
                    await copy_rows(self._connection, self._projector.schema(self._slot), table, added)
            added = []
        if added or replaced:
            await self._execute(upsert(table), {"rows": as_json(added + replaced)})

    def _is_copied(self, table: Table, added: Sequence[Row]) -> bool:
        """COPY is for builds that are filled; of who was touched nobody knows which rows are new."""
        filled = self._slot is not Slot.LIVE and table is not self._projector.touched
        return filled and is_copied(table, added)

    async def set_aside(self, event: EventPlace, error: str, *, failed: bool = True) -> None:
        await self._execute(put_letter(self._build, event, error, failed=failed))

    async def release(self, stream: str) -> None:
        await self._execute(drop_letter(self._build, stream))

    async def skips(self, position: int) -> bool:
        skipped: bool = (await self._execute(skips(self._projector, position))).scalar_one()
        return skipped

    async def commit(self, position: int) -> None:
        moved = update(BUILD).where(build_of(self._projector, self._slot))
        await self._execute(moved.values(position=position, updated_at=func.now()))
        await self._end()

    async def _end(self) -> None:
        with database_unavailable(f"The projection {self._projector.name} cannot be committed"):
            async with asyncio.timeout(_STATEMENT_TIMEOUT):
                await self._connection.commit()

    async def _execute(
        self, statement: Executable, parameters: Mapping[str, Any] | None = None
    ) -> Result[Any]:
        with self._failing():
            async with asyncio.timeout(_STATEMENT_TIMEOUT):
                return await self._connection.execute(statement, parameters)

    @contextmanager
    def _failing(self) -> Iterator[None]:
        name = self._projector.name
        try:
            with database_unavailable(f"The projection {name} cannot be read or written"):
                yield
        except (exc.SQLAlchemyError, asyncpg.PostgresError, asyncpg.DataError) as error:
            kind = RowsRefused if refuses_values(error) else ProjectionFailed
            raise kind(name, reason(error)) from error


class PostgresMending(PostgresProjectionTransaction):
    """A transaction that changes rows of older events: with them the build gets another number."""

    async def save(self, rows: Rows) -> None:
        await super().save(rows)
        mine = update(BUILD).where(build_of(self._projector, self._slot))
        renumbered = await self._execute(mine.values(build=text("DEFAULT")).returning(BUILD.c.build))
        self._build = renumbered.scalar_one()


class PostgresSwap(PostgresProjectionTransaction):
    """A transaction on a build that becomes the live one with its commit."""

    async def lock(self, *, whoever: bool = False) -> None:
        """Lock the live build and this one, and keep queries from the live tables."""
        live = build_of(self._projector, Slot.LIVE)
        await self._execute(text(f"SET LOCAL lock_timeout = '{_SWAP_PATIENCE}'"))
        await self._execute(text(f"SET LOCAL idle_in_transaction_session_timeout = '{_SWAP_HANGS}'"))
        found = await self._execute(select(BUILD.c.name).where(live).with_for_update())
        self._replaces = found.one_or_none() is not None
        await super().lock(whoever=whoever)
        if self._replaces:
            await self._execute(lock_tables([self._projector], "ACCESS EXCLUSIVE"))

    async def commit(self, position: int) -> None:
        with self._failing():
            if self._slot is Slot.NEXT:
                await self._drop_previous()
            if self._replaces:
                await self._move(Slot.LIVE, _OUTGOING)
        moved = {"position": position, "updated_at": func.now(), "live_since": func.now()}
        await self._execute(update(BUILD).where(build_of(self._projector, self._slot)).values(**moved))
        with self._failing():
            await self._move(self._slot, Slot.LIVE)
            if self._replaces:
                await self._move(_OUTGOING, Slot.PREVIOUS)
            await self._retire()
        await self._end()

    async def _move(self, slot: str, to: str) -> None:
        await rename(self._connection, self._projector, slot, to)
        await self._connection.execute(
            update(BUILD).where(build_of(self._projector, slot)).values(slot=str(to))
        )

    async def _drop_previous(self) -> None:
        await drop(self._connection, self._projector.schema(Slot.PREVIOUS))
        await self._connection.execute(delete(BUILD).where(build_of(self._projector, Slot.PREVIOUS)))

    async def _retire(self) -> None:
        """Drop the builds of older versions, but for the version before: an older release may still run."""
        older = and_(BUILD.c.name == self._projector.name, BUILD.c.version < self._projector.version)
        kept = select(func.max(BUILD.c.version)).where(older).scalar_subquery()
        gone = delete(BUILD).where(older, BUILD.c.version < kept)
        for row in await self._connection.execute(gone.returning(BUILD.c.version, BUILD.c.slot)):
            await drop(self._connection, replace(self._projector, version=row.version).schema(row.slot))
