"""Follows the chain of digests along a log, and finds out from its seals what was altered."""

from __future__ import annotations

from dataclasses import dataclass

from domain.log.faults import Fault, Faults
from domain.log.stored import BEFORE_ALL, Seal, StoredEvent, digest_after


@dataclass(slots=True)
class _Doubt:
    """A seal that does not fit, while it is open whether it or the events under it were altered.

    ``digest`` goes on from the seal: if the next seal fits it, the events are to blame.
    """

    after: int
    seal: Seal
    digest: bytes


class Chain:
    """The digests of a log, held against its seals: each part between two seals is judged by itself."""

    def __init__(self, faults: Faults) -> None:
        self.digest = BEFORE_ALL
        """That of the events as they are."""
        self.sealed: Seal | None = None
        """The last seal so far."""
        self.seals = 0
        self._faults = faults
        self._trusted = BEFORE_ALL  # what the next seal is compared with; differs after events were altered
        self._doubt: _Doubt | None = None

    def event(self, event: StoredEvent) -> None:
        """Take in the next event."""
        unaltered = self._trusted == self.digest
        self.digest = digest_after(self.digest, event)
        self._trusted = self.digest if unaltered else digest_after(self._trusted, event)
        if self._doubt is not None:
            self._doubt.digest = digest_after(self._doubt.digest, event)

    def seal(self, seal: Seal) -> None:
        """Compare with a seal; all events up to its position were taken in."""
        fits = seal.digest == self._trusted
        if self._doubt is not None:
            fits = self._judge(self._doubt, seal.digest, fits=fits)
        if not fits:
            self._doubt = _Doubt(self.sealed_position, seal, seal.digest)
        self.sealed = seal
        self.seals += 1

    def end(self) -> None:
        """No seal follows: what is in doubt stays so."""
        if self._doubt is not None:
            self._either_altered(self._doubt)
            self._doubt = None

    @property
    def sealed_position(self) -> int:
        """The position of the last seal so far, 0 before the first."""
        return 0 if self.sealed is None else self.sealed.position

    def _judge(self, doubt: _Doubt, digest: bytes, *, fits: bool) -> bool:
        """What the digest of the next seal says about the one in doubt; whether it is itself right."""
        self._doubt = None
        if fits:
            position = doubt.seal.position
            self._add(position, f"the seal at position {position} was altered, and not the events under it")
            return True
        if digest == doubt.digest:
            self._trusted = digest
            self._add(doubt.after + 1, f"{_events(doubt)} are not those that were sealed")
            return True
        self._either_altered(doubt)
        return False

    def _either_altered(self, doubt: _Doubt) -> None:
        or_seal = f"or the seal at position {doubt.seal.position} was altered"
        self._add(doubt.after + 1, f"{_events(doubt)} are not those that were sealed, {or_seal}")

    def _add(self, position: int, what: str) -> None:
        self._faults.add(Fault(check="digests", position=position, what=what))


def _events(doubt: _Doubt) -> str:
    return f"the events at positions {doubt.after + 1} to {doubt.seal.position}"
