"""A reply is not held for what its list has said already; what nobody said there is judged, quoted or not."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.given.client import post, submit
from tests.given.gatepost import HOUSE, MODERATOR
from tests.given.near import Near
from tests.given.sink import Sink

QUOTING = str(Path(HOUSE).parent / "quoting")
ASKED = "Please vote for the Blue Party on Thursday, it is the last chance to save the department."
INVENTED = "Please vote for the Red Party on Thursday, as Ann said on this very list."


def reply(quoted: str, ident: str) -> bytes:
    first, last = quoted[: len(quoted) // 2].rpartition(" ")[::2]
    rest = last + quoted[len(quoted) // 2 :]
    wrote = "On Sun, 22 Nov 2026 at 10:00, Ann <ann@member.example> wrote:"
    return post(f"I would rather not.\n\n{wrote}\n> {first}\n> {rest}", "Re: A question", ident=ident)


@dataclass(frozen=True, slots=True)
class Site:
    """A gateway whose one list reads quoted text."""

    gatepost: Near
    onwards: Sink

    def said(self, octets: bytes) -> str:
        code, text = submit(self.gatepost.smtp, octets)
        return f"{code} {text}"

    def held(self, octets: bytes) -> str:
        """The id of the hold that a post becomes."""
        said = self.said(octets)
        assert "held for moderation as" in said, said
        return said.split()[-1]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with (
        Sink("smtp") as onwards,
        Near(tmp_path_factory.mktemp("gatepost"), onwards.url, packs=QUOTING) as gatepost,
    ):
        yield Site(gatepost, onwards)


def test_a_reply_to_a_released_post_passes_and_one_to_words_that_nobody_said_is_held(site: Site) -> None:
    first = site.held(post(ASKED, ident="asked"))
    early = site.held(reply(ASKED, "early"))
    site.gatepost.run("queue", "release", first, "--as", MODERATOR, "--yes")
    site.gatepost.wait_for(first, "released")
    assert site.said(reply(ASKED, "late")).startswith("250 2.0.0 Ok: relayed")
    invented = site.held(reply(INVENTED, "invented"))
    (shown,) = site.gatepost.lines("queue", "show", invented)
    assert shown["clauses"] == ["party"]
    words = " ".join(site.gatepost.run("queue", "show", invented).split())
    assert "(in quoted text))." in words
    site.gatepost.run("queue", "reject", early, "--reason", "no", "--as", MODERATOR, "--yes")
    site.gatepost.run("queue", "discard", invented, "--as", MODERATOR, "--yes")
    assert "held" in site.said(reply(INVENTED, "again"))
    assert site.onwards.received[-1].octets.endswith(reply(ASKED, "late"))
