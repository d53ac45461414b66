"""Whether draft picks are where the trades left them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from domain.picks.observation import PickKey, TradedPick
from domain.transactions.observation import Transaction
from domain.verification.findings import Check, Difference, check, not_checked

_ORACLE = "picks"


def check_picks(
    transactions: Sequence[Transaction], listed: Sequence[TradedPick], missing_legs: str | None
) -> Check:
    """Who has a pick by its last trade against ``/league/{id}/traded_picks`` (SLEEPER_NOTES 0.2).

    Only picks that a known transaction moved are compared: others were traded in a season before, or in the
    draft room. A pick that is back with its team need not be listed. ``missing_legs`` explains differences
    where transactions were not observed.
    """
    moved = owners_by_trades(transactions)
    if not moved or not listed:
        return not_checked(_ORACLE, "no picks were moved by known transactions, or none is listed.")
    picks = {pick.key: pick for pick in listed}
    found = (
        each for key in sorted(moved) for each in _compared(key, moved[key], picks.get(key), missing_legs)
    )
    return check(_ORACLE, len(moved), found)


def owners_by_trades(transactions: Sequence[Transaction]) -> Mapping[PickKey, int | None]:
    """The roster that has each moved pick after all completed transactions, in their order."""
    done = (each for each in transactions if each.status == "complete")
    ordered = sorted(done, key=lambda each: each.applied)
    return {
        (pick.season, pick.round, pick.roster_id): pick.owner_id
        for each in ordered
        for pick in each.draft_picks or ()
    }


def _compared(
    key: PickKey, owner: int | None, listed: TradedPick | None, missing_legs: str | None
) -> Iterator[Difference]:
    season, round_, team = key
    has = team if listed is None else listed.owner_id
    if has != owner:
        yield Difference(
            what=f"the {season} round {round_} pick of team {team}",
            computed=f"with team {owner}",
            reported=f"with team {has}",
            cause=_went_on(owner, listed) or missing_legs,
        )


def _went_on(owner: int | None, listed: TradedPick | None) -> str | None:
    """In the recordings most such picks are of the season's own draft, and move in it (4 of 263)."""
    if listed is None or listed.previous_owner_id != owner:
        return None
    return "it went on from there without a transaction that is known, as picks do in the draft room."
