"""Whatever is altered in the log shows, and is named: on a real PostgreSQL, altered behind its back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from hashlib import sha256

import asyncpg
import pytest
from structlog.testing import capture_logs

from application.log import sealing
from application.log.sealing import Sealer
from application.log.verify import LogVerification, verify_log
from application.ports import StreamWrite
from domain.codec import encode, identify
from domain.errors import LogDamaged
from domain.event import NewEvent
from domain.league.events import LeagueRenamed
from domain.log.stored import BEFORE_ALL
from infrastructure.postgres.stored_log import PostgresStoredLog
from tests.appending import to
from tests.engines import wait_until
from tests.log_files import stored_log, unguarded
from tests.sample_events import METADATA, removed, renamed


@pytest.fixture
async def stored(database_url) -> AsyncIterator[PostgresStoredLog]:
    async with stored_log(database_url) as opened:
        yield opened


@pytest.fixture
async def sealed(log, stored) -> PostgresStoredLog:
    """A log of twelve events in three streams, sealed at 4, 8 and 11."""
    for first in (1, 5, 9):
        await log.append(
            to("a-1", renamed(f"a{first}"), renamed(f"a{first + 1}")), to("b-1"), to(f"c-{first}", removed())
        )
        if first < 9:
            await Sealer(stored).seal()
    events = [event for event in await stored.page(0, 12) if event.position <= 11]
    last = await stored.last_seal()
    digest = last.digest
    for event in events[8:]:
        digest = sealing.digest_after(digest, event)
    await stored.add_seal(11, digest)
    return stored


def told(verified: LogVerification) -> list[tuple[str, int | None]]:
    assert all(fault.what and fault.remedy for fault in verified.faults)
    return [(fault.check, fault.position) for fault in verified.faults]


async def test_a_log_as_it_was_written_is_clean(sealed, log):
    verified = await verify_log(sealed)
    assert verified.clean, verified.faults
    assert (verified.position, verified.events, verified.streams) == (12, 12, 5)
    assert (verified.seals, verified.sealed) == (3, 11)
    known = {12: bytes.fromhex(verified.digest), 0: BEFORE_ALL}
    await log.append(to("d-1"))
    assert (await verify_log(sealed, known=known)).clean


async def test_an_empty_log_is_clean_and_is_not_sealed(stored):
    verified = await verify_log(stored)
    assert (verified.clean, verified.position, verified.digest) == (True, 0, BEFORE_ALL.hex())
    assert await Sealer(stored).seal() is None


async def test_the_digest_is_what_the_decision_says_it_is(log, stored, sql):
    """Computed by Postgres alone, from docs/adr/0019: the digest does not depend on how it is computed here."""
    await log.append(to("a-1", renamed("é"), renamed("x" * 100_000)))
    digest = BEFORE_ALL
    for row in await sql.fetch("SELECT * FROM event ORDER BY position"):
        numbers = await sql.fetchval(
            """
            SELECT int8send(position) || int8send(version) || int8send(schema_version)
                || int8send((extract(epoch FROM occurred_at) * 1000000)::bigint)
                || int8send((extract(epoch FROM observed_at) * 1000000)::bigint)
                || int8send((extract(epoch FROM recorded_at) * 1000000)::bigint) || uuid_send(event_id)
            FROM event WHERE position = $1
            """,
            row["position"],
        )
        data = (await log.read(after=row["position"] - 1, limit=1))[0].event
        texts = [row["stream_id"], row["type"], row["topic"], encode(data).decode(), row["metadata"]]
        encoded = [text.encode() for text in texts]
        lengths = b"".join(len(text).to_bytes(8) for text in encoded)
        digest = sha256(digest + numbers + lengths + b"".join(encoded)).digest()
    assert (await verify_log(stored)).digest == digest.hex()


SWAP = """
    UPDATE event SET position = 1000 + position WHERE position IN ({0}, {1});
    UPDATE event SET position = {1} WHERE position = 1000 + {0};
    UPDATE event SET position = {0} WHERE position = 1000 + {1};
