"""Facts about trades, waiver claims, free-agent and commissioner's moves."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from domain.event import EventInLeague, event_type, from_millis
from domain.names import player, players, team
from domain.transactions.observation import Transaction
from domain.values import meaning


class TransactionEvent(EventInLeague, frozen=True, kw_only=True):
    """A transaction reached a status; ``transaction`` is all that Sleeper tells of it."""

    facet: ClassVar[str] = "transactions"

    leg: int
    transaction: Transaction

    @property
    def record(self) -> tuple[str | int, ...]:
        return ("transaction", self.transaction.transaction_id)

    @property
    def happened_at(self) -> datetime | None:
        millis = self.transaction.status_updated
        return None if millis is None else from_millis(millis)

    def _teams(self) -> str:
        return _listed([team(each) for each in self.transaction.roster_ids or ()]) or "nobody"

    def _added(self) -> list[str]:
        return sorted(self.transaction.adds or {})

    def _dropped(self) -> list[str]:
        return sorted((self.transaction.drops or {}).keys() - (self.transaction.adds or {}).keys())

    def _moves(self) -> str:
        moved = self.transaction
        parts = [f"{player(each)} to {team((moved.adds or {})[each])}" for each in self._added()]
        parts += [f"{player(each)} dropped by {team((moved.drops or {})[each])}" for each in self._dropped()]
        parts += [
            f"the {pick.season} round {pick.round} pick of {team(pick.roster_id)} to {team(pick.owner_id)}"
            for pick in moved.draft_picks or ()
        ]
        parts += [
            f"${faab.amount} from {team(faab.sender)} to {team(faab.receiver)}"
            for faab in moved.waiver_budget or ()
        ]
        return ", ".join(parts) or "nothing moved"


def _listed(items: list[str]) -> str:
    """``a, b and c``."""
    return " and ".join([part for part in (", ".join(items[:-1]), *items[-1:]) if part])


@event_type()
class TradeProposed(TransactionEvent, frozen=True, kw_only=True):
    def words(self) -> str:
        return f"a trade between {self._teams()} is pending: {self._moves()}"


@event_type()
class TradeCompleted(TransactionEvent, frozen=True, kw_only=True):
    def words(self) -> str:
        return f"{self._teams()} traded: {self._moves()}"


@event_type()
class TradeFailed(TransactionEvent, frozen=True, kw_only=True):
    def words(self) -> str:
        return f"a trade between {self._teams()} failed"


class WaiverClaim(TransactionEvent, frozen=True, kw_only=True):
    def _bid(self) -> str:
        bid = meaning((self.transaction.settings or {}).get("waiver_bid"))
        return "" if bid is None else f" for ${bid}"

    def _player(self) -> str:
        return _listed(players(self._added())) or "nobody"


@event_type()
class WaiverClaimSubmitted(WaiverClaim, frozen=True, kw_only=True):
    def words(self) -> str:
        return f"{self._teams()} claims {self._player()}{self._bid()}"


@event_type()
class WaiverClaimSucceeded(WaiverClaim, frozen=True, kw_only=True):
    def words(self) -> str:
        dropped = _listed(players(self._dropped()))
        return f"{self._teams()} won the claim of {self._player()}{self._bid()}" + (
            f" and dropped {dropped}" if dropped else ""
        )


@event_type()
class WaiverClaimFailed(WaiverClaim, frozen=True, kw_only=True):
    def words(self) -> str:
        note = meaning((self.transaction.metadata or {}).get("notes"))
        return f"{self._teams()} lost the claim of {self._player()}{self._bid()}" + (
            f" ({note})" if note else ""
        )


@event_type()
class FreeAgentMoveCompleted(TransactionEvent, frozen=True, kw_only=True):
    def words(self) -> str:
        moves = [("added", self._added()), ("dropped", self._dropped())]
        parts = [f"{verb} {_listed(players(moved))}" for verb, moved in moves if moved]
        return f"{self._teams()} {_listed(parts) or 'moved nobody'}"


@event_type()
class CommissionerMoveCompleted(TransactionEvent, frozen=True, kw_only=True):
    def words(self) -> str:
        return f"the commissioner moved: {self._moves()}"


@event_type()
class TransactionReported(TransactionEvent, frozen=True, kw_only=True):
    """A type or status that has no event of its own."""

    def words(self) -> str:
        moved = self.transaction
        type_ = moved.type.replace("_", " ")
        return f"a transaction of {self._teams()} ({type_}) is {moved.status}: {self._moves()}"


@event_type()
class TransactionCorrected(TransactionEvent, frozen=True, kw_only=True):
    """Sleeper rewrote a transaction without changing its status.

    ``before`` holds the fields that changed, as they were. When Sleeper did so is not told.
    """

    before: dict[str, Any]

    @property
    def happened_at(self) -> datetime | None:
        return None

    def words(self) -> str:
        moved = self.transaction
        type_ = moved.type.replace("_", " ")
        return f"Sleeper rewrote {_listed(sorted(self.before))} of {type_} {moved.transaction_id}"
