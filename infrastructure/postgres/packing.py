"""Large event data is compressed on its way into the log: docs/adr/0012 has the measurements.

Postgres would compress it itself with pglz, slowly and under the writer lock; lz4 is not built into the
embedded engine. Zlib releases the interpreter's lock: both cores work, and the event loop goes on meanwhile.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Sequence
from itertools import chain
from typing import Final

LARGE: Final = 32 * 1024
"""Bytes from which data is packed. Nearly all events are far smaller and stay as they are."""
_FASTEST: Final = 1
_THREADS: Final = 2
_FIRST_BYTE: Final = 0x78
"""Of zlib data with a window of 32 KiB (RFC 1950, 2.2). JSON of an event begins with a brace."""


async def packed(data: list[bytes]) -> list[bytes]:
    """``data`` with what is large packed, in threads; where nothing is, ``data`` itself."""
    if all(len(each) < LARGE for each in data):
        return data
    part = -(-len(data) // _THREADS)
    parts = [data[start : start + part] for start in range(0, len(data), part)]
    return list(chain(*await asyncio.gather(*(asyncio.to_thread(_pack, each) for each in parts))))


def unpacked(data: bytes) -> bytes:
    """Event data as it was given to the log."""
    return zlib.decompress(data) if data[0] == _FIRST_BYTE else data


def _pack(data: Sequence[bytes]) -> list[bytes]:
    return [zlib.compress(each, _FASTEST) if len(each) >= LARGE else each for each in data]
