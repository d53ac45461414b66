"""Which players are new, changed or gone. The common case, a player whose bytes are the same, is not read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from domain.decider import Decider
from domain.event import Event
from domain.players import events as e
from domain.players.names import player_name
from domain.players.observation import PlayerObject, PlayersObserved, read_player
from domain.players.state import Catalogue, evolve
from domain.values import changes, chunks, gone_from

FOLLOWED: Final = frozenset(
    (
        *("first_name", "last_name", "full_name", "position", "fantasy_positions", "number"),
        *("team", "status", "active", "depth_chart_position", "depth_chart_order"),
        *("injury_status", "injury_body_part", "injury_notes", "injury_start_date"),
        *("practice_participation", "practice_description"),
    )
)
"""The fields whose change is news to people; all others are told for many players at once (ADR 0012)."""

CHUNK: Final = 100
"""Players in one event about many: some 120 KB, so that a page of the log stays small."""
FEW: Final = 100
"""Up to so many new players are news, one by one. More at once are an import."""


class _Change(NamedTuple):
    """What changed about one player: what is news, if anything, and what is not."""

    followed: e.PlayerChanged | None
    quiet: e.QuietChange | None


def decide(known: Catalogue, seen: PlayersObserved) -> Sequence[Event]:
    """What the observed map says that is not known. A partial map never means that players left."""
    before = known.players()
    differing = {
        player_id: player for player_id, player in seen.players.items() if before.get(player_id) != player
    }
    changed = _changes(before, {key: differing[key] for key in sorted(differing.keys() & before.keys())})
    return [
        *_listed({key: differing[key] for key in sorted(differing.keys() - before.keys())}),
        *(change.followed for change in changed.values() if change.followed),
        *_quiet({key: change.quiet for key, change in changed.items() if change.quiet}),
        *_unlisted(before, seen),
    ]


def _listed(new: Mapping[str, PlayerObject]) -> Iterator[Event]:
    if len(new) > FEW:
        yield from (e.PlayersListed(players=chunk) for chunk in chunks(new, CHUNK))
    else:
        yield from (e.PlayerListed(player_id=key, player=player) for key, player in new.items())


def _changes(before: Mapping[str, PlayerObject], differing: Mapping[str, PlayerObject]) -> dict[str, _Change]:
    return {key: _change(key, read_player(before[key]), read_player(now)) for key, now in differing.items()}


def _change(player_id: str, before: dict[str, Any], now: dict[str, Any]) -> _Change:
    if before == now:  # the order of keys was another: the commonest difference
        return _Change(None, None)
    changed, removed = changes(before, now)
    loud = {field: value for field, value in changed.items() if field in FOLLOWED}
    loud_removed = tuple(field for field in removed if field in FOLLOWED)
    quiet = {field: value for field, value in changed.items() if field not in FOLLOWED}
    quiet_removed = tuple(field for field in removed if field not in FOLLOWED)
    followed = e.PlayerChanged(
        player_id=player_id,
        name=player_name(before),
        changed=loud,
        before={field: before.get(field) for field in loud},
        removed=loud_removed,
    )
    return _Change(
        followed if loud or loud_removed else None,
        e.QuietChange(changed=quiet, removed=quiet_removed) if quiet or quiet_removed else None,
    )


def _quiet(players: Mapping[str, e.QuietChange]) -> Iterator[Event]:
    return (e.PlayerDetailsChanged(players=chunk) for chunk in chunks(players, CHUNK))


def _unlisted(before: Mapping[str, PlayerObject], seen: PlayersObserved) -> Iterator[Event]:
    if seen.complete:
        for key in gone_from(before.keys(), seen.players.keys()):
            yield e.PlayerUnlisted(player_id=key, name=player_name(read_player(before[key])))


players_decider: Decider[Catalogue, PlayersObserved] = Decider(Catalogue(), decide, evolve)
