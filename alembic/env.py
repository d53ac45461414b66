"""Run by alembic for each command: `infrastructure.postgres.migrate` says which database."""

from __future__ import annotations

import asyncio

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.pool import NullPool

from infrastructure.postgres.urls import create_engine

LOCK = 0x67616D65_66696C6D  # "gamefilm" in ASCII: any number that nothing else in the database locks


def run_migrations(connection: Connection) -> None:
    context.configure(connection=connection)
    with context.begin_transaction():
        # Alembic reads the revision after this lock: of two processes that start together one migrates,
        # and the other finds it done.
        connection.execute(text("SET LOCAL lock_timeout = '60s'"))
        connection.execute(text(f"SELECT pg_advisory_xact_lock({LOCK})"))
        context.run_migrations()


async def migrate() -> None:
    engine = create_engine(context.config.attributes["database_url"], poolclass=NullPool)
    async with engine.connect() as connection:
        await connection.run_sync(run_migrations)
    await engine.dispose()


asyncio.run(migrate())
