"""The examples of answers in the API's description: what the service answers of a simulated league.

A dynasty in its second season, in the semifinals: it is synced with all its past on a Thursday, and again on
the Sunday while games are played. Then every route that the description names is asked once.
"""

from __future__ import annotations

import base64
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
import msgspec

from application.projections.users import USERS
from infrastructure.settings import Settings
from infrastructure.simulator.app import SimulatorApp
from infrastructure.simulator.calendar import DAY, HOUR, tuesday
from infrastructure.simulator.clock import Clock
from infrastructure.simulator.faults import Fault
from infrastructure.simulator.formats import FORMATS
from infrastructure.simulator.world import World
from interfaces.http.app import routes
from interfaces.http.documentation import describe, operations
from interfaces.http.examples import BODIES, PARAMETERS
from tests.engines import wait_until
from tests.examples.excerpts import MOST_ITEMS, Steady, excerpt
from tests.recordings import running_app
from tests.serving import JSON, Served, serving

SEASON: Final = 2026
WEEK: Final = 16
SEED: Final = 11
"""With it two teams trade players, a pick and FAAB in the week before."""
THURSDAY: Final = tuesday(SEASON, WEEK) + 2 * DAY
SUNDAY: Final = tuesday(SEASON, WEEK) + 5 * DAY + 19 * HOUR

Answers = Mapping[str, Mapping[str, Any]]
"""By operation, then by status."""

_ALL: Final = {"limit": 1000}
_SINCE: Final = {"from": PARAMETERS["from"], "to": PARAMETERS["to"]}
_WEEK_OF_FEED: Final = {"season": SEASON, "week": WEEK, "limit": 1}
ASKED: Final[Mapping[str, Mapping[str, Any]]] = {
    "getHeadToHead": {"user_id": PARAMETERS["user_id"], "opponent": PARAMETERS["opponent"]},
    "getRecords": {"limit": 1},
    "listChanges": {**_SINCE, **_ALL},
    "listEvents": {"stream": PARAMETERS["stream"], "type": "ScoreChanged", **_ALL},
    "listGames": {"season": SEASON, "week": WEEK},
    "listMatchups": {"week": WEEK, "limit": 1},
    "listPlayers": {"position": "RB", "limit": 1},
    "listProjections": _WEEK_OF_FEED,
    "listResearch": _WEEK_OF_FEED,
    "listRosterHistory": {**_SINCE, **_ALL},
    "listRosters": {"limit": 1},
    "listStats": _WEEK_OF_FEED,
    "listTransactions": {"type": "trade", "week": WEEK - 1},
    "listWeeks": {"after": base64.urlsafe_b64encode(b'["weeks",%d]' % (WEEK - 2)).decode()},
}
"""What a route is asked with beyond what is in its path; lists are asked for two items unless told."""


FEEDS: Final = (
    "syncPlayers",
    "syncTrending",
    "syncStats",
    "syncProjections",
    "syncResearch",
    "syncSchedule",
)
SPOILED: Final = Fault(path="/v1/league/*/losers_bracket", kind="wrong_type")


async def record(settings: Settings) -> Answers:
    """Sync the simulated league with a service of these settings, and ask it; the Sleeper is ours."""
    answers: dict[str, dict[str, Any]] = defaultdict(dict)
    async with _served(settings) as story:
        async for name, status, body in story.told():
            answers[name][status] = body
    return {name: answers[name] for name in sorted(answers)}


@asynccontextmanager
async def _served(settings: Settings) -> AsyncIterator[_Story]:
    world = World(SEED, SEASON - 1, [FORMATS["dynasty"]], leagues=1, seasons=2)
    simulator = SimulatorApp(world, Clock(THURSDAY))
    async with running_app(simulator) as url:
        pointed = msgspec.structs.replace(settings, sleeper_base_url=url, undocumented_feeds=True)
        async with serving(pointed, clock=simulator.clock) as service:
            yield _Story(simulator, service, Steady(url))


