"""Scanners are asked over real sockets; whatever they do, each has one answer or one absence, in time."""

import asyncio
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from gateway.metrics import Metrics
from gateway.relay.breaker import FAILURES, REST
from gateway.scanners import Question, Scanning
from rules.facts import Absence, Answer, Scanner
from tests.given.scanners import (
    CLEAN,
    FOUND,
    HAM,
    NO_ACTION,
    REJECT,
    SIGNATURE,
    SPAM,
    Call,
    StandIn,
    http,
    nobody,
    program,
    real,
)

NOW = datetime(2026, 11, 26, 3, 40, tzinfo=UTC)
POST = b"From: ann@member.example\r\nSubject: Hi\r\n\r\nHello.\r\n"
LONG = POST + b"x" * 12_000_000
"""More than sockets keep for a reader that does not read."""


class Watch:
    """Scanning with a clock that a test moves, and its figures."""

    def __init__(self) -> None:
        self.metrics = Metrics()
        self.now = 0.0
        self.scanning = Scanning(self.metrics.scanners, lambda: NOW, lambda: self.now)

    def asks(self, *questions: Question, octets: bytes = POST) -> tuple[Answer | Absence, ...]:
        """What each said."""

        async def job() -> tuple[Answer | Absence, ...]:
            said = await self.scanning.scan(octets, questions)
            return tuple(said[question] for question in questions)

        return asyncio.run(job())

    def counted(self, scanner: str, answer: str) -> float:
        """How often it answered so."""
        name = "gatepost_scanner_answers_total"
        return self.metrics.registry.get_sample_value(name, {"scanner": scanner, "answer": answer}) or 0.0


def question(stand_in: StandIn, seconds: float = 30, max_size: int = 30_000_000) -> Question:
    return Question(Scanner(stand_in.protocol), stand_in.at, seconds, max_size)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture(params=[("clamd", CLEAN), ("spamd", HAM), ("rspamd", NO_ACTION)], ids=lambda param: param[0])
def stand_in(request: pytest.FixtureRequest) -> Iterator[StandIn]:
    with StandIn(*request.param) as standing:
        yield standing


@pytest.mark.parametrize(
    ("protocol", "answer", "said"),
    [
        ("clamd", CLEAN, Answer("clean")),
        ("clamd", FOUND, Answer("infected", None, "Test.Signature")),
        ("clamd", b"stream: \x1b[2JBad\r\nName FOUND\0", Answer("infected", None, "?[2JBad??Name")),
        ("spamd", HAM, Answer("clean", 1.2)),
        ("spamd", SPAM, Answer("spam", 9.5)),
        ("spamd", b"SPAMD/1.1 0 EX_OK\r\nContent-length: 0\r\nspam: yes;-0.0/5\r\n\r\n", Answer("spam", 0.0)),
        ("rspamd", NO_ACTION, Answer("no action", 0.3)),
        ("rspamd", REJECT, Answer("reject", 17.5)),
        ("rspamd", http(b'{"is_skipped": true, "score": 0, "action": "reject"}'), Answer("reject", 0.0)),
    ],
)
def test_a_scanner_hears_the_octets_as_they_are_and_its_word_is_taken(
    watch: Watch, protocol: str, answer: bytes, said: Answer
) -> None:
    with StandIn(protocol, answer) as there:
        assert watch.asks(question(there)) == (said,)
        assert there.heard == [POST]
    assert watch.counted(protocol, said.verdict) == 1


def test_a_long_message_arrives_whole_and_an_empty_one_is_asked_about_too(
    watch: Watch, stand_in: StandIn
) -> None:
    assert isinstance(watch.asks(question(stand_in), octets=LONG)[0], Answer)
    assert isinstance(watch.asks(question(stand_in), octets=b"")[0], Answer)
    assert stand_in.heard == [LONG, b""]


@pytest.mark.parametrize("octets", [POST, LONG], ids=["short", "long"])
@pytest.mark.parametrize("behaviour", ["is_silent", "hears_and_is_silent"])
def test_a_silent_scanner_has_its_deadline_and_no_more(
    watch: Watch, stand_in: StandIn, behaviour: str, octets: bytes
) -> None:
    stand_in.behaviour = getattr(stand_in, behaviour)
    began = time.monotonic()
    said = watch.asks(question(stand_in, seconds=0.1), octets=octets)
    assert said == (Absence("no answer within 0.1 seconds", NOW),)
    assert time.monotonic() - began < 5
    assert watch.counted(stand_in.protocol, "absent") == 1


