"""Judges message files by a policy, without any store: `check`, `explain` and `score` go through here."""

import re
import time
from dataclasses import dataclass

from cli.posts.archive import Post
from cli.posts.submitted import as_submitted
from rules.evaluate import evaluate
from rules.facts import Facts
from rules.message import Envelope
from rules.policy import Policy
from rules.reading import Reading, read
from rules.scan import scan
from rules.standing import border_results, standing
from rules.verdict import Verdict

_PATH = re.compile(rb"<([^<>\r\n]*)>")


@dataclass(frozen=True, slots=True)
class Case:
    """One post with all that judging wants."""

    reading: Reading
    facts: Facts
    envelope: Envelope


@dataclass(frozen=True, slots=True)
class Judged:
    """A post's verdict; ``milliseconds`` of CPU were spent on reading and judging it."""

    post: Post
    verdict: Verdict
    milliseconds: float


def judge(policy: Policy, post: Post, *, archive: bool = False) -> Judged:
    """Return what the policy says of a post; any octets have a verdict."""
    _make_ready(policy)
    began = time.process_time()
    case = prepare(policy, post, archive=archive)
    verdict = evaluate(policy, case.reading, case.facts, case.envelope)
    return Judged(post, verdict, (time.process_time() - began) * 1000)


def prepare(policy: Policy, post: Post, *, archive: bool = False) -> Case:
    """Return a post read, with the facts that a file can tell; ``archive`` ignores what a list adds."""
    octets = as_submitted(post.octets, policy.profile) if archive else post.octets
    reading = read(octets, scan(octets))
    return Case(reading, _facts(policy, reading), _envelope(policy, reading))


def _make_ready(policy: Policy) -> object:
    # Compiling is done once per policy, and is no part of a post's time.
    return policy.compiled


def _facts(policy: Policy, reading: Reading) -> Facts:
    profile = policy.profile
    return Facts(standing=standing(profile, reading), authentication=border_results(profile, reading.scan))


def _envelope(policy: Policy, reading: Reading) -> Envelope:
    return Envelope(_sender(reading), (policy.profile.list.encode(),))


def _sender(reading: Reading) -> bytes:
    # A delivered message keeps its reverse-path as Return-Path (RFC 5321, 4.4); "<>" is one too.
    for value in reading.scan.values("return-path"):
        if match := _PATH.search(value):
            return match[1]
    return reading.author.address.encode("utf-8", "replace") if reading.author else b""
