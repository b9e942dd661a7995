"""A small installation with real posts in a real store, and `gatepost` run on it in this process."""

import getpass
import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.main import app, run
from gateway import queue
from gateway.authentication.examined import NOTHING, Examined
from gateway.holds import NewHold
from gateway.settings import load
from gateway.store.database import Store
from gateway.store.ids import new_id
from gateway.transactions import Arrival, Judgement
from rules.message import Envelope, Message
from rules.verdict import Action, Finding, Quote, Status, Verdict

LIST = "physics@lists.example.org"
MO = "mo@example.org"
LIST_FILE = f"""\
# The physics list.
list: {LIST}
purpose: Medical physics  # as the owner says it
packs: [./house]
next_hop: lmtp://127.0.0.1:9
moderators:
  - {{address: {MO}, name: Mo}}
owners: [owner@example.org]
trusted_networks: [127.0.0.0/8]
"""
PACK = """\
pack: house
title: The house rules
source: {document: House rules}
review: 2027-01-31
profile: ../example.yaml
contents:
  - {heading: Conduct, clauses: [conduct]}
  - {heading: Thanks, no_clause: Nobody breaks it.}
"""
CLAUSE = """\
clause: conduct
title: No praise
source: {document: House rules, heading: Conduct}
action: hold
when: {phrase: [nobody makes better, best in class]}
says: The post says {quote}.
ask: Is it an advertisement?
mend: State the facts.
must_hold:
  - {name: praise, text: Nobody makes better chambers.}
must_pass:
  - {name: an invitation, text: Visit us in hall 2.}
"""
_KEYS = itertools.count()


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed, and its exit code."""

    out: str
    err: str
    code: int


@dataclass(frozen=True)
class House:
    """An installation in a folder; `gatepost` runs a command on it."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    def gatepost(self, *words: str) -> Said:
        """Run the command as a shell would, without a terminal."""
        self.capsys.readouterr()
        # Each run furnishes the app anew, as a process of its own would.
        app.registered_groups.clear()
        app.registered_commands.clear()
        with pytest.raises(SystemExit) as left:
            run(["--config", str(self.folder / "gatepost.toml"), *words])
        printed = self.capsys.readouterr()
        return Said(printed.out, printed.err, left.value.code if isinstance(left.value.code, int) else 0)

    def store(self) -> Store:
        """The installation's store."""
        return Store.open(load(self.folder / "gatepost.toml").store_url, create=True)

    def write(self, name: str, text: str) -> Path:
        """A file in the installation's folder."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def pack(self) -> Path:
        """The folder of a small pack."""
        folder = self.folder / "house"
        folder.mkdir()
        for name, text in (("pack", PACK), ("conduct", CLAUSE), ("../example", f"list: {LIST}\n")):
            (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
        return folder

    def serves(self, more: str = "") -> Path:
        """A list that is served; returns the copy of its file."""
        self.pack()
        said = self.gatepost("lists", "add", str(self.write("physics.yaml", LIST_FILE + more)))
        assert said.code == 0, said.err
        return self.folder / "lists" / "physics.yaml"

    def holds(
        self,
        octets: bytes,
        *findings: Finding,
        subject: str = "Chambers",
        identity: Examined = NOTHING,
    ) -> str:
        """A held post; returns its id."""
        verdict = Verdict(findings or (finding(),))
        recipients = (LIST.encode(),)
        message = Message(Envelope(b"ann@example.org", recipients), octets)
        judged = Judgement(LIST, recipients, 1, verdict, "enforce", (), identity)
        arrival = Arrival(new_id(), b"key %d" % next(_KEYS), message, datetime.now(UTC), (judged,))
        hold = NewHold(new_id(), LIST, 1, recipients, "ann@example.org", subject, "<1@example.org>", verdict)
        store = self.store()
        store.write(lambda connection: queue.hold(connection, arrival, (hold,)))
        store.close()
        return hold.id


POST = (
    b"From: Ann <ann@example.org>\r\nTo: physics@lists.example.org\r\nSubject: Chambers\r\n"
    b"\r\nNobody makes better chambers than Lumidose.\r\n"
)


def finding(
    words: str = "Nobody makes better", zone: str = "own", start: int = 0, *, sensitive: bool = False
) -> Finding:
    """A finding whose quote stands in POST."""
    return Finding(
        clause="conduct",
        pack="civil",
        title="No praise",
        action=Action.HOLD,
        status=Status.LIVE,
        confidence=1.0,
        says=f"The post says '{words}'.",
        ask="Is it an advertisement?",
        mend="State the facts.",
        quotes=(Quote(zone, words, start, start + len(words), words),),
        sensitive=sensitive,
        masked="The post says '[masked]'." if sensitive else "",
    )


def login() -> str:
    """The user who runs the tests."""
    return getpass.getuser()
