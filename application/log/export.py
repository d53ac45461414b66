"""Writes the whole log to a file, with all that another installation needs to hold the same log."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple

from application.log.lines import FORMAT, VERSION, End, Header, encode_event, encode_line, encode_seal
from application.log.ports import Output, StoredLog
from application.log.sealing import Sealer
from application.log.walking import Progress, pages, take, unseen
from domain.errors import LogDamaged
from domain.log.faults import Fault
from domain.log.stored import BEFORE_ALL, Seal, StoredEvent
from domain.log.walk import LogWalk


class LogExported(NamedTuple):
    """What is in the file."""

    position: int
    digest: bytes
    seals: int


async def export_log(
    log: StoredLog, output: Output, *, release: str, now: datetime, on_progress: Progress = unseen
) -> LogExported:
    """Seal the log and write everything up to its last seal; what is appended meanwhile is left out.

    Each event is checked on its way, so that a file that is complete is also right.

    Raises:
        LogDamaged: the log is not as it should be; the file must not be used.
        LogUnavailable: Postgres cannot be reached.
    """
    _refuse((await log.survey()).faults)
    sealed = await Sealer(log).seal()
    position, digest = (0, BEFORE_ALL) if sealed is None else (sealed.position, sealed.digest)
    header = Header(
        format=FORMAT,
        version=VERSION,
        position=position,
        digest=digest.hex(),
        exported_at=now,
        release=release,
    )
    await output.write(encode_line(header))
    walk = LogWalk()
    async with aclosing(pages(log, position)) as found:
        async for events, seals in found:
            await take(walk, events, seals)
            _refuse(walk.faults.kept)
            await output.write(_lines(events, seals))
            on_progress(walk.position, position)
    walk.end(position)
    _refuse(walk.faults.kept)
    await output.write(encode_line(End(events=walk.events, seals=walk.chain.seals)))
    return LogExported(position, digest, walk.chain.seals)


def _lines(events: Sequence[StoredEvent], seals: Sequence[Seal]) -> bytes:
    lines = [(each.position, encode_event(each)) for each in events]
    lines += [(each.position, encode_seal(each)) for each in seals]
    lines.sort(key=itemgetter(0))  # keeps a seal behind its event
    return b"".join(line for _, line in lines)


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise LogDamaged(f"The log cannot be exported: {faults[0].what}.")
