"""Projections over HTTP: seen, rebuilt, cancelled, rolled back."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from application.projections.catalogue import PROJECTORS
from domain.errors import ProjectionHeld
from domain.members.events import MemberJoined
from domain.members.observation import Member
from tests import synthetic
from tests.engines import Servers, wait_until
from tests.projecting import append
from tests.recordings import running_app
from tests.serving import JSON, ScriptedSleeper, Served, database_of_ones_own, serving, settings_for

ADMIN = "/admin/projections"


@pytest.fixture(scope="module")
async def service(
    engines: Servers, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Served]:
    async with AsyncExitStack() as stack:
        sleeper = await stack.enter_async_context(running_app(ScriptedSleeper(synthetic.bodies())))
        database = await stack.enter_async_context(database_of_ones_own(engines, template_database))
        settings = settings_for(database, engines.valkey_url, sleeper, tmp_path_factory.mktemp("data"))
        service = await stack.enter_async_context(serving(settings))
        report = await service.sync(synthetic.LEAGUE_ID)
        await service.app.projections.catch_up(report["position"])
        yield service


async def built(service: Served, name: str) -> dict[str, Any]:
    """The last rebuild of a projection, once it has ended."""

    async def ended() -> bool:
        return all(each["state"] != "running" for each in (await service.get(ADMIN))["rebuilds"])

    await wait_until(ended)
    [found] = [each for each in (await service.get(ADMIN))["rebuilds"] if each["projection"] == name]
    return found


async def test_every_projection_is_shown_with_its_place(service: Served) -> None:
    shown = await service.get(ADMIN)
    assert [each["name"] for each in shown["projections"]] == [each.name for each in PROJECTORS]
    assert {each["state"] for each in shown["projections"]} <= {"current", "behind"}
    assert len({each["owner"] for each in shown["projections"]}) == 1


async def test_a_rebuild_is_begun_followed_and_rolled_back(service: Served) -> None:
    rosters = f"/api/v1/leagues/{synthetic.LEAGUE_ID}/rosters"
    before = await service.get(rosters)
    answer = await service.client.post(f"{ADMIN}/rosters/rebuild", headers=JSON)
    assert (answer.status_code, answer.headers["location"]) == (202, ADMIN)
    done = await built(service, "rosters")
    assert (done["state"], done["error"]) == ("done", None)
    assert done["progress"]["position"] == done["progress"]["head"] > 0
    assert await service.get(rosters) == before
    [place] = [each for each in (await service.get(ADMIN))["projections"] if each["name"] == "rosters"]
    assert [each["slot"] for each in place["others"]] == ["previous"]
    rolled = await service.client.post(f"{ADMIN}/rosters/rollback", headers=JSON)
    assert (rolled.status_code, rolled.json()["projection"]) == (200, "rosters")
    assert await service.get(rosters) == before


async def test_what_cannot_be_done_says_why(service: Served) -> None:
    missing = await service.client.post(f"{ADMIN}/rostres/rebuild", headers=JSON)
    assert (missing.status_code, missing.json()["title"]) == (404, "There is no such projection")
    assert "rosters" in missing.json()["remedy"]
    nothing = await service.client.delete(f"{ADMIN}/weeks/rebuild")
    assert (nothing.status_code, nothing.json()) == (200, {"projection": "weeks", "cancelled": False})
    back = await service.client.post(f"{ADMIN}/weeks/rollback", headers=JSON)
    assert (back.status_code, "no previous build" in back.json()["detail"]) == (409, True)


async def test_one_rebuild_of_a_projection_at_a_time(service: Served) -> None:
    service.app.rebuilds.start("members")
    with pytest.raises(ProjectionHeld, match="rebuild of members"):
        service.app.rebuilds.start("members")
    assert (await built(service, "members"))["state"] == "done"


async def test_a_web_page_cannot_rebuild(service: Served) -> None:
    answer = await service.client.post(f"{ADMIN}/members/rebuild")
    assert answer.status_code == 415


@dataclass
class Client:
    """Reads a resource in a tight loop, and notes each answer that goes back, is empty, or is an error."""

    service: Served
    path: str
    answers: int = 0
    wrong: list[str] = field(default_factory=list)
    _seen: tuple[int, int] = (0, 0)

    async def run(self) -> None:
        while True:
            answer = await self.service.client.get(self.path, params={"limit": 1000})
            items = len(answer.json().get("items", ())) if answer.status_code == 200 else 0
            seen = int(answer.headers.get("X-Log-Position", 0)), items
            if answer.status_code != 200 or not items or seen[0] < self._seen[0] or items < self._seen[1]:
                self.wrong.append(f"{answer.status_code} {seen} after {self._seen}: {answer.text[:200]}")
            self._seen = seen
            self.answers += 1


async def test_who_reads_through_ten_rebuilds_under_writes_sees_none_of_them(service: Served) -> None:
    league = f"/api/v1/leagues/{synthetic.LEAGUE_ID}"
    clients = [Client(service, f"{league}/{each}") for each in ("members", "members", "rosters")]

    async def write() -> None:
        for number in itertools.count():
            newcomer = Member(user_id=f"new{number:05}")
            joined = MemberJoined(league_id=synthetic.LEAGUE_ID, user_id=newcomer.user_id, member=newcomer)
            await append(service.app.log, joined)
            await wait_until(lambda: clients[0].answers > number, timeout=60)  # noqa: B023

    tasks = [asyncio.create_task(each) for each in (write(), *(client.run() for client in clients))]
    for number in range(1, 11):
        for name in ("members", "rosters"):
            service.app.rebuilds.start(name)
        for name in ("members", "rosters"):
            assert (await built(service, name))["state"] == "done"
        await wait_until(lambda: all(client.answers > 3 * number for client in clients))  # noqa: B023
    for task in tasks:
        task.cancel()
    ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(each) for each in ended} == {asyncio.CancelledError}
    assert [client.wrong for client in clients] == [[], [], []]
