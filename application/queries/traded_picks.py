"""The draft picks of a league that were traded, and who has them."""

from __future__ import annotations

from typing import Any, Final

import msgspec
from sqlalchemy import select

from application.history import aggregates as history
from application.history.history import Then
from application.projections.traded_picks import TRADED_PICK, TRADED_PICKS, pick_row
from application.queries.paging import Key, Keyset, Page, Slice
from application.read_model import Snapshot
from domain.picks.observation import TradedPick
from domain.streams import traded_picks_stream

NEEDS: Final = (TRADED_PICKS,)
"""The projectors behind this query."""


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """Which picks are asked for: those of a season's draft, those that a roster has now."""

    season: str | None = None
    owner_id: int | None = None


class TradedPickRow(msgspec.Struct, frozen=True, kw_only=True):
    """A row of ``/league/{id}/traded_picks``. All ids but the league's are roster ids.

    ``roster_id`` is the original owner. Where ``owner_id`` is the same, the pick came back.
    """

    league_id: str
    season: str
    round: int
    roster_id: int
    previous_owner_id: int | None
    owner_id: int | None


_COLUMNS: Final = [TRADED_PICK.c[name] for name in TradedPickRow.__struct_fields__]
_ORDER: Final = Keyset(
    "traded_picks",
    Key(TRADED_PICK.c.season, "season", str),
    Key(TRADED_PICK.c.round, "round", int),
    Key(TRADED_PICK.c.roster_id, "roster_id", int),
)


async def list_traded_picks(
    snapshot: Snapshot, league_id: str, page: Page, filters: Filters
) -> Slice[TradedPickRow]:
    """The traded picks of a league by season, round and original owner.

    Raises:
        InvalidInput: ``page.after`` is no cursor of this list.
    """
    wanted: dict[str, Any] = {"league_id": league_id, **msgspec.structs.asdict(filters)}
    matching = (TRADED_PICK.c[name] == value for name, value in wanted.items() if value is not None)
    picks = select(*_COLUMNS).where(*matching)
    rows, cursor = _ORDER.cut(await snapshot.fetch(_ORDER.paged(picks, page)), page)
    return Slice(items=[TradedPickRow(**row) for row in rows], next=cursor)


async def traded_picks_then(then: Then, league_id: str, page: Page, filters: Filters) -> Slice[TradedPickRow]:
    """The traded picks of a league at a moment of the past, as :func:`list_traded_picks` tells them."""
    picks = await then.state(traded_picks_stream(league_id), history.TRADED_PICKS)
    matching = (pick_row(league_id, pick) for pick in picks if _matches(pick, filters))
    rows, cursor = _ORDER.page(matching, page)
    return Slice(items=[TradedPickRow(**row) for row in rows], next=cursor)


def _matches(pick: TradedPick, filters: Filters) -> bool:
    return filters.season in (None, pick.season) and filters.owner_id in (None, pick.owner_id)
