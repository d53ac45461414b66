"""Who holds leases is cancelled while it lets them go."""

from __future__ import annotations

import asyncio

import pytest

from application.projections.members import MEMBERS
from infrastructure.postgres import leases
from infrastructure.postgres.projection_store import PostgresProjectionStore


async def test_cancelling_is_not_lost_while_the_renewal_under_way_ends(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending = asyncio.Event()

    async def beat_that_ends_slowly(*_: object, **__: object) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ending.set()
            await asyncio.Event().wait()  # Postgres is told to cancel a statement, and takes its time

    monkeypatch.setattr(leases, "_beat", beat_that_ends_slowly)
    store = PostgresProjectionStore(database_url)

    async def hold() -> None:
        async with store.leases([MEMBERS], joins=False):
            await asyncio.sleep(0)

    holding = asyncio.create_task(hold())
    await ending.wait()
    holding.cancel()
    with pytest.raises(asyncio.CancelledError):
        await holding
    await store.close()
