"""Users as Sleeper really sent them: all of it decodes, is recorded once, and noise adds nothing.

Needs a folder of recordings, named by ``GAMEFILM_RECORDINGS``.
"""

from __future__ import annotations

import json
import os
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from domain.decider import Decider
from domain.users.decide import (
    DraftsOfUserObserved,
    LeaguesOfUserObserved,
    drafts_of_user_decider,
    leagues_of_user_decider,
    user_decider,
)
from domain.users.observation import DraftOfUser, LeagueOfUser, User

_FOLDER = os.environ.get("GAMEFILM_RECORDINGS", "")
RECORDINGS = Path(_FOLDER or "no-recordings")
pytestmark = pytest.mark.skipif(
    not _FOLDER or not RECORDINGS.is_dir(),
    reason="GAMEFILM_RECORDINGS does not name a folder of recordings",
)
PATH = re.compile(r"v1/user/([^/]+)(?:/(leagues|drafts)/nfl/([\d-]+))?\.json$")


def bodies() -> Iterator[tuple[str, str | None, str | None, Any]]:
    """The user, the list and the season of each recorded path about users, and its body."""
    for file in sorted(RECORDINGS.glob("*/v1/user/**/*.json")):
        found = PATH.search(file.as_posix())
        if found and (body := json.loads(file.read_bytes())):
            yield found[1], found[2], found[3], body


def observed(user: str, kind: str | None, season: str | None, body: Any) -> tuple[Decider[Any, Any], Any]:
    """The body as an observation, and what decides on it."""
    if kind is None:
        return user_decider, msgspec.convert(body, User)
    assert season is not None
    if kind == "leagues":
        rows = msgspec.convert(body, tuple[LeagueOfUser, ...])
        return leagues_of_user_decider, LeaguesOfUserObserved(user, season, rows)
    return drafts_of_user_decider, DraftsOfUserObserved(
        user, season, msgspec.convert(body, tuple[DraftOfUser, ...])
    )


def noisy(body: Any) -> Any:
    """The same body with keys and rows in another order, and with chat between."""
    if isinstance(body, list):
        return random.Random(1).sample([noisy(row) for row in body], len(body))
    keys = random.Random(1).sample(sorted(body), len(body))
    return {key: body[key] for key in keys} | {"last_message_id": "1", "last_transaction_id": 2**60}


@pytest.mark.quirk("0")
def test_every_recorded_body_is_recorded_once_and_noise_adds_nothing() -> None:
    found = list(bodies())
    assert {kind for _, kind, _, _ in found} == {None, "leagues", "drafts"}
    for user, kind, season, body in found:
        decider, seen = observed(user, kind, season, body)
        events = decider.decide(decider.initial, seen)
        assert len(events) == (1 if kind is None else len(body))
        state = decider.fold(events)
        assert decider.decide(state, seen) == []
        assert decider.decide(state, observed(user, kind, season, noisy(body))[1]) == []


@pytest.mark.quirk("2.2")
def test_the_fold_of_an_account_equals_what_was_observed() -> None:
    for user, kind, season, body in bodies():
        if kind is None:
            decider, seen = observed(user, kind, season, body)
            assert decider.fold(decider.decide(decider.initial, seen)) == seen
            assert {body[name] for name in ("user_id", "username")} == {seen.user_id, seen.username}
