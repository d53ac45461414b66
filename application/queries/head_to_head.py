"""How the owners of a league fared against each other, over all its seasons."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import msgspec

from application.queries.owners import find_owner
from application.queries.played import PlayedSeason, played, seasons_of
from application.read_model import Snapshot
from domain.errors import InvalidInput
from domain.head_to_head import Meeting, Rivalry, head_to_head, meetings
from domain.played import Game, Owner, games


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Whose games are asked for, by user ids: of everybody, of one owner, or of one against another.

    Raises:
        InvalidInput: an opponent comes without an owner, or is the owner.
    """

    user_id: str | None = None
    opponent: str | None = None

    def __post_init__(self) -> None:
        if self.opponent is not None and self.user_id is None:
            raise InvalidInput("opponent", "it says nothing without user_id.", remedy="Give both user ids.")
        if self.opponent is not None and self.opponent == self.user_id:
            raise InvalidInput("opponent", "nobody meets themselves.", remedy="Give two different user ids.")


class HeadToHead(msgspec.Struct, frozen=True, kw_only=True):
    """Every two owners that met, from both sides; ``seasons`` says of what it is made.

    ``games`` are those of one pair, where a pair is asked for, else null; ``next`` is always null.
    """

    league_id: str
    seasons: Sequence[PlayedSeason]
    items: Sequence[Rivalry]
    games: Sequence[Meeting] | None
    next: None = None


async def get_head_to_head(
    snapshot: Snapshot, league_id: str, family: Sequence[str], asked: Asked
) -> HeadToHead:
    """The games between the owners of a league in the finished weeks of all seasons of its ``family``.

    Raises:
        NotFound: who is asked for owned no team of these seasons.
    """
    seasons = await seasons_of(snapshot, family)
    owners = {(each.league_id, id_): owner for each in seasons for id_, owner in each.owners.items()}
    met = list(chain.from_iterable(games(season) for season in seasons))
    pair = [find_owner(owners, league_id, id_) for id_ in (asked.user_id, asked.opponent) if id_ is not None]
    return HeadToHead(
        league_id=league_id,
        seasons=[played(season) for season in seasons],
        items=_between(met, pair),
        games=meetings(met, *pair) if len(pair) == 2 else None,  # noqa: PLR2004 - a pair
    )


def _between(met: Sequence[Game], pair: Sequence[Owner]) -> list[Rivalry]:
    """The rivalries of everybody, of the first of the pair, or of both."""
    wanted = tuple(pair)
    return [each for each in head_to_head(met) if (each.owner, each.opponent)[: len(wanted)] == wanted]
