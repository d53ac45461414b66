"""Which errors of the driver mean that Postgres could not be reached, and how callers see them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg

from domain.errors import LogUnavailable

CONNECTION_ERRORS = (
    OSError,  # with TimeoutError: nothing answers, or not in time
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,  # the server stops, crashed, starts, or ended the query
    asyncpg.InsufficientResourcesError,  # too many connections, a full disk
    asyncpg.TransactionRollbackError,  # a deadlock with somebody else's transaction
    asyncpg.ReadOnlySQLTransactionError,  # a standby, while it takes over
    asyncpg.InvalidCatalogNameError,  # no such database
    asyncpg.InvalidAuthorizationSpecificationError,  # no such user, a wrong password
    asyncpg.InternalClientError,  # the connection broke off in the middle of a message
    asyncpg.InterfaceError,  # the connection or the pool is closed
)


def reason(error: BaseException) -> str:
    """What the error says, in one line; many errors of the network only have a name."""
    return str(error).partition("\n")[0].rstrip(".") or type(error).__name__


@contextmanager
def log_unavailable(doing: str) -> Iterator[None]:
    """Turn errors of the connection into LogUnavailable, with the cause kept."""
    try:
        yield
    except ValueError:  # a value that asyncpg cannot encode is an InterfaceError too
        raise
    except CONNECTION_ERRORS as error:
        raise LogUnavailable(f"{doing}: {reason(error)}.") from error
