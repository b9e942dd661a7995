"""Tells what happens in `gatepost demo`, and shows that it is true."""

import shutil
import sys
import tempfile
import textwrap
from contextlib import ExitStack
from email import message_from_bytes
from pathlib import Path

from cli import session
from cli.demonstration.mailing_list import MEMBERS, DemoServer
from cli.demonstration.posts import ABUSE, COMPANY, LIST, POSTS, DemoPost
from cli.demonstration.stage import DemoFailed, staged
from cli.holds.deciding import Wish, decide
from cli.output import Ink, Piece, say
from gateway import queue
from gateway.holds import Hold, Outcome
from rules.verdict import Finding

_MODERATOR = "mo@lists.example.org"
_CLAUSE = "non-discriminatory"
_REASON = "Please disagree with the measurement, not with the person."


def play(*, keep: bool) -> None:
    """Play the demo; with ``keep``, leave its folder."""
    with ExitStack() as stack:
        if keep:
            folder = Path(tempfile.mkdtemp(prefix="gatepost-demo-"))
        else:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="gatepost-demo-")))
        begin(len(MEMBERS))
        stage = stack.enter_context(staged(folder))
        story = Story(stage.members, stage.mailboxes)
        for post in POSTS:
            story.posted(post, stage.post(post))
        story.decide()
    story.end(folder if keep else None)


def begin(members: int) -> None:
    """Set the scene."""
    say(Piece("\nGatepost stands in front of a mailing list", Ink.HEAD))
    say(f"{LIST} has {members} members. Its policy is the IPEM social media guidelines; Mo moderates it.")


class Story:
    """The story, told while it happens."""

    def __init__(self, members: DemoServer, mailboxes: DemoServer) -> None:
        self._members, self._mailboxes = members, mailboxes
        self._held: dict[str, str] = {}
        self._relayed = 0

    def posted(self, post: DemoPost, reply: str) -> None:
        """Tell what became of a post."""
        say(Piece(f"\n{post.title[:1].upper()}{post.title[1:]}", Ink.BOLD), f", from {post.author}")
        hold = self._hold_of(reply)
        if hold is None:
            self._relayed_to_all(post, reply)
            return
        self._held[post.title] = hold.id
        clauses = ", ".join(hold.clauses)
        say("  ", Piece("held", Ink.CARE), f" as {hold.id}, under ", Piece(clauses or "no clause", Ink.BOLD))
        for finding in hold.findings:
            if finding.acts and finding.found:
                _tell_finding(finding)

    def _relayed_to_all(self, post: DemoPost, reply: str) -> None:
        copies = self._copies(post)
        if not copies:
            raise DemoFailed(f"{post.title} was not relayed ({reply})")
        say("  ", Piece("relayed", Ink.GOOD), f" to {copies} members, byte-identical below our header lines")
        self._relayed += 1

    def _copies(self, post: DemoPost) -> int:
        """How many members have the post, octet for octet; 0 when any copy differs."""
        copies = self._members.wait(_id_of(post), 1)
        return len(copies) if all(copy.octets.endswith(post.octets) for copy in copies) else 0

    def _hold_of(self, reply: str) -> Hold | None:
        if "held for moderation as" not in reply:
            return None
        which = reply.split()[-1]
        with session.store() as store:
            return store.read(lambda connection: queue.find(connection, which))

    def decide(self) -> None:
        """Let the moderator release one post and reject another, and show what arrives. Raises DemoFailed."""
        say(Piece("\nMo decides", Ink.HEAD))
        for post in (COMPANY, ABUSE):
            if post.title not in self._held:
                raise DemoFailed(f"{post.title} was not held")
        self._release(COMPANY, self._held.pop(COMPANY.title))
        self._reject(self._held.pop(ABUSE.title))

    def _release(self, post: DemoPost, which: str) -> None:
        say(Piece(f"\n  $ gatepost queue release {which}", Ink.QUIET))
        decide((which,), Wish(Outcome.RELEASE), _MODERATOR, yes=True)
        copies = self._copies(post)
        if not copies:
            raise DemoFailed("the released post did not arrive")
        say(f"  {copies} members have it, byte-identical below our header lines")

    def _reject(self, which: str) -> None:
        words = f"gatepost queue reject {which} --clause {_CLAUSE} --reason '{_REASON}'"
        say(Piece(f"\n  $ {words}", Ink.QUIET))
        decide((which,), Wish(Outcome.REJECT, _CLAUSE, _REASON), _MODERATOR, yes=True)
        notices = self._mailboxes.wait(b".author-rejected.", 1)
        if not notices:
            raise DemoFailed("the author of the rejected post was not told")
        say(f"  No member has it, and this reached {notices[0].mailbox}:")
        for line in _words_of(notices[0].octets).splitlines():
            say(f"    | {line}")

    def end(self, kept: Path | None) -> None:
        """Say what to try next."""
        waiting = len(self._held)
        say(f"\n{self._relayed} posts relayed, 1 released, 1 rejected, {waiting} still waiting for a person.")
        say(Piece("\nTry next", Ink.HEAD))
        if shutil.which("gatepost") is None:
            # As after 'make demo': the command stands in an environment that this shell has not entered.
            say(f"  . {Path(sys.executable).parent / 'activate'}      so that the shell finds 'gatepost'")
        if kept is None:
            say("  gatepost demo --keep                      play it again and look around in its store")
            say("  gatepost init DIR                         start an installation of your own")
            say("  gatepost rules show ipem/endorsement      read a clause, and the examples that prove it")
            say("  gatepost rules check POST.eml --list-file LIST.yaml   judge a message of your own")
            return
        config = kept / "gatepost.toml"
        say(f"  gatepost --config {config} queue list")
        say(f"  gatepost --config {config} queue show ID")
        say(f"  gatepost --config {config} admin verify")
        say(f"  rm -r {kept}      when you have seen enough")


def _tell_finding(finding: Finding) -> None:
    say(textwrap.indent(textwrap.fill(finding.discreet, 92), "       "))


def _words_of(octets: bytes) -> str:
    notice = message_from_bytes(octets)  # our own words, so any parser will do
    body = notice.get_payload(decode=True)
    words = body.decode("utf-8", "replace") if isinstance(body, bytes) else ""
    return f"Subject: {notice['Subject']}\n\n{words.strip()}"


def _id_of(post: DemoPost) -> bytes:
    # In angle brackets after the field's name: a reply to a post names it too.
    start = post.octets.index(b"\r\nMessage-ID: ")
    return post.octets[start : post.octets.index(b"\r\n", start + 2)]
