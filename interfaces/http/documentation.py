"""The API's description: OpenAPI 3.1 as JSON, and a page for people that needs nothing from the network."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from typing import Any, Final

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.di import Provide
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import Tag

from domain.errors import (
    FeedsDisabled,
    InvalidInput,
    ListingRefused,
    LogUnavailable,
    NotFound,
    ProjectionHeld,
    ProjectionNotFound,
    SleeperUnreachable,
    WrongExpectedVersion,
)
from interfaces.http.examples import BODIES, PARAMETERS, answers, problem_example
from interfaces.http.page import render_page
from interfaces.http.positions import HEADER
from interfaces.http.problems import PROBLEM_JSON, TYPE_PREFIX, Problem, slug_of

_OPENAPI: Final = "application/vnd.oai.openapi+json"
_DESCRIPTION: Final = """\
Sleeper fantasy football as an event log. Rows have the names and shapes of Sleeper's own API.

* **Lists** are `{"items": [...], "next": ...}`; give `next` back as `after` to go on.
* **Read your writes**: every answer says in `X-Log-Position` which position of the log it shows; give the
  position of a sync as `min_position`, and the answer shows it.
* **Caching**: give an `ETag` back as `If-None-Match`; what did not change is answered with 304.
* **Errors** are problem documents (RFC 9457) that say what to do.
* HEAD is answered wherever GET is.
"""
_IF_NONE_MATCH: Final = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "ETags of answers at hand: 304 where one of them is still right",
    "schema": {"type": "string"},
}
_TAGS: Final = (
    Tag("leagues", "What is known of a league, in Sleeper's words"),
    Tag("users", "Who plays, and in which leagues and drafts"),
    Tag("nfl", "The sport itself: season and week"),
    Tag("players", "The catalogue of players"),
    Tag("events", "What happened"),
    Tag("sync", "Bringing the log up to date"),
    Tag("service", "How the service fares"),
    Tag("admin", "The read model, for operators"),
)
_FEEDS: Final = ("/sync/stats", "/sync/projections", "/sync/research", "/sync/schedule")
_SUMMARIES: Final = {
    "304": "Nothing changed since the ETag in If-None-Match",
    "400": "A parameter or a field cannot be used",
    "403": "The operator has not allowed it",
    "404": "It is not known",
    "409": "Somebody else recorded the same league again and again",
    "413": "The body is larger than 1 MiB",
    "415": "The body is not declared as JSON",
    "502": "Sleeper did not answer as it should",
    "503": "The read model is behind, or the database cannot be reached: try again",
}


def documentation_routes(routes: Sequence[Any]) -> list[Any]:
    """The routes of the description of ``routes``."""

    @cache
    def document() -> dict[str, Any]:
        return describe(routes)

    return _handlers(document)


def _handlers(document: Callable[[], dict[str, Any]]) -> list[Any]:
    @get("/schema/openapi.json", include_in_schema=False)
    async def openapi() -> Response[dict[str, Any]]:
        return Response(await asyncio.to_thread(document), media_type=_OPENAPI)

    @get("/schema", include_in_schema=False)
    async def page(request: Request[Any, Any, Any]) -> Response[Any]:
        # The first one takes a tenth of a second to make.
        made, headers = await asyncio.to_thread(document), {"Vary": "Accept"}
        if "text/html" not in request.headers.get("accept", ""):
            return Response(made, media_type=_OPENAPI, headers=headers)
        headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
        return Response(render_page(made), media_type="text/html", headers=headers)

    return [openapi, page]


def describe(routes: Sequence[Any]) -> dict[str, Any]:
    """The OpenAPI document of ``routes``, with examples, headers and problems."""
    document = _generated(routes)
    schemas = document["components"]["schemas"]
    _, problem = msgspec.json.schema_components([Problem], ref_template="#/components/schemas/{name}")
    schemas.update(problem)
    for path, method, operation in operations(document):
        _complete(path, method, operation)
    return document


def operations(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and operation of everything described."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def _generated(routes: Sequence[Any]) -> dict[str, Any]:
    """What Litestar makes of the handlers' signatures, in an application that never serves."""
    described = Litestar(
        routes,
        dependencies={
            name: Provide(lambda: None, sync_to_thread=False) for name in ("service", "listing", "namer")
        },
        logging_config=None,
        openapi_config=OpenAPIConfig(
            title="Gamefilm", version=version("gamefilm"), description=_DESCRIPTION, tags=list(_TAGS)
        ),
    )
    written = msgspec.json.encode(described.openapi_schema.to_schema())
    # Litestar names the page of a generic list after the row's whole path.
    document: dict[str, Any] = msgspec.json.decode(re.sub(rb"Slice_[\w.]*\.(\w+)Row_", rb"\1Slice", written))
    return document


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    name, responses = operation["operationId"], operation["responses"]
    # What is not recorded yet is described all the same: the recording asks what is described.
    recorded = answers().get(name, {})
    for status in recorded.keys() & responses.keys():
        _show(responses[status], recorded[status])
    if name in BODIES:
        _show(operation["requestBody"], BODIES[name])
    for parameter in operation.get("parameters", ()):
        if parameter["name"] in PARAMETERS:
            parameter["example"] = PARAMETERS[parameter["name"]]
    responses.pop("400", None)
    if _is_conditional(path):
        operation["parameters"].append(_IF_NONE_MATCH)
    if path.startswith("/admin/"):
        responses.update(_problems_of_admin(path, method))
    if path.startswith(("/api/", "/sync/")):
        responses["200" if "200" in responses else "202"]["headers"] = _headers(path)
        responses.update(_problems(path, method))


