"""A log moves to another installation whole, or not at all."""

from __future__ import annotations

import asyncio
import gzip
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest

from application.commands.sync_league import SyncLeague, SyncType
from application.log import incoming
from application.log.export import export_log
from application.log.importing import import_log
from application.log.sealing import Sealer
from application.log.verify import verify_log
from domain.errors import ConfigurationError, LogDamaged, LogFileInvalid, LogNotEmpty, LogUnavailable
from infrastructure.log_file import reading, writing
from infrastructure.postgres.log import PostgresEventLog
from infrastructure.postgres.stored_log import PostgresStoredLog
from infrastructure.settings import Settings
from interfaces.bootstrap import application
from tests.appending import blocked, start, to
from tests.engines import wait_until
from tests.log_files import NOW, MemoryFile, exported, file_of, imported, stored_log, unguarded
from tests.projecting import stored_rows
from tests.recordings import running_recording
from tests.sample_events import METADATA, new, removed, renamed
from tests.serving import database_of_ones_own
from tests.synthetic import LEAGUE_ID, bodies, write_recording

Line = dict[str, Any]


@pytest.fixture
async def stored(database_url) -> AsyncIterator[PostgresStoredLog]:
    async with stored_log(database_url) as opened:
        yield opened


@pytest.fixture
async def other_url(engines, template_database) -> AsyncIterator[str]:
    async with database_of_ones_own(engines, template_database) as url:
        yield url


@pytest.fixture
async def other(other_url) -> AsyncIterator[PostgresStoredLog]:
    async with stored_log(other_url) as opened:
        yield opened


@pytest.fixture
async def file(log, stored) -> MemoryFile:
    """Six events of three streams, sealed at 3 and 6: what is large, what is odd, what is left out."""
    bare = msgspec.structs.replace(METADATA, causation_id=None, traceparent=None, backfilled=True)
    await log.append(to("a-1", renamed("é\u2028\n\0🏈"), renamed("x" * 100_000)), to("b é-1", removed()))
    await Sealer(stored).seal()
    await log.append(to("a-1", new(renamed("").event, metadata=bare)), to("c-1", renamed(), renamed()))
    return (await exported(stored))[0]


async def test_an_export_names_what_it_is_and_has_every_event_and_seal_in_order(file, stored):
    header, *lines, end = file.lines
    verified = await verify_log(stored)
    assert header == {
        "line": "log",
        "format": "gamefilm-log",
        "version": 1,
        "position": 6,
        "digest": verified.digest,
        "exported_at": "2026-11-22T12:00:00Z",
        "release": "1.2.3",
    }
    kinds = [(line["line"], line["position"]) for line in lines]
    assert kinds == [
        *[("event", 1), ("event", 2), ("event", 3), ("seal", 3), ("event", 4), ("event", 5), ("event", 6)],
        ("seal", 6),
    ]
    assert end == {"line": "end", "events": 6, "seals": 2}
    assert lines[0]["data"] == {"league_id": "1", "before": None, "after": "é\u2028\n\0🏈"}
    assert lines[0]["observed_at"] == "2026-09-10T12:30:15.123456Z"


async def test_an_import_keeps_everything(file, stored, other, log, other_url):
    result = await imported(other, file)
    assert (result.position, result.streams, result.seals) == (6, 3, 2)
    assert await other.page(0, 6) == await stored.page(0, 6)
    assert await other.seals(0, 6) == await stored.seals(0, 6)
    assert (await exported(other))[0].content == file.content
    verified = await verify_log(other)
    assert verified.clean
    assert verified == await verify_log(stored)
    async with PostgresEventLog.open(other_url) as continued:
        assert await continued.read() == await log.read()
        (place,) = await continued.append(to("a-1", expected=3))
        assert place.position == 7


async def test_a_log_goes_through_a_file_of_many_chunks(log, stored, other, tmp_path, monkeypatch):
    monkeypatch.setattr(incoming, "CHUNK", 50)
    for _ in range(3):
        await log.append(to("a-1", *[renamed(str(n)) for n in range(400)]))
        await Sealer(stored).seal()
    path = tmp_path / "log.jsonl.gz"
    done: list[int] = []
    async with writing(path) as output:
        await export_log(stored, output, release="1", now=NOW, on_progress=lambda at, _: done.append(at))
    assert done == [500, 1000, 1200]
    assert len(gzip.decompress(path.read_bytes()).splitlines()) == 1200 + 3 + 2
    with reading(path) as lines:
        await import_log(other, lines)
    assert await verify_log(other) == await verify_log(stored)


