"""Clauses, lists and posts in a few words, for tests of judging."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rules.clause import InForce
from rules.evaluate import evaluate
from rules.facts import Facts
from rules.policy import Policy
from rules.profile import Profile
from rules.proving.example import Example
from rules.proving.posted import Posted, posted
from rules.reading import read
from rules.verdict import Verdict

LIST = "physics@lists.example.org"
PROFILE = Profile.model_validate_json(
    json.dumps(
        {
            "list": LIST,
            "organisation": {
                "names": ["IPEM", "Institute of Physics and Engineering in Medicine"],
                "domain": "ipem.example",
                "official_senders": ["office@ipem.example"],
                "staff": ["Judith Penhale"],
                "partners": ["Society of Radiographers", "SoR"],
            },
            "company_members": ["Lumidose Ltd"],
            "moderators": ["mo@example.org"],
        }
    )
)


def clause(when: Mapping[str, Any], **more: Any) -> InForce:
    """A clause in force, with this condition as a clause file writes it."""
    value: dict[str, Any] = {
        "clause": "tone",
        "pack": "house",
        "title": "Mind your tone",
        "source": {"document": "House rules", "heading": "Tone"},
        "when": when,
        "says": "The post says {quote}.",
        "ask": "Is this meant unkindly?",
        "mend": "Say it kindly.",
    }
    return InForce.model_validate_json(json.dumps(value | more))


def policy(*clauses: InForce, **profile: Any) -> Policy:
    """A policy of these clauses for the usual list."""
    return Policy.of(PROFILE.model_copy(update=profile), clauses)


def example(text: str | None = None, **more: Any) -> Posted:
    """A post to the list; keys as in an example of a clause file."""
    value = {"name": "a post"} | ({} if text is None else {"text": text}) | more
    made = Example.model_validate_json(json.dumps(value))
    return posted(made, Path(), LIST)


def judged(by: Policy, post: Posted) -> Verdict:
    """The verdict on a post."""
    reading = read(post.message.octets)
    assert not reading.doubts, reading.doubts
    return evaluate(by, reading, post.facts, post.message.envelope)


def quotes(when: Mapping[str, Any], text: str | None = None, **more: Any) -> list[str] | None:
    """The words that a condition finds in a post, None where it does not hold."""
    verdict = judged(policy(clause(when)), example(text, **more))
    assert not verdict.doubt, verdict.findings
    return [quote.text for quote in verdict.findings[0].quotes] if verdict.findings else None


def holds(when: Mapping[str, Any], text: str | None = None, **more: Any) -> bool:
    """Whether a condition holds for a post."""
    return quotes(when, text, **more) is not None


NOBODY = Facts()