def _show(described: dict[str, Any], example: Any) -> None:
    for content in described["content"].values():
        content["example"] = msgspec.to_builtins(example)


def _headers(path: str) -> dict[str, Any]:
    described = {HEADER: ("integer", "The position of the log that the answer shows")}
    if _is_conditional(path):
        described["ETag"] = ("string", "Changes when the answer does; for If-None-Match")
    return {name: {"description": text, "schema": {"type": kind}} for name, (kind, text) in described.items()}


def _is_conditional(path: str) -> bool:
    return path.startswith(("/api/v1/leagues", "/api/v1/users"))


def _problems(path: str, method: str) -> dict[str, Any]:
    problems = {"400": _bad_input(method), "503": problem_example(LogUnavailable, detail="No connection.")}
    if path in ("/api/v1/leagues", "/api/v1/events", "/sync/rejected/{number}"):
        problems["403"] = _refused(path)
    if path in _FEEDS:
        problems["403"] = _off(path)
    if "{" in path or method == "post":
        problems["404"] = problem_example(NotFound, detail="It is not in the log.", remedy="Sync it first.")
    if method == "post":
        unreachable = problem_example(SleeperUnreachable, detail="No answer.", instance=path)
        conflict = problem_example(WrongExpectedVersion, detail="The stream moved on.", instance=path)
        problems |= {
            "409": conflict,
            "502": unreachable,
            "413": _of_http(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, path),
            "415": _of_http(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, path),
        }
    described = {status: _described(status, problem) for status, problem in sorted(problems.items())}
    return {"304": {"description": _SUMMARIES["304"]}, **described} if _is_conditional(path) else described


def _problems_of_admin(path: str, method: str) -> dict[str, Any]:
    problems = {"503": problem_example(LogUnavailable, detail="No connection.", instance=path)}
    if "{" in path:
        missing = ProjectionNotFound("rostres", "leagues, members, rosters")
        problems["404"] = problem_example(
            ProjectionNotFound, detail=missing.message, remedy=missing.remedy, instance=path
        )
    if method == "post":
        held = ProjectionHeld("a rebuild of rosters")
        problems["409"] = problem_example(
            ProjectionHeld, detail=held.message, remedy=held.remedy, instance=path
        )
        problems["415"] = _of_http(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, path)
    described = {status: _described(status, problem) for status, problem in sorted(problems.items())}
    if "409" in described:
        described["409"]["description"] = "It is under way already, or there is nothing to go back to"
    return described


def _refused(path: str) -> Problem:
    error = ListingRefused("The leagues", "Name one: GET /api/v1/leagues/{league_id}.")
    return problem_example(ListingRefused, detail=error.message, remedy=error.remedy, instance=path)


def _off(path: str) -> Problem:
    error = FeedsDisabled(path.rpartition("/")[2])
    return problem_example(FeedsDisabled, detail=error.message, remedy=error.remedy, instance=path)


def _bad_input(method: str) -> Problem:
    if method == "post":
        detail = "sync_type: Invalid enum value 'all'."
        return problem_example(
            InvalidInput,
            detail=detail,
            field="sync_type",
            allowed=["incremental", "full"],
            instance="/sync/league",
        )
    detail, allowed = "limit: Expected `int` <= 1000.", "a whole number from 1 to 1000"
    return problem_example(InvalidInput, detail=detail, parameter="limit", allowed=allowed)


def _of_http(status: HTTPStatus, path: str) -> Problem:
    detail = _SUMMARIES[str(status.value)]
    return Problem(
        type=TYPE_PREFIX + slug_of(status),
        title=status.phrase,
        status=status.value,
        detail=detail,
        instance=path,
    )


def _described(status: str, example: Problem) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    content = {"schema": schema, "example": msgspec.to_builtins(example)}
    return {"description": _SUMMARIES[status], "content": {PROBLEM_JSON: content}}