async def test_an_empty_log_moves_too(stored, other):
    file, result = await exported(stored)
    assert (result.position, len(file.lines)) == (0, 2)
    assert (await imported(other, file)).position == 0


async def test_what_is_appended_while_it_is_exported_is_left_out(log, stored):
    await log.append(to("a-1", *[renamed() for _ in range(600)]))
    file = MemoryFile()

    def append_more(*_: int) -> None:
        appending.append(asyncio.create_task(log.append(to("a-1"))))

    appending: list[asyncio.Task[Any]] = []
    await export_log(stored, file, release="1", now=NOW, on_progress=append_more)
    await asyncio.gather(*appending)
    assert file.lines[0]["position"] == 600
    assert file.lines[-1]["events"] == 600


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        (
            "UPDATE event SET topic = 'other' WHERE position = 2",
            "positions 1 to 3 are not those that were sealed",
        ),
        ("DELETE FROM event WHERE position = 5", "number 1 of stream c-1 is of version 2"),
        ("UPDATE stream SET version = 8 WHERE stream_id = 'a-1'", "stream a-1 says version 8"),
        ("UPDATE event SET data = ' {}' WHERE position = 4", "position 1|positions 4|does not decode"),
    ],
)
async def test_a_damaged_log_is_not_exported(file, stored, sql, statement, reason):
    async with unguarded(sql):
        await sql.execute(statement)
    with pytest.raises(LogDamaged, match=reason) as refused:
        await exported(stored)
    assert "gamefilm log verify" in refused.value.remedy


async def test_data_that_would_not_come_back_byte_for_byte_is_not_exported(log, stored, sql):
    await log.append(to("a-1"))
    async with unguarded(sql):
        await sql.execute("UPDATE event SET data = data || '\n'::bytea")
    assert (await verify_log(stored)).clean
    with pytest.raises(LogDamaged, match="position 1 is not as Gamefilm writes it"):
        await exported(stored)


async def test_only_an_empty_log_takes_an_import(file, stored):
    with pytest.raises(LogNotEmpty, match="position 6") as refused:
        await imported(stored, file)
    assert "new" in refused.value.remedy
    assert (await verify_log(stored)).clean


def without(number: int) -> Callable[[list[Line]], None]:
    return lambda lines: lines.__delitem__(number)


def changed(number: int, **fields: Any) -> Callable[[list[Line]], None]:
    return lambda lines: lines[number].update(fields)


def swapped(one: int, other: int) -> Callable[[list[Line]], None]:
    def swap(lines: list[Line]) -> None:
        lines[one], lines[other] = lines[other], lines[one]

    return swap


def again(number: int, at: int) -> Callable[[list[Line]], None]:
    return lambda lines: lines.insert(at, dict(lines[number]))


OTHER = "00000000-0000-4000-8000-000000000000"
TIME = "2026-09-10T12:30:15.123457Z"