def test_scanners_are_asked_at_the_same_time(watch: Watch) -> None:
    with StandIn("clamd", CLEAN) as one, StandIn("spamd", HAM) as two, StandIn("rspamd", REJECT) as three:
        together = threading.Barrier(3, timeout=20)
        for each in (one, two, three):
            each.behaviour = lambda call, each=each: (together.wait(), each.answers(call))[1]
        said = watch.asks(*(question(each) for each in (one, two, three)))
        assert [answer.verdict for answer in said if isinstance(answer, Answer)] == [
            "clean",
            "clean",
            "reject",
        ]


def test_one_that_refuses_is_absent(watch: Watch) -> None:
    for scanner in Scanner:
        at = f"http://{nobody()}" if scanner is Scanner.RSPAMD else nobody()
        assert watch.asks(Question(scanner, at, 5, 100)) == (Absence("it cannot be reached", NOW),)


def test_one_that_closes_at_once_or_half_way_is_absent(watch: Watch, stand_in: StandIn) -> None:
    broke_off = (Absence("it closed the connection before its answer was whole", NOW),)
    whole = stand_in.answer
    stand_in.answer = whole[:-3]
    assert watch.asks(question(stand_in)) == broke_off
    stand_in.behaviour = stand_in.hangs_up
    assert watch.asks(question(stand_in), octets=LONG) == broke_off


@pytest.mark.parametrize(
    ("protocol", "answer"),
    [
        ("clamd", b"220 mail.example ESMTP\0"),
        ("clamd", b"\xff\xfe\0"),
        ("spamd", b"SSH-2.0-OpenSSH_9\r\n\r\n"),
        ("spamd", b"SPAMD/1.1 0 EX_OK\r\nSpam: True ; NaN / 5.0\r\n\r\n"),
        ("rspamd", http(b"<html>")),
        ("rspamd", http(b"[1, 2]")),
        ("rspamd", http(b'{"action": "reject", "score": NaN}')),
        ("rspamd", http(b'{"action": 7, "score": 1}')),
        ("rspamd", http(b"[" * 100_000)),
    ],
)
def test_nonsense_is_no_answer(watch: Watch, protocol: str, answer: bytes) -> None:
    with StandIn(protocol, answer) as there:
        said = watch.asks(question(there))[0]
    assert isinstance(said, Absence)
    assert said.why in ("its answer makes no sense", "asking it failed (RecursionError)")


def test_an_answer_without_an_end_is_cut_off(watch: Watch, stand_in: StandIn) -> None:
    head = b"HTTP/1.1 200 OK\r\n\r\n" if stand_in.protocol == "rspamd" else b""
    stand_in.answer = head + b"x" * 3_000_000
    assert watch.asks(question(stand_in)) == (Absence("its answer does not end", NOW),)


@pytest.mark.parametrize(
    ("protocol", "answer", "why"),
    [
        ("clamd", b"stream: Can't allocate memory ERROR\0", "it said “stream: Can't allocate memory ERROR”"),
        ("spamd", b"SPAMD/1.0 79 Timeout\r\n\r\n", "it said “79 Timeout”"),
        ("rspamd", http(b"{}", "500 Trouble"), "it said “500”"),
    ],
)
def test_one_that_will_not_say_is_absent_and_well(
    watch: Watch, protocol: str, answer: bytes, why: str
) -> None:
    with StandIn(protocol, answer) as there:
        for _ in range(FAILURES + 1):
            assert watch.asks(question(there)) == (Absence(why),)
        assert len(there.heard) == FAILURES + 1, "the breaker stays closed"


def test_what_clamd_says_when_it_takes_no_more_is_heard(watch: Watch) -> None:
    def takes_no_more(call: Call) -> None:
        call.say(b"INSTREAM size limit exceeded. ERROR\0")
        call.wait()

    with StandIn("clamd", CLEAN) as there:
        there.behaviour = takes_no_more
        assert watch.asks(question(there), octets=LONG) == (
            Absence("it said “INSTREAM size limit exceeded. ERROR”"),
        )


