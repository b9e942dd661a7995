"""kill -9 at random moments under load: nothing is lost, and duplicates stand only in RFC 1047's window."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.given.client import Address, Sent, persist, post
from tests.given.gatepost import HOUSE, Gatepost
from tests.given.sink import Sink

HELD_BODY = "Please vote for the Blue Party on Thursday, they deserve our support."
CLIENTS = 8
CLEAN_BODY = "Which build-up cap do you use for the 10 MV beam?"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with Sink("lmtp") as running:
        yield running


def posts(count: int) -> list[Sent]:
    """Every fifth is held; each can be told from all others by its body."""
    return [
        Sent(post(f"{HELD_BODY if i % 5 == 0 else CLEAN_BODY}\n\nPost {i}.", ident=f"post-{i}"))
        for i in range(count)
    ]


def submit_all(owed: list[Sent], address: Address) -> None:
    with ThreadPoolExecutor(CLIENTS) as clients:
        list(clients.map(lambda sent: persist(sent, address, 120), owed))


def kill_and_restart(gatepost: Gatepost, address: Address, kills: int, done: threading.Event) -> int:
    moments = random.Random(20261122)
    made = 0
    for _ in range(kills):
        if done.wait(moments.uniform(0.05, 0.4)):
            break
        gatepost.kill()
        made += 1
        gatepost.serve()
        address.now = gatepost.smtp
    return made


def number(octets: bytes) -> int:
    return int(octets.rpartition(b"Post ")[2].split(b".")[0])


def run(folder: Path, sink: Sink, count: int, kills: int) -> None:
    gatepost, address = Gatepost(folder, sink.url, packs=HOUSE), Address()
    owed, done = posts(count), threading.Event()
    with gatepost:
        address.now = gatepost.smtp
        client = threading.Thread(target=lambda: (submit_all(owed, address), done.set()))
        client.start()
        made = kill_and_restart(gatepost, address, kills, done)
        client.join()
        assert made == kills, "the posts were all taken before the last kill: send more"
        assert all(sent.accepted for sent in owed)
        time.sleep(1)
        held = gatepost.lines("queue", "list", "--all")
        assert gatepost.run("admin", "verify")
    counted = gatepost.log.read_text(encoding="utf-8").count('"event": "possible_duplicate"')
    account_for(owed, held, sink, counted, made)


def account_for(owed: list[Sent], held: list[dict[str, str]], sink: Sink, counted: int, kills: int) -> None:
    relayed = Counter(number(received.octets) for received in sink.received)
    expected_held = {i for i in range(len(owed)) if i % 5 == 0}
    assert set(relayed) == set(range(len(owed))) - expected_held
    assert len(held) == len(expected_held), "each held post stands in the queue exactly once"
    said = {sent.accepted.rpartition(" ")[2] for i, sent in enumerate(owed) if i in expected_held}
    assert said == {hold["id"] for hold in held}, "the id that a client was told is the id of its hold"
    twice = {i: times for i, times in relayed.items() if times > 1}
    assert all(owed[i].tries > 1 for i in twice), "a duplicate without a broken connection"
    again = sum(times - 1 for times in twice.values())
    assert again <= counted, "each post relayed again was counted as a possible duplicate"
    assert again <= kills * CLIENTS, "more posts were doubled than stood in RFC 1047's window at a kill"
    for received in sink.received:
        assert received.octets.endswith(owed[number(received.octets)].octets)


@pytest.mark.timeout(150)
def test_ten_kills_lose_nothing(tmp_path: Path, sink: Sink) -> None:
    run(tmp_path, sink, count=1000, kills=10)


@pytest.mark.siege
@pytest.mark.timeout(900)
def test_fifty_kills_lose_nothing(tmp_path: Path, sink: Sink) -> None:
    run(tmp_path, sink, count=5000, kills=50)
