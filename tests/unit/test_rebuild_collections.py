"""While builds are filled the garbage collector looks less often, and as before when the last one is."""

from __future__ import annotations

import gc
from contextlib import ExitStack

from application.projections.rebuild import _Collections


def test_the_collector_is_as_it_was_once_nobody_wants_fewer_looks():
    before, collections = gc.get_threshold(), _Collections()
    with ExitStack() as first, ExitStack() as second:
        first.enter_context(collections.fewer())
        second.enter_context(collections.fewer())
        first.close()
        assert gc.get_threshold()[0] > before[0]
        second.close()
        assert gc.get_threshold() == before
