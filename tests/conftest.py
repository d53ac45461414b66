"""Fixtures that every kind of test shares. None of them starts anything unless a test asks for it."""

from __future__ import annotations

import itertools
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.engines import (
    Servers,
    empty_keyspace,
    engines_for_tests,
    execute,
    make_ready,
    run_name,
    with_database,
)

# No test fails for the time it took: whatever else the machine does would decide it.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
async def engines() -> AsyncIterator[Servers]:
    """PostgreSQL and Valkey for this run."""
    async with engines_for_tests(os.environ) as started:
        yield started


@pytest.fixture(scope="session")
async def template_database(engines: Servers) -> AsyncIterator[str]:
    """The name of an empty database, ready for the service, that others are cloned from."""
    name = run_name()
    await execute(engines.database_url, f"CREATE DATABASE {name}")
    try:
        await make_ready(with_database(engines.database_url, name))
        yield name
    finally:
        await execute(engines.database_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database_url(engines: Servers, template_database: str) -> AsyncIterator[str]:
    """A migrated, empty database of this test's own; asyncpg takes the address as it is."""
    name = f"{template_database}_{next(_numbers)}"
    await execute(engines.database_url, f"CREATE DATABASE {name} TEMPLATE {template_database}")
    try:
        yield with_database(engines.database_url, name)
    finally:
        await execute(engines.database_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def blank_database_url(engines: Servers) -> AsyncIterator[str]:
    """A database without any migration, for tests of the migrations."""
    name = f"{run_name()}_blank"
    await execute(engines.database_url, f"CREATE DATABASE {name}")
    try:
        yield with_database(engines.database_url, name)
    finally:
        await execute(engines.database_url, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def valkey_url(engines: Servers) -> str:
    """A Valkey without any key."""
    await empty_keyspace(engines)
    return engines.valkey_url


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of recorded Sleeper responses that GAMEFILM_RECORDINGS names."""
    named = os.environ.get("GAMEFILM_RECORDINGS")
    if not named:
        pytest.skip("GAMEFILM_RECORDINGS is not set: it names a folder of recorded Sleeper responses")
    folder = Path(named).expanduser().absolute()
    if not folder.is_dir():
        pytest.skip(f"GAMEFILM_RECORDINGS names {folder}, which is not a folder")
    return folder
