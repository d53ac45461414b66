"""Rebuilds of all projections in tests: what they must equal, and which of their statements were really taken."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from application.projections.catalogue import PROJECTORS
from application.projections.projector import Slot
from application.projections.rebuild import rebuild
from application.projections.rows import Row, Rows
from infrastructure.postgres import projection_transaction
from infrastructure.postgres.projection_transaction import PostgresProjectionTransaction
from interfaces.bootstrap import Application
from tests.projecting import stored_rows


async def assert_rebuilds_equal(app: Application, expected: dict[Table, list[Row]]) -> None:
    """Rebuild every projection and compare all tables that are live then, row for row."""
    for projector in PROJECTORS:
        await rebuild(app.projection_store, app.log, projector)
    found = await stored_rows(str(app.settings.database_url))
    assert {table.fullname for table, rows in expected.items() if found[table] != rows} == set()
    lives = [build for build in await app.projection_store.builds() if build.slot is Slot.LIVE]
    assert {build.position for build in lives} == {await app.log.head()}


class Written:
    """What rebuilds write: rows by COPY, by table, and those of earlier pages that they replaced or deleted."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.copied: dict[str, int] = {}
        self.replaced = self.gone = 0
        copy_rows, save = projection_transaction.copy_rows, PostgresProjectionTransaction.save

        async def copying(connection: AsyncConnection, schema: str, table: Table, rows: list[Row]) -> None:
            self._note_copied(schema, table, rows)
            await copy_rows(connection, schema, table, rows)

        async def saving(transaction: PostgresProjectionTransaction, rows: Rows) -> None:
            self._note_saved(transaction, rows)
            await save(transaction, rows)

        monkeypatch.setattr(projection_transaction, "copy_rows", copying)
        monkeypatch.setattr(PostgresProjectionTransaction, "save", saving)

    def _note_copied(self, schema: str, table: Table, rows: list[Row]) -> None:
        assert schema.endswith("_next"), "COPY is for builds that nobody reads"
        self.copied[table.name] = self.copied.get(table.name, 0) + len(rows)

    def _note_saved(self, transaction: Any, rows: Rows) -> None:
        if transaction._slot is Slot.NEXT:
            self.replaced += sum(len(rows.replaced(table)) for table in transaction._projector.tables)
            self.gone += sum(len(rows.gone(table)) for table in transaction._projector.tables)
