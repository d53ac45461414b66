"""How players came to a roster."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from domain.acquisitions import Acquisition, How, SeasonOfRoster, acquisitions
from domain.drafted import DraftWithPicks
from domain.drafts.observation import DraftPick
from domain.transactions.observation import Transaction

DAY = datetime(2026, 9, 1, tzinfo=UTC)
ME = 3


def millis(day: int) -> int:
    return int((DAY + timedelta(days=day)).timestamp() * 1000)


def moved(day: int, player: str, *, to: int = ME, by: int | None = None, **fields: Any) -> Transaction:
    told = {"type": "free_agent", "status": "complete", **fields}
    return Transaction(
        transaction_id=str(100 + day),
        status_updated=millis(day),
        adds={player: to},
        drops=None if by is None else {player: by},
        **told,
    )


def draft(*picks: DraftPick, day: int | None = 0) -> DraftWithPicks:
    at = None if day is None else DAY + timedelta(days=day)
    return DraftWithPicks(league_id="900", draft_id="77", season="2026", at=at, slots={}, picks=picks)


def pick(player: str, roster: int = ME, **fields: Any) -> DraftPick:
    return DraftPick(pick_no=5, round=1, roster_id=roster, player_id=player, **fields)


def season(
    *transactions: Transaction,
    drafts: tuple[DraftWithPicks, ...] = (),
    held: str = "a",
    league_id: str = "900",
    year: str = "2026",
) -> SeasonOfRoster:
    return SeasonOfRoster(
        league_id=league_id, season=year, held=set(held), transactions=transactions, drafts=drafts
    )


def came(*seasons: SeasonOfRoster, seen: datetime | None = None) -> Acquisition:
    [found] = acquisitions(["a"], ME, seasons, {"a": seen})
    return found


def test_the_last_completed_transaction_tells() -> None:
    found = came(
        season(
            moved(9, "a", type="waiver", status="failed"),
            moved(8, "a", type="waiver", settings={"waiver_bid": 17, "seq": 1}),
            moved(2, "a"),
            moved(10, "a", to=4),
            moved(11, "b"),
        )
    )
    assert found == Acquisition(
        player_id="a",
        how=How.WAIVER,
        league_id="900",
        season="2026",
        happened_at=DAY + timedelta(days=8),
        transaction_id="108",
        bid=17,
    )


def test_a_trade_says_who_gave_him_and_a_commissioner_that_it_was_him() -> None:
    trade = came(season(moved(4, "a", by=9, type="trade")))
    assert (trade.how, trade.from_roster_id, trade.bid) == (How.TRADE, 9, None)
    assert came(season(moved(4, "a", type="commissioner"))).how is How.COMMISSIONER
    assert came(season(moved(4, "a", type="lottery"))).how is How.UNKNOWN


def test_a_pick_of_the_roster_drafted_or_kept_him() -> None:
    drafted = came(season(drafts=(draft(pick("b"), pick("a", metadata={"amount": "31"})),)))
    assert (drafted.how, drafted.draft_id, drafted.pick_no, drafted.round, drafted.amount) == (
        How.DRAFT, "77", 5, 1, 31,
    )  # fmt: skip
    assert drafted.happened_at == DAY
    assert came(season(drafts=(draft(pick("a", is_keeper=True)),))).how is How.KEEPER
    assert came(season(drafts=(draft(pick("a", roster=8)),))).how is How.UNKNOWN


def test_the_later_of_a_pick_and_a_transaction_tells() -> None:
    drafted = draft(pick("a"), day=5)
    assert came(season(moved(4, "a"), drafts=(drafted,))).how is How.DRAFT
    assert came(season(moved(6, "a"), drafts=(drafted,))).how is How.FREE_AGENT
    assert came(season(moved(6, "a"), drafts=(draft(pick("a"), day=None),))).how is How.FREE_AGENT


def test_who_was_there_when_the_season_began_came_in_a_season_before() -> None:
    old = season(moved(1, "a"), league_id="800", year="2025")
    between = season(league_id="850", year="2025")
    found = came(season(), between, old)
    assert (found.how, found.league_id, found.season) == (How.FREE_AGENT, "800", "2025")


def test_a_season_in_which_he_was_elsewhere_at_its_end_tells_nothing() -> None:
    elsewhere = season(moved(1, "a"), held="b", league_id="800")
    assert came(season(), elsewhere) == Acquisition(player_id="a", how=How.UNKNOWN)


def test_who_was_seen_joining_without_a_cause_is_unknown_since_then() -> None:
    old = season(moved(1, "a"), league_id="800")
    seen = DAY + timedelta(days=3)
    assert came(season(), old, seen=seen) == Acquisition(player_id="a", how=How.UNKNOWN, happened_at=seen)
    assert came(season(moved(2, "a")), old, seen=seen).how is How.FREE_AGENT
