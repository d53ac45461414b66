"""Users, and which leagues and drafts they take part in."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from sqlalchemy import Boolean, Column, Index, Text

from application.projections.projector import Projector, types_of
from application.projections.rows import Read, Row, Rows
from application.projections.tables import ID, JSON, MOMENT, always, key, read_table, touched_table
from domain.event import Event, RecordedEvent
from domain.users import events as e
from domain.users.observation import User
from domain.users.state import evolve

USER = read_table(
    "users",
    "user",
    key("user_id"),
    Column("username", ID),
    Column("display_name", Text()),
    Column("avatar", Text()),
    Column("is_bot", Boolean()),
    Column("metadata", JSON),
    Index("user_by_name", "username"),
)
USER_LEAGUE = read_table(
    "users",
    "user_league",
    key("user_id"),
    key("season"),
    key("league_id"),
    always("since", MOMENT),  # when it was first observed
)
USER_DRAFT = read_table(
    "users",
    "user_draft",
    key("user_id"),
    key("season"),
    key("draft_id"),
    always("since", MOMENT),  # when it was first observed
)


def user_of(row: Row) -> User:
    """The account as it was observed."""
    return msgspec.convert({field: row[field] for field in User.__struct_fields__}, User)


def _reads(event: Event) -> Iterator[Read]:
    match event:
        case e.AccountEvent():
            yield USER, (event.user_id,)
        case e.LeagueOfUserEvent():
            yield USER_LEAGUE, (event.user_id, event.season, event.league_id)
        case e.DraftOfUserEvent():
            yield USER_DRAFT, (event.user_id, event.season, event.draft_id)


def _fold(rows: Rows, recorded: RecordedEvent) -> None:
    since = {"since": recorded.metadata.observed_at}
    match recorded.event:
        case e.AccountEvent() as event:
            _fold_account(rows, event)
        case e.UserJoinedLeague() as event:
            rows.put(USER_LEAGUE, msgspec.structs.asdict(event) | since)
        case e.UserLeftLeague() as event:
            rows.remove(USER_LEAGUE, event.user_id, event.season, event.league_id)
        case e.UserJoinedDraft() as event:
            rows.put(USER_DRAFT, msgspec.structs.asdict(event) | since)
        case e.UserLeftDraft() as event:
            rows.remove(USER_DRAFT, event.user_id, event.season, event.draft_id)


def _fold_account(rows: Rows, event: e.AccountEvent) -> None:
    row = rows.get(USER, event.user_id)
    user = evolve(None if row is None else user_of(row), event)
    if user is not None:
        rows.put(USER, msgspec.structs.asdict(user))


USERS = Projector(
    name="users",
    version=1,
    tables=(USER, USER_LEAGUE, USER_DRAFT),
    touched=touched_table("users"),
    handles=types_of(e.UserEvent),
    reads=_reads,
    fold=_fold,
)
