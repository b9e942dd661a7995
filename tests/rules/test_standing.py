"""What a list file and a message say of the author, the same for the command line and the gateway."""

import pytest

from rules.facts import Result, Standing
from rules.profile import Border, Profile
from rules.reading import read
from rules.scan import scan
from rules.standing import border_results, standing

LIST = "physics@Lists.example"
FROM = b"From: Ann <Ann@a.example>\r\n"
RECEIVED = b"Received: from mail.a.example by lists.example with ESMTPS id 1; 2 May\r\n"
NAMED = Border(authserv_id="mx.lists.example")


def passed(authserv_id: bytes) -> bytes:
    return b"Authentication-Results: " + authserv_id + b"; dmarc=pass header.from=a.example\r\n"


@pytest.mark.parametrize(
    ("members", "authors", "expected"),
    [
        (None, FROM, Standing.UNKNOWN),
        ((), FROM, Standing.NONMEMBER),
        (("ann@A.example",), FROM, Standing.MEMBER),
        (("bo@a.example",), FROM, Standing.NONMEMBER),
        (("ann@a.example",), b"From: ann@a.example, bo@b.example\r\n", Standing.NONMEMBER),
        (("ann@a.example",), b"", Standing.NONMEMBER),
    ],
)
def test_standing_is_what_the_list_file_says(
    members: tuple[str, ...] | None, authors: bytes, expected: Standing
) -> None:
    profile = Profile(list=LIST, members=members)
    assert standing(profile, read(authors + b"\r\nhi\r\n")) is expected


@pytest.mark.parametrize(
    ("border", "above", "expected"),
    [
        (Border(), passed(b"lists.example"), Result.PASS),
        (Border(), RECEIVED + passed(b"lists.example"), Result.PASS),
        (Border(), passed(b"mx.lists.example"), Result.UNKNOWN),
        (NAMED, passed(b"mx.lists.example"), Result.PASS),
        (NAMED, RECEIVED + passed(b"mx.lists.example"), Result.PASS),
        (NAMED, RECEIVED.replace(b"by ", b"by mx.") + passed(b"mx.lists.example"), Result.PASS),
        (NAMED, RECEIVED.replace(b"by ", b"by x.") + passed(b"mx.lists.example"), Result.UNKNOWN),
        (NAMED, passed(b"lists.example"), Result.UNKNOWN),
    ],
)
def test_the_lists_host_and_its_border_may_stand_above_what_the_border_wrote(
    border: Border, above: bytes, expected: Result
) -> None:
    profile = Profile(list=LIST, border=border)
    assert border_results(profile, scan(above + FROM + b"\r\nhi\r\n")).dmarc is expected