"""
INSERT = """
    INSERT INTO event (position, stream_id, version, event_id, type, schema_version, topic, data, metadata,
                       occurred_at, observed_at, recorded_at)
    SELECT {}, {}, {}, gen_random_uuid(), type, schema_version, topic, data, metadata,
           occurred_at, observed_at, recorded_at FROM event WHERE position = 12
"""


@pytest.mark.parametrize(
    ("statement", "faults"),
    [
        pytest.param(
            "UPDATE event SET data = replace(convert_from(data, 'UTF8'), 'a5', 'a6')::bytea WHERE position = 5",
            [("digests", 5)],
            id="a byte of data",
        ),
        pytest.param(
            "UPDATE event SET occurred_at = occurred_at + interval '1 microsecond' WHERE position = 2",
            [("digests", 1)],
            id="a time",
        ),
        pytest.param(
            "UPDATE event SET recorded_at = recorded_at - interval '1 day' WHERE position = 6",
            [("times", 6), ("digests", 5)],
            id="a time before the last one",
        ),
        pytest.param(
            """UPDATE event SET metadata = metadata || '{"correlation_id": "other"}' WHERE position = 3""",
            [("digests", 1)],
            id="metadata",
        ),
        pytest.param("UPDATE event SET topic = 'other' WHERE position = 9", [("digests", 9)], id="a topic"),
        pytest.param(
            "UPDATE event SET event_id = gen_random_uuid() WHERE position = 10", [("digests", 9)], id="an id"
        ),
        pytest.param(
            "DELETE FROM event WHERE position = 7",
            [("versions", 11), ("positions", 7), ("digests", 5)],
            id="an event gone",
        ),
        pytest.param(
            "DELETE FROM event WHERE position = 4",
            [("versions", None), ("positions", 4), ("digests", 1)],
            id="an event gone under a seal",
        ),
        pytest.param(
            "DELETE FROM event WHERE position = 12",
            [("head", 11), ("versions", None), ("positions", 12)],
            id="the last event gone",
        ),
        pytest.param(
            "DELETE FROM event WHERE position > 10; DELETE FROM stream WHERE stream_id = 'c-9';"
            "UPDATE stream SET version = 2 WHERE stream_id = 'b-1'; UPDATE log_head SET position = 10",
            [("positions", 11)],
            id="all that is last gone, and its traces",
        ),
        pytest.param(SWAP.format(5, 6), [("versions", 5), ("digests", 5)], id="two of a stream swapped"),
        pytest.param(SWAP.format(7, 8), [("digests", 5)], id="two of two streams swapped"),
        pytest.param(
            "UPDATE stream SET version = 9 WHERE stream_id = 'a-1'", [("versions", None)], id="a stream's version"
        ),
        pytest.param("DELETE FROM stream WHERE stream_id = 'a-1'", [("versions", None)], id="a stream gone"),
        pytest.param(
            "INSERT INTO stream (stream_id, version) VALUES ('z-1', 1)", [("versions", None)], id="a stream of none"
        ),
        pytest.param(
            "UPDATE event SET version = 40 WHERE position = 5", [("versions", 5), ("versions", None), ("digests", 5)], id="a version"
        ),
        pytest.param("UPDATE log_head SET position = 14", [("head", 12), ("positions", 13)], id="a head beyond the end"),
        pytest.param("UPDATE log_head SET position = 10", [("head", 12)], id="a head before the end"),
        pytest.param("UPDATE log_head SET recorded_at = 'epoch'", [("head", 12)], id="a head of another time"),
        pytest.param(INSERT.format(13, "'z-1'", 1), [("head", 13), ("versions", None)], id="an event added"),
        pytest.param(
            f"UPDATE event SET position = 13 WHERE position = 12; {INSERT.format(12, 'stream_id', 90)}".replace(
                "position = 12\n", "position = 13\n"
            ),
            [("head", 13), ("versions", 12), ("versions", None)],
            id="an event put in between",
        ),
        pytest.param(
            "UPDATE log_seal SET digest = sha256('other') WHERE position = 4", [("digests", 4)], id="a seal"
        ),
        pytest.param(
            "UPDATE log_seal SET digest = sha256('other') WHERE position = 11", [("digests", 9)], id="the last seal"
        ),
        pytest.param(
            "UPDATE event SET data = '{\"league' WHERE position = 6",
            [("decoding", 6), ("digests", 5)],
            id="data that is no JSON",
        ),
        pytest.param("UPDATE event SET data = '' WHERE position = 6", [("decoding", 6), ("digests", 5)], id="no data"),
        pytest.param(
            "UPDATE event SET data = '\\x78010000' WHERE position = 6",
            [("decoding", 6), ("digests", 5)],
            id="data that cannot be unpacked",
        ),
        pytest.param(
            "UPDATE event SET data = repeat('[', 100000)::bytea WHERE position = 12",
            [("decoding", 12)],
            id="data that is nested without end",
        ),
        pytest.param(
            "UPDATE event SET metadata = '{}' WHERE position = 12", [("decoding", 12)], id="no metadata"
        ),
    ],
)  # fmt: skip
async def test_what_is_altered_shows_and_is_named(sealed, sql, statement, faults):
    async with unguarded(sql):
        await sql.execute(statement)
    assert told(await verify_log(sealed)) == faults


async def test_parts_between_seals_are_judged_apart(sealed, sql):
    async with unguarded(sql):
        await sql.execute("UPDATE event SET topic = 'other' WHERE position IN (1, 9)")
    verified = await verify_log(sealed)
    assert told(verified) == [("digests", 1), ("digests", 9)]
    assert verified.faults[0].what == "the events at positions 1 to 4 are not those that were sealed"
    assert "or the seal at position 11 was altered" in verified.faults[1].what


async def test_what_is_not_sealed_yet_is_held_by_a_digest_that_was_kept(sealed, sql):
    before = await verify_log(sealed)
    async with unguarded(sql):
        await sql.execute("UPDATE event SET topic = 'other' WHERE position = 12")
    assert (await verify_log(sealed)).clean
    kept = {12: bytes.fromhex(before.digest)}
    assert told(await verify_log(sealed, known=kept)) == [("digests", 12)]
    assert told(await verify_log(sealed, known={13: kept[12]})) == [("digests", 13)]


async def test_an_id_that_derives_from_content_must_be_of_its_content(log, stored, sql):
    event = LeagueRenamed(league_id="1", before=None, after="first")
    data = encode(event)
    new = NewEvent(
        id=identify("league-1", 1, "LeagueRenamed", data), event=event, data=data, metadata=METADATA
    )
    await log.append(StreamWrite("league-1", 0, [new]))
    assert (await verify_log(stored)).clean
    async with unguarded(sql, "event"):
        await sql.execute(
            "UPDATE event SET data = replace(convert_from(data, 'UTF8'), 'first', 'other')::bytea"
        )
    assert told(await verify_log(stored)) == [("ids", 1)]


@pytest.mark.parametrize("altered", ["type = 'YetUnknown'", "schema_version = 99"])
async def test_what_a_newer_release_wrote_is_counted_and_no_fault(sealed, sql, altered):
    async with unguarded(sql):
        await sql.execute(f"UPDATE event SET {altered} WHERE position = 12")
        known = await sql.fetchval("SELECT type FROM event WHERE position = 12")
    verified = await verify_log(sealed)
    assert (verified.clean, verified.unknown) == (True, {known: 1})


async def test_many_faults_are_counted_and_the_first_are_told(log, stored, sql):
    await log.append(to("a-1", *[renamed() for _ in range(250)]))
    async with unguarded(sql):
        await sql.execute("UPDATE event SET data = '1'")
    verified = await verify_log(stored)
    assert (verified.fault_count, len(verified.faults)) == (250, 100)


async def test_what_is_appended_meanwhile_is_left_alone(log, stored):
    await log.append(to("a-1", *[renamed() for _ in range(600)]))
    appending = []

    def append_more(done: int, total: int) -> None:
        assert total == 600
        appending.append(asyncio.create_task(log.append(to("a-1"), to(f"b-{done}"))))

    verified = await verify_log(stored, on_progress=append_more)
    await asyncio.gather(*appending)
    assert (verified.clean, verified.position) == (True, 600)


# -- Sealing ---------------------------------------------------------------------------------------------------


async def test_sealers_that_run_together_agree(log, stored, monkeypatch):
    monkeypatch.setattr(sealing, "CHUNK", 40)
    await log.append(to("a-1", *[renamed() for _ in range(205)]))
    seals = await asyncio.gather(*(Sealer(stored).seal() for _ in range(3)))
    assert {seal.position for seal in seals} == {205}
    assert len({seal.digest for seal in seals}) == 1
    verified = await verify_log(stored)
    assert (verified.clean, verified.sealed, verified.seals) == (True, 205, 6)


async def test_how_it_was_sealed_does_not_change_the_digest(log, stored):
    digests = set()
    for events in (3, 1, 7):
        await log.append(to("a-1", *[renamed() for _ in range(events)]))
        await Sealer(stored).seal()
    digests.add((await stored.last_seal()).digest.hex())
    digests.add((await verify_log(stored)).digest)
    assert len(digests) == 1


async def test_a_chunk_at_a_time_is_sealed_where_so_much_is_asked_for(log, stored, monkeypatch):
    monkeypatch.setattr(sealing, "CHUNK", 4)
    await log.append(to("a-1", *[renamed() for _ in range(10)]))
    sealer = Sealer(stored)
    assert [(await sealer.seal_some()).position for _ in range(4)] == [4, 8, 10, 10]


async def test_a_hole_is_not_sealed_over(sealed, sql):
    async with unguarded(sql):
        await sql.execute("DELETE FROM event WHERE position = 12; UPDATE log_head SET position = 14")
    with pytest.raises(LogDamaged, match="position 12 is missing"):
        await Sealer(sealed).seal()
    assert (await sealed.last_seal()).position == 11


async def test_a_log_that_ends_before_its_seal_is_not_sealed(sealed, sql):
    await sql.execute("UPDATE log_head SET position = 7")
    with pytest.raises(LogDamaged, match="sealed up to position 11"):
        await Sealer(sealed).seal()


async def test_seals_cannot_be_changed(sealed, sql):
    for statement in ("UPDATE log_seal SET digest = digest", "DELETE FROM log_seal", "TRUNCATE log_seal"):
        with pytest.raises(asyncpg.PostgresError, match="append-only") as refused:
            await sql.execute(statement)
        assert refused.value.sqlstate == "GF003"


async def test_the_sealer_follows_the_log_and_outlives_a_fault(log, stored, sql, monkeypatch):
    monkeypatch.setattr(sealing, "EVERY", 0.01)
    running = asyncio.create_task(Sealer(stored).run(log))
    try:
        for head in (1, 2):
            await log.append(to("a-1"))
            await _until_sealed(stored, head)
        with capture_logs() as logged:
            await sql.execute("UPDATE log_head SET position = 9")
            await sql.execute("NOTIFY gamefilm_log")
            await wait_until(lambda: logged, timeout=30, what="the fault was logged")
            await sql.execute("UPDATE log_head SET position = 2")
        assert {line["log_level"] for line in logged} == {"error"}
        await log.append(to("a-1"))
        await _until_sealed(stored, 3)
    finally:
        running.cancel()
        await asyncio.wait([running])
    assert (await verify_log(stored)).clean


async def _until_sealed(stored: PostgresStoredLog, position: int) -> None:
    async def is_sealed() -> bool:
        last = await stored.last_seal()
        return last is not None and last.position >= position

    await wait_until(is_sealed, timeout=30, what=f"position {position} sealed")