@pytest.mark.parametrize(
    ("change", "where"),
    [
        pytest.param(without(0), "line 1, format", id="no header"),
        pytest.param(changed(0, format="other"), "line 1, format", id="another format"),
        pytest.param(changed(0, version=2, more=True), "line 1, version", id="a newer format"),
        pytest.param(changed(0, digest="abc"), "line 1, digest", id="a digest that is none"),
        pytest.param(changed(0, digest="0" * 64), "line 8, digest", id="another digest"),
        pytest.param(changed(0, position=5), "line 7, digest", id="another end"),
        pytest.param(changed(0, position=7), "line 10, position", id="a later end"),
        pytest.param(changed(2, position="2"), "line 3, position", id="a position that is text"),
        pytest.param(changed(2, position=3), "line 3, position", id="another position"),
        pytest.param(without(2), "line 3, position", id="an event gone"),
        pytest.param(again(2, 3), "line 4, position", id="an event twice"),
        pytest.param(swapped(2, 3), "line 3, position", id="events swapped"),
        pytest.param(changed(2, stream="z-1"), "line 5, digest", id="another stream"),
        pytest.param(changed(2, version=7), "line 5, digest", id="another version"),
        pytest.param(changed(2, id=OTHER), "line 5, digest", id="another id"),
        pytest.param(changed(2, data={"league_id": "2"}), "line 3, data|line 5, digest", id="other data"),
        pytest.param(changed(2, data=[]), "line 3, data", id="data of another kind"),
        pytest.param(changed(2, metadata={}), "line 3, data", id="no metadata"),
        pytest.param(changed(2, occurred_at=TIME), "line 5, digest", id="another time"),
        pytest.param(changed(2, occurred_at="2026-09-10T12:30:15"), "line 3, occurred_at", id="a time of no zone"),
        pytest.param(changed(2, recorded_at="2020-01-01T00:00:00Z"), "line 3, recorded_at", id="an earlier time"),
        pytest.param(changed(2, more=1), "line 3, more|line 3", id="a field too many"),
        pytest.param(lambda lines: lines[2].pop("topic"), "line 3", id="a field too few"),
        pytest.param(changed(4, digest="0" * 64), "line 5, digest", id="a seal altered"),
        pytest.param(changed(8, digest="0" * 64), "line 9, digest", id="the last seal altered"),
        pytest.param(swapped(3, 4), "line 4, position", id="a seal before its event"),
        pytest.param(again(4, 5), "line 6, position", id="a seal twice"),
        pytest.param(without(4), "line 9, events", id="a seal gone"),
        pytest.param(without(-1), "FILE", id="no end"),
        pytest.param(again(0, 3), "line 4, line", id="two headers"),
        pytest.param(again(-1, 10), "line 11, line", id="more behind the end"),
        pytest.param(lambda lines: lines.clear(), "FILE", id="nothing"),
    ],
)  # fmt: skip
async def test_a_file_that_is_not_right_is_refused_by_line_and_field(file, other, monkeypatch, change, where):
    monkeypatch.setattr(incoming, "CHUNK", 2)
    lines = file.raw_lines
    change(lines)
    with pytest.raises(LogFileInvalid) as refused:
        await imported(other, file_of(lines))
    assert refused.value.field in where.split("|"), str(refused.value)
    assert refused.value.remedy
    assert (await verify_log(other)).events == 0
    assert (await imported(other, file)).position == 6  # nothing is left behind


@pytest.mark.parametrize(
    ("part", "other_part"),
    [
        (b'"run-1"', b'"run-\xff"'),
        (b'"run-1"', b'"run-\\u0000"'),
        (b'"run-1"', b'"run-\\ud800"'),
        (b'"a-1"', b'"a-\xff"'),
        (b'"a-1"', b'"a-\\u0000"'),
        (b'"x', b'"\xff'),
        (b'{"league_id":"1"', b'{"league_id":"1","deep":' + b"[" * 100_000),
        (b'{"league_id":"1"', b'{"league_id":1'),
        (b'.123456Z"', b'.123456789Z"'),
        (b'"observed_at":"2026', b'"observed_at":"0000'),
        (b'"line":"seal"', b'"line":"other"'),
        (b'"line":"event"', b'"line":7'),
        (b"\n", b"\r\n\n"),
    ],
)
async def test_bytes_that_no_export_writes_are_refused(file, other, part, other_part):
    with pytest.raises(LogFileInvalid):
        await imported(other, MemoryFile(file.content.replace(part, other_part)))
    assert (await verify_log(other)).events == 0


async def test_a_database_that_goes_away_in_the_middle_takes_nothing(
    file, other, sql, other_url, monkeypatch
):
    monkeypatch.setattr(incoming, "CHUNK", 2)

    class Fatal(MemoryFile):
        async def batches(self):
            async for batch in super().batches():
                yield batch
                await sql.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1",
                    urlsplit(other_url).path.removeprefix("/"),
                )

    with pytest.raises(LogUnavailable, match="cannot be imported"):
        await imported(other, Fatal(file.content, batch=4))
    async with stored_log(other_url) as again:
        assert (await again.survey()).last == 0
        assert (await imported(again, file)).position == 6


async def test_versions_and_ids_are_checked_though_a_digest_fits(file, stored, other):
    """Whoever makes the file can make the digests."""
    for field, value, reason in (("version", 9, "version 9"), ("id", file.lines[1]["id"], "twice")):
        lines = [line for line in file.raw_lines if bytes(line["line"]) != b'"seal"']
        lines[2][field] = value
        content = file_of(lines)
        with pytest.raises(LogFileInvalid) as wrong_digest:
            await imported(other, content)
        lines[0]["digest"] = str(wrong_digest.value).split(" is ")[1][:64]
        lines[-1]["seals"] = 0
        with pytest.raises(LogFileInvalid, match=reason):
            await imported(other, file_of(lines))
        assert (await verify_log(other)).events == 0


