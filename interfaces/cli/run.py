"""Runs a command's coroutine to its end: event loop, signals, exit code."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from typing import Any

import typer

from interfaces.cli.outcome import Interrupted, report

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def run(
    work: Coroutine[Any, Any, None], *, as_json: bool = False, on_signal: Callable[[], None] | None = None
) -> None:
    """Run ``work``; an error becomes words (a problem object with ``as_json``) and an exit code.

    The first signal (SIGINT, SIGTERM, SIGHUP) calls ``on_signal``, or cancels the work so that it can tidy
    up; the second ends the process at once.

    Raises:
        typer.Exit: the work failed, or a signal cancelled it.
    """
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_under_signals(work, on_signal))
    except typer.Exit:
        raise
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 - the command ends here, and says why
        raise typer.Exit(report(error, as_json=as_json)) from None


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    if sys.platform == "win32":
        return None
    import uvloop

    return uvloop.new_event_loop


async def _under_signals(work: Coroutine[Any, Any, None], on_signal: Callable[[], None] | None) -> None:
    task, received = asyncio.current_task(), list[int]()
    assert task is not None

    def handle(number: int) -> None:
        received.append(number)
        if len(received) > 1:
            leave_at_once(128 + number)
        (on_signal or task.cancel)()

    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, handle, number)
    try:
        await work
    except asyncio.CancelledError:
        if received:
            raise Interrupted(received[0]) from None
        raise


def leave_at_once(code: int) -> None:
    """End the process without tidying up; embedded engines that nobody uses are stopped by their guard."""
    os._exit(code)
