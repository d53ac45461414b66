"""No projector handles other types under a version than it did: replicas of two releases share its rows."""

from __future__ import annotations

from application.projections.catalogue import PROJECTORS
from tests.golden.projectors import check, golden_projectors, handled


def test_projectors_handle_what_their_versions_always_did():
    check(golden_projectors(), handled(PROJECTORS))


def test_every_projector_is_in_the_golden_file():
    assert golden_projectors() == handled(PROJECTORS), "Run `python -m tests.golden.regenerate`."
