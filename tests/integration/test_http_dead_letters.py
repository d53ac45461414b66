"""What clients and operators see of dead letters over HTTP."""

from __future__ import annotations

from pathlib import Path

from application.ports import ANY_VERSION, StreamWrite
from application.projections.dead_letters import retry
from application.projections.members import MEMBERS
from domain.codec import encode
from domain.event import NewEvent
from infrastructure.postgres.log import PostgresEventLog
from tests.engines import wait_until
from tests.integration.test_cli_dead_letters import set_aside
from tests.integration.test_dead_letters import joined
from tests.projecting import append_to_streams, recorded
from tests.serving import Served, serving, settings_for

MEMBERS_OF_7 = "/api/v1/leagues/7/members"
NOWHERE = "http://127.0.0.1:9"


async def write(log: PostgresEventLog) -> None:
    """A member whom nobody can fold, and one after him in another stream of the same league."""
    await append_to_streams(log, joined("1"))
    [later] = recorded([joined("2")], after=1)
    new = NewEvent(id=later.id, event=joined("2"), data=encode(joined("2")), metadata=later.metadata)
    await log.append(StreamWrite("another-7", ANY_VERSION, [new]))


async def ids(service: Served, **headers: str) -> tuple[int, list[str], str]:
    answer = await service.client.get(MEMBERS_OF_7, headers=headers)
    items = answer.json()["items"] if answer.content else []
    return answer.status_code, [each["user_id"] for each in items], answer.headers["etag"]


async def test_they_are_seen_while_they_wait_and_gone_from_answers_once_folded(
    database_url: str, valkey_url: str, tmp_path: Path
) -> None:
    async with PostgresEventLog.open(database_url) as log:
        await write(log)
        await set_aside(database_url, log, 1)
    async with serving(settings_for(database_url, valkey_url, NOWHERE, tmp_path)) as service:
        code, shown, tag = await ids(service)
        assert (code, shown) == (200, ["2"])
        assert (await ids(service, **{"If-None-Match": tag}))[0] == 304
        await wait_until(lambda: _shows(service, "1 dead letter"))
        await retry(service.app.projection_store, service.app.log, MEMBERS)
        code, shown, _ = await ids(service, **{"If-None-Match": tag})
        assert (code, shown) == (200, ["1", "2"])
        await wait_until(lambda: _shows(service, "following at position 2"))


async def _shows(service: Served, detail: str) -> bool:
    report = await service.get("/health/ready")
    metrics = (await service.client.get("/metrics")).text
    [members] = [each for each in report["components"] if each["name"] == "projection members"]
    letters = 1 if "dead letter" in detail else 0
    counted = f'gamefilm_projection_dead_letters{{projection="members"}} {letters}.0' in metrics
    return report["ready"] and detail in members["detail"] and counted
