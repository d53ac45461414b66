"""The golden file of projectors: which types each version of a projector handles.

A projection moves on past events of types that it does not handle. Were a type added to a projector under the
same version, the replicas of the release before would move it past such events, and nobody would fold them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from application.projections.projector import Projector

GOLDEN_PROJECTORS = Path(__file__).with_name("projectors.json")


class Handled(NamedTuple):
    """A version of a projector and the types that it handles, in order."""

    version: int
    handles: list[str]


def golden_projectors(path: Path = GOLDEN_PROJECTORS) -> dict[str, Handled]:
    """What the file says, by the projector's name."""
    return {name: Handled(**said) for name, said in json.loads(path.read_text(encoding="utf-8")).items()}


def handled(projectors: Iterable[Projector]) -> dict[str, Handled]:
    """What the file should say."""
    return {each.name: Handled(each.version, sorted(each.handles)) for each in projectors}


def check(golden: Mapping[str, Handled], current: Mapping[str, Handled]) -> None:
    """Refuse what replicas of two releases would not agree about.

    Raises:
        ValueError: a projector handles other types under a version than before, or its version was lowered.
    """
    for name in golden.keys() & current.keys():
        before, now = golden[name], current[name]
        if now.version < before.version or (now.version == before.version and now.handles != before.handles):
            raise ValueError(
                f"The projector {name} handles other types than version {before.version} did: "
                f"raise its version to {before.version + 1}, so that its rows are made of the whole log."
            )


def written(current: Mapping[str, Handled]) -> str:
    """The text of the file."""
    return json.dumps({name: current[name]._asdict() for name in sorted(current)}, indent=1) + "\n"
