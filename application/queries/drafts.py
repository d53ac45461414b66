"""The drafts of a league, their picks, and the picks that changed hands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeVar

import msgspec
from sqlalchemy import Select, Table, func, literal, select, union_all

from application.history import aggregates as history
from application.history.history import Then
from application.ports import EventLog
from application.projections.drafts import DRAFT, DRAFT_PICK, DRAFT_TRADED_PICK, DRAFTS
from application.projections.rows import Row
from application.queries.paging import Key, Keyset, Page, Slice
from application.read_model import Snapshot
from domain.drafts.events import DraftRegistered
from domain.errors import NotFound
from domain.streams import draft_picks_stream, draft_stream, draft_traded_picks_stream

R = TypeVar("R", bound=msgspec.Struct)

NEEDS: Final = (DRAFTS,)
"""The projectors behind these queries."""


class DraftRow(msgspec.Struct, frozen=True, kw_only=True):
    """``/draft/{id}`` in Sleeper's words, without its chat.

    ``draft_order`` maps user ids to slots, ``slot_to_roster_id`` slots to rosters; both are null until
    they are drawn. ``created``, ``start_time`` and ``last_picked`` are milliseconds since 1970.
    """

    draft_id: str
    league_id: str
    type: str | None
    status: str | None
    season: str | None
    season_type: str | None
    sport: str | None
    created: int | None
    start_time: int | None
    last_picked: int | None
    creators: Sequence[str] | None
    draft_order: dict[str, int | None] | None
    slot_to_roster_id: dict[str, int | None] | None
    settings: dict[str, Any] | None
    metadata: dict[str, Any] | None


class DraftPickRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``/draft/{id}/picks`` in Sleeper's words, without reactions.

    ``picked_by`` is ``""`` where nobody of the league chose. ``metadata`` describes the player as he was when
    the pick was observed; ``amount`` in it are an auction's dollars, as text.
    """

    draft_id: str
    pick_no: int
    round: int | None
    draft_slot: int | None
    roster_id: int | None
    player_id: str | None
    picked_by: str | None
    is_keeper: bool | None
    metadata: dict[str, Any] | None


class TradedDraftPickRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``/draft/{id}/traded_picks`` in Sleeper's words; ``draft_id`` is text, as everywhere else.

    ``roster_id`` is the original owner, all owners are roster ids.
    """

    draft_id: str
    season: str
    round: int
    roster_id: int
    previous_owner_id: int | None
    owner_id: int | None


class PickFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which picks are asked for."""

    round: int | None = None
    roster_id: int | None = None


# Ids are numbers that grow with time, as text: the longer one is the newer one.
_DIGITS: Final = func.length(DRAFT.c.draft_id)
_NEWEST: Final = Keyset(
    "drafts",
    Key(_DIGITS, "digits", int, descending=True),
    Key(DRAFT.c.draft_id, "draft_id", str, descending=True),
)
_PICKS: Final = Keyset("draft_picks", Key(DRAFT_PICK.c.pick_no, "pick_no", int))
_TRADED: Final = Keyset(
    "draft_traded_picks",
    Key(DRAFT_TRADED_PICK.c.season, "season", str),
    Key(DRAFT_TRADED_PICK.c.round, "round", int),
    Key(DRAFT_TRADED_PICK.c.roster_id, "roster_id", int),
)


async def list_drafts(snapshot: Snapshot, league_id: str, page: Page) -> Slice[DraftRow]:
    """The drafts of a league, the newest first.

    Raises:
        InvalidInput: ``page.after`` is no cursor of this list.
    """
    columns = [DRAFT.c[name] for name in DraftRow.__struct_fields__]
    drafts = select(*columns, _DIGITS.label("digits")).where(DRAFT.c.league_id == league_id)
    rows, cursor = _NEWEST.cut(await snapshot.fetch(_NEWEST.paged(drafts, page)), page)
    return Slice(items=[_as(DraftRow, row) for row in rows], next=cursor)


async def drafts_then(then: Then, log: EventLog, league_id: str, page: Page) -> Slice[DraftRow]:
    """The drafts of a league at a moment of the past, as :func:`list_drafts` tells them."""
    names = {draft_id: draft_stream(league_id, draft_id) for draft_id in await _known(log, league_id)}
    told = await then.states(names, history.DRAFT)
    drafts = (_row(draft, league_id, draft.draft_id) for draft in told.values() if draft is not None)
    rows, cursor = _NEWEST.page(({**row, "digits": len(row["draft_id"])} for row in drafts), page)
    return Slice(items=[_as(DraftRow, row) for row in rows], next=cursor)


async def _known(log: EventLog, league_id: str) -> list[str]:
    """The drafts of a league that the log has an object of, whenever that was observed."""
    topic = f"sleeper.league.{league_id}.{DraftRegistered.facet}"
    events = await log.read(topic=topic, types=[DraftRegistered.__name__])
    return [each.event.draft_id for each in events if isinstance(each.event, DraftRegistered)]


async def find_draft(snapshot: Snapshot, league_id: str, draft_id: str) -> DraftRow:
    """One draft of a league.

    Raises:
        NotFound: the league has no such draft.
    """
    for row in await snapshot.fetch(_of_draft(DRAFT, DraftRow, league_id, draft_id)):
        return _as(DraftRow, row)
    raise _unknown(league_id, draft_id)


