"""The data folder: where everything lies, and who owns it."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from pathlib import Path

import msgspec

from domain.errors import EngineError
from infrastructure.embedded.account import Account, engine_account, make_passable

SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 100  # bytes; the kernel takes 107 (Linux) or 103 (macOS)
FILES = (
    "users.lock",
    "start.lock",
    "guard.lock",
    "postgres.lock",
    "valkey.lock",
    "postgres.log",
    "valkey.log",
    "guard.log",
)
_PLAIN = re.compile(r"[A-Za-z0-9/._-]+")


class DataFolder(msgspec.Struct, frozen=True):
    """The paths below one data folder.

    ``postgres/`` cluster, ``valkey/`` append-only files, ``run/`` sockets, all 0700 and the account's;
    ``*.lock`` locks and ``*.log`` logs, 0600.
    """

    root: Path
    account: Account

    @property
    def sockets(self) -> Path:
        """Where PostgreSQL's socket lies: below the folder, or where that is too long, in /tmp.

        Not in ``tempfile.gettempdir()``: two commands that share the engines may differ in TMPDIR.
        """
        inside = self.root / "run"
        if _PLAIN.fullmatch(str(inside)) and len(str(inside / SOCKET_NAME)) <= LONGEST_SOCKET_PATH:
            return inside
        digest = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]
        return Path("/tmp") / f"gamefilm-{digest}"  # noqa: S108 - private_folder() refuses what is not ours

    def private_folder(self, path: Path) -> Path:
        """Create ``path`` as a 0700 folder of the account, or check that it is one.

        Raises:
            EngineError: something else lies there.
        """
        try:
            path.mkdir(mode=0o700)
            self.account.own(path)
        except FileExistsError:
            _require_private(path, self.account)
        return path


def _require_private(path: Path, account: Account) -> None:
    info = path.lstat()
    if not stat.S_ISDIR(info.st_mode) or info.st_uid not in {account.uid, os.geteuid()}:
        raise EngineError(
            f"{path} is not a folder of the account that runs the engines (user id {account.uid}).",
            remedy="Move it away, or choose another data folder with GAMEFILM_DATA_DIR.",
        )
    account.own(path)
    path.chmod(0o700)


def open_data_folder(path: Path) -> DataFolder:
    """Create the folder where it is missing and find out who runs its engines.

    A folder made here is 0700, or 0711 and root's when root starts it: the account must pass through it,
    and what lies below closes itself.

    Raises:
        EngineError: the folder cannot be made or used.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir(mode=0o700, exist_ok=True)
        return _furnish(path.resolve(strict=True))
    except OSError as error:
        raise EngineError(
            f"The data folder {path} cannot be used: {error.strerror} ({error.filename}).",
            remedy="Choose another with --data-dir or GAMEFILM_DATA_DIR.",
        ) from error


def _furnish(root: Path) -> DataFolder:
    account = engine_account(root, root / "postgres")
    make_passable([root], account)
    for name in FILES:
        _ensure_file(root / name)
    return DataFolder(root, account)


def _ensure_file(path: Path) -> None:
    """Make an empty 0600 file, and the folder's owner its owner, so that he can go on where root began."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        return
    owner = path.parent.stat()
    if os.geteuid() == 0:
        os.chown(path, owner.st_uid, owner.st_gid)
