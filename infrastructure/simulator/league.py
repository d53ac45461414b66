"""One league in one season: its rosters, lineups, points and standings at any moment."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from statistics import median

from infrastructure.simulator.calendar import (
    HOUR,
    leg_begins,
    moment,
    standings_frozen,
    weeks_frozen,
)
from infrastructure.simulator.chance import dice, snowflake
from infrastructure.simulator.drafting import Legacy, PickKey, PickMoved, draft_day
from infrastructure.simulator.formats import Format
from infrastructure.simulator.lineups import Lineups
from infrastructure.simulator.people import owner, user_id, user_name
from infrastructure.simulator.pro import Pro
from infrastructure.simulator.timeline import Move, Timeline, timeline

PLAYOFFS_BEGIN = 15
PLAYOFFS_END = 17

_ZERO_IN = 4

Game = tuple[int, int, int]
"""A matchup id and the two rosters that meet."""


def leagues_created(season: int) -> int:
    """When the first league of a season is made; one a second follows, from the evening of 1 March."""
    return moment(season, 3, 1) + 20 * HOUR


@dataclass(slots=True)
class Record:
    """A team's record; points in hundredths. ``results`` has a letter a game: W, L or T."""

    results: str = ""
    points_for: int = 0
    points_against: int = 0

    def play(self, mine: float, theirs: float) -> None:
        self.results += "W" if mine > theirs else "L" if mine < theirs else "T"

    @property
    def merit(self) -> tuple[int, int]:
        return 2 * self.results.count("W") + self.results.count("T"), self.points_for


