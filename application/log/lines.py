"""The file of an exported log: a line of JSON each for a header, all events and seals, and the end."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Final, TypeAlias
from uuid import UUID

import msgspec

from domain.errors import LogDamaged, LogFileInvalid
from domain.log.stored import Seal, StoredEvent

FORMAT: Final = "gamefilm-log"
VERSION: Final = 1

_Time = Annotated[datetime, msgspec.Meta(tz=True)]
_Position = Annotated[int, msgspec.Meta(ge=1, le=2**63 - 1)]
_Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]


class _Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="line"):
    """The field ``line`` says which one it is."""


class Header(_Line, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="log"):
    """The first line: what the file is, and what it holds. ``digest`` is that of the whole log, in hex."""

    format: str
    version: int
    position: Annotated[int, msgspec.Meta(ge=0)]
    digest: _Digest
    exported_at: _Time
    release: str


class EventLine(_Line, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="event"):
    """An event with all its columns; ``data`` and ``metadata`` are the bytes that the log holds."""

    position: _Position
    stream: Annotated[str, msgspec.Meta(min_length=1)]
    version: _Position
    id: UUID
    type: str
    schema_version: Annotated[int, msgspec.Meta(ge=1, le=2**15 - 1)]
    topic: str
    data: msgspec.Raw
    metadata: msgspec.Raw
    occurred_at: _Time
    observed_at: _Time
    recorded_at: _Time


class SealLine(_Line, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="seal"):
    """A seal, behind the event at its position."""

    position: _Position
    digest: _Digest
    sealed_at: _Time


class End(_Line, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="end"):
    """The last line: without it, something is missing."""

    events: int
    seals: int


Line: TypeAlias = Header | EventLine | SealLine | End

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[Line] = msgspec.json.Decoder(Line)
_FIELD: Final = re.compile(r" - at `\$\.?([^`]*)`")


class _Opening(msgspec.Struct):
    """What every version of the format begins with."""

    format: str
    version: int
    release: str = "a newer release"


def encode_line(line: Header | End) -> bytes:
    """The line with its newline."""
    return _encoder.encode(line) + b"\n"


def encode_event(event: StoredEvent) -> bytes:
    """The line of an event, with its newline.

    Raises:
        LogDamaged: the data is not JSON as Gamefilm writes it, and could not be kept byte for byte.
    """
    data = event.data
    if b"\n" in data or not (data.startswith(b"{") and data.endswith(b"}")):
        raise LogDamaged(f"The data of the event at position {event.position} is not as Gamefilm writes it.")
    line = EventLine(
        position=event.position,
        stream=event.stream,
        version=event.version,
        id=event.id,
        type=event.type,
        schema_version=event.schema_version,
        topic=event.topic,
        data=msgspec.Raw(data),
        metadata=msgspec.Raw(event.metadata.encode()),
        occurred_at=event.occurred_at,
        observed_at=event.observed_at,
        recorded_at=event.recorded_at,
    )
    return _encoder.encode(line) + b"\n"


def encode_seal(seal: Seal) -> bytes:
    """The line of a seal, with its newline."""
    line = SealLine(position=seal.position, digest=seal.digest.hex(), sealed_at=seal.sealed_at)
    return _encoder.encode(line) + b"\n"


def decode_header(line: bytes) -> Header:
    """Read the first line.

    Raises:
        LogFileInvalid: it is not an exported log, or one of a newer format.
    """
    try:
        opening = msgspec.json.decode(line, type=_Opening)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        opening = None
    if opening is None or opening.format != FORMAT:
        raise LogFileInvalid(
            place(1, "format"),
            f"this is not an exported log: no header of format {FORMAT!r}.",
            remedy="Name a file that gamefilm log export wrote.",
        )
    if opening.version > VERSION:
        raise LogFileInvalid(
            place(1, "version"),
            f"the format's version is {opening.version}, and this release reads up to {VERSION}.",
            remedy=f"Import with the release that wrote it ({opening.release}), or a newer one.",
        )
    header = decode_line(line, 1)
    if not isinstance(header, Header):
        raise LogFileInvalid(place(1, "line"), "the first line is not a header.")
    return header


def decode_line(line: bytes, number: int) -> Line:
    """Read any line.

    Raises:
        LogFileInvalid: it is not one; the message names line and field.
    """
    try:
        return _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        found = _FIELD.search(str(error))
        reason = str(error) if found is None else str(error)[: found.start()]
        raise LogFileInvalid(place(number, found[1] if found else ""), f"{reason}.") from error


def place(number: int, field: str = "") -> str:
    """Where something is wrong, as :class:`LogFileInvalid` names it."""
    return f"line {number}, {field}" if field else f"line {number}"


def stored(line: EventLine) -> StoredEvent:
    """The event of a line.

    Raises:
        UnicodeDecodeError: the metadata is not UTF-8.
    """
    return StoredEvent(
        line.position,
        line.stream,
        line.version,
        line.id,
        line.type,
        line.schema_version,
        line.topic,
        bytes(line.data),
        bytes(line.metadata).decode(),
        line.occurred_at,
        line.observed_at,
        line.recorded_at,
    )
