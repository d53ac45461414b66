"""One reading of a database URL for everything that connects: asyncpg, SQLAlchemy, the migrations."""

from __future__ import annotations

from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from domain.errors import ConfigurationError

CONNECT_TIMEOUT = 10.0  # seconds
_SCHEMES = ("postgresql", "postgres", "postgresql+asyncpg")


def asyncpg_dsn(database_url: str) -> str:
    """The URL as asyncpg takes it: ``postgresql://…``; a unix socket is ``?host=/folder``.

    Raises:
        ConfigurationError: the URL does not name PostgreSQL.
    """
    scheme, separator, rest = database_url.partition("://")
    if not separator or scheme not in _SCHEMES:
        raise ConfigurationError(
            "DATABASE_URL does not name a PostgreSQL database.",
            remedy="Write it as postgresql://user:password@host:5432/database.",
        )
    return f"postgresql://{rest}"


def create_engine(database_url: str, **options: Any) -> AsyncEngine:
    """An SQLAlchemy engine over asyncpg; ``options`` are those of ``create_async_engine``.

    asyncpg itself reads the URL, so that every part of the service understands the same ones: the
    dialect of SQLAlchemy knows neither ``sslmode`` nor several hosts.
    """
    dsn = asyncpg_dsn(database_url)

    async def connect() -> asyncpg.Connection[asyncpg.Record]:
        return await asyncpg.connect(dsn, timeout=CONNECT_TIMEOUT)

    return create_async_engine("postgresql+asyncpg://", async_creator=connect, **options)
