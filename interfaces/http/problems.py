"""Errors as problem documents (RFC 9457): one table for all that the service refuses or cannot do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, NamedTuple, get_type_hints

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, SerializationException, ValidationException
from litestar.params import KwargDefinition
from litestar.typing import FieldDefinition
from opentelemetry.trace import format_trace_id, get_current_span

from domain.errors import (
    DeadLetterNotFound,
    EventNotReadable,
    EventOfNewerRelease,
    FeedsDisabled,
    GamefilmError,
    InvalidInput,
    LeagueNotFound,
    ListingRefused,
    LogUnavailable,
    NotFound,
    PartlyRecorded,
    ProjectionHeld,
    ProjectionNotBuilt,
    ProjectionNotFound,
    ReadModelBehind,
    ReadModelNotBuilt,
    SleeperError,
    SleeperUnreachable,
    SyncRunNotFound,
    UserNotFound,
    WrongExpectedVersion,
)
from interfaces.http.parameters import allowed_values, fields_of
from interfaces.http.positions import position_headers

log = structlog.get_logger()

PROBLEM_JSON: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:gamefilm:problem:"


class Problem(msgspec.Struct, kw_only=True, omit_defaults=True):
    """An RFC 9457 problem document.

    ``parameter`` names a part of the address and ``field`` one of the body that cannot be used, ``allowed``
    says what can be, ``remedy`` what to do. ``trace_id`` finds the service's own log of an internal error.
    """

    type: str
    title: str
    status: int
    detail: str
    instance: str
    parameter: str | None = None
    field: str | None = None
    allowed: str | Sequence[str] | None = None
    remedy: str | None = None
    trace_id: str | None = None


class Kind(NamedTuple):
    """A kind of problem: the last part of its ``type``, its title and its status."""

    slug: str
    title: str
    status: HTTPStatus
    headers: Mapping[str, str] = {}


_AGAIN: Final = {"Retry-After": "1"}
KINDS: Final[Mapping[type[BaseException], Kind]] = {
    InvalidInput: Kind("invalid-input", "A value cannot be used", HTTPStatus.BAD_REQUEST),
    LeagueNotFound: Kind("league-not-found", "The league does not exist", HTTPStatus.NOT_FOUND),
    UserNotFound: Kind("user-not-found", "The user does not exist", HTTPStatus.NOT_FOUND),
    DeadLetterNotFound: Kind("dead-letter-not-found", "There is no such dead letter", HTTPStatus.NOT_FOUND),
    SyncRunNotFound: Kind("sync-run-not-found", "There is no such sync run", HTTPStatus.NOT_FOUND),
    ListingRefused: Kind("listing-refused", "Only what is named is shown", HTTPStatus.FORBIDDEN),
    FeedsDisabled: Kind("feeds-disabled", "Undocumented feeds are off", HTTPStatus.FORBIDDEN),
    NotFound: Kind("not-found", "There is no such thing", HTTPStatus.NOT_FOUND),
    WrongExpectedVersion: Kind("conflict", "Somebody else was first", HTTPStatus.CONFLICT),
    PartlyRecorded: Kind("conflict", "Somebody else was first", HTTPStatus.CONFLICT),
    ProjectionNotFound: Kind("projection-not-found", "There is no such projection", HTTPStatus.NOT_FOUND),
    ProjectionHeld: Kind("conflict", "Somebody else was first", HTTPStatus.CONFLICT),
    ProjectionNotBuilt: Kind("projection-not-built", "There is no such build", HTTPStatus.CONFLICT),
    ReadModelBehind: Kind(
        "read-model-behind", "The read model is behind", HTTPStatus.SERVICE_UNAVAILABLE, _AGAIN
    ),
    ReadModelNotBuilt: Kind(
        "read-model-not-built", "The read model is being made", HTTPStatus.SERVICE_UNAVAILABLE, _AGAIN
    ),
    LogUnavailable: Kind(
        "log-unavailable", "The database cannot be reached", HTTPStatus.SERVICE_UNAVAILABLE, _AGAIN
    ),
    EventOfNewerRelease: Kind(
        "event-of-newer-release", "A newer release is needed", HTTPStatus.SERVICE_UNAVAILABLE
    ),
    EventNotReadable: Kind(
        "event-not-readable", "The log holds an event that is broken", HTTPStatus.INTERNAL_SERVER_ERROR
    ),
    SleeperUnreachable: Kind("sleeper-unreachable", "Sleeper cannot be reached", HTTPStatus.BAD_GATEWAY),
    SleeperError: Kind("sleeper-failed", "Sleeper did not answer as it should", HTTPStatus.BAD_GATEWAY),
    TimeoutError: Kind("timeout", "It took too long", HTTPStatus.GATEWAY_TIMEOUT, _AGAIN),
}
"""Errors and their subclasses; whatever is not here is an internal error."""

_NAMED_FIELD: Final = re.compile(r"field `([^`]+)`")
_MISSING: Final = re.compile(r"Missing required \w+ parameter '(\w+)'")
_REMEDIES: Final = {
    HTTPStatus.NOT_FOUND: "See /schema for the routes there are.",
    HTTPStatus.METHOD_NOT_ALLOWED: "Use a method of the Allow header.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Send at most 1 MiB.",
}


class NotAllowed(InvalidInput):
    """A value of the request is refused; ``allowed`` says what is accepted in its place."""

    def __init__(self, field: str, message: str, allowed: str | Sequence[str]) -> None:
        super().__init__(field, message)
        self.allowed = allowed


def answer_problem(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """The answer to a request that ended in an error."""
    problem, headers = _problem(request, error)
    return Response(
        problem,
        status_code=problem.status,
        media_type=PROBLEM_JSON,
        headers={**headers, **position_headers(request), "Cache-Control": "no-store"},
    )


def _problem(request: Request[Any, Any, Any], error: Exception) -> tuple[Problem, Mapping[str, str]]:
    if isinstance(error, HTTPException) and error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return _of_the_framework(request, error), _allow_head(error.headers or {})
    kind = next((KINDS[cls] for cls in type(error).__mro__ if cls in KINDS), None)
    if kind is None:
        return _internal(request, error), {}
    problem = _new(request, kind.status, kind.slug, kind.title)
    problem.detail = getattr(error, "message", "") or str(error) or kind.title
    if isinstance(error, GamefilmError):
        problem.remedy = error.remedy or None
    if isinstance(error, InvalidInput):
        _name(request, problem, error.field)
        problem.allowed = getattr(error, "allowed", None)
    return problem, kind.headers


def _new(request: Request[Any, Any, Any], status: HTTPStatus, slug: str, title: str) -> Problem:
    return Problem(
        type=TYPE_PREFIX + slug, title=title, status=status.value, detail=title, instance=request.url.path
    )


def _name(request: Request[Any, Any, Any], problem: Problem, name: str) -> None:
    if request.method == "POST" and name not in request.query_params:
        problem.field = name
    else:
        problem.parameter = name


def _internal(request: Request[Any, Any, Any], error: Exception) -> Problem:
    """What went wrong is for the log alone: it may hold addresses and statements."""
    log.error("request failed", method=request.method, path=request.url.path, exc_info=error)
    problem = _new(request, HTTPStatus.INTERNAL_SERVER_ERROR, "internal-error", "The service made a mistake")
    problem.remedy = "The service's log says more; please report it."
    context = get_current_span().get_span_context()
    problem.trace_id = format_trace_id(context.trace_id) if context.is_valid else None
    return problem


def _of_the_framework(request: Request[Any, Any, Any], error: HTTPException) -> Problem:
    status = HTTPStatus(error.status_code)
    if isinstance(error, ValidationException):
        return _of_validation(request, error)
    problem = _new(request, status, slug_of(status), status.phrase)
    problem.detail = _detail(request, status, error)
    problem.remedy = _REMEDIES.get(status)
    return problem


def _allow_head(headers: Mapping[str, str]) -> Mapping[str, str]:
    """HEAD is answered wherever GET is, but not by Litestar's routes."""
    return {
        name: value.replace("GET", "GET, HEAD") if name == "allow" else value
        for name, value in headers.items()
    }