@dataclass
class League:
    """League number ``index`` of the world in ``season``. What costs time is made when first asked for."""

    pro: Pro
    kind: Format
    index: int
    season: int
    previous: League | None = None
    """The same league in the season before, where that is simulated."""

    @property
    def name(self) -> str:
        return f"{self.kind.name}-{self.index}"

    @property
    def created(self) -> int:
        return leagues_created(self.season) + self.index * 1_000

    @property
    def commissioner(self) -> str:
        """The user name of the owner of roster 1."""
        return user_name(owner(self.index, 1))

    def owner_id(self, roster_id: int) -> str:
        return user_id(self.pro.seed, owner(self.index, roster_id))

    @cached_property
    def league_id(self) -> str:
        return str(snowflake(self.created, self.pro.seed, "league", self.index))

    @cached_property
    def draft_id(self) -> str:
        return str(snowflake(self.created + 4, self.pro.seed, "draft", self.index))

    @property
    def previous_id(self) -> str | None:
        """Sleeper writes null or, of a few leagues, "0" where there is none (SLEEPER_NOTES 2.4)."""
        if self.previous is not None:
            return self.previous.league_id
        return "0" if self.index % _ZERO_IN == _ZERO_IN - 1 else None

    @property
    def roster_ids(self) -> range:
        return range(1, self.kind.teams + 1)

    @cached_property
    def timeline(self) -> Timeline:
        return timeline(self.pro, self.kind, self.season, self.name, self.legacy)

    @cached_property
    def legacy(self) -> Legacy | None:
        """What the season before left to this one."""
        before, end = self.previous, self.created - 1
        if before is None:
            return None
        picks = {key: moved for key, moved in before.picks_moved(end).items() if moved.season >= self.season}
        return Legacy(before.rosters(end), before.seeds(end)[::-1], picks)

    def picks_moved(self, at: int) -> dict[PickKey, PickMoved]:
        """The last move of each pick that was traded, those of the season before included."""
        moved = dict(self.legacy.picks) if self.legacy else {}
        for move in self.timeline.moves:
            if move.at <= at:
                moved |= {pick.key: pick for pick in move.picks}
        return moved

    @cached_property
    def drafted(self) -> int:
        """When the last pick is made; where nobody drafts, when others begin to."""
        picks = self.timeline.picks
        return picks[-1].at if picks else draft_day(self.season)

    def status(self, at: int) -> str:
        if at < draft_day(self.season):
            return "pre_draft"
        if at < self.drafted:
            return "drafting"
        return "in_season" if at < standings_frozen(self.season, PLAYOFFS_END) else "complete"

    def rosters(self, at: int) -> dict[int, list[str]]:
        """Who is on each roster: the season before in a dynasty, the draft, and every completed move."""
        before = self.legacy.rosters if self.legacy and self.kind.dynasty else {}
        rosters = {roster_id: list(before.get(roster_id, ())) for roster_id in self.roster_ids}
        moves = [move for move in self.timeline.moves if move.at <= at and move.failure is None]
        for move in moves:
            if move.at < self.drafted:
                _apply(move, rosters)
        if at >= self.drafted:
            for pick in self.timeline.picks:
                rosters[pick.roster_id].append(pick.player_id)
        for move in moves:
            if move.at >= self.drafted:
                _apply(move, rosters)
        return rosters

    def kept(self, roster_id: int) -> list[str]:
        """The players whom a team kept for this season's draft."""
        return [pick.player_id for pick in self.timeline.picks if pick.kept and pick.roster_id == roster_id]

    def budget_used(self, at: int) -> dict[int, int]:
        """FAAB spent: winning bids, and what trades sent less what they brought (SLEEPER_NOTES 0.2)."""
        used = dict.fromkeys(self.roster_ids, 0)
        for move in self.timeline.moves:
            if move.at <= at and move.failure is None:
                for roster_id in move.rosters if move.bid else ():
                    used[roster_id] += move.bid or 0
                for sender, receiver, amount in move.sent:
                    used[sender] += amount
                    used[receiver] -= amount
        return used

    def week_rosters(self, week: int, at: int) -> dict[int, list[str]]:
        """The rosters in a week: they stay as they were when the next leg began."""
        return self.rosters(min(at, leg_begins(self.season, week + 1) - 1))

    @cached_property
    def everybody(self) -> frozenset[str]:
        """Every player who is on a roster at some time of the season."""
        added = (player for move in self.timeline.moves for player, _ in move.adds)
        drafted = (pick.player_id for pick in self.timeline.picks)
        before = self.legacy.rosters.values() if self.legacy and self.kind.dynasty else ()
        return frozenset((*drafted, *added, *(player for players in before for player in players)))

    def taxi(self, roster_id: int, players: Collection[str]) -> list[str]:
        """Who of a roster is on the taxi squad: the last of those whom a dynasty drafted this season."""
        if self.legacy is None or not self.kind.taxi_slots:
            return []
        rookies = [pick.player_id for pick in self.timeline.picks if pick.roster_id == roster_id]
        return [one for one in rookies if one in players][-self.kind.taxi_slots :]

    @cached_property
    def lineups(self) -> Lineups:
        return Lineups(self.pro, self.kind, self.season, self.name)

    def lineup(self, roster_id: int, players: list[str], week: int, at: int) -> list[str]:
        """The starters, slot by slot."""
        return self.lineups.starters(roster_id, players, week, at, self.taxi(roster_id, players))

    def points(self, week: int, at: int) -> dict[int, int]:
        """What the starters of each roster have scored, in hundredths."""
        return {
            roster_id: self.lineups.points(week, self.lineup(roster_id, players, week, at), at)
            for roster_id, players in self.week_rosters(week, at).items()
        }

    def result(self, week: int) -> dict[int, int]:
        """The points with which a week entered the standings; corrections after that do not count."""
        if week not in self._results:
            self._results[week] = self.points(week, standings_frozen(self.season, week))
        return self._results[week]

    @cached_property
    def _results(self) -> dict[int, dict[int, int]]:
        return {}

    def games(self, week: int) -> list[Game]:
        """Who meets whom in a week of the regular season: a round robin, over and over.

        In a guillotine nobody does: all play against being the last.
        """
        if self.kind.guillotine:
            return []
        ring = self._ring
        turn = (week - 1) % (len(ring) - 1)
        ring = [ring[0], *ring[1 + turn :], *ring[1 : 1 + turn]]
        half = len(ring) // 2
        return [(n + 1, ring[n], ring[-1 - n]) for n in range(half)]

    @cached_property
    def _ring(self) -> list[int]:
        ring = list(self.roster_ids)
        dice(self.pro.seed, "games", self.name, self.season).shuffle(ring)
        return ring

    def standings(self, at: int) -> dict[int, Record]:
        """The records as the rosters report them: of the regular season's weeks that have frozen."""
        records = {roster_id: Record() for roster_id in self.roster_ids}
        for week in range(1, min(weeks_frozen(self.season, at), self.last_regular_week) + 1):
            result = self.result(week)
            for roster_id, points in result.items():
                records[roster_id].points_for += points
            for one, other in self._sides(week):
                records[one].play(result[one], result[other])
                records[one].points_against += result[other]
            if self.kind.median_game:
                _play_the_median(records, result)
        return records

    def _sides(self, week: int) -> Iterator[tuple[int, int]]:
        for _, one, other in self.games(week):
            yield one, other
            yield other, one

    def seeds(self, at: int) -> list[int]:
        """Rosters, best first."""
        records = self.standings(at)
        return sorted(records, key=lambda one: (*(-n for n in records[one].merit), one))

    @property
    def last_regular_week(self) -> int:
        return PLAYOFFS_BEGIN - 1 if self.kind.playoffs else PLAYOFFS_END

    def playoffs_set(self, at: int) -> bool:
        return self.kind.playoffs and weeks_frozen(self.season, at) >= PLAYOFFS_BEGIN - 1


def _apply(move: Move, rosters: Mapping[int, list[str]]) -> None:
    for player, roster_id in move.drops:
        rosters[roster_id].remove(player)
    for player, roster_id in move.adds:
        rosters[roster_id].append(player)


def _play_the_median(records: Mapping[int, Record], result: Mapping[int, int]) -> None:
    middle = median(result.values())
    for roster_id, points in result.items():
        records[roster_id].play(points, middle)
