"""What a policy may know about one post for one list."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway import said
from gateway.addresses import Served
from gateway.facts import Sources, by_border
from gateway.said import Memory
from gateway.store.database import Store
from gateway.store.errors import StoreError
from gateway.trace import MARK, Trace
from rules.facts import NOTHING_SAID, Facts, Result, Standing
from rules.message import Envelope
from rules.policy import Policy
from rules.profile import Border, Profile
from rules.reading import read
from tests.given.judging import clause
from tests.given.store import NOW, new_store

LIST = "physics@lists.example"
TRACE = Trace("gate.example", b"secret")
BORDER = Border(networks=("192.0.2.0/24",), authserv_id="mx.lists.example")
PASSED = b"Authentication-Results: mx.lists.example; dmarc=pass header.from=member.example\r\n"
NOWHERE = Store(Path("/nowhere/gatepost.db"))
"""A store that cannot be asked anything."""

POST = b"From: Ann <Ann@Member.example>\r\nSubject: Hi\r\n\r\nHello.\r\n"


def facts(octets: bytes = POST, client: str = "192.0.2.7", **profile: object) -> Facts:
    in_force = Served(Policy.of(Profile(list=LIST, **profile), ()), 1)  # type: ignore[arg-type]
    return gathered(in_force, octets, Memory(NOWHERE, b"secret"), client)


def gathered(
    in_force: Served, octets: bytes, memory: Memory, client: str = "192.0.2.7", peer: str = ""
) -> Facts:
    envelope = Envelope(b"ann@member.example", (LIST.encode(),), (), client, peer=peer)
    reading = read(octets)
    said = by_border(in_force, reading.scan, envelope)
    with ThreadPoolExecutor(1) as threads:
        sources = Sources(TRACE, memory, threads)
        return asyncio.run(sources.gather(in_force, reading, envelope, said, {}))


@pytest.mark.parametrize(
    ("members", "octets", "standing"),
    [
        (None, POST, Standing.UNKNOWN),
        (("ann@member.EXAMPLE",), POST, Standing.MEMBER),
        (("bob@member.example",), POST, Standing.NONMEMBER),
        ((), POST, Standing.NONMEMBER),
        (("ann@member.example",), b"From: ann@member.example, bob@x.example\r\n\r\n", Standing.NONMEMBER),
        (("ann@member.example",), b"Subject: nobody\r\n\r\n", Standing.NONMEMBER),
    ],
)
def test_standing_is_what_the_list_file_says(
    members: tuple[str, ...] | None, octets: bytes, standing: Standing
) -> None:
    assert facts(octets, members=members).standing is standing


def test_authentication_results_count_only_from_the_border_itself() -> None:
    assert facts(PASSED + POST, border=BORDER).authentication.dmarc is Result.PASS
    assert facts(PASSED + POST, client="198.51.100.9", border=BORDER).authentication.dmarc is Result.UNKNOWN
    assert facts(PASSED + POST).authentication.source == "none"


def test_another_servers_authentication_results_count_for_nothing() -> None:
    forged = PASSED.replace(b"mx.lists", b"mx.elsewhere")
    assert facts(forged + POST, border=BORDER).authentication.dmarc is Result.UNKNOWN


def test_trusted_is_the_clients_network() -> None:
    assert facts(trusted_networks=("192.0.2.0/24",)).trusted
    assert not facts(trusted_networks=("198.51.100.0/24",)).trusted
    assert not facts().trusted


def test_behind_a_border_that_forwards_it_is_the_border_that_is_believed_and_its_client_that_is_trusted() -> (
    None
):
    profile = Profile(list=LIST, border=BORDER, trusted_networks=("198.51.100.0/24",))
    served, nowhere = Served(Policy.of(profile, ()), 1), Memory(NOWHERE, b"secret")
    found = gathered(served, PASSED + POST, nowhere, "198.51.100.9", peer="192.0.2.7")
    assert found.authentication.dmarc is Result.PASS
    assert found.trusted
    found = gathered(served, PASSED + POST, nowhere, "203.0.113.9", peer="192.0.2.7")
    assert found.authentication.dmarc is Result.PASS
    assert not found.trusted
    found = gathered(served, PASSED + POST, nowhere, "192.0.2.7", peer="203.0.113.9")
    assert found.authentication.dmarc is Result.UNKNOWN


def test_looped_is_our_own_mark_for_this_list() -> None:
    assert facts(f"{MARK}: {TRACE.mark(LIST)}\r\n".encode() + POST).looped
    assert not facts(f"{MARK}: {TRACE.mark('other@lists.example')}\r\n".encode() + POST).looped


SENTENCE = "Nobody makes better ionisation chambers than Lumidose."
REPLY = f"From: Bob <bob@member.example>\r\n\r\nNo.\r\n\r\n> {SENTENCE}\r\n> Buy them now!\r\n".encode()
READS_QUOTES = Policy.of(Profile(list=LIST), (clause({"phrase": ["nobody makes better"], "in": ["quoted"]}),))
READS_OWN = Policy.of(Profile(list=LIST), (clause({"phrase": ["nobody makes better"]}),))


def test_what_the_list_has_said_is_looked_up_for_quotations_only(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    memory = Memory(store, b"secret")
    reader = Served(READS_QUOTES, 1)
    assert gathered(reader, REPLY, memory).said == NOTHING_SAID
    post = read(f"From: Ann <ann@member.example>\r\n\r\n{SENTENCE}\r\n".encode())
    store.write(lambda connection: said.keep(connection, memory.sentences(LIST.upper(), post), NOW))
    found = gathered(reader, REPLY, memory).said
    assert found.holds(2, 2 + len(SENTENCE))
    assert not found.overlaps(2 + len(SENTENCE) + 1, 400)
    store.close()


def test_the_store_is_not_asked_about_a_post_that_quotes_nothing_or_a_policy_that_reads_no_quotes() -> None:
    memory = Memory(NOWHERE, b"secret")
    assert gathered(Served(READS_QUOTES, 1), POST, memory).said == NOTHING_SAID
    assert gathered(Served(READS_OWN, 1), REPLY, memory).said == NOTHING_SAID
    with pytest.raises(StoreError):
        gathered(Served(READS_QUOTES, 1), REPLY, memory)
