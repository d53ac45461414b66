from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infrastructure.sleeper.retries import Pause, retry_after

NOW = datetime(2025, 9, 7, 17, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 7 ", 7),
        ("Sun, 07 Sep 2025 17:00:30 GMT", 30),
        ("Sun, 07 Sep 2025 16:00:00 GMT", 0),
        ("Sunday, 07-Sep-25 17:01:00 GMT", 60),
        ("Sun Sep  7 17:02:00 2025", 120),
        (None, None),
        ("", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("Sun, 99 Sep 2025 17:00:30 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_an_http_date_and_nothing_else(value, seconds):
    assert retry_after(value, NOW) == seconds


@given(st.text(max_size=40))
def test_no_retry_after_header_breaks_the_reader(value):
    wait = retry_after(value, NOW)
    assert wait is None or wait >= 0


class Time:
    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


async def test_a_pause_holds_everyone_until_it_has_passed():
    time = Time()
    pause = Pause(clock=time.clock, sleep=time.sleep)
    assert not pause.active
    pause.extend(30)
    pause.extend(5)
    assert pause.active
    await pause.passed()
    assert time.slept == [30]
    assert not pause.active


async def test_a_pause_that_grows_while_it_is_waited_for_is_waited_out():
    time = Time()
    pause = Pause(clock=time.clock, sleep=time.sleep)

    async def sleep(seconds: float) -> None:
        if not time.slept:
            pause.extend(seconds + 10)
        await time.sleep(seconds)

    pause._sleep = sleep
    pause.extend(30)
    await pause.passed()
    assert sum(time.slept) == 40