async def draft_then(then: Then, league_id: str, draft_id: str) -> DraftRow:
    """One draft of a league at a moment of the past.

    Raises:
        NotFound: the league had no such draft then.
    """
    draft = await then.state(draft_stream(league_id, draft_id), history.DRAFT)
    if draft is None:
        raise _unknown(league_id, draft_id)
    return _as(DraftRow, _row(draft, league_id, draft_id))


def _unknown(league_id: str, draft_id: str) -> NotFound:
    return NotFound(
        f"League {league_id} has no draft {draft_id} in the log.",
        remedy=f"Use a draft_id of /api/v1/leagues/{league_id}/drafts.",
    )


async def list_draft_picks(
    snapshot: Snapshot, league_id: str, draft_id: str, page: Page, filters: PickFilters
) -> Slice[DraftPickRow]:
    """The picks of a draft in the order in which they were made.

    Raises:
        NotFound: the league has no such draft.
        InvalidInput: ``page.after`` is no cursor of this list.
    """
    await check_draft_known(snapshot, league_id, draft_id)
    wanted = {name: value for name, value in msgspec.structs.asdict(filters).items() if value is not None}
    picks = _of_draft(DRAFT_PICK, DraftPickRow, league_id, draft_id).filter_by(**wanted)
    rows, cursor = _PICKS.cut(await snapshot.fetch(_PICKS.paged(picks, page)), page)
    return Slice(items=[_as(DraftPickRow, row) for row in rows], next=cursor)


async def draft_picks_then(
    then: Then, league_id: str, draft_id: str, page: Page, filters: PickFilters
) -> Slice[DraftPickRow]:
    """The picks of a draft at a moment of the past, as :func:`list_draft_picks` tells them.

    Raises:
        NotFound: the league had no such draft then.
    """
    picks = await then.state(draft_picks_stream(league_id, draft_id), history.DRAFT_PICKS)
    if not picks:
        await _check_known_then(then, league_id, draft_id)
    wanted = {name: value for name, value in msgspec.structs.asdict(filters).items() if value is not None}
    matching = (
        pick for pick in picks.values() if all(getattr(pick, name) == wanted[name] for name in wanted)
    )
    rows, cursor = _PICKS.page((_row(pick, league_id, draft_id) for pick in matching), page)
    return Slice(items=[_as(DraftPickRow, row) for row in rows], next=cursor)


async def list_draft_traded_picks(
    snapshot: Snapshot, league_id: str, draft_id: str, page: Page
) -> Slice[TradedDraftPickRow]:
    """The picks of a draft that changed hands, by season, round and original owner.

    Raises:
        NotFound: the league has no such draft.
        InvalidInput: ``page.after`` is no cursor of this list.
    """
    await check_draft_known(snapshot, league_id, draft_id)
    picks = _of_draft(DRAFT_TRADED_PICK, TradedDraftPickRow, league_id, draft_id)
    rows, cursor = _TRADED.cut(await snapshot.fetch(_TRADED.paged(picks, page)), page)
    return Slice(items=[_as(TradedDraftPickRow, row) for row in rows], next=cursor)


async def draft_traded_picks_then(
    then: Then, league_id: str, draft_id: str, page: Page
) -> Slice[TradedDraftPickRow]:
    """The traded picks of a draft at a moment of the past, as :func:`list_draft_traded_picks` tells them.

    Raises:
        NotFound: the league had no such draft then.
    """
    picks = await then.state(draft_traded_picks_stream(league_id, draft_id), history.DRAFT_TRADED_PICKS)
    if not picks:
        await _check_known_then(then, league_id, draft_id)
    rows, cursor = _TRADED.page((_row(pick, league_id, draft_id) for pick in picks), page)
    return Slice(items=[_as(TradedDraftPickRow, row) for row in rows], next=cursor)


async def _check_known_then(then: Then, league_id: str, draft_id: str) -> None:
    """As :func:`check_draft_known`: events of any stream of a draft make it known."""
    await then.state(draft_stream(league_id, draft_id), history.DRAFT)
    await then.state(draft_picks_stream(league_id, draft_id), history.DRAFT_PICKS)
    await then.state(draft_traded_picks_stream(league_id, draft_id), history.DRAFT_TRADED_PICKS)
    if not any(then.versions.values()):
        raise _unknown(league_id, draft_id)


def _row(observed: msgspec.Struct, league_id: str, draft_id: str) -> Row:
    return {**msgspec.structs.asdict(observed), "league_id": league_id, "draft_id": draft_id}


async def check_draft_known(snapshot: Snapshot, league_id: str, draft_id: str) -> None:
    """Picks may be known of a draft whose object Sleeper has never shown: any of its rows will do."""
    looks = [
        select(literal(1)).where(table.c.league_id == league_id, table.c.draft_id == draft_id).limit(1)
        for table in (DRAFT, DRAFT_PICK, DRAFT_TRADED_PICK)
    ]
    if not await snapshot.fetch(select(union_all(*(look.subquery().select() for look in looks)).subquery())):
        raise _unknown(league_id, draft_id)


def _of_draft(table: Table, kind: type[Any], league_id: str, draft_id: str) -> Select[Any]:
    """The columns of ``kind`` of the rows of one draft."""
    columns = [table.c[name] for name in kind.__struct_fields__]
    return select(*columns).where(table.c.league_id == league_id, table.c.draft_id == draft_id)


def _as(kind: type[R], row: Row) -> R:
    return kind(**{name: row[name] for name in kind.__struct_fields__})
