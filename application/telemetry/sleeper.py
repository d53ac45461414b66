"""Calls to Sleeper: their spans and their metrics."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.util.types import AttributeValue

from application.telemetry.providers import installed
from application.telemetry.tracing import in_unsampled_span
from domain.errors import (
    ResponseInvalid,
    ResponseTooLarge,
    SleeperError,
    SleeperRefused,
    SleeperUnreachable,
)

ENDPOINT = "gamefilm.sleeper.endpoint"

_ENDPOINTS = frozenset(
    {
        *("state", "league", "users", "rosters", "matchups", "transactions", "players"),
        *("drafts", "draft", "picks", "traded_picks", "winners_bracket", "losers_bracket"),
        *("user", "leagues"),
        *("trending", "stats", "projections", "research", "schedule"),
    }
)
_FAILURES: Mapping[type[BaseException], str] = {
    SleeperUnreachable: "unreachable",
    SleeperRefused: "refused",
    ResponseTooLarge: "too_large",
    ResponseInvalid: "invalid",
}
_STATUSES = {None: "cancelled", 304: "not_modified", 404: "not_found"}
_A_WAIT = 0.001
"""Seconds; a call with a shorter wait had its turn at once."""


def sleeper_called(
    *,
    url: str,
    started_at: int,
    seconds: float,
    waited: float,
    attempts: int,
    status: int | None,
    size: int,
    error: SleeperError | None,
) -> None:
    """A call to Sleeper ended: its span, under the current one, and its metrics.

    ``started_at`` is a Unix time in nanoseconds, ``waited`` what of its ``seconds`` it waited for the budget
    or for a pause that Sleeper asked for. ``attempts`` counts the first one, ``size`` is the body's in bytes.
    Neither ``status`` nor ``error`` means that the call was cancelled.
    """
    if (told := installed()) is None:
        return
    endpoint = endpoint_of(url)
    attributes = {"endpoint": endpoint, "outcome": _outcome(status, error)}
    told.instruments.request_duration.record(seconds, attributes)
    if waited >= _A_WAIT:
        told.instruments.budget_wait.record(waited)
    if in_unsampled_span():
        return
    call = told.tracer.start_span(
        f"GET sleeper {endpoint}",
        kind=SpanKind.CLIENT,
        attributes=_call_attributes(url, endpoint, attempts, status, size),
        start_time=started_at,
    )
    if error is not None:
        call.record_exception(error)
        call.set_attribute("error.type", type(error).__name__)
        call.set_status(Status(StatusCode.ERROR, str(error)))
    call.end(started_at + int(seconds * 1e9))


def _call_attributes(
    url: str, endpoint: str, attempts: int, status: int | None, size: int
) -> dict[str, AttributeValue]:
    attributes: dict[str, AttributeValue] = {
        "http.request.method": "GET",
        "http.request.resend_count": max(0, attempts - 1),
        "http.response.body.size": size,
        "server.address": urlsplit(url).hostname or "",
        "url.full": url,
        ENDPOINT: endpoint,
    }
    return attributes if status is None else {**attributes, "http.response.status_code": status}


def _outcome(status: int | None, error: SleeperError | None) -> str:
    return _STATUSES.get(status, "ok") if error is None else _FAILURES.get(type(error), "failed")


def endpoint_of(url: str) -> str:
    """The endpoint that a Sleeper address belongs to: one of a handful of names, whatever the address."""
    parts = [part for part in urlsplit(url).path.split("/") if part in _ENDPOINTS]
    return parts[-1] if parts else "other"


def body_rejected(url: str) -> None:
    """A body from ``url`` did not decode."""
    if (told := installed()) is not None:
        told.instruments.rejected.add(1, {"endpoint": endpoint_of(url)})
