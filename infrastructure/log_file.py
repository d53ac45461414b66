"""Compressed files of lines: written whole or not at all, and read some lines at a time.

They are gzip (RFC 1952), which the standard library writes and every system reads. Level 3: docs/adr/0019
has the measurements.
"""

from __future__ import annotations

import asyncio
import gzip
import os
import sys
import tempfile
import zlib
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from domain.errors import ConfigurationError, InvalidInput, LogFileInvalid

STANDARD: Final = Path("-")
"""Standard input or output."""
_LEVEL: Final = 3
_WITH_GZIP_HEADER: Final = 16 + zlib.MAX_WBITS
_BATCH, _BATCH_BYTES = 1_000, 2**20
_LONGEST: Final = 256 * 2**20
"""Bytes of a line. Longer ones are of no event: the largest are a few megabytes."""


class LogFileWriter:
    """The port ``Output``."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._compressor = zlib.compressobj(_LEVEL, wbits=_WITH_GZIP_HEADER)

    async def write(self, content: bytes) -> None:
        """Compress and write in a thread, where neither holds up the event loop."""
        await asyncio.to_thread(self._write, content)

    def _write(self, content: bytes) -> None:
        self._file.write(self._compressor.compress(content))

    def finish(self) -> None:
        """Write what is held back."""
        self._file.write(self._compressor.flush())
        self._file.flush()


@asynccontextmanager
async def writing(path: Path) -> AsyncIterator[LogFileWriter]:
    """A file that appears under its name when the block has ended well, readable by its owner alone.

    Raises:
        ConfigurationError: it cannot be written.
        InvalidInput: it is standard output, and that is a terminal.
    """
    with _standard_output() if path == STANDARD else _replaced(path) as file:
        writer = LogFileWriter(file)
        yield writer
        await asyncio.to_thread(writer.finish)


@contextmanager
def _standard_output() -> Iterator[BinaryIO]:
    if sys.stdout.isatty():
        raise InvalidInput(
            "FILE", "a terminal cannot show compressed data.", remedy="Name a file, or pipe it on."
        )
    yield sys.stdout.buffer


@contextmanager
def _replaced(path: Path) -> Iterator[BinaryIO]:
    path = path.resolve()  # a link goes on pointing where it does
    if path.exists() and not path.is_file():
        raise ConfigurationError(
            f"{path} is no file that could be replaced.", remedy="Name a file, or - for standard output."
        )
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                yield file
                os.fsync(handle)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ConfigurationError(
            f"{path} cannot be written: {error.strerror}.",
            remedy="Name a file that you may write, with room for it.",
        ) from error


class LogFileReader:
    """The port ``Lines``."""

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file = file

    async def batches(self) -> AsyncIterator[Sequence[bytes]]:
        """All lines, some at a time; see the port."""
        while batch := await asyncio.to_thread(self._batch):
            yield batch

    def _batch(self) -> list[bytes]:
        lines: list[bytes] = []
        size = 0
        try:
            while len(lines) < _BATCH and size < _BATCH_BYTES and (line := self._file.readline(_LONGEST)):
                lines.append(line)
                size += len(line)
        except (EOFError, zlib.error) as error:
            raise LogFileInvalid("FILE", "it breaks off, or was damaged on its way.") from error
        except gzip.BadGzipFile as error:
            raise LogFileInvalid("FILE", f"it is not a whole gzip file: {error}.") from error
        except OSError as error:
            raise LogFileInvalid("FILE", f"it cannot be read: {error.strerror}.") from error
        return lines


@contextmanager
def reading(path: Path) -> Iterator[LogFileReader]:
    """Open a file, or standard input.

    Raises:
        LogFileInvalid: there is no such file, or it cannot be read.
    """
    with _opened(path) as raw, gzip.GzipFile(fileobj=raw) as file:
        yield LogFileReader(file)


def _opened(path: Path) -> BinaryIO:
    if path == STANDARD:
        return os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    try:
        return path.open("rb")
    except OSError as error:
        raise LogFileInvalid(
            "FILE",
            f"{path} cannot be read: {error.strerror}.",
            remedy="Name a file that gamefilm log export wrote.",
        ) from error
