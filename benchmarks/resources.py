"""What processes use: processor time and memory of the service, its engines and the stand-in for Sleeper."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

_SAMPLE = 5.0  # seconds; adding up the pages of forty processes takes a tenth of one


@dataclass
class Used:
    """Processor seconds by name, and the most memory (bytes, shared pages counted once) held at a time.

    ``others`` are the processor seconds of everything else on the machine: what was in the way.
    """

    cpu: dict[str, float] = field(default_factory=dict)
    others: float = 0.0
    memory: dict[str, int] = field(default_factory=dict)


def engine(name: str, folder: Path) -> psutil.Process:
    """The first process that runs in the folder of an embedded engine; the others are its children."""
    home = str(folder / name)
    running = [each for each in psutil.process_iter(["cwd", "create_time"]) if each.info["cwd"] == home]
    return min(running, key=lambda each: float(each.info["create_time"]))


@asynccontextmanager
async def measured(roots: Mapping[str, psutil.Process]) -> AsyncIterator[Used]:
    """What the named processes, each with its children unless it is this one, use inside the block."""
    used, before, busy = Used(memory=dict.fromkeys(roots, 0)), _cpu(roots), _busy()
    sampling = asyncio.create_task(_sample(roots, used))
    try:
        yield used
    finally:
        sampling.cancel()
        used.cpu = {name: after - before[name] for name, after in _cpu(roots).items()}
        used.others = _busy() - busy - sum(used.cpu.values())
        _take_memory(roots, used)


async def _sample(roots: Mapping[str, psutil.Process], used: Used) -> None:
    while True:
        _take_memory(roots, used)
        await asyncio.sleep(_SAMPLE)


def _take_memory(roots: Mapping[str, psutil.Process], used: Used) -> None:
    for name, root in roots.items():
        used.memory[name] = max(used.memory[name], sum(map(_memory, _family(root))))


def _cpu(roots: Mapping[str, psutil.Process]) -> dict[str, float]:
    return {name: sum(map(_seconds, _family(root))) for name, root in roots.items()}


def _busy() -> float:
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system + times.irq + times.softirq)


def _family(root: psutil.Process) -> Iterable[psutil.Process]:
    if root.pid == psutil.Process().pid:  # its children are counted by their own names
        return [root]
    return [root, *root.children(recursive=True)]


def _seconds(process: psutil.Process) -> float:
    """Its own, and what children that have ended left to it: Postgres has a process for each connection."""
    with suppress(psutil.NoSuchProcess):
        times = process.cpu_times()
        ended = 0.0 if process.pid == psutil.Process().pid else times.children_user + times.children_system
        return float(times.user + times.system + ended)
    return 0.0


def _memory(process: psutil.Process) -> int:
    with suppress(psutil.NoSuchProcess):
        return int(process.memory_full_info().pss)
    return 0