def test_more_than_the_list_allows_is_not_sent(watch: Watch, stand_in: StandIn) -> None:
    said = watch.asks(question(stand_in, max_size=len(POST) - 1))
    assert said == (
        Absence(f"the message has {len(POST)} octets, and it is sent {len(POST) - 1} octets at most"),
    )
    assert stand_in.calls == 0
    assert isinstance(watch.asks(question(stand_in, max_size=len(POST)))[0], Answer)


def test_the_same_question_of_two_lists_is_asked_once(watch: Watch, stand_in: StandIn) -> None:
    assert len(set(watch.asks(question(stand_in), question(stand_in)))) == 1
    assert stand_in.calls == 1


def test_after_five_failures_it_is_left_alone_then_tried_once_and_trusted_again(
    watch: Watch, stand_in: StandIn
) -> None:
    stand_in.behaviour = stand_in.hangs_up
    for _ in range(FAILURES):
        watch.asks(question(stand_in))
    alone = (Absence("it failed a moment ago and is left alone for a few seconds", NOW),)
    assert watch.asks(question(stand_in)) == alone
    assert stand_in.calls == FAILURES
    watch.now += REST
    watch.asks(question(stand_in))  # one try, which fails
    assert watch.asks(question(stand_in)) == alone
    assert stand_in.calls == FAILURES + 1
    watch.now += REST
    stand_in.behaviour = stand_in.answers
    assert isinstance(watch.asks(question(stand_in))[0], Answer)
    assert isinstance(watch.asks(question(stand_in))[0], Answer)


def test_since_is_the_first_failure_after_the_last_answer(watch: Watch, stand_in: StandIn) -> None:
    times = iter(NOW.replace(minute=minute) for minute in (41, 42, 43))
    watch.scanning = Scanning(watch.metrics.scanners, lambda: next(times), lambda: watch.now)
    since: list[int | None] = []
    for behaviour in (stand_in.hangs_up, stand_in.hangs_up, stand_in.answers, stand_in.hangs_up):
        stand_in.behaviour = behaviour
        said = watch.asks(question(stand_in))[0]
        since.append(said.since.minute if isinstance(said, Absence) and said.since else None)
    assert since == [41, 41, None, 43]


def test_a_cancelled_scan_leaves_no_connection_and_lets_the_next_one_try(
    watch: Watch, stand_in: StandIn
) -> None:
    async def cancelled() -> None:
        task = asyncio.create_task(watch.scanning.scan(LONG, (question(stand_in),)))
        async with asyncio.timeout(5):
            while not stand_in.calls:  # noqa: ASYNC110  it is a thread that counts them
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait((task,), timeout=10)
        assert task.cancelled()
        assert {one for one in asyncio.all_tasks() if one is not asyncio.current_task()} == set()

    stand_in.behaviour = stand_in.hangs_up
    for _ in range(FAILURES):
        watch.asks(question(stand_in))
    watch.now += REST
    stand_in.calls, stand_in.behaviour = 0, stand_in.is_silent
    asyncio.run(cancelled())  # it was the one try
    stand_in.behaviour = stand_in.answers
    assert isinstance(watch.asks(question(stand_in))[0], Answer)


@pytest.mark.parametrize(
    ("protocol", "bad", "good", "said"),
    [
        ("clamd", SIGNATURE, "Hello.", ("infected", "clean")),
        ("spamd", "Buy it now!", "Hello.", ("spam", "clean")),
        ("rspamd", "Hello.", "Hello again.", ("no action", "no action")),
    ],
)
def test_the_program_itself_is_understood(
    watch: Watch, protocol: str, bad: str, good: str, said: tuple[str, str]
) -> None:
    if not program(protocol):
        pytest.skip(f"missing system tool {protocol}: apt install clamav-daemon spamd rspamd")
    with real(protocol) as at:
        asked = Question(Scanner(protocol), at, 20, 30_000_000)
        answers = [watch.asks(asked, octets=POST + text.encode() + b"\r\n")[0] for text in (bad, good)]
        assert tuple(one.verdict for one in answers if isinstance(one, Answer)) == said
        assert isinstance(watch.asks(asked, octets=b"")[0], Answer)
        if protocol == "clamd":
            # Over its limit it says so and resets the connection: whether that is heard first is luck.
            assert isinstance(watch.asks(asked, octets=LONG)[0], Absence)
