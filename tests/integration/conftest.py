"""Fixtures of the tests that meet real servers."""

from __future__ import annotations

from collections.abc import AsyncIterator

import asyncpg
import pytest

from application.ports import EventLog
from infrastructure.postgres.log import PostgresEventLog
from infrastructure.postgres.urls import asyncpg_dsn
from tests.recordings import running_app
from tests.sleeper_stage import STAGE


@pytest.fixture(scope="session")
async def stage() -> AsyncIterator[None]:
    """One server for all scripted answers of Sleeper."""
    async with running_app(STAGE) as STAGE.url:
        yield


@pytest.fixture
async def log(database_url) -> AsyncIterator[EventLog]:
    async with PostgresEventLog.open(database_url) as opened:
        yield opened


@pytest.fixture
async def sql(database_url) -> AsyncIterator[asyncpg.Connection]:
    """A connection of somebody else's."""
    connection = await asyncpg.connect(asyncpg_dsn(database_url), timeout=10, command_timeout=20)
    yield connection
    await connection.close(timeout=10)
