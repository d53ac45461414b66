"""The drafts of a league in one sync: which there are, and of which of them more is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from application.commands.endpoints import Endpoint
from application.commands.sync import Sync
from application.commands.sync_league import SyncLeague, SyncType
from application.ports import Observation, Sleeper
from domain.drafts.decide import (
    DraftObserved,
    DraftPicksObserved,
    DraftTradedPicksObserved,
    draft_decider,
    draft_picks_decider,
    draft_traded_picks_decider,
)
from domain.drafts.observation import COMPLETE, UNDER_WAY, Draft, DraftPick, TradedDraftPick
from domain.drafts.state import DraftState, PicksState, TradedPicksState
from domain.rosters.past import HeldDraft
from domain.streams import (
    draft_picks_stream,
    draft_stream,
    draft_traded_picks_stream,
    is_id,
)

_ENDPOINTS_OF_A_DRAFT = 3


@dataclass(frozen=True)
class DraftEndpoints:
    """The endpoints of one draft. ``fresh`` fetches every body anew, whether it changed or not."""

    sleeper: Sleeper
    league_id: str
    draft_id: str
    fresh: bool

    def streams(self) -> tuple[str, ...]:
        """The streams that a sync of the draft decides on."""
        return self.draft.stream, self.picks(None).stream, self.traded_picks.stream

    @property
    def draft(self) -> Endpoint[Draft, DraftState, DraftObserved]:
        return Endpoint(
            draft_stream(self.league_id, self.draft_id),
            lambda: self.sleeper.draft(self.draft_id, fresh=self.fresh),
            lambda body: DraftObserved(self.league_id, body),
            draft_decider,
        )

    def picks(self, draft: Draft | None) -> Endpoint[tuple[DraftPick, ...], PicksState, DraftPicksObserved]:
        """``draft`` was observed before the picks are: of a complete one it tells by when they were made."""
        return Endpoint(
            draft_picks_stream(self.league_id, self.draft_id),
            lambda: self.sleeper.draft_picks(self.draft_id, fresh=self.fresh),
            lambda rows: DraftPicksObserved(self.league_id, self.draft_id, rows, draft),
            draft_picks_decider,
        )

    @property
    def traded_picks(
        self,
    ) -> Endpoint[tuple[TradedDraftPick, ...], TradedPicksState, DraftTradedPicksObserved]:
        return Endpoint(
            draft_traded_picks_stream(self.league_id, self.draft_id),
            lambda: self.sleeper.draft_traded_picks(self.draft_id, fresh=self.fresh),
            lambda rows: DraftTradedPicksObserved(self.league_id, self.draft_id, rows),
            draft_traded_picks_decider,
        )


class DraftSync:
    """Runs the part of ``command`` that is about drafts; ``sync`` keeps the account of it.

    Whoever runs it has counted one endpoint, the list; those of the drafts are counted when it is known.
    """

    def __init__(self, command: SyncLeague, sleeper: Sleeper, sync: Sync) -> None:
        self._command = command
        self._sleeper = sleeper
        self._sync = sync
        self._held: list[HeldDraft] = []
        self._open = 0
        self._undecided = 0
        self._decided = asyncio.Event()

    async def held(self) -> Sequence[HeldDraft] | None:
        """The drafts that are over, once the picks of all are decided.

        ``None`` where some could not be had, or are being made. A draft whose object Sleeper does not have,
        but its picks, is taken to be over.
        """
        await self._decided.wait()
        return None if self._open else sorted(self._held, key=attrgetter("draft_id"))

    async def execute(self, own_draft_id: str | None) -> None:
        """Sync the drafts that the league lists, and the one that the league object names.

        Raises:
            LogError: the log cannot be read or written.
        """
        league_id, fresh = self._command.league_id, self._command.force
        listed = await self._sync.observe(self._sleeper.drafts(league_id, fresh=fresh))
        self._open += listed is None
        rows = _by_id(listed)
        drafts = [
            each
            for draft_id in _ids(rows, own_draft_id)
            if not self._is_over(each := DraftEndpoints(self._sleeper, league_id, draft_id, fresh), rows)
        ]
        async with asyncio.TaskGroup() as tasks:
            if drafts:
                self._sync.recorder.preload([name for each in drafts for name in each.streams()], tasks)
            wanted = [each for each in drafts if await self._is_wanted(each, rows.get(each.draft_id))]
            self._sync.total += _ENDPOINTS_OF_A_DRAFT * len(wanted)
            self._sync.finish(f"drafts-{league_id}")
            self._expect(len(wanted))
            for draft in wanted:
                tasks.create_task(self._draft(tasks, draft, _row(listed, rows.get(draft.draft_id))))

    def _is_over(self, endpoints: DraftEndpoints, rows: Mapping[str, Draft]) -> bool:
        """Whether the draft was found complete before: its picks alone are a hundred events to read."""
        if self._command.sync_type is SyncType.FULL or _goes_on(rows.get(endpoints.draft_id)):
            return False
        return self._sync.recorder.is_closed(endpoints.draft.stream)

    async def _is_wanted(self, endpoints: DraftEndpoints, row: Draft | None) -> bool:
        """A draft that is known as complete changes no more, and only a full sync looks at it again.

        It is known as such with all its picks: the draft and its picks come from caches that know nothing of
        each other, and the picks may be some behind, or may have failed (SLEEPER_NOTES 2.1).
        """
        if self._command.sync_type is SyncType.FULL:
            return True
        draft, picks = endpoints.draft, endpoints.picks(None)
        known = await self._sync.recorder.state(draft.stream, draft.decider)
        if known is None or known.status != COMPLETE or _goes_on(row):
            return True
        made = await self._sync.recorder.state(picks.stream, picks.decider)
        if len(made) < _picks_of(known):
            return True
        self._sync.recorder.close(endpoints.streams())
        return False

    async def _draft(
        self, tasks: asyncio.TaskGroup, endpoints: DraftEndpoints, row: Observation[Draft] | None
    ) -> None:
        """``row`` stands in for a draft object that cannot be had."""
        observed = await self._sync.observe(endpoints.draft.fetch())
        self._open += observed is None and row is None
        if observed is None or observed.body is None:
            observed = row
        decision = await self._sync.decide(endpoints.draft, observed)
        tasks.create_task(self._picks(endpoints, observed.body if observed else None))
        tasks.create_task(self._sync.record(endpoints.traded_picks))
        await self._sync.append(endpoints.draft, decision)

    async def _picks(self, endpoints: DraftEndpoints, draft: Draft | None) -> None:
        endpoint = endpoints.picks(draft)
        observed = await self._sync.observe(endpoint.fetch())
        decision = await self._sync.decide(endpoint, observed)
        self._open += observed is None or (draft is not None and draft.status in UNDER_WAY)
        if decision is not None and (draft is None or draft.status == COMPLETE):
            self._held.append(_held(endpoints.draft_id, draft, decision.state))
        self._expect(-1)
        await self._sync.append(endpoint, decision)

    def _expect(self, picks: int) -> None:
        """Count the lists of picks that are still to be decided."""
        self._undecided += picks
        if not self._undecided:
            self._decided.set()


def _held(draft_id: str, draft: Draft | None, picks: PicksState) -> HeldDraft:
    started, ended = (None, None) if draft is None else (draft.start_time, draft.last_picked)
    return HeldDraft(draft_id, tuple(picks.values()), started, ended)


def _goes_on(row: Draft | None) -> bool:
    """Whether the list says that a draft is not complete; a draft that it does not have may be."""
    return row is not None and row.status != COMPLETE


def _picks_of(draft: Draft) -> int:
    """How many picks a draft has when it is complete; at least one where it does not tell."""
    settings = draft.settings or {}
    teams, rounds = settings.get("teams"), settings.get("rounds")
    return teams * rounds if isinstance(teams, int) and isinstance(rounds, int) else 1


def _by_id(listed: Observation[tuple[Draft, ...]] | None) -> dict[str, Draft]:
    """The rows of the list that name a draft."""
    rows = listed.body if listed is not None else None
    return {row.draft_id: row for row in rows or () if is_id(row.draft_id)}


def _ids(rows: Mapping[str, Draft], own_draft_id: str | None) -> list[str]:
    own = own_draft_id or ""
    return [*rows, *([own] if own not in rows and is_id(own) and int(own) else [])]


def _row(listed: Observation[tuple[Draft, ...]] | None, row: Draft | None) -> Observation[Draft] | None:
    if listed is None or row is None:
        return None
    return Observation(listed.path, listed.observed_at, row)