def slug_of(status: HTTPStatus) -> str:
    """The last part of the ``type`` of a problem that is just its status."""
    return status.phrase.lower().replace(" ", "-")


def _detail(request: Request[Any, Any, Any], status: HTTPStatus, error: HTTPException) -> str:
    if status == HTTPStatus.NOT_FOUND:
        return f"There is no route {request.url.path}."
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        return f"{request.url.path} does not take {request.method}."
    detail = str(error.detail).rstrip(".") + "."
    return (
        f"The body is not JSON: {detail}" if isinstance(error.__cause__, SerializationException) else detail
    )


def _of_validation(request: Request[Any, Any, Any], error: ValidationException) -> Problem:
    """Litestar names the handler's parameter and what msgspec said of it; the first one is told."""
    kind = KINDS[InvalidInput]
    problem = _new(request, kind.status, kind.slug, kind.title)
    faults: Any = error.extra
    fields = fields_of(request.route_handler)
    if not isinstance(faults, list) or not faults:
        _blame_what_is_missing(problem, fields, str(error.detail))
        return problem
    key, message = str(faults[0].get("key", "")), str(faults[0]["message"])
    if faults[0].get("source") == "body":
        _blame_the_body(problem, fields["data"], key, message)
    else:
        _blame_a_parameter(problem, fields[key], message)
    return problem


def _blame_what_is_missing(problem: Problem, fields: Mapping[str, FieldDefinition], detail: str) -> None:
    named = _MISSING.search(detail)
    if named and named.group(1) in fields:
        _blame_a_parameter(problem, fields[named.group(1)], "it is missing")
    else:
        problem.detail = detail


def _blame_a_parameter(problem: Problem, field: FieldDefinition, message: str) -> None:
    definition = field.kwarg_definition
    known = definition if isinstance(definition, KwargDefinition) else None
    problem.parameter = getattr(definition, "name", None) or field.name
    problem.allowed = allowed_values(field.annotation, known)
    problem.detail = f"{problem.parameter}: {message}."


def _blame_the_body(problem: Problem, data: FieldDefinition, key: str, message: str) -> None:
    hints = get_type_hints(data.annotation, include_extras=False)
    named = _NAMED_FIELD.search(message)
    name = named.group(1) if named else key
    if name == "data":
        problem.detail = "The body is not a JSON object." if message != "'data'" else "The body is missing."
        problem.remedy = f"Send a JSON object with {', '.join(hints)}."
        return
    problem.field = name
    problem.allowed = allowed_values(hints[name]) if name in hints else list(hints)
    problem.detail = f"{name}: {message}."
