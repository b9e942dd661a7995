"""What a policy may know about one post for one list."""

import pytest

from gateway.addresses import Served
from gateway.facts import gather
from gateway.trace import MARK, Trace
from rules.facts import Facts, Result, Standing
from rules.message import Envelope
from rules.policy import Policy
from rules.profile import Border, Profile
from rules.reading import read

LIST = "physics@lists.example"
TRACE = Trace("gate.example", b"secret")
BORDER = Border(networks=("192.0.2.0/24",), authserv_id="mx.lists.example")
PASSED = b"Authentication-Results: mx.lists.example; dmarc=pass header.from=member.example\r\n"
POST = b"From: Ann <Ann@Member.example>\r\nSubject: Hi\r\n\r\nHello.\r\n"


def facts(octets: bytes = POST, client: str = "192.0.2.7", **profile: object) -> Facts:
    in_force = Served(Policy.of(Profile(list=LIST, **profile), ()), 1)  # type: ignore[arg-type]
    return gather(
        in_force, read(octets), Envelope(b"ann@member.example", (LIST.encode(),), (), client), TRACE
    )


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


def test_looped_is_our_own_mark_for_this_list() -> None:
    assert facts(f"{MARK}: {TRACE.mark(LIST)}\r\n".encode() + POST).looped
    assert not facts(f"{MARK}: {TRACE.mark('other@lists.example')}\r\n".encode() + POST).looped
