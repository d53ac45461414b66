"""What the service says of itself: where to look, how it fares, what it measures."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import Any, Final

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.status_codes import HTTP_200_OK, HTTP_503_SERVICE_UNAVAILABLE

from application.health import HealthReport
from interfaces.bootstrap import Application

_NO_STORE: Final = {"Cache-Control": "no-store"}
_NOT_READY: Final = ResponseSpec(HealthReport, description="Something is stalled; its detail says why")
_LINKS: Final = {
    "leagues": "/api/v1/leagues",
    "events": "/api/v1/events",
    "documentation": "/schema",
    "openapi": "/schema/openapi.json",
    "health": "/health/ready",
    "metrics": "/metrics",
}


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """Where to look."""

    name: str
    version: str
    links: Mapping[str, str]


class Alive(msgspec.Struct, frozen=True, kw_only=True):
    """The process runs."""

    status: str = "alive"


@get("/", operation_id="index", summary="Where to look", tags=["service"])
async def index() -> Index:
    return Index(name="gamefilm", version=version("gamefilm"), links=_LINKS)


@get("/health/live", operation_id="isAlive", summary="Whether the process runs", tags=["service"])
async def live() -> Response[Alive]:
    return Response(Alive(), headers=_NO_STORE)


@get(
    "/health/ready",
    operation_id="isReady",
    summary="Whether the service can do its work, and if not, what is wrong",
    tags=["service"],
    responses={HTTP_503_SERVICE_UNAVAILABLE: _NOT_READY},
)
async def ready(service: NamedDependency[Application]) -> Response[HealthReport]:
    report = await service.health.check()
    status = HTTP_200_OK if report.ready else HTTP_503_SERVICE_UNAVAILABLE
    return Response(report, status_code=status, headers=_NO_STORE)


@get(
    "/metrics",
    operation_id="metrics",
    summary="Metrics in Prometheus' text format",
    tags=["service"],
    media_type="text/plain",
)
async def metrics(service: NamedDependency[Application]) -> Response[bytes]:
    body, content_type = service.render_metrics()
    headers: dict[str, Any] = {**_NO_STORE, "Content-Type": content_type}
    return Response(body, media_type=content_type, headers=headers)
