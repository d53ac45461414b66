"""Answers queries from the read model: waits, compares ETags, and says which position is shown."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from hashlib import blake2b
from importlib.metadata import version
from re import findall
from typing import Any, Final, TypeVar

from litestar import Request, Response
from litestar.status_codes import HTTP_304_NOT_MODIFIED

from application.projections.catalogue import LEAGUE_PROJECTORS
from application.projections.projector import Projector
from application.queries.family import family_ids
from application.queries.versions import list_version, subject_version, subjects_version
from application.read_model import ReadModel, Snapshot
from domain.errors import NotFound
from domain.nfl.events import NFL
from interfaces.http.positions import note_position, position_headers

T = TypeVar("T")
Query = Callable[[Snapshot], Awaitable[T]]

RELEASE: Final = version("gamefilm")
"""Part of every ETag: another release may say the same thing in other words."""


class Reads:
    """Runs queries over snapshots of the read model for one request, and wraps what they find.

    ``min_position`` is the position of the log that the request waits for, ``None`` where it waits for none.
    """

    def __init__(
        self, read_model: ReadModel, request: Request[Any, Any, Any], min_position: int | None
    ) -> None:
        self._read_model = read_model
        self._request = request
        self._min_position = min_position

    async def of_all(
        self,
        projector: Projector,
        query: Query[T],
        *,
        beside: Sequence[Projector] = (),
        variant: str = "",
    ) -> Response[T]:
        """The answer to a query over all leagues, from the tables of ``projector`` and those ``beside`` it.

        ``variant`` tells answers apart that the operator's settings make different.

        Raises:
            InvalidInput: ``min_position`` is beyond the end of the log.
            ReadModelBehind: the read model did not get there in time.
            LogUnavailable: Postgres cannot be reached.
        """
        projectors = (projector, *beside)
        async with self._snapshot(projectors) as snapshot:
            tag = etag(projectors, [await list_version(snapshot, each) for each in projectors], variant)
            return await self._answer(snapshot, tag, query)

    async def of_league(
        self,
        league_id: str,
        projectors: Sequence[Projector],
        query: Query[T],
        *,
        beside: Sequence[Projector] = (),
    ) -> Response[T]:
        """The answer to a query about one league, from the tables of ``projectors``.

        ``beside`` are those that tell of the sport, not of the league: the catalogue of players.

        Raises:
            NotFound: nothing is known of the league, or not what the query asks for.
            InvalidInput: ``min_position`` is beyond the end of the log.
            ReadModelBehind: the read model did not get there in time.
            LogUnavailable: Postgres cannot be reached.
        """
        async with self._snapshot((*projectors, *beside)) as snapshot:
            positions = await subject_version(snapshot, projectors, league_id)
            if any(positions):
                tag = await _tag(snapshot, projectors, positions, beside)
                return await self._answer(snapshot, tag, query)
        # Nothing of this kind is known. Whether anything is, only all projections together can say.
        async with self._snapshot((*LEAGUE_PROJECTORS, *beside)) as snapshot:
            if not any(await subject_version(snapshot, LEAGUE_PROJECTORS, league_id)):
                raise unknown_league(league_id)
            positions = await subject_version(snapshot, projectors, league_id)
            tag = await _tag(snapshot, projectors, positions, beside)
            return await self._answer(snapshot, tag, query)

    async def of_subject(
        self,
        subject: str,
        projectors: Sequence[Projector],
        query: Query[T],
        *,
        unknown: NotFound,
    ) -> Response[T]:
        """The answer to a query about a subject that is no league: a user, the sport.

        Raises:
            NotFound: ``unknown``, where the log has no event about the subject; or what the query says.
            InvalidInput: ``min_position`` is beyond the end of the log.
            ReadModelBehind: the read model did not get there in time.
            LogUnavailable: Postgres cannot be reached.
        """
        async with self._snapshot(projectors) as snapshot:
            positions = await subject_version(snapshot, projectors, subject)
            if not any(positions):
                raise unknown
            return await self._answer(snapshot, etag(projectors, positions), query)

    async def of_family(
        self,
        league_id: str,
        projectors: Sequence[Projector],
        query: Callable[[Snapshot, Sequence[str]], Awaitable[T]],
        *,
        beside: Sequence[Projector] = (),
    ) -> Response[T]:
        """The answer to a query about all seasons of a league, which is given their league ids.

        ``LEAGUES``, which knows the seasons, is to be among ``projectors``; ``beside`` as of ``of_league``.

        Raises:
            NotFound: nothing is known of any season, or not what the query asks for.
            InvalidInput: ``min_position`` is beyond the end of the log.
            ReadModelBehind: the read model did not get there in time.
            LogUnavailable: Postgres cannot be reached.
        """
        async with self._snapshot((*projectors, *beside)) as snapshot:
            family = await family_ids(snapshot, league_id)
            if seen := await subjects_version(snapshot, projectors, family):
                seen += await subjects_version(snapshot, beside, [NFL]) if beside else []
                tag = etag_of(*((each.name, each.version) for each in (*projectors, *beside)), *seen)
                return await self._answer(snapshot, tag, lambda rows: query(rows, family))
        # Nothing of this kind is known. Whether anything is, all projections together can say.
        return await self.of_league(
            league_id, projectors, lambda snapshot: query(snapshot, [league_id]), beside=beside
        )

    @asynccontextmanager
    async def _snapshot(self, projectors: Sequence[Projector]) -> AsyncIterator[Snapshot]:
        async with self._read_model.snapshot(projectors, min_position=self._min_position) as snapshot:
            note_position(self._request, snapshot.position)
            yield snapshot

    async def _answer(self, snapshot: Snapshot, tag: str, query: Query[T]) -> Response[T]:
        tag = of_builds(tag, snapshot.builds)
        if _has(self._request, tag):
            return _unchanged(self._request, tag)
        return Response(await query(snapshot), headers=_headers(self._request, tag))


def etag(projectors: Sequence[Projector], positions: Sequence[int], variant: str = "") -> str:
    """A strong ETag: equal bytes come from the same release, the same tables and the same events."""
    parts = (f"{each.version}.{at}" for each, at in zip(projectors, positions, strict=True))
    return f'"{RELEASE}-{"-".join((*parts, variant) if variant else parts)}"'


def etag_of(*told: object) -> str:
    """A strong ETag of what an answer was made of, however much that is."""
    return f'"{RELEASE}-{blake2b(repr(told).encode(), digest_size=12).hexdigest()}"'


def of_builds(tag: str, builds: Sequence[int]) -> str:
    """The ETag of rows of builds: what was folded late may leave the last event of a subject as it was."""
    return f'{tag[:-1]}-{blake2b(repr(tuple(builds)).encode(), digest_size=4).hexdigest()}"'


def matches(header: str | None, tag: str) -> bool:
    """Whether ``If-None-Match`` holds the tag, by weak comparison (RFC 9110, 13.1.2)."""
    if header is None:
        return False
    return header.strip() == "*" or tag.removeprefix("W/") in findall(r'"[^"]*"', header)


async def _tag(
    snapshot: Snapshot,
    projectors: Sequence[Projector],
    positions: Sequence[int],
    beside: Sequence[Projector],
) -> str:
    of_sport = await subject_version(snapshot, beside, NFL) if beside else ()
    return etag((*projectors, *beside), (*positions, *of_sport))


def answer(request: Request[Any, Any, Any], tag: str, found: T) -> Response[T]:
    """What was found, or 304 where the client has it already."""
    if _has(request, tag):
        return _unchanged(request, tag)
    return Response(found, headers=_headers(request, tag))


def _has(request: Request[Any, Any, Any], tag: str) -> bool:
    asked = request.headers.getall("if-none-match", [])
    return matches(", ".join(asked) if asked else None, tag)


def _unchanged(request: Request[Any, Any, Any], tag: str) -> Response[Any]:
    return Response(None, status_code=HTTP_304_NOT_MODIFIED, headers=_headers(request, tag))


def _headers(request: Request[Any, Any, Any], tag: str) -> Mapping[str, str]:
    return {"ETag": tag, "Cache-Control": "no-cache", **position_headers(request)}


def unknown_league(league_id: str) -> NotFound:
    """The log has no event about the league."""
    return NotFound(
        f"League {league_id} is not in the log.",
        remedy=f'Sync it first: POST /sync/league {{"league_id": "{league_id}"}}, '
        f"or run `gamefilm sync league {league_id}`.",
    )
