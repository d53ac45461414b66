"""A row of ``/league/{id}/traded_picks`` as Sleeper sends it."""

from __future__ import annotations

import msgspec

from domain.values import Id, Int64


class TradedPick(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A draft pick that was traded, and who has it now (SLEEPER_NOTES 2.9). All ids are roster ids.

    ``roster_id`` is the original owner; with ``season`` and ``round`` it names the pick. One that came back
    to its original owner stays in the list.
    """

    season: Id
    round: Int64
    roster_id: Int64
    previous_owner_id: Int64 | None = None
    owner_id: Int64 | None = None

    @property
    def key(self) -> PickKey:
        return self.season, self.round, self.roster_id


PickKey = tuple[str, int, int]
"""Season, round and original owner: what names a pick within a league."""
