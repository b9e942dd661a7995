"""Breaks each promise once, on purpose, in a copy of the tree: a test must fail, or it holds nothing.

``python -m tests.mutations [WORD...]`` breaks those whose name has a word, or all; prints which test
caught each, as rows for docs/promises.md, and leaves with 1 where none did.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).parent.parent
_GATE = (
    "tests/gateway/test_gate.py",
    "tests/gateway/test_gate_repeats.py",
    "tests/gateway/test_gate_trouble.py",
)
_VERIFY = ("tests/gateway/test_verify.py",)
_FLOODS = ("tests/gateway/test_floods.py",)
_WALLS = ("tests/gateway/test_walls.py",)
_LIMITS = ("tests/gateway/smtp/test_limits.py",)
_IDENTITY = ("tests/gateway/authentication", "tests/gateway/test_identity.py", "tests/gateway/test_border.py")
_FAILED = re.compile(r"^(?:FAILED|ERROR) ([^\s\[]+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Mutation:
    """One promise, and how it is broken: ``old`` stands once in ``file``; ``tests`` are those to ask."""

    promise: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]


MUTATIONS = (
    Mutation(
        "the reply waits for the commit",
        "gateway/keeping.py",
        "        prior = await self._doors.writer.write(record)\n        fault(Point.HOLD_COMMITTED)",
        "        self._doors.writer.later(record)\n        prior = None\n        fault(Point.HOLD_COMMITTED)",
        (*_GATE, "tests/gateway/store"),
    ),
    Mutation(
        "what is held is on the disk before its reply",
        "gateway/store/writer.py",
        "any(queued.durable for queued in jobs)",
        "False",
        ("tests/gateway/store", "tests/gateway/test_gate_trouble.py"),
    ),
    Mutation(
        "low space is answered at MAIL, with a reserve kept",
        "gateway/gate.py",
        "STORE_CHECKED if self._doors.writer.checking else self._doors.room.refusal()",
        "STORE_CHECKED if self._doors.writer.checking else None",
        ("tests/crash/test_space.py",),
    ),
    Mutation(
        "a hold is stored with its notices",
        "gateway/holding.py",
        "return Prepared(holds, tuple(_delivery(arrival, judged) for judged in passes), notices)",
        "return Prepared(holds, tuple(_delivery(arrival, judged) for judged in passes), ())",
        (*_GATE, "tests/gateway/test_queue.py", "tests/gateway/notices"),
    ),
    Mutation(
        "the octets that came are the octets that go",
        "gateway/inline.py",
        "octets=arrival.message.octets,\n            recipient_parameters",
        'octets=arrival.message.octets.replace(b"Subject:", b"SUBJECT:", 1),\n            recipient_parameters',
        _GATE,
    ),
    Mutation(
        "a post that was here is refused as a loop",
        "gateway/gate.py",
        "return any(one.facts.looped for one in group)",
        "return False",
        (*_GATE, "tests/gateway/test_trace.py"),
    ),
    Mutation(
        "nobody is told who could have been forged",
        "gateway/notices/telling.py",
        "    return UNVERIFIED\n",
        '    return ""\n',
        ("tests/gateway/notices", *_GATE),
    ),
    Mutation(
        "in flight is recorded before the first octet leaves",
        "gateway/inline.py",
        "            lambda connection: transactions.begin(connection, arrival), durable=False",
        "            lambda connection: None, durable=False",
        _GATE,
    ),
    Mutation(
        "a confirmed reply makes the same octets a new post",
        "gateway/gate.py",
        "self._doors.writer.later(lambda connection: transactions.confirm(connection, transactions_seen))",
        "pass",
        (*_GATE, "tests/gateway/test_transactions.py", "tests/gateway/smtp"),
    ),
    Mutation(
        "what may be doubled is counted",
        "gateway/transactions.py",
        '.where(_T.id == bindparam("which"), _T.state != TransactionState.UNKNOWN.value)',
        '.where(_T.id == bindparam("which"))',
        _GATE,
    ),
    Mutation(
        "what cannot be read is held",
        "rules/evaluate.py",
        "    if doubts:\n",
        "    if doubts and False:\n",
        ("tests/rules/test_evaluate.py",),
    ),
    Mutation(
        "every decision is in the audit",
        "gateway/desk.py",
        "        self._record(connection, hold, audit.Entry(now, order.by, order.action.value, reason=_why(order)))",
        "        _ = audit",
        ("tests/gateway/test_desk.py", "tests/gateway/test_audit.py"),
    ),
    Mutation(
        "a released post whose dot had no reply is not sent again",
        "gateway/outbox/deliveries.py",
        'lost = tuple(connection.scalars(select(_C.id).where(_C.state == "dotted", which)))',
        "lost: tuple[int, ...] = ()",
        ("tests/gateway/outbox", "tests/gateway/duties"),
    ),
    Mutation(
        "a repair deletes nothing that may be owed",
        "gateway/invariants/octets.py",
        '    if next(stored_is_somewhere(connection), None) is not None:\n        return ""',
        '    if False:\n        return ""',
        _VERIFY,
    ),
    Mutation(
        "a repair makes a hold of what the list server refused, before anything is deleted",
        "gateway/invariants/octets.py",
        'DELIVERY.c.state.in_(("failed", "unknown")) & DELIVERY.c.hold_id.is_(None)',
        'DELIVERY.c.state.in_(("cancelled",))',
        _VERIFY,
    ),
    Mutation(
        "a repair is in the audit",
        "gateway/verify.py",
        "    if said:\n",
        "    if not said:\n",
        _VERIFY,
    ),
    Mutation(
        "after the disk failed nothing is written before the store was looked through",
        "gateway/store/writer.py",
        "            self._failed = error\n",
        "            pass\n",
        ("tests/gateway/store/test_failing_disk.py",),
    ),
    Mutation(
        "what a crash left in hand is taken up at the next start",
        "gateway/duties/rounds.py",
        "            if await asyncio.to_thread(shift.begin):\n",
        "            if await asyncio.to_thread(shift.begin) and False:\n",
        ("tests/gateway/duties/test_recovery.py",),
    ),
    Mutation(
        "nobody's lease is ended while another process may hold it",
        "gateway/duties/rounds.py",
        "            if await asyncio.to_thread(shift.begin):\n",
        "            if await asyncio.to_thread(shift.begin) or True:\n",
        ("tests/gateway/duties/test_recovery.py",),
    ),
    Mutation(
        "a repeat is known for a week",
        "gateway/purge.py",
        "max(older_than, REPEATS)",
        "older_than",
        ("tests/gateway/test_purge.py",),
    ),
    Mutation(
        "too many held posts are put off",
        "gateway/keeping.py",
        "        if waits and (answer := await self._too_much(arrival, waits)):\n",
        "        if False and (answer := await self._too_much(arrival, waits)):\n",
        _FLOODS,
    ),
    Mutation(
        "too many octets of an author are put off",
        "gateway/floods.py",
        "            if self._octets.full(whose, self._settings.author_octets, now):\n",
        "            if False:\n",
        _FLOODS,
    ),
    Mutation(
        "too many octets of all together are put off",
        "gateway/floods.py",
        '        if self._octets.full("", self._settings.total_octets, now):\n',
        "        if False:\n",
        _FLOODS,
    ),
    Mutation(
        "an author cannot hide behind another From",
        "gateway/floods.py",
        "        if not client or self._ours.has(client, (in_force,)):\n",
        "        if True:\n",
        _FLOODS,
    ),
    Mutation(
        "in a flood moderators get one notice",
        "gateway/holding.py",
        "    if digest is None:\n",
        "    if True:\n",
        _FLOODS,
    ),
    Mutation(
        "nothing in a post acts on a terminal",
        "cli/output.py",
        "out.append(_escape(character) if hidden or marks > _MOST_MARKS else character)",
        "out.append(character)",
        ("tests/cli/test_painting.py",),
    ),
    Mutation(
        "the journal has no address",
        "gateway/doors.py",
        "sender=self.journal.address(envelope.reverse_path)",
        'sender=envelope.reverse_path.decode("ascii", "replace")',
        ("tests/gateway/test_private.py",),
    ),
    Mutation(
        "no text column holds what a database refuses",
        "gateway/store/codec.py",
        "    text = legible(text)\n    if len(text)",
        "    if len(text)",
        ("tests/gateway/store/test_text_traps.py",),
    ),
    Mutation(
        "a bare line feed never ends a message",
        "gateway/smtp/data.py",
        "        end = octets.find(_END)\n",
        '        end = octets.replace(b"\\n.\\r\\n", b".\\r\\n\\r\\n"[-4:]).find(_END)\n',
        ("tests/gateway/smtp/test_data.py", "tests/gateway/smtp/test_smuggling.py"),
    ),
    Mutation(
        "what was sent along with STARTTLS is never a command",
        "gateway/smtp/session.py",
        "if answer.then is not Then.GO_ON and self._intake.pending:",
        "if answer.then not in (Then.GO_ON, Then.SECURE) and self._intake.pending:",
        ("tests/gateway/smtp/test_tls.py", "tests/dialogues"),
    ),
    Mutation(
        "what was said before TLS is forgotten",
        "gateway/smtp/dialogue.py",
        "        self._secure = True\n        self._begin()",
        "        self._secure = True",
        ("tests/gateway/smtp/test_tls.py", "tests/dialogues"),
    ),
    Mutation(
        "nobody but a named proxy says whose connection it is",
        "gateway/smtp/house.py",
        "and within(client, self.terms.settings.proxy_networks)",
        "and bool(self.terms.settings.proxy_networks)",
        ("tests/gateway/smtp/test_claimed_clients.py",),
    ),
    Mutation(
        "nobody but a named server says whose message it is",
        "gateway/smtp/dialogue.py",
        "if not within(self._speaker, networks):",
        "if not networks:",
        ("tests/gateway/smtp/test_claimed_clients.py",),
    ),
    Mutation(
        "what a client asked for with DSN goes to the next hop as it came",
        "gateway/relay/errand.py",
        "(rcpt(each, asked.get(each, ())) for each",
        "(rcpt(each) for each",
        ("tests/gateway/duties/test_deliver.py", "tests/gateway/relay"),
    ),
    Mutation(
        "a transaction is over once its data has come",
        "gateway/smtp/dialogue.py",
        "        self.reset()\n        self._patience = Patience()\n        return envelope",
        "        self._patience = Patience()\n        return envelope",
        ("tests/model",),
    ),
    Mutation(
        "a line without end is not kept",
        "gateway/smtp/receive.py",
        "* DRAINED:",
        "* DRAINED and False:",
        ("tests/load",),
    ),
    Mutation(
        "a message over the size limit is not taken",
        "gateway/smtp/data.py",
        "        if self.size > self._size_limit:\n",
        "        if False:\n",
        ("tests/gateway/smtp/test_data.py", *_LIMITS),
    ),
    Mutation(
        "a line over the limit is not taken",
        "gateway/smtp/data.py",
        "if self.fault < Fault.LONG_LINE and self._too_long(message):",
        "if False:",
        ("tests/gateway/smtp/test_data.py", *_LIMITS),
    ),
    Mutation(
        "one client gets its share of connections and no more",
        "gateway/smtp/limits.py",
        "many = bool(key) and share >= self._most_per_client and",
        "many = False and",
        _LIMITS,
    ),
    Mutation(
        "all clients together get so many connections and no more",
        "gateway/smtp/limits.py",
        "if self._count >= self._most or many:",
        "if many:",
        _LIMITS,
    ),
    Mutation(
        "a far next hop proves itself by its certificate",
        "gateway/relay/opening.py",
        "    return ssl.create_default_context(cadata=ca)\n",
        "    return _unverified_context()\n",
        ("tests/gateway/relay/test_tls.py",),
    ),
    Mutation(
        "the client's patience bounds what the next hop may take",
        "gateway/inline.py",
        "all_or_nothing=True, seconds=_left(by)",
        "all_or_nothing=True, seconds=None",
        _GATE,
    ),
    Mutation(
        "the next hop's deadline ends a relay",
        "gateway/relay/connection.py",
        "min(seconds, max(self.deadline - self._loop.time(), 0.001))",
        "seconds",
        ("tests/gateway/relay/test_deadline.py",),
    ),
    Mutation(
        "a next hop that refused at the dot is not asked again on that connection",
        "gateway/relay/dialogue.py",
        "            self._connection.quit()\n",
        "            pass\n",
        ("tests/gateway/relay/test_pool.py",),
    ),
    Mutation(
        "what reads strangers' mail can change no file",
        "gateway/confined/walls.py",
        "    _forbid_files(starting=starting)\n",
        "",
        _WALLS,
    ),
    Mutation(
        "it can open no socket and start no program",
        "gateway/confined/walls.py",
        "    calls.forbid(calls.OUTWARD if starting else (*calls.OUTWARD, *calls.PROGRAMS))\n",
        "",
        _WALLS,
    ),
    Mutation(
        "it can limit, slow, signal and lock out no other process",
        "gateway/confined/calls.py",
        "(_REFUSE, _ALLOW) if only.others else (_ALLOW, _REFUSE)",
        "(_ALLOW, _ALLOW)",
        ("tests/gateway/test_neighbours.py",),
    ),
    Mutation(
        "every process that reads is walled in",
        "gateway/confined/child.py",
        "    confine(limits.memory, starting=limits.ocr)\n",
        "",
        _WALLS,
    ),
    Mutation(
        "a message over which the gateway crashes is not parsed for ever",
        "gateway/deaths.py",
        "deaths = min(deaths + (judged if self.trace else 0), MOST)",
        "deaths = 0",
        ("tests/gateway/test_deaths.py",),
    ),
    Mutation(
        "identity: what is unknown is never a pass",
        "rules/facts.py",
        "return Result.PASS in (self.dmarc, self.dkim, self.spf)",
        "return Result.FAIL not in (self.dmarc, self.dkim, self.spf)",
        _IDENTITY,
    ),
    Mutation(
        "identity: only the border itself is believed",
        "gateway/facts.py",
        "from_border = within(envelope.hop, in_force.believed)",
        "from_border = bool(in_force.believed)",
        _IDENTITY,
    ),
    Mutation(
        "identity: an author whom two programs read differently has none",
        "rules/authentication.py",
        "if len(values) != 1 or scan.excess or any(one.kind in _DECEPTIVE for one in scan.ambiguities):",
        "if not values:",
        (*_IDENTITY, "tests/rules/test_authentication.py"),
    ),
    Mutation(
        "identity: a signature over part of the body counts for nothing",
        "gateway/authentication/signature.py",
        ' or "l" in found',
        "",
        _IDENTITY,
    ),
    Mutation(
        "identity: a short key counts for nothing",
        "gateway/authentication/child.py",
        "_SMALLEST = 1024",
        "_SMALLEST = 0",
        _IDENTITY,
    ),
    Mutation(
        "identity: SPF is asked of the author's own server only",
        "gateway/authentication/authenticator.py",
        "envelope if direct else None",
        "envelope",
        _IDENTITY,
    ),
    Mutation(
        "identity: one message asks the DNS twenty times at most",
        "gateway/authentication/resolver.py",
        "if self._left <= 0:",
        "if self._left <= -1000:",
        _IDENTITY,
    ),
    Mutation(
        "identity: a DNS that does not answer ends in time",
        "gateway/authentication/resolver.py",
        "async with asyncio.timeout_at(self._end):",
        "async with asyncio.timeout_at(self._end + 60):",
        _IDENTITY,
    ),
    Mutation(
        "identity: a clause that would hold everybody is in shadow without a source",
        "rules/wording.py",
        "if post.facts.sourced or not clause.live_with",
        "if True",
        _IDENTITY,
    ),
    Mutation(
        "identity: a border that lets forged fields through is not believed",
        "gateway/addresses.py",
        "return () if self.forgetful else self.border",
        "return self.border",
        _IDENTITY,
    ),
    Mutation(
        "identity: a moderator is told of a signature that has expired",
        "gateway/authentication/ageing.py",
        "if self.expires is not None and self.expires <= at:",
        "if False:",
        ("tests/cli/test_origin.py", "tests/gateway/duties/test_signatures.py"),
    ),
    Mutation(
        "what rests on a silent scanner never holds",
        "rules/conditions/combine.py",
        "if self.scanners and not post.facts.answered(self.scanners):",
        "if False:",
        ("tests/rules/test_scanners.py",),
    ),
    Mutation(
        "a silent scanner's post waits where its list waits",
        "rules/evaluate.py",
        "unscanned = [unscanned_of(*silent) for silent in absences(policy, facts, Absent.HOLD)]",
        "unscanned: list[Finding] = []",
        ("tests/gateway/test_gate_scanners.py",),
    ),
    Mutation(
        "what is not judged in time is held",
        "gateway/gate.py",
        "            async with asyncio.timeout(seconds) as limit:\n",
        "            async with asyncio.timeout(None) as limit:\n",
        _GATE,
    ),
    Mutation(
        "a scanner has its deadline, whether it reads or not",
        "gateway/scanners/exchange.py",
        "        writer.transport.abort()\n",
        "        writer.close()\n        await writer.wait_closed()\n",
        ("tests/gateway/test_scanners.py",),
    ),
)


def caught_by(mutation: Mutation) -> str:
    """The first test that failed in a tree broken so; "" where none did."""
    with tempfile.TemporaryDirectory() as place:
        tree = Path(place) / "tree"
        told = subprocess.run(["git", "ls-files", "-z"], cwd=_ROOT, capture_output=True, check=True)
        for name in filter(None, told.stdout.decode().split("\0")):
            if (_ROOT / name).is_file():
                (tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(_ROOT / name, tree / name)
        file = tree / mutation.file
        text = file.read_text(encoding="utf-8")
        if text.count(mutation.old) != 1:
            raise LookupError(
                f"{mutation.promise}: what is to be broken does not stand once in {mutation.file}"
            )
        file.write_text(text.replace(mutation.old, mutation.new), encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x",
            "-n",
            "0",
            "-p",
            "no:cacheprovider",
            *mutation.tests,
        ]
        environment = {**os.environ, "PYTHONPATH": str(tree)}
        done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    return first_failure(done.stdout) if done.returncode == 1 else ""


def first_failure(said: str) -> str:
    """The first test, without what it was given, that pytest's summary calls failed."""
    failed = _FAILED.search(said)
    return failed[1] if failed else ""


def main(words: tuple[str, ...]) -> int:
    """Break them one after the other; the number of promises that no test held."""
    missed = 0
    for mutation in MUTATIONS:
        if words and not any(word in mutation.promise for word in words):
            continue
        caught = caught_by(mutation)
        missed += not caught
        sys.stdout.write(f"| {mutation.promise} | {f'`{caught}`' if caught else '**nothing**'} |\n")
        sys.stdout.flush()
    return min(missed, 1)


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:])))
