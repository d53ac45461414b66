"""What changed about a user."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from domain.decider import Decider
from domain.event import Event
from domain.users import events as e
from domain.users.observation import DraftOfUser, LeagueOfUser, User
from domain.users.state import Ids, UserState, evolve, evolve_drafts, evolve_leagues
from domain.values import differs

_DETAILS = ("display_name", "avatar", "is_bot", "metadata")


class LeaguesOfUserObserved(msgspec.Struct, frozen=True):
    """All rows of ``/user/{id}/leagues/nfl/{season}``."""

    user_id: str
    season: str
    leagues: Sequence[LeagueOfUser]


class DraftsOfUserObserved(msgspec.Struct, frozen=True):
    """All rows of ``/user/{id}/drafts/nfl/{season}``."""

    user_id: str
    season: str
    drafts: Sequence[DraftOfUser]


def decide(known: UserState, seen: User) -> list[Event]:
    """What the account says that is not known. A name that is null tells nothing."""
    if known is None:
        return [e.UserRegistered(user_id=seen.user_id, user=seen)]
    events: list[Event] = []
    if seen.username is not None and seen.username != known.username:
        events.append(e.UserRenamed(user_id=seen.user_id, before=known.username, after=seen.username))
    changed = {field: getattr(seen, field) for field in _DETAILS if _changed(known, seen, field)}
    if changed:
        events.append(e.UserDetailsChanged(user_id=seen.user_id, changed=changed))
    return events


def _changed(known: User, seen: User, field: str) -> bool:
    if field == "display_name" and seen.display_name is None:
        return False
    return differs(getattr(known, field) or None, getattr(seen, field) or None)


def decide_leagues(known: Ids, seen: LeaguesOfUserObserved) -> list[Event]:
    """Which leagues a user joined or left. An empty list tells nothing."""
    present = {row.league_id for row in seen.leagues}
    in_season = {"user_id": seen.user_id, "season": seen.season}
    joined = [e.UserJoinedLeague(**in_season, league_id=each) for each in sorted(present - known)]
    left = [e.UserLeftLeague(**in_season, league_id=each) for each in sorted(known - present) if present]
    return [*joined, *left]


def decide_drafts(known: Ids, seen: DraftsOfUserObserved) -> list[Event]:
    """Which drafts a user joined or left. An empty list tells nothing."""
    present = {row.draft_id for row in seen.drafts}
    in_season = {"user_id": seen.user_id, "season": seen.season}
    joined = [e.UserJoinedDraft(**in_season, draft_id=each) for each in sorted(present - known)]
    left = [e.UserLeftDraft(**in_season, draft_id=each) for each in sorted(known - present) if present]
    return [*joined, *left]


_nothing: Ids = frozenset()
user_decider: Decider[UserState, User] = Decider(None, decide, evolve)
leagues_of_user_decider: Decider[Ids, LeaguesOfUserObserved] = Decider(
    _nothing, decide_leagues, evolve_leagues
)
drafts_of_user_decider: Decider[Ids, DraftsOfUserObserved] = Decider(_nothing, decide_drafts, evolve_drafts)
