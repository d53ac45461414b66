"""How each player of a roster came to it.

What is known of a season tells first: the last completed transaction that added him, or the pick that drafted
him, whichever is later. Who came by neither was on the team when the season began: the season before tells,
where he was on the same roster.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

import msgspec

from domain.draft_results import dollars
from domain.drafted import Drafted, DraftWithPicks
from domain.event import from_millis
from domain.transactions.observation import Transaction

_NEVER: Final = datetime.min.replace(tzinfo=UTC)


class How(StrEnum):
    """The way in which a player came to a roster."""

    DRAFT = "draft"
    KEEPER = "keeper"
    """He was kept from the season before, which took a pick."""
    WAIVER = "waiver"
    FREE_AGENT = "free_agent"
    TRADE = "trade"
    COMMISSIONER = "commissioner"
    UNKNOWN = "unknown"
    """He was there when the team was first seen, or came without a cause that the log knows."""


class Acquisition(msgspec.Struct, frozen=True, kw_only=True):
    """How and when a player came. All that does not apply, or is not known, is null.

    ``happened_at`` is Sleeper's time of the transaction, or of the draft's end; of an ``unknown`` move it is
    when it was seen. ``bid`` are the dollars of a waiver claim, ``from_roster_id`` is who traded him away,
    ``amount`` are the dollars of an auction.
    """

    player_id: str
    how: How
    league_id: str | None = None
    season: str | None = None
    happened_at: datetime | None = None
    transaction_id: str | None = None
    bid: int | None = None
    from_roster_id: int | None = None
    draft_id: str | None = None
    pick_no: int | None = None
    round: int | None = None
    amount: int | None = None


class SeasonOfRoster(msgspec.Struct, frozen=True, kw_only=True):
    """What one season tells of one roster: ``held`` were on it when it was last seen."""

    league_id: str
    season: str | None
    held: AbstractSet[str]
    transactions: Sequence[Transaction]
    drafts: Sequence[DraftWithPicks]


def acquisitions(
    players: Iterable[str],
    roster_id: int,
    seasons: Sequence[SeasonOfRoster],
    seen: Mapping[str, datetime | None],
) -> list[Acquisition]:
    """How each of the players came to the roster, in their order.

    ``seasons`` are the one of the roster and those before it, the latest first. ``seen`` says of players who
    were seen joining it in the latest season when that was.
    """
    return [_acquisition(player, roster_id, seasons, seen.get(player)) for player in players]


def _acquisition(
    player: str, roster_id: int, seasons: Sequence[SeasonOfRoster], seen: datetime | None
) -> Acquisition:
    for season in seasons:
        if player not in season.held:
            break
        ways = [*_added(player, roster_id, season), *_drafted(player, roster_id, season)]
        if ways:
            return max(ways, key=lambda way: way.happened_at or _NEVER)
        if seen is not None:
            break  # he came during the latest season, so the one before does not tell
    return Acquisition(player_id=player, how=How.UNKNOWN, happened_at=seen)


def _added(player: str, roster_id: int, season: SeasonOfRoster) -> list[Acquisition]:
    """The last completed transaction that brought him, if any did."""
    added = [
        each
        for each in season.transactions
        if each.status == "complete" and (each.adds or {}).get(player) == roster_id
    ]
    return [_by(max(added, key=lambda each: each.applied), player, season)] if added else []


def _by(transaction: Transaction, player: str, season: SeasonOfRoster) -> Acquisition:
    at, how = transaction.status_updated, transaction.type
    bid = (transaction.settings or {}).get("waiver_bid")
    return Acquisition(
        player_id=player,
        how=How(how) if how in set(How) else How.UNKNOWN,
        league_id=season.league_id,
        season=season.season,
        happened_at=None if at is None else from_millis(at),
        transaction_id=transaction.transaction_id,
        bid=bid if isinstance(bid, int) else None,
        from_roster_id=(transaction.drops or {}).get(player),
    )


def _drafted(player: str, roster_id: int, season: SeasonOfRoster) -> list[Acquisition]:
    return [
        _with(Drafted(draft, pick), player, season)
        for draft in season.drafts
        for pick in draft.picks
        if (pick.player_id, pick.roster_id) == (player, roster_id)
    ]


def _with(drafted: Drafted, player: str, season: SeasonOfRoster) -> Acquisition:
    draft, pick = drafted
    return Acquisition(
        player_id=player,
        how=How.KEEPER if pick.is_keeper else How.DRAFT,
        league_id=season.league_id,
        season=season.season,
        happened_at=draft.at,
        draft_id=draft.draft_id,
        pick_no=pick.pick_no,
        round=pick.round,
        amount=dollars(pick),
    )
