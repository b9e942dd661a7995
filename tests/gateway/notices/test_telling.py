"""An author is told only where it is known that the return path is theirs."""

from dataclasses import replace

import pytest

from gateway.notices import telling
from gateway.notices.telling import may_tell
from rules.facts import Authentication, Facts, Result
from rules.message import Envelope
from rules.profile import Profile
from rules.reading import read

PROFILE = Profile(list="physics@lists.example", aliases=("phys@old.example",))
POST = b"From: Ada <ada@example.org>\r\nTo: physics@lists.example\r\nSubject: x\r\n\r\nHello\r\n"
TRUSTED = Facts(trusted=True)
VOUCHED = Facts(authentication=Authentication(dmarc=Result.PASS, source="border:mx.example"))


def told(path: bytes = b"ada@example.org", octets: bytes = POST, facts: Facts = TRUSTED) -> str:
    return may_tell(PROFILE, Envelope(path, (b"physics@lists.example",)), read(octets), facts)


def test_an_author_from_a_trusted_network_is_told() -> None:
    assert told() == ""


def test_an_author_whom_the_border_vouches_for_is_told() -> None:
    assert told(facts=VOUCHED) == ""
    assert told(b"bounces-7@mail.example.org", facts=VOUCHED) == telling.ROBOT
    assert told(b"ada.7@mail.example.org", facts=VOUCHED) == ""


def test_anybody_else_is_unverified() -> None:
    assert told(facts=Facts()) == "unverified"
    for other in (Result.FAIL, Result.NONE, Result.UNKNOWN, Result.TEMPERROR):
        found = replace(VOUCHED.authentication, dmarc=other)
        assert told(facts=Facts(authentication=found)) == "unverified"
    nobody = replace(VOUCHED.authentication, source="none")
    assert told(facts=Facts(authentication=nobody)) == "unverified"


def test_a_return_path_of_a_third_person_is_not_believed_because_of_dmarc() -> None:
    assert told(b"victim@elsewhere.example", facts=VOUCHED) == "unverified"
    with_spf = replace(VOUCHED.authentication, spf=Result.PASS)
    assert told(b"ada@elsewhere.example", facts=Facts(authentication=with_spf)) == ""


def test_two_authors_are_nobody() -> None:
    assert told(octets=b"From: ada@example.org, eve@evil.example\r\n\r\nx\r\n", facts=VOUCHED) == "unverified"


@pytest.mark.parametrize(
    "path",
    [
        "mailer-daemon@example.org",
        "MAILER-DAEMON@example.org",
        "physics-request@other.example",
        "owner-physics@other.example",
        "other-owner@other.example",
        "no-reply@example.org",
        "noreply@example.org",
        "bounces+123@example.org",
        "list-bounces@example.org",
        "LISTSERV@jiscmail.example",
    ],
)
def test_programs_are_not_told(path: str) -> None:
    assert told(path.encode()) == telling.ROBOT


@pytest.mark.parametrize(
    "path",
    [
        "physics@lists.example",
        "Physics-announce@Lists.example",
        "physics+m.x@lists.example",
        "phys@old.example",
    ],
)
def test_the_lists_own_addresses_are_not_told(path: str) -> None:
    assert told(path.encode()) == telling.OURS


def test_nobody_is_told_where_there_is_no_return_path_or_none_that_can_be_written() -> None:
    assert told(b"") == telling.NO_RETURN_PATH
    assert told(b'"a b"@example.org') == telling.UNUSABLE
    assert told(b"\xc3\xa9@example.org") == telling.UNUSABLE
    assert told(b"a\r\nb@example.org") == telling.UNUSABLE


def test_automatic_mail_is_not_answered() -> None:
    assert told(octets=b"Auto-Submitted: auto-replied\r\n" + POST) == telling.AUTOMATIC
    assert told(octets=b"PRECEDENCE: Bulk\r\n" + POST) == telling.AUTOMATIC
