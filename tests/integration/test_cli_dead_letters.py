"""``projections``: what could not be folded is shown, retried and skipped by real processes."""

from __future__ import annotations

import pytest

from application.ports import EventLog
from application.projections.members import MEMBERS
from application.projections.runner import ProjectionRunner
from infrastructure.postgres.projection_store import PostgresProjectionStore
from tests.cli import environment, gamefilm
from tests.integration.test_dead_letters import append_badly, joined, names, renamed
from tests.poison import PoisonedFold
from tests.projecting import append_to_streams


@pytest.fixture
def environ(database_url: str, valkey_url: str) -> dict[str, str]:
    return environment(DATABASE_URL=database_url, VALKEY_URL=valkey_url)


async def set_aside(database_url: str, log: EventLog, *poison: int) -> None:
    """Let a release without a fold for some events be the one that projects."""
    store = PostgresProjectionStore(database_url)
    fold = PoisonedFold(MEMBERS, poison)
    await ProjectionRunner(log, store, [fold.projector]).catch_up(await log.head())
    await store.close()


async def test_what_this_release_can_fold_is_retried(database_url, log, environ) -> None:
    await append_to_streams(log, joined("a"), renamed("a", "x"), joined("b"), joined("c", "8"))
    await set_aside(database_url, log, 2)
    status = await gamefilm("projections", "status", environ=environ)
    assert "members: MemberRenamed at position 2 was not folded (1 attempt, the last at 20" in status.out
    assert "  ZeroDivisionError: poison 2" in status.out
    assert "  1 event of members-7 behind it" in status.out
    assert "  gamefilm projections retry members --position 2, or skip members --position 2" in status.out
    places = (await gamefilm("projections", "status", "--json", environ=environ)).json["projections"]
    assert {each["name"]: len(each["dead_letters"]) for each in places if each["dead_letters"]} == {
        "members": 1
    }
    [letter] = next(each["dead_letters"] for each in places if each["name"] == "members")
    assert (letter["position"], letter["stream"], letter["waiting"]) == (2, "members-7", 1)
    retried = await gamefilm("projections", "retry", "members", environ=environ)
    assert (retried.code, retried.out) == (0, "members: 2 events of members-7 folded\n")
    assert await names(database_url) == ["7 x", "7 b", "8 c"]
    again = await gamefilm("projections", "retry", "members", environ=environ)
    assert (again.code, again.out) == (0, "members: no dead letters\n")


async def test_what_it_cannot_stays_until_it_is_skipped(database_url, log, environ) -> None:
    await append_to_streams(log, joined("a"))
    await append_badly(log)
    await append_to_streams(log, renamed("nobody", "x"), joined("c"))
    await set_aside(database_url, log)
    retried = await gamefilm("projections", "retry", "members", "--position", "2", environ=environ)
    assert (retried.code, retried.out) == (1, "members: 0 events of members-7 folded\n")
    assert "members-7 waits behind position 2: " in retried.err
    assert "does not decode" in retried.err
    skipped = await gamefilm("projections", "skip", "members", "--position", "2", environ=environ)
    assert skipped.code == 1
    assert "members: goes without position 2 where it cannot be folded" in skipped.out
    assert "members-7 waits behind position 3: KeyError: 'nobody'" in skipped.err
    assert "gamefilm projections skip members --position 3" in skipped.err
    skipped = await gamefilm("projections", "skip", "members", "--position", "3", environ=environ)
    assert (skipped.code, skipped.err) == (0, "")
    assert "members: 1 event of members-7 folded" in skipped.out
    assert await names(database_url) == ["7 a", "7 c"]
    rebuilt = await gamefilm("projections", "rebuild", "members", environ=environ)
    assert rebuilt.code == 0
    assert await names(database_url) == ["7 a", "7 c"]


async def test_what_there_is_not_is_refused(log, environ) -> None:
    await append_to_streams(log, joined("a"))
    missing = await gamefilm("projections", "retry", "members", "--position", "1", environ=environ)
    assert missing.code == 3
    assert "The projection members has no dead letter at position 1." in missing.err
    missing = await gamefilm("projections", "skip", "rosters", "--position", "1", environ=environ)
    assert missing.code == 2
    assert "rosters handles no event at 1" in missing.err
