"""Judges message files by a policy, without any store: `check`, `explain` and `score` go through here."""

import re
import time
from dataclasses import dataclass, replace

from cli.output import remark
from cli.posts.archive import Post
from cli.posts.submitted import as_submitted
from gateway.confined.limits import Limits
from gateway.confined.ocr import MISSING, available
from gateway.confined.one import Reader
from rules.evaluate import evaluate
from rules.facts import Facts, Said, scanners_among
from rules.message import Envelope
from rules.policy import Policy
from rules.reading import Reading
from rules.scan import scan
from rules.standing import border_results, standing
from rules.verdict import Verdict

_PATH = re.compile(rb"<([^<>\r\n]*)>")


@dataclass(frozen=True, slots=True)
class Case:
    """One post with all that judging wants; ``milliseconds`` of CPU were spent on reading it."""

    name: str
    size: int
    reading: Reading
    facts: Facts
    envelope: Envelope
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A post's verdict; ``milliseconds`` of CPU were spent on reading and judging it."""

    name: str
    verdict: Verdict
    milliseconds: float


def reading(*, ocr: bool) -> Reader:
    """Return what reads the posts of one command; says so if it is to use tesseract and there is none."""
    if ocr and not available():
        remark(MISSING)
    return Reader(Limits(ocr=ocr))


def tell_unasked(policy: Policy) -> None:
    """Say which of the list's scanners would be asked about a post, and are not: only the gateway asks."""
    has = policy.profile.scanners.asked if policy.profile.scanners else {}
    unasked = [scanner.value for scanner in scanners_among(policy.compiled.needs) if scanner in has]
    if unasked:
        names = " and ".join(filter(None, (", ".join(unasked[:-1]), unasked[-1])))
        remark(f"Not asked here: {names}. What clauses ask of them is taken for unknown, and holds nothing.")


def prepare(policy: Policy, post: Post, reader: Reader, *, archive: bool = False) -> Case:
    """Return a post read, with the facts that a file can tell; ``archive`` ignores what a list adds."""
    began = spent(reader)
    octets = as_submitted(post.octets, policy.profile) if archive else post.octets
    reading = reader.read(octets, scan(octets))
    facts, envelope = _facts(policy, reading), _envelope(policy, reading)
    milliseconds = (spent(reader) - began) * 1000
    return Case(post.name, len(octets), reading, facts, envelope, milliseconds)


def judge(policy: Policy, case: Case, said: Said) -> Judged:
    """Return what the policy says of a post of whose quoted text this was said before."""
    began = time.process_time()
    verdict = evaluate(policy, case.reading, replace(case.facts, said=said), case.envelope)
    return Judged(case.name, verdict, case.milliseconds + (time.process_time() - began) * 1000)


def spent(reader: Reader) -> float:
    """Seconds of CPU so far, of this process and of those that read for it."""
    return time.process_time() + reader.spent


def _facts(policy: Policy, reading: Reading) -> Facts:
    profile, identity = policy.profile, border_results(policy.profile, reading.scan)
    # Of a file nobody knows which client sent it: a border that the list file names would have vouched.
    named = bool(profile.border.networks or profile.border.authserv_id)
    return Facts(
        standing=standing(profile, reading),
        authentication=identity,
        sourced=named or identity.source != "none",
    )


def _envelope(policy: Policy, reading: Reading) -> Envelope:
    return Envelope(_sender(reading), (policy.profile.list.encode(),))


def _sender(reading: Reading) -> bytes:
    # A delivered message keeps its reverse-path as Return-Path (RFC 5321, 4.4); "<>" is one too.
    for value in reading.scan.values("return-path"):
        if match := _PATH.search(value):
            return match[1]
    return reading.author.address.encode("utf-8", "replace") if reading.author else b""
