"""Keeps what a pack takes for a breach in mail that rightly passed, so that it learns to leave it alone."""

from dataclasses import dataclass
from pathlib import Path

from cli.output import remark
from cli.posts.archive import Post, posts
from cli.posts.judging import reading
from cli.posts.submitted import as_submitted
from gateway.confined.one import Reader
from gateway.errors import CouldNotBeDone
from rules.learned import Weights, WeightsUnreadable, weights_in
from rules.pack import WEIGHTS, Pack
from rules.profile import Profile, read_profile
from rules.scan import scan
from rules.teaching.lessons import ZONES
from rules.teaching.spared import distinct, to_octets, worth_sparing
from rules.teaching.train import namer, spared

_OFTEN = 500


@dataclass
class NothingLearned(CouldNotBeDone):
    """A pack that has no weights by which passages could be chosen."""

    pack: str

    def __str__(self) -> str:
        return f"{self.pack} has learned nothing yet; run 'gatepost rules train {self.pack}' first, alone"


def spare(pack: Pack, paths: tuple[Path, ...]) -> bytes:
    """Return the pack's file of spared passages with those of these posts added. Raises NoMessages."""
    weights, profile = _weights(pack), read_profile(pack.profile)
    names = namer(profile)
    found = list(spared(pack))
    before = len(found)
    with reading(ocr=False) as reader:
        for number, post in enumerate((post for path in paths for post in posts(path)), 1):
            found += worth_sparing(weights, _texts(post, profile, reader), names)
            if not number % _OFTEN:
                remark(f"posts read: {number}")
    rows = distinct(found)
    remark(f"posts read: {number}; passages kept: {len(rows) - before}")
    return to_octets(rows)


def _texts(post: Post, profile: Profile, reader: Reader) -> tuple[str, ...]:
    octets = as_submitted(post.octets, profile)
    return tuple(zone.text for zone in reader.read(octets, scan(octets)).zones if zone.name in ZONES)


def _weights(pack: Pack) -> Weights:
    # Weights that are stale choose well enough; they are learned anew right after.
    try:
        return weights_in((pack.folder / WEIGHTS).read_bytes())
    except (OSError, WeightsUnreadable) as error:
        raise NothingLearned(pack.name) from error
