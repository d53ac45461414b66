"""The account that the engines run as, and the way to their files for it.

PostgreSQL refuses to run as root. Started by root, both engines run as the owner of an existing data folder,
else as ``nobody``, which must be able to pass through every folder above the data and above the binaries.
"""

from __future__ import annotations

import os
import pwd
import stat
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import structlog

from domain.errors import EngineError

log = structlog.get_logger(__name__)


class Account(msgspec.Struct, frozen=True):
    """A user of this machine, as ids."""

    uid: int
    gid: int

    @classmethod
    def ours(cls) -> Account:
        return cls(os.geteuid(), os.getegid())

    def as_user(self) -> dict[str, Any]:
        """Keyword arguments that make ``subprocess.Popen`` run a command as this account."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give ``path`` to this account, where we may."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def engine_account(data_dir: Path, cluster: Path) -> Account:
    """Who runs the engines of ``data_dir``: we, or, as root, who owns ``cluster`` or ``data_dir``, or nobody.

    Raises:
        EngineError: the folder belongs to somebody else, or this machine has no account ``nobody``.
    """
    if os.geteuid() != 0:
        _require_ours(data_dir)
        return Account.ours()
    for folder in (cluster, data_dir):
        if folder.exists() and (owner := folder.stat()).st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise EngineError(
            "PostgreSQL refuses to run as root, and there is no account 'nobody' to run it as.",
            remedy="Run gamefilm as another user, or add the account.",
        ) from None
    return Account(nobody.pw_uid, nobody.pw_gid)


def _require_ours(data_dir: Path) -> None:
    owner = data_dir.stat().st_uid
    if owner != os.geteuid():
        raise EngineError(
            f"The data folder {data_dir} belongs to user id {owner}, and this is {os.geteuid()}.",
            remedy="Run gamefilm as its owner, or choose another folder with GAMEFILM_DATA_DIR.",
        )


def make_passable(targets: Iterable[Path], account: Account) -> None:
    """As root, add search permission for others to folders of root's on the way to ``targets``.

    Only search, never read: names below stay unlisted. The log tells once which folders were changed.

    Raises:
        EngineError: a folder on the way belongs to somebody else and is closed.
    """
    if os.geteuid() != 0:
        return
    closed = [folder for target in targets for folder in _ways(target) if not _passable(folder, account)]
    opened = [str(folder) for folder in dict.fromkeys(closed) if _open(folder, account)]
    if opened:
        log.warning("opened folders for the account that runs the engines", folders=opened, uid=account.uid)


def make_readable(program: Path, trees: Iterable[Path], account: Account) -> None:
    """As root, let others read and run an installation that a strict umask closed: it is public software.

    The mode of ``program`` tells whether that is the case.
    """
    info = program.stat()
    if os.geteuid() != 0 or info.st_uid == account.uid or info.st_mode & stat.S_IROTH:
        return
    for path in (path for tree in trees for path in (tree, *tree.rglob("*"))):
        if not path.is_symlink():
            bits = stat.S_IMODE(path.stat().st_mode)
            path.chmod(bits | stat.S_IROTH | (bits & stat.S_IXUSR) >> 6)


def _ways(target: Path) -> list[Path]:
    return [*reversed(target.parents), target] if target.is_dir() else list(reversed(target.parents))


def _passable(folder: Path, account: Account) -> bool:
    info = folder.stat()
    if info.st_uid == account.uid:
        return bool(info.st_mode & stat.S_IXUSR)
    if info.st_gid == account.gid:
        return bool(info.st_mode & stat.S_IXGRP)
    return bool(info.st_mode & stat.S_IXOTH)


def _open(folder: Path, account: Account) -> bool:
    info = folder.stat()
    if info.st_uid != 0:
        raise EngineError(
            f"User id {account.uid}, which runs the engines, cannot pass {folder} of user id {info.st_uid}.",
            remedy=f"Run gamefilm as that user, or `chmod o+x {folder}`, or set GAMEFILM_DATA_DIR.",
        )
    folder.chmod(stat.S_IMODE(info.st_mode) | stat.S_IXOTH)
    return True
