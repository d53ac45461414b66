"""Whether the service can do its work, and if not, what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec

from application.projections.runner import ProjectionRunner, ProjectionStatus
from domain.errors import GamefilmError

_PATIENCE = 2.0  # seconds for one probe

Probe = Callable[[], Awaitable[object]]
"""Asks one server whether it answers; raises when it does not."""


class ComponentHealth(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the service. What is not ``required`` may fail: the service goes on without it."""

    name: str
    ok: bool
    required: bool
    detail: str
    remedy: str = ""


class HealthReport(msgspec.Struct, frozen=True, kw_only=True):
    """``ready`` when every required component is in order."""

    ready: bool
    components: Sequence[ComponentHealth]


class Health:
    """Asks every part of the service how it fares; an answer takes two seconds at most."""

    def __init__(
        self, *, required: Mapping[str, Probe], optional: Mapping[str, Probe], projections: ProjectionRunner
    ) -> None:
        self._required = required
        self._optional = optional
        self._projections = projections

    async def check(self) -> HealthReport:
        """How everything fares right now."""
        probes = [
            *(self._probe(name, probe, required=True) for name, probe in self._required.items()),
            *(self._probe(name, probe, required=False) for name, probe in self._optional.items()),
        ]
        components = [*await asyncio.gather(*probes), *self._projection_health()]
        ready = all(component.ok for component in components if component.required)
        return HealthReport(ready=ready, components=components)

    async def _probe(self, name: str, probe: Probe, *, required: bool) -> ComponentHealth:
        try:
            async with asyncio.timeout(_PATIENCE):
                await probe()
        except GamefilmError as error:
            detail, remedy = error.message, error.remedy
        except TimeoutError:
            detail, remedy = (
                f"no answer within {_PATIENCE:g} s",
                f"Check that {name} is running and reachable.",
            )
        except Exception as error:  # noqa: BLE001 - whatever a server's driver raises, the server is not well
            detail, remedy = (
                f"{type(error).__name__}: {error}",
                f"Check that {name} is running and reachable.",
            )
        else:
            return ComponentHealth(name=name, ok=True, required=required, detail="answers")
        return ComponentHealth(name=name, ok=False, required=required, detail=detail, remedy=remedy)

    def _projection_health(self) -> list[ComponentHealth]:
        return [_health_of(status) for status in self._projections.status()]


def _health_of(status: ProjectionStatus) -> ComponentHealth:
    """A projection is in order with dead letters, too: all streams but theirs go on."""
    detail = f"{status.state} at position {status.position}" + (f": {status.error}" if status.error else "")
    remedy = ""
    if status.dead_letters:
        events = "1 dead letter" if status.dead_letters == 1 else f"{status.dead_letters} dead letters"
        detail += f"; {events}: what could not be folded, and waits with all that follows in its stream"
        remedy = (
            "`gamefilm projections status` shows the error. When the cause is mended, `gamefilm projections "
            f"retry {status.name}`; or `gamefilm projections skip {status.name} --position N`."
        )
    return ComponentHealth(
        name=f"projection {status.name}",
        ok=status.state in ("starting", "following", "standby"),
        required=True,
        detail=detail,
        remedy=remedy,
    )
