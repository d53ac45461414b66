"""Syncs: started here, followed here, and looked into where a body of Sleeper's did not decode."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from datetime import datetime
from typing import Annotated, Any, Final, Literal
from uuid import UUID

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import JSONBody, PathParameter
from litestar.status_codes import HTTP_200_OK, HTTP_202_ACCEPTED
from msgspec.structs import replace

from application.commands.sync_league import SyncLeague, SyncReport, SyncType
from application.commands.sync_leagues import SyncFamily, SyncLeagues, SyncUser
from application.commands.sync_players import PlayersReport, SyncPlayers
from application.commands.sync_runs import LONGEST_RUN, SyncRun
from application.queries.naming import Namer
from domain.errors import NotFound, SyncRunNotFound
from interfaces.bootstrap import Application
from interfaces.http.listing import Listing
from interfaces.http.parameters import LAST_POSITION
from interfaces.http.positions import note_position, position_headers

RunId = Annotated[str, PathParameter(description="The run's id, from the Location header of its start")]
BodyNumber = Annotated[
    int,
    PathParameter(ge=1, le=LAST_POSITION, description="`rejected_body` of an error in a sync's report"),
]

_STARTED: Final = ResponseSpec(SyncRun, description="The sync has begun; Location says where to follow it")


class SyncRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``incremental`` looks at this week and the last one, ``full`` at all weeks of the season.

    With ``history`` every season before comes too, each once and in full. ``force`` fetches every body anew
    instead of asking Sleeper whether it changed, and seasons that are recorded in full as well.
    """

    league_id: str
    sync_type: SyncType = SyncType.INCREMENTAL
    history: bool = False
    force: bool = False

    def command(self) -> SyncLeague | SyncFamily:
        kind = SyncFamily if self.history else SyncLeague
        return kind(league_id=self.league_id, sync_type=self.sync_type, force=self.force)


class UserSyncRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``user`` is a name or an id; ``season`` a year, by default the one that Sleeper's leagues are in.

    The other fields are those of a league's sync, for each of the leagues.
    """

    user: str
    season: str | None = None
    sync_type: SyncType = SyncType.INCREMENTAL
    history: bool = False
    force: bool = False

    def command(self) -> SyncUser:
        return SyncUser(**msgspec.structs.asdict(self))


class PlayersSyncRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``force`` syncs also where the last time is less than 20 hours ago."""

    force: bool = False


class RejectedBodyView(msgspec.Struct, frozen=True, kw_only=True):
    """A body of Sleeper's that did not decode; ``field`` is the JSON path of the first wrong value.

    ``body`` is the body as ``encoding`` says: as it came where it is UTF-8, else in base64.
    """

    number: int
    observed_at: datetime
    url: str
    field: str
    reason: str
    content_type: str
    size: int
    encoding: Literal["utf-8", "base64"]
    body: str


class SyncController(Controller):
    path = "/sync"
    tags = ["sync"]

    @post(
        "/league",
        operation_id="syncLeague",
        summary="Bring the log up to what Sleeper says about a league",
        status_code=HTTP_200_OK,
        responses={HTTP_202_ACCEPTED: _STARTED},
    )
    async def start(
        self,
        request: Request[Any, Any, Any],
        service: NamedDependency[Application],
        namer: NamedDependency[Namer],
        data: JSONBody[SyncRequest],
    ) -> Response[SyncReport]:
        """An incremental sync of one season answers with its report, any other with where to follow it."""
        command = data.command()
        if isinstance(command, SyncFamily) or command.sync_type is SyncType.FULL:
            return await _start_run(request, service, command)
        async with asyncio.timeout(LONGEST_RUN.total_seconds()):
            report = await _named(namer, await service.syncer.sync(command))
        note_position(request, report.position)
        return Response(report, headers=position_headers(request))

    @post(
        "/user",
        operation_id="syncUser",
        summary="Bring the log up to what Sleeper says about all leagues of a user",
        status_code=HTTP_202_ACCEPTED,
        response_description="The sync has begun; Location says where to follow it",
    )
    async def start_of_user(
        self,
        request: Request[Any, Any, Any],
        service: NamedDependency[Application],
        data: JSONBody[UserSyncRequest],
    ) -> Response[SyncRun]:
        """One that is ended by the bound on a run's time goes on when it is asked for again."""
        return await _start_run(request, service, data.command())

    @post(
        "/players",
        operation_id="syncPlayers",
        summary="Bring the log up to Sleeper's catalogue of players, at most once a day",
        status_code=HTTP_200_OK,
    )
    async def players(
        self,
        request: Request[Any, Any, Any],
        service: NamedDependency[Application],
        data: JSONBody[PlayersSyncRequest],
    ) -> Response[PlayersReport]:
        """Sleeper asks for once a day: where the last time is younger than 20 hours, nothing is fetched."""
        async with asyncio.timeout(LONGEST_RUN.total_seconds()):
            report = await service.players_syncer.sync(SyncPlayers(force=data.force))
        note_position(request, report.position)
        return Response(report, headers=position_headers(request))

    @get("/runs/{run_id:str}", operation_id="getSyncRun", summary="How a sync in the background goes or went")
    async def run(
        self,
        request: Request[Any, Any, Any],
        service: NamedDependency[Application],
        namer: NamedDependency[Namer],
        run_id: RunId,
    ) -> Response[SyncRun]:
        found = await service.sync_runs.get(_uuid(run_id))
        if found.report is not None:
            found = replace(found, report=await _named(namer, found.report))
        report = found.report or found.leagues
        note_position(request, report.position if report else await service.log.head())
        return Response(found, headers={"Cache-Control": "no-store", **position_headers(request)})

    @get(
        "/rejected/{number:int}",
        operation_id="getRejectedBody",
        summary="A body of Sleeper's that did not decode, kept for diagnosis",
    )
    async def rejected(
        self,
        service: NamedDependency[Application],
        listing: NamedDependency[Listing],
        number: BodyNumber,
    ) -> Response[RejectedBodyView]:
        listing.check_rejected_bodies()
        kept = await service.rejected_bodies.load(number)
        if kept is None:
            raise NotFound(f"There is no rejected body {number}.", remedy="Only the newest are kept.")
        encoding, body = _readable(kept.body)
        facts = {name: value for name, value in msgspec.structs.asdict(kept).items() if name != "body"}
        return Response(RejectedBodyView(**facts, size=len(kept.body), encoding=encoding, body=body))


async def _named(namer: Namer, report: SyncReport) -> SyncReport:
    return replace(report, changes=await namer.changes(report.league_id, report.changes))


async def _start_run(
    request: Request[Any, Any, Any], service: Application, command: SyncLeague | SyncLeagues
) -> Response[Any]:
    run = await service.sync_runs.start(command)
    note_position(request, await service.log.head())
    headers = {"Location": f"/sync/runs/{run.id}", **position_headers(request)}
    return Response(run, status_code=HTTP_202_ACCEPTED, headers=headers)


def _uuid(run_id: str) -> UUID:
    try:
        return UUID(run_id)
    except ValueError:
        raise SyncRunNotFound(run_id) from None


def _readable(body: bytes) -> tuple[Literal["utf-8", "base64"], str]:
    try:
        return "utf-8", body.decode()
    except UnicodeDecodeError:
        return "base64", b64encode(body).decode()
