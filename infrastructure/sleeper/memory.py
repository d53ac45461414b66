"""A cache that is bounded by the bytes it holds."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

T = TypeVar("T")


class Memory(Generic[T]):
    """Values by key, ``limit`` bytes of them at most; those unused for longest go first."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._entries: OrderedDict[str, tuple[T, int]] = OrderedDict()

    def recall(self, key: str) -> T | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def remember(self, key: str, value: T, size: int) -> None:
        """Keep ``value``, which counts as ``size`` bytes. One that is over the limit is not kept."""
        self.forget(key)
        if size > self._limit:
            return
        self._entries[key] = (value, size)
        self._size += size
        while self._size > self._limit:
            _, (_, freed) = self._entries.popitem(last=False)
            self._size -= freed

    def forget(self, key: str) -> None:
        _, size = self._entries.pop(key, (None, 0))
        self._size -= size