async def test_an_import_keeps_writers_out_until_it_is_complete(file, other, other_url):
    waiting: list[asyncio.Task[Any]] = []

    class Slow(MemoryFile):
        async def batches(self):
            async for batch in super().batches():
                yield batch
                if not waiting:
                    waiting.extend(await start(log.append(to("late-1"))))
                    await wait_until(lambda: blocked(sql), timeout=30, what="the append waits")

    async with PostgresEventLog.open(other_url) as log, other._connected() as sql:
        await imported(other, Slow(file.content, batch=3))
        [[place]] = await asyncio.gather(*waiting)
    assert place.position == 7
    assert (await verify_log(other)).clean


# -- Files on disk ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cut", [3, 200, -1])
async def test_a_file_that_breaks_off_is_refused(file, other, tmp_path, cut):
    path = tmp_path / "log.jsonl.gz"
    path.write_bytes(gzip.compress(file.content)[:cut])
    with reading(path) as lines, pytest.raises(LogFileInvalid, match="breaks off"):
        await import_log(other, lines)
    assert (await verify_log(other)).events == 0


async def test_a_file_that_is_not_compressed_is_refused(file, other, tmp_path):
    path = tmp_path / "log.jsonl"
    path.write_bytes(file.content)
    with reading(path) as lines, pytest.raises(LogFileInvalid, match="gzip"):
        await import_log(other, lines)
    with pytest.raises(LogFileInvalid, match="cannot be read"), reading(tmp_path / "missing"):
        pass


async def test_an_export_that_fails_leaves_the_file_as_it_was(file, stored, sql, tmp_path):
    path = tmp_path / "log.jsonl.gz"
    path.write_bytes(b"an older export")
    async with unguarded(sql):
        await sql.execute("UPDATE event SET topic = 'other' WHERE position = 2")
    with pytest.raises(LogDamaged):
        async with writing(path) as output:
            await export_log(stored, output, release="1", now=NOW)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == b"an older export"


@pytest.mark.parametrize("name", ["nowhere/log.gz", "folder", "pipe", "link"])
async def test_what_cannot_be_written_is_named(tmp_path, name):
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("pipe")
    with pytest.raises(ConfigurationError, match=r"nowhere|folder|pipe") as refused:
        async with writing(tmp_path / name):
            pass
    assert refused.value.remedy
    assert (tmp_path / "pipe").is_fifo()


async def test_an_export_goes_where_a_link_points(tmp_path):
    (tmp_path / "link").symlink_to("log.gz")
    async with writing(tmp_path / "link") as output:
        await output.write(b"line\n")
    assert (tmp_path / "link").is_symlink()
    assert gzip.decompress((tmp_path / "log.gz").read_bytes()) == b"line\n"


# -- A league ---------------------------------------------------------------------------------------------------


async def test_the_read_model_of_an_imported_log_is_that_of_the_original(
    database_url, other_url, valkey_url, tmp_path: Path
):
    def settings(url: str, base_url: str) -> Settings:
        return Settings(
            database_url=url,
            valkey_url=valkey_url,
            data_dir=tmp_path,
            sleeper_base_url=base_url,
            calls_per_minute=None,
        )

    async with running_recording(write_recording(tmp_path / "rec", bodies())) as base_url:
        async with application(settings(database_url, base_url)) as app:
            report = await app.syncer.sync(SyncLeague(league_id=LEAGUE_ID, sync_type=SyncType.FULL))
            await app.projections.catch_up(report.position)
        async with stored_log(database_url) as stored, stored_log(other_url) as other:
            await imported(other, (await exported(stored))[0])
            assert await verify_log(other) == await verify_log(stored)
        async with application(settings(other_url, base_url)) as app:
            await app.projections.catch_up(report.position)
            again = await app.syncer.sync(SyncLeague(league_id=LEAGUE_ID, sync_type=SyncType.FULL))
        assert again.events == 0
    assert await stored_rows(other_url) == await stored_rows(database_url)
