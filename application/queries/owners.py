"""Who owns the teams of a family of leagues, and what they are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import ARRAY, ColumnElement, Table, Text, any_, literal, select

from application.projections.members import MEMBER, MEMBERS
from application.projections.rosters import ROSTER, ROSTERS
from application.projections.rows import Row
from application.read_model import Snapshot
from domain.errors import NotFound
from domain.played import Owner

NEEDS: Final = (MEMBERS, ROSTERS)
"""The projectors behind these queries."""

Owners = Mapping[tuple[str, int], Owner]
"""The owner of each roster, by league id and roster id; also of those that nobody owns."""

_TEAMS: Final = select(ROSTER.c.league_id, ROSTER.c.roster_id, ROSTER.c.owner_id)
_NAMES: Final = select(MEMBER.c.league_id, MEMBER.c.user_id, MEMBER.c.display_name)


async def owners_of(snapshot: Snapshot, league_ids: Sequence[str]) -> Owners:
    """The owners of all rosters; a user has the name of the last of the leagues that knows one."""
    teams = await snapshot.fetch(_TEAMS.where(among(ROSTER, league_ids)))
    names = await snapshot.fetch(_NAMES.where(among(MEMBER, league_ids)))
    called = _called(sorted(names, key=lambda row: league_ids.index(row["league_id"])))
    return {(team["league_id"], team["roster_id"]): _owner(team, called) for team in teams}


def find_owner(owners: Owners, league_id: str, user_id: str) -> Owner:
    """The owner who is this user.

    Raises:
        NotFound: the user owns no team of these leagues.
    """
    found = next((owner for owner in owners.values() if owner.user_id == user_id), None)
    if found is None:
        raise NotFound(
            f"User {user_id} owned no team of league {league_id} in any season that is in the log.",
            remedy=f"Use an owner's user_id of /api/v1/leagues/{league_id}/head-to-head.",
        )
    return found


def nobody(league_id: str, roster_id: int) -> Owner:
    """The owner of a roster that nobody owns."""
    return Owner(league_id=league_id, roster_id=roster_id)


def among(table: Table, league_ids: Sequence[str]) -> ColumnElement[bool]:
    """Rows of some leagues."""
    # One array, not a list of parameters: the statement is the same for any number of ids.
    return table.c.league_id == any_(literal(league_ids, ARRAY(Text)))


def _called(names: Iterable[Row]) -> Mapping[str, str]:
    return {name["user_id"]: name["display_name"] for name in names if name["display_name"]}


def _owner(team: Row, called: Mapping[str, str]) -> Owner:
    user_id = team["owner_id"]
    if not user_id:
        return nobody(team["league_id"], team["roster_id"])
    return Owner(user_id=user_id, display_name=called.get(user_id))
