"""Leases in Postgres: who does what one process does at a time, and who takes over when it dies."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

import structlog
from sqlalchemy import ARRAY, Boolean, Interval, Text, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from domain.errors import LogUnavailable
from infrastructure.postgres.sqlalchemy_errors import database_unavailable

log = structlog.get_logger()

_LIFETIME: Final = 4.0  # seconds; so long after the death of its holder a thing is left undone
_BEAT: Final = 1.0  # seconds between two renewals
_TIMEOUT: Final = 3.0  # seconds

_OFFERED = bindparam("offered", type_=ARRAY(Text()))
_HOLD = select(
    func.hold_leases(
        bindparam("me", type_=Text()),
        _OFFERED,
        func.make_interval(0, 0, 0, 0, 0, 0, _LIFETIME, type_=Interval()),
        bindparam("joins", type_=Boolean()),
    )
)
_RELEASE = select(func.release_leases(bindparam("me", type_=Text()), _OFFERED))


class HeldLeases:
    """The leases that a process holds, of those that it asks for, as of its last renewal.

    Postgres has the last word: who works under a lease looks there whether it is still the holder.
    """

    def __init__(self) -> None:
        self._held: frozenset[str] = frozenset()
        self._changed = asyncio.Event()

    def __contains__(self, what: str) -> bool:
        return what in self._held

    def hold(self, held: frozenset[str]) -> None:
        if held != self._held:
            self._held = held
            self._changed.set()
            self._changed = asyncio.Event()

    async def changed(self, timeout: float) -> None:  # noqa: ASYNC109 - the bound is the contract
        """Wait until others are held than now, at most ``timeout`` seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._changed.wait()


@asynccontextmanager
async def leases(
    engine: AsyncEngine, owner: str, wanted: Sequence[str], *, joins: bool
) -> AsyncIterator[HeldLeases]:
    """Hold what can be had of ``wanted``, renewed by a task of its own, and let it go on leaving.

    Who ``joins`` shares with the others that do; who does not takes what nobody has.

    Raises:
        LogUnavailable: Postgres cannot be reached at the beginning. Later that only loses the leases.
    """
    held = HeldLeases()
    held.hold(await hold(engine, owner, wanted, joins=joins))
    beating = asyncio.create_task(_beat(engine, owner, wanted, held, joins=joins), name="leases")
    try:
        yield held
    finally:
        beating.cancel()
        await asyncio.wait([beating])  # awaiting the task itself could hide that this one is cancelled too
        with suppress(LogUnavailable):
            await release(engine, owner, None if joins else wanted)


async def hold(engine: AsyncEngine, owner: str, wanted: Sequence[str], *, joins: bool) -> frozenset[str]:
    """Take or renew leases once; which of them are held now.

    Raises:
        LogUnavailable: Postgres cannot be reached.
    """
    parameters = {"me": owner, "offered": list(wanted), "joins": joins}
    with database_unavailable("The leases cannot be renewed"):
        async with asyncio.timeout(_TIMEOUT), engine.begin() as connection:
            return frozenset((await connection.execute(_HOLD, parameters)).scalars())


async def release(engine: AsyncEngine, owner: str, wanted: Sequence[str] | None) -> None:
    """Let leases go, all of them for ``None``.

    Raises:
        LogUnavailable: Postgres cannot be reached: they run out by themselves.
    """
    parameters = {"me": owner, "offered": None if wanted is None else list(wanted)}
    with database_unavailable("The leases cannot be let go"):
        async with asyncio.timeout(_TIMEOUT), engine.begin() as connection:
            await connection.execute(_RELEASE, parameters)


async def _beat(
    engine: AsyncEngine, owner: str, wanted: Sequence[str], held: HeldLeases, *, joins: bool
) -> None:
    while True:
        await asyncio.sleep(_BEAT)
        try:
            held.hold(await hold(engine, owner, wanted, joins=joins))
        except LogUnavailable as error:
            log.warning("leases not renewed", reason=error.message)
