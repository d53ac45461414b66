"""The drafts of a family of leagues with their picks, and who drafted from which slot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import select

from application.projections.drafts import DRAFT, DRAFT_PICK, DRAFTS
from application.projections.rows import Row
from application.queries.owners import Owners, among
from application.read_model import Snapshot
from domain.drafted import DraftWithPicks, slots_of
from domain.drafts.observation import DraftPick
from domain.event import from_millis

NEEDS: Final = (DRAFTS,)
"""The projectors behind this query."""

_FIELDS: Final = ("pick_no", "round", "draft_slot", "roster_id", "player_id", "is_keeper")
_PICKS: Final = select(
    *(DRAFT_PICK.c[name] for name in ("league_id", "draft_id", *_FIELDS)),
    DRAFT_PICK.c.metadata["amount"].astext.label("amount"),
).order_by(DRAFT_PICK.c.pick_no)


async def drafts_of(
    snapshot: Snapshot, league_ids: Sequence[str], seasons: Mapping[str, str | None], owners: Owners
) -> list[DraftWithPicks]:
    """Every draft of which picks are known. ``seasons`` are those of the leagues."""
    picks: defaultdict[tuple[str, str], list[DraftPick]] = defaultdict(list)
    for row in await snapshot.fetch(_PICKS.where(among(DRAFT_PICK, league_ids))):
        picks[row["league_id"], row["draft_id"]].append(_pick(row))
    rows = await snapshot.fetch(select(DRAFT).where(among(DRAFT, league_ids)))
    known = {(row["league_id"], row["draft_id"]): row for row in rows}
    return [
        _draft(place, seasons.get(place[0]), known.get(place, {}), made, owners)
        for place, made in picks.items()
    ]


def _pick(row: Row) -> DraftPick:
    metadata = None if row["amount"] is None else {"amount": row["amount"]}
    return DraftPick(**{name: row[name] for name in _FIELDS}, metadata=metadata)


def _draft(
    place: tuple[str, str], season: str | None, row: Row, picks: Sequence[DraftPick], owners: Owners
) -> DraftWithPicks:
    league_id, draft_id = place
    rosters = {owner.user_id: id_ for (of, id_), owner in owners.items() if of == league_id and owner.user_id}
    at = row.get("last_picked") or row.get("start_time")
    return DraftWithPicks(
        league_id=league_id,
        draft_id=draft_id,
        season=season,
        at=None if at is None else from_millis(at),
        slots=slots_of(row.get("slot_to_roster_id"), row.get("draft_order"), rosters),
        picks=picks,
    )
