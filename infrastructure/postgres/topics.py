"""Topic patterns as SQL can use them: a range of names for the index, a regular expression for the rest."""

from __future__ import annotations

import re
from typing import NamedTuple

from domain.errors import InvalidInput

ONE, REST = "*", ">"  # wildcards of NATS: https://docs.nats.io/nats-concepts/subjects#wildcards


class TopicMatch(NamedTuple):
    """What to ask of a topic; ``None`` asks nothing. ``low`` <= topic < ``high`` compares bytes."""

    exact: str | None = None
    low: str | None = None
    high: str | None = None
    pattern: str | None = None
    """A regular expression that Postgres understands."""


def topic_match(topic: str) -> TopicMatch:
    """Translate a topic: ``*`` stands for one part, ``>`` at the end for one or more.

    Raises:
        InvalidInput: a part is empty, a wildcard is a part of a part, or ``>`` is not the last.
    """
    parts = topic.split(".")
    _check(topic, parts)
    if ONE not in parts and REST not in parts:
        return TopicMatch(exact=topic)
    literal = next(n for n, part in enumerate(parts) if part in (ONE, REST))
    prefix = "".join(f"{part}." for part in parts[:literal])
    pattern = None if parts[literal] == REST else _expression(parts)
    # "/" is the character after ".": names that begin with "a." are those from "a." up to "a/".
    return (
        TopicMatch(low=prefix, high=f"{prefix[:-1]}/", pattern=pattern)
        if prefix
        else TopicMatch(pattern=pattern)
    )


def _check(topic: str, parts: list[str]) -> None:
    wild = [part for part in parts if ONE in part or REST in part]
    if "" in parts or "\0" in topic or any(part not in (ONE, REST) for part in wild) or REST in parts[:-1]:
        raise InvalidInput(
            "topic",
            f"{topic!r} is not a topic.",
            remedy="Write parts between dots; * stands for one part, > as the last for all that follow.",
        )


def _expression(parts: list[str]) -> str:
    wildcards = {ONE: r"[^.]+", REST: ".+"}
    return "^" + r"\.".join(wildcards.get(part) or re.escape(part) for part in parts) + "$"
