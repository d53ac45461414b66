"""Writes what Sleeper answers about one league into a folder that can be served as a recording."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Annotated, Any, TypeVar

import msgspec

from domain.errors import ConfigurationError, LeagueNotFound, SleeperError
from domain.league.observation import League
from infrastructure.sleeper.client import STATE_PATH, decode, league_path
from infrastructure.sleeper.transport import Transport

T = TypeVar("T")

_WEEKS = range(1, 19)
_OF_A_LEAGUE = ("users", "rosters", "traded_picks", "winners_bracket", "losers_bracket")


class Captured(msgspec.Struct, frozen=True):
    """What a capture did, by API path (``v1/league/…``)."""

    league_id: str
    folder: Path
    written: tuple[str, ...]
    skipped: tuple[str, ...]
    """Sleeper has nothing there."""
    errors: dict[str, str]
    """Why a path could not be captured."""


class _Draft(msgspec.Struct):
    draft_id: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,20}$")]  # becomes part of a file's name


async def capture(league_id: str, folder: Path, transport: Transport) -> Captured:
    """Record every endpoint of a league, and those of its drafts, byte for byte as they come.

    Files of the same path are replaced, each at once. An endpoint that fails is left out and listed.

    Raises:
        InvalidInput: ``league_id`` is not a number.
        LeagueNotFound: Sleeper does not know the league; nothing was written.
        SleeperError: the league itself could not be fetched; nothing was written.
        ConfigurationError: the folder cannot be written.
    """
    return await _Capture(league_id, folder, transport).run()


class _Capture:
    def __init__(self, league_id: str, folder: Path, transport: Transport) -> None:
        self._league_id = league_id
        self._folder = folder
        self._transport = transport
        self._written: list[str] = []
        self._skipped: list[str] = []
        self._errors: dict[str, str] = {}

    async def run(self) -> Captured:
        path = league_path(self._league_id)
        league, body = await self._fetch(path, League)
        if league is None:
            raise LeagueNotFound(self._league_id)
        await self._write_first(path, body)
        async with asyncio.TaskGroup() as tasks:
            for other in self._paths(path):
                tasks.create_task(self._record(other, Any))
            tasks.create_task(self._record_drafts(path, league))
        return Captured(
            self._league_id,
            self._folder,
            tuple(sorted(self._written)),
            tuple(sorted(self._skipped)),
            dict(sorted(self._errors.items())),
        )

    def _paths(self, league: str) -> list[str]:
        weekly = [f"{league}/{what}/{week}" for what in ("matchups", "transactions") for week in _WEEKS]
        return [STATE_PATH, *(f"{league}/{what}" for what in _OF_A_LEAGUE), *weekly]

    async def _record_drafts(self, league_path: str, league: League) -> None:
        drafts = await self._record(f"{league_path}/drafts", tuple[_Draft, ...]) or ()
        ids = {draft.draft_id for draft in drafts}
        if league.draft_id and league.draft_id.isdigit():
            ids.add(league.draft_id)
        async with asyncio.TaskGroup() as tasks:
            for draft in (f"v1/draft/{draft_id}" for draft_id in sorted(ids)):
                for what in ("", "/picks", "/traded_picks"):
                    tasks.create_task(self._record(f"{draft}{what}", Any))

    async def _record(self, path: str, kind: type[T]) -> T | None:
        """Fetch and write one path; what goes wrong is noted and stops nothing else."""
        try:
            value, body = await self._fetch(path, kind)
            if value is None:
                self._skipped.append(path)
            else:
                await self._write(path, body)
        except (SleeperError, OSError) as error:
            self._errors[path] = str(error)
            return None
        return value

    async def _fetch(self, path: str, kind: type[T]) -> tuple[T | None, bytes]:
        answer = await self._transport.get(path)
        return decode(f"{self._transport.base_url}/{path}", answer, kind), answer.body

    async def _write_first(self, path: str, body: bytes) -> None:
        try:
            await self._write(path, body)
        except OSError as error:
            raise ConfigurationError(
                f"{self._folder} cannot be written: {error.strerror}.",
                remedy="Name a folder that you may write to.",
            ) from error

    async def _write(self, path: str, body: bytes) -> None:
        await asyncio.to_thread(_replace, self._folder / f"{path}.json", body)
        self._written.append(path)


def _replace(file: Path, body: bytes) -> None:
    """Write a file so that no reader, and no crash, ever sees half of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as temporary:
            temporary.write(body)
        Path(name).chmod(0o644)
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
