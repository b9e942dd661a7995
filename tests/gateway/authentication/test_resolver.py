"""The DNS, asked for real: what it may answer, what one message may ask, and what is remembered."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from gateway.authentication.cache import LONGEST_TTL, Cache
from gateway.authentication.resolver import NO_SUCH_NAME, Kind, LookupFailed, Lookups, Resolver
from tests.given.nameserver import SERVFAIL, SILENCE, TRUNCATED, Nameserver, nameserver

T = TypeVar("T")

ZONE = {
    "a.example": [
        ("TXT", "v=spf1 -all"),
        ("TXT", "é" * 300),
        ("A", "192.0.2.1"),
        ("AAAA", "2001:db8::1"),
        ("MX", "20 two.example."),
        ("MX", "10 one.example."),
    ],
    "alias.example": [("CNAME", "a.example.")],
    "round.example": [("CNAME", "about.example.")],
    "about.example": [("CNAME", "round.example.")],
    "ill.example": SERVFAIL,
    "silent.example": SILENCE,
    "long.example": TRUNCATED + "by TCP " * 300,
    "huge.example": [("TXT", "x" * 5_000), ("TXT", "y" * 5_000)],
    "1.2.0.192.in-addr.arpa": [("PTR", "one.example.")],
}


def asked(
    server: Nameserver, job: Callable[[Lookups], Awaitable[T]], seconds: float = 5, queries: int = 20
) -> T:
    async def run() -> T:
        return await job(Lookups(Resolver(server.address), seconds, queries))

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("name", "kind", "values"),
    [
        ("a.example", Kind.TXT, ("v=spf1 -all", "é" * 300)),
        ("A.Example.", Kind.A, ("192.0.2.1",)),
        ("a.example", Kind.AAAA, ("2001:db8::1",)),
        ("a.example", Kind.MX, ("one.example", "two.example")),
        ("1.2.0.192.in-addr.arpa", Kind.PTR, ("one.example",)),
        ("alias.example", Kind.A, ("192.0.2.1",)),
        ("a.example", Kind.PTR, ()),
        ("long.example", Kind.TXT, ("by TCP " * 300,)),
    ],
)
def test_what_the_zone_has_is_answered(name: str, kind: Kind, values: tuple[str, ...]) -> None:
    with nameserver(ZONE) as server:
        answer = asked(server, lambda lookups: lookups.ask(name, kind))
    if kind is Kind.MX:
        assert answer.values == values  # in the order of their preference
    assert (sorted(answer.values), answer.exists) == (sorted(values), True)


@pytest.mark.parametrize(
    "name", ["nowhere.example", "a..example", "l" * 64 + ".example", "a\x00.example", ""]
)
def test_a_name_that_is_not_there_or_cannot_be_is_no_failure(name: str) -> None:
    with nameserver(ZONE) as server:
        assert asked(server, lambda lookups: lookups.ask(name, Kind.A)) == NO_SUCH_NAME


@pytest.mark.parametrize("name", ["ill.example", "silent.example", "round.example", "huge.example"])
def test_no_usable_answer_is_a_failure_in_time(name: str) -> None:
    async def job(lookups: Lookups) -> float:
        clock = asyncio.get_running_loop().time
        began = clock()
        with pytest.raises(LookupFailed):
            await lookups.ask(name, Kind.TXT)
        return clock() - began

    with nameserver(ZONE) as server:
        assert asked(server, job, seconds=0.4) < 2


def test_the_time_is_for_all_questions_of_a_message_together() -> None:
    async def job(lookups: Lookups) -> float:
        clock = asyncio.get_running_loop().time
        began = clock()
        for name in ("silent.example", "silent.example", "ill.example", "silent2.example"):
            with pytest.raises(LookupFailed):
                await lookups.ask(name, Kind.TXT)
        return clock() - began

    with nameserver(ZONE | {"silent2.example": SILENCE}) as server:
        assert asked(server, job, seconds=0.3) < 1.5


def test_a_message_may_ask_so_often_and_what_is_known_costs_nothing() -> None:
    async def job(lookups: Lookups) -> None:
        await lookups.texts("a.example")
        await lookups.texts("A.example")
        await lookups.ask("a.example", Kind.A)
        with pytest.raises(LookupFailed, match="no more queries"):
            await lookups.ask("a.example", Kind.MX)
        await lookups.texts("a.example")

    with nameserver(ZONE) as server:
        asked(server, job, queries=2)
        assert len(server.asked) == 2


def test_one_question_asked_at_once_by_many_is_one_query() -> None:
    async def job(lookups: Lookups) -> None:
        await asyncio.gather(*(lookups.texts("a.example") for _ in range(5)))

    with nameserver(ZONE) as server:
        asked(server, job)
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("name", "remembered"), [("a.example", True), ("nowhere.example", True), ("ill.example", False)]
)
def test_answers_are_remembered_for_the_next_message_and_failures_are_not(
    name: str, remembered: bool
) -> None:
    async def run() -> None:
        resolver = Resolver(server.address)
        for _ in range(2):
            try:
                await Lookups(resolver, 5, 20).ask(name, Kind.A)
            except LookupFailed:
                assert not remembered

    with nameserver(ZONE) as server:
        asyncio.run(run())
        assert (len(server.asked) == 1) is remembered


def test_what_is_to_live_for_no_time_is_asked_again() -> None:
    async def run() -> None:
        resolver = Resolver(server.address)
        for _ in range(2):
            await Lookups(resolver, 5, 20).ask("a.example", Kind.A)

    with nameserver(ZONE, ttl=0) as server:
        asyncio.run(run())
        assert len(server.asked) == 2


def test_the_cache_forgets_what_is_old_and_what_was_not_used_longest() -> None:
    now = 0.0
    cache: Cache[str] = Cache(2, lambda: now)
    cache.put("a", "A", 10)
    cache.put("b", "B", 10.0**9)
    assert cache.get("a") == "A"
    cache.put("c", "C", 10)
    assert (cache.get("a"), cache.get("b"), len(cache)) == ("A", None, 2)
    now = 10.0
    assert cache.get("a") is None
    cache.put("b", "B", 10.0**9)
    now += LONGEST_TTL
    assert cache.get("b") is None
