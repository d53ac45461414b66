"""SQLAlchemy wraps the driver's errors; this tells which of them mean that Postgres cannot be reached."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from sqlalchemy import exc
from sqlalchemy.ext.asyncio import AsyncConnection

from domain.errors import LogUnavailable
from infrastructure.postgres.errors import CONNECTION_ERRORS
from infrastructure.postgres.errors import reason as driver_reason

_PASSING = (
    *CONNECTION_ERRORS,
    exc.TimeoutError,  # every connection of the pool is in use
    asyncpg.LockNotAvailableError,  # another process holds the projection
)
_HOW_TO_UNLOCK = (
    "Somebody holds a lock for long: SELECT pid, xact_start, state, query FROM pg_stat_activity WHERE "
    "datname = current_database() ORDER BY xact_start. End whom it names first, if that is the one, with "
    "SELECT pg_terminate_backend(pid); then try again."
)

_VALUES = (
    asyncpg.DataError,  # out of range, malformed
    asyncpg.NotNullViolationError,
    asyncpg.ProgramLimitExceededError,  # too long for an index
    ValueError,  # asyncpg cannot encode it
)


@contextmanager
def database_unavailable(doing: str) -> Iterator[None]:
    """Turn errors that pass by themselves into LogUnavailable, with the cause kept."""
    try:
        yield
    except (exc.SQLAlchemyError, *CONNECTION_ERRORS) as error:
        if not _passes(error):
            raise
        locked = isinstance(driver_error(error), asyncpg.LockNotAvailableError)
        remedy = _HOW_TO_UNLOCK if locked else None
        raise LogUnavailable(f"{doing}: {reason(error)}.", remedy=remedy) from error


async def let_go(connection: AsyncConnection) -> None:
    """Give a connection back to its pool, whatever became of it.

    Where it died, that rolled its transaction back: what was read stays read, and nothing was written.
    """
    try:
        await connection.close()
    except (exc.SQLAlchemyError, *CONNECTION_ERRORS) as error:
        if not _passes(error):
            raise


def reason(error: BaseException) -> str:
    """What the database said, without SQLAlchemy's copy of the statement and all its rows."""
    return driver_reason(driver_error(error))


def refuses_values(error: BaseException) -> bool:
    """Whether it is a value that the database or the driver refuses, and not the state that they are in."""
    return isinstance(driver_error(error), _VALUES)


def _passes(error: BaseException) -> bool:
    if isinstance(error, exc.DBAPIError) and error.connection_invalidated:
        return True
    inner = driver_error(error)
    # A value that asyncpg cannot encode is an InterfaceError too.
    return isinstance(inner, _PASSING) and not isinstance(inner, ValueError)


def driver_error(error: BaseException) -> BaseException:
    """What the driver itself raised."""
    # DBAPIError.orig is SQLAlchemy's image of the driver's class, raised from the driver's own error.
    inner = error.orig if isinstance(error, exc.DBAPIError) and error.orig is not None else error
    return inner.__cause__ if inner is not error and inner.__cause__ is not None else inner
