"""How new the rows of a subject are: where ETags come from, and whether it is known at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ARRAY, Text, any_, func, literal, select, union_all

from application.projections.projector import Projector
from application.read_model import Snapshot

NEVER: Final = 0


async def subject_version(
    snapshot: Snapshot, projectors: Sequence[Projector], subject: str
) -> tuple[int, ...]:
    """The position of the last event about a subject, by projector; ``NEVER`` where there is none."""
    looks = [
        select(literal(place).label("place"), projector.touched.c.position).where(
            projector.touched.c.subject == subject
        )
        for place, projector in enumerate(projectors)
    ]
    found = union_all(*looks).subquery()
    touched = {row["place"]: row["position"] for row in await snapshot.fetch(select(found))}
    return tuple(touched.get(place, NEVER) for place in range(len(projectors)))


async def subjects_version(
    snapshot: Snapshot, projectors: Sequence[Projector], subjects: Sequence[str]
) -> list[tuple[str, str, int]]:
    """Projector, subject and the position of the last event that it folded about it, where there is one."""
    looks = [
        select(literal(each.name).label("name"), each.touched.c.subject, each.touched.c.position).where(
            each.touched.c.subject == any_(literal(subjects, ARRAY(Text)))
        )
        for each in projectors
    ]
    rows = await snapshot.fetch(select(union_all(*looks).subquery()))
    return sorted((row["name"], row["subject"], row["position"]) for row in rows)


async def list_version(snapshot: Snapshot, projector: Projector) -> int:
    """The position of the last event that a projector folded, about whatever subject."""
    last = func.coalesce(func.max(projector.touched.c.position), NEVER)
    rows = await snapshot.fetch(select(last.label("position")))
    position: int = rows[0]["position"]
    return position