class _Story:
    """What is done with the service, and what it answers."""

    def __init__(self, simulator: SimulatorApp[World], service: Served, steady: Steady) -> None:
        self._simulator = simulator
        self._service = service
        self._steady = steady
        self._document = describe(routes())
        self._paths = {operation["operationId"]: path for path, _, operation in operations(self._document)}
        self._run_id = ""

    async def told(self) -> AsyncIterator[tuple[str, str, Any]]:
        """Operation, status and example, one after the other."""
        async for name, answer in self._answers():
            body = answer.json() if _is_json(answer) else _log_metrics(answer.text)
            yield name, str(answer.status_code), excerpt(self._steady(body))

    async def _answers(self) -> AsyncIterator[tuple[str, httpx.Response]]:
        yield "syncUser", await self._first_sync()
        self._simulator.clock.advance(SUNDAY - THURSDAY)
        report = await self._post("syncLeague")
        self._steady.settle(report.json())
        yield "syncLeague", report
        for feed in FEEDS:
            yield feed, await self._post(feed)
        yield "syncLeague", await self._run("syncLeague", sync_type="full")
        await self._spoiled_sync()
        async for each in self._administered():
            yield each
        for _, method, operation in operations(self._document):
            if method == "get" and operation["operationId"] != "getReadModel":
                yield operation["operationId"], await self._get(operation)

    async def _administered(self) -> AsyncIterator[tuple[str, httpx.Response]]:
        client, rebuild = self._service.client, f"/admin/projections/{PARAMETERS['name']}/rebuild"
        yield "rebuildProjection", _succeeded(await client.post(rebuild, headers=JSON))

        async def rebuilt() -> bool:
            return [each.state for each in self._service.app.rebuilds.states()] == ["done"]

        await wait_until(rebuilt, timeout=60)
        yield "cancelRebuild", _succeeded(await client.delete(rebuild))
        yield "getReadModel", _succeeded(await client.get("/admin/projections"))
        retry, skip = rebuild.replace("rebuild", "retry"), "/admin/projections/users/skip"
        yield "retryDeadLetters", _succeeded(await client.post(retry, headers=JSON))
        handled = {"at_position": await self._first_of_users()}
        yield "skipEvent", _succeeded(await client.post(skip, params=handled, headers=JSON))
        yield (
            "rollBackProjection",
            _succeeded(await client.post(rebuild.replace("rebuild", "rollback"), headers=JSON)),
        )

    async def _first_of_users(self) -> int:
        [event] = await self._service.app.log.read(limit=1, types=USERS.handles)
        return event.position

    async def _first_sync(self) -> httpx.Response:
        answer = await self._run("syncUser", sync_type="full", history=True)
        for feed in FEEDS:
            await self._post(feed)
        await wait_until(self._all_shown, timeout=60)  # so that what follows is told with names
        return answer

    async def _spoiled_sync(self) -> None:
        """The last of the syncs has an error to tell, and a body that was kept."""
        self._simulator.faults.plan = (SPOILED,)
        await self._run("syncLeague", sync_type="full")
        await wait_until(self._all_shown, timeout=60)

    async def _run(self, name: str, **more: Any) -> httpx.Response:
        """The answer to the start of a sync in the background, when that has ended."""
        answer = await self._post(name, **more)
        run = answer.headers["location"]

        async def ended() -> bool:
            return (await self._service.get(run))["status"] != "running"

        await wait_until(ended, timeout=60, what=f"{name} ended")
        self._run_id = run.rpartition("/")[2]
        return answer

    async def _post(self, name: str, **more: Any) -> httpx.Response:
        body = {**msgspec.to_builtins(BODIES[name]), **more}
        return _succeeded(await self._service.client.post(self._paths[name], json=body))

    async def _get(self, operation: Mapping[str, Any]) -> httpx.Response:
        name = operation["operationId"]
        parameters = {each["name"] for each in operation.get("parameters", ())}
        path = self._paths[name].format_map({**PARAMETERS, "run_id": self._run_id})
        asked = {"limit": MOST_ITEMS} if "limit" in parameters else {}
        return _succeeded(await self._service.client.get(path, params={**asked, **ASKED.get(name, {})}))

    async def _all_shown(self) -> bool:
        """Whether every projection has come to the end of the log."""
        head = await self._service.app.log.head()
        return all(
            (status.state, status.position) == ("following", head)
            for status in self._service.app.projections.status()
        )


def _succeeded(answer: httpx.Response) -> httpx.Response:
    assert answer.is_success, f"{answer.request.url}: {answer.text}"
    return answer


def _is_json(answer: httpx.Response) -> bool:
    return answer.headers["content-type"].startswith("application/json")


def _log_metrics(text: str) -> str:
    """Of the metrics, those of the log's end: they count events, not seconds."""
    return "".join(line for line in text.splitlines(keepends=True) if "gamefilm_log_head" in line)


def written(answers: Answers) -> str:
    """The answers as the file holds them."""
    return json.dumps(answers, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
