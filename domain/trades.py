"""What each party of a trade gave and got."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from domain.transactions.observation import TradedPick, Transaction


class Assets(NamedTuple):
    """What changed hands: players by id, picks, and dollars of the free-agent budget."""

    players: Sequence[str]
    picks: Sequence[TradedPick]
    faab: int


class Party(NamedTuple):
    """A roster's part in a trade. ``dropped`` are players whom it let go to nobody, to have room."""

    roster_id: int
    received: Assets
    sent: Assets
    dropped: Sequence[str]


def parties(trade: Transaction) -> list[Party]:
    """Every roster that takes part, by roster id; two in most trades, up to four (SLEEPER_NOTES 2.8)."""
    return [_party(trade, roster_id) for roster_id in sorted({*_rosters(trade)})]


def _rosters(trade: Transaction) -> Iterator[int]:
    yield from trade.roster_ids or ()
    yield from (trade.adds or {}).values()
    yield from (trade.drops or {}).values()
    for pick in trade.draft_picks or ():
        yield from (owner for owner in (pick.owner_id, pick.previous_owner_id) if owner is not None)
    for sent in trade.waiver_budget or ():
        yield from (sent.sender, sent.receiver)


def _party(trade: Transaction, roster_id: int) -> Party:
    adds, lost = trade.adds or {}, _of(trade.drops or {}, roster_id)
    picks, faab = trade.draft_picks or (), trade.waiver_budget or ()
    received = Assets(
        players=_of(adds, roster_id),
        picks=_in_order(pick for pick in picks if pick.owner_id == roster_id),
        faab=sum(each.amount for each in faab if each.receiver == roster_id),
    )
    sent = Assets(
        players=[player for player in lost if player in adds],
        picks=_in_order(pick for pick in picks if pick.previous_owner_id == roster_id),
        faab=sum(each.amount for each in faab if each.sender == roster_id),
    )
    return Party(roster_id, received, sent, [player for player in lost if player not in adds])


def _of(moves: Mapping[str, int], roster_id: int) -> list[str]:
    return sorted(player for player, roster in moves.items() if roster == roster_id)


def _in_order(picks: Iterable[TradedPick]) -> list[TradedPick]:
    return sorted(picks, key=lambda pick: (pick.season, pick.round, pick.roster_id))
