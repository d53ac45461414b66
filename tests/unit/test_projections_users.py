"""What happens to a user shows in the rows of users, of their leagues and of their drafts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from application.projections.users import USER, USER_DRAFT, USER_LEAGUE
from domain.users import events as us
from domain.users.observation import User
from tests.projecting import START, one, project

ANN = us.UserRegistered(user_id="a", user=User(user_id="a", username="ann", avatar="x"))


@pytest.mark.parametrize(
    ("event", "shown"),
    [
        (us.UserRenamed(user_id="a", before="ann", after="anna"), {"username": "anna"}),
        (us.UserDetailsChanged(user_id="a", changed={"avatar": None}), {"avatar": None}),
    ],
)
def test_a_users_account_follows_its_events(event, shown):
    assert one(USER, ANN, event) == one(USER, ANN) | shown


@pytest.mark.parametrize(
    ("table", "joined", "left", "named"),
    [
        (USER_LEAGUE, us.UserJoinedLeague, us.UserLeftLeague, "league_id"),
        (USER_DRAFT, us.UserJoinedDraft, us.UserLeftDraft, "draft_id"),
    ],
)
def test_what_a_user_takes_part_in_is_a_row_until_it_is_left(table, joined, left, named):
    key = {"user_id": "a", "season": "2025", named: "7"}
    assert one(table, joined(**key)) == key | {"since": START + timedelta(seconds=1)}
    assert not project(joined(**key), left(**key))[table]
