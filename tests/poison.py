"""Folds that fail for some events, until they are mended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from application.projections.projector import Projector
from application.projections.rows import Rows
from domain.event import RecordedEvent


class PoisonedFold:
    """The fold of a projector, which fails for the events at some positions while they are in ``poison``."""

    def __init__(self, of: Projector, poison: Iterable[int] = ()) -> None:
        self.poison = set(poison)
        self.tried: list[int] = []
        self.projector = replace(of, fold=self)
        self._fold = of.fold

    def __call__(self, rows: Rows, recorded: RecordedEvent) -> None:
        self.tried.append(recorded.position)
        if recorded.position in self.poison:
            raise ZeroDivisionError(f"poison {recorded.position}")
        self._fold(rows, recorded)
