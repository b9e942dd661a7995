"""What `gatepost admin doctor` looks at, and what it thinks of it."""

import asyncio
import importlib.util
import socket
import sysconfig
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cli.listfiles.copies import copy_of
from cli.listfiles.list_file import NotProved, proved
from cli.listfiles.published import policy_of
from cli.listfiles.sources import held_unproved, unsourced
from cli.session import now
from gateway import versions
from gateway.confined import ocr
from gateway.errors import GatewayError
from gateway.metrics import Metrics
from gateway.notices.waiting import hint, waiting_notices
from gateway.scanners import Question, ScannerAnswers, Scanning
from gateway.settings import Settings
from gateway.smtp.certificates import CertificateUnfit, ends, missing
from gateway.store.database import Store
from gateway.store.disk import low_space, refuse_network
from gateway.store.errors import StoreError, StoreRemote
from gateway.versions import Published
from rules.errors import RulesError
from rules.facts import Absence
from rules.profile import Profile
from rules.scanners import Absent

_TEST = b"From: postmaster@localhost\r\nSubject: Test\r\n\r\nA test message from gatepost admin doctor.\r\n"
_PATIENCE = 3.0  # seconds for a server to greet us
_RENEWED = 14  # days before its end by which a certificate should have been renewed


class Health(StrEnum):
    """How something is."""

    WELL = "well"
    CARE = "care"
    ILL = "ill"


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing looked at, and a sentence on it."""

    what: str
    health: Health
    says: str


def examined(settings: Settings) -> tuple[Seen, ...]:
    """Everything looked at, one after the other."""
    seen = [Seen("settings", Health.WELL, f"{settings.file} can be read."), *_environment()]
    resolver = _resolver(settings)
    seen += [*_ocr(settings), *_tls(settings), *resolver]
    try:
        store = Store.open(settings.store_url)
    except StoreError as error:
        return (*seen, Seen("store", Health.ILL, str(error)), *_submission(settings, 0, ""))
    try:
        seen += [_sound(store), *_room(settings, store), *_distance(settings, store)]
        for one in store.read(versions.current):
            seen.extend(_list(settings, one))
            if any(found.health is Health.ILL for found in resolver):
                seen.extend(_unproved(one))
        told = store.read(lambda connection: hint(connection, settings))
        seen.extend(_submission(settings, store.read(waiting_notices), told))
    except StoreError as error:
        seen.append(Seen("store", Health.ILL, str(error)))
    finally:
        store.close()
    return tuple(seen)


def _environment() -> list[Seen]:
    # `rules`, `gateway` and `cli` are common words: another distribution may bring packages of these names.
    ours = Path(__file__).resolve().parents[2]
    seen = []
    for name in ("rules", "gateway", "cli"):
        found = importlib.util.find_spec(name)
        place = Path(found.origin).resolve().parent.parent if found and found.origin else None
        others = {Path(sysconfig.get_path(key)) / name for key in ("purelib", "platlib")}
        foreign = [other for other in others if other.is_dir() and other.resolve().parent != ours]
        if place != ours or foreign:
            where = foreign[0] if foreign else place
            says = f"another package '{name}' stands at {where}; give Gatepost an environment of its own."
            seen.append(Seen("environment", Health.ILL if place != ours else Health.CARE, says))
    return seen or [Seen("environment", Health.WELL, "no foreign package shadows Gatepost's.")]


def _ocr(settings: Settings) -> list[Seen]:
    if not settings.readers.ocr:
        return []
    if not ocr.available():
        return [Seen("ocr", Health.CARE, f"{ocr.MISSING}.")]
    return [Seen("ocr", Health.WELL, "tesseract reads the text in pictures.")]


def _resolver(settings: Settings) -> list[Seen]:
    given = settings.authentication
    if given.resolver == "off":
        return []
    from gateway.authentication.resolver import LookupFailed, Lookups, Resolver

    async def asked() -> None:
        await Lookups(Resolver(given.resolver), given.seconds).texts("_dmarc.example.org")

    try:
        asyncio.run(asked())
    except (LookupFailed, GatewayError) as error:
        lost = f"the resolver {given.resolver} does not answer ({error})"
        says = f"{lost}; until it does, only a border shows who wrote a post."
        return [Seen("authentication", Health.ILL, says)]
    return [Seen("authentication", Health.WELL, f"the resolver {given.resolver} answers.")]


def _tls(settings: Settings) -> list[Seen]:
    if told := missing(settings.tls, needed=bool(settings.smtps.listen)):
        return [Seen("tls", Health.ILL, f"{CertificateUnfit(settings.file, told)}.")]
    if not settings.tls.certificate:
        return []
    try:
        days = (ends(settings.tls, settings.file) - time.time()) / 86_400
    except CertificateUnfit as unfit:
        return [Seen("tls", Health.ILL, f"{unfit}.")]
    if days < _RENEWED:
        says = f"the certificate ends in {days:.0f} days; renew it, and it is taken up without a restart."
        return [Seen("tls", Health.CARE, says)]
    return [Seen("tls", Health.WELL, f"the certificate fits its key, and ends in {days:.0f} days.")]


def _sound(store: Store) -> Seen:
    damage = store.integrity()
    if damage != "ok":
        return Seen("store", Health.ILL, f"{store.path} is damaged: {damage}; restore a backup.")
    return Seen("store", Health.WELL, f"{store.path} is readable and whole.")


def _room(settings: Settings, store: Store) -> list[Seen]:
    if told := low_space(store.path.parent, settings.store.min_free):
        return [Seen("store", Health.ILL, f"{told}.")]
    return []


def _distance(settings: Settings, store: Store) -> list[Seen]:
    try:
        refuse_network(store.path)
    except StoreRemote as error:
        health = Health.CARE if settings.store.allow_network else Health.ILL
        return [Seen("store", health, str(error))]
    return []


def _list(settings: Settings, one: Published) -> list[Seen]:
    policy = policy_of(one)
    profile = policy.profile
    seen = [*_hops(one.list, profile.hop_urls), *_scanners(profile), _copy(settings, one)]
    if not (profile.moderators or profile.owners or settings.admins):
        says = "nobody may decide on its posts; name 'moderators' in the list file."
        seen.append(Seen(one.list, Health.CARE, says))
    if told := unsourced(policy, settings):
        seen.append(Seen(one.list, Health.CARE, told))
    return seen


def _unproved(one: Published) -> list[Seen]:
    if whose := held_unproved(policy_of(one)):
        says = f"what comes from {whose} is held while the resolver does not answer."
        return [Seen(one.list, Health.ILL, says)]
    return []


def _hops(name: str, hops: tuple[str, ...]) -> list[Seen]:
    problems = {hop: _greeted(hop.partition("://")[2]) for hop in hops}
    lost = all(problems.values())
    then = "clients will be asked to try again" if lost else "another takes its place"
    seen: list[Seen] = []
    for hop, problem in problems.items():
        says = f"the next hop {hop} greets us."
        if problem:
            says = f"the next hop {hop} cannot be reached ({problem}); {then}."
        seen.append(Seen(name, (Health.ILL if lost else Health.CARE) if problem else Health.WELL, says))
    return seen


def _scanners(profile: Profile) -> list[Seen]:
    has = profile.scanners.asked if profile.scanners else {}
    each = {scanner: Question.of(scanner, asked) for scanner, asked in has.items()}
    said = asyncio.run(_asked(tuple(each.values()))) if each else {}
    seen: list[Seen] = []
    for scanner, question in each.items():
        answer, place = said[question], f"{scanner.value} at {question.at}"
        if isinstance(answer, Absence):
            then = f"absent: {has[scanner].absent.value}"
            health = Health.CARE if has[scanner].absent is Absent.IGNORE else Health.ILL
            seen.append(Seen(profile.list, health, f"{place} says nothing ({answer.why}); {then}."))
        else:
            seen.append(Seen(profile.list, Health.WELL, f"{place} says {answer.verdict} of a test message."))
    return seen


async def _asked(questions: tuple[Question, ...]) -> ScannerAnswers:
    scanning = Scanning(Metrics().scanners, now)
    try:
        return await scanning.scan(_TEST, questions)
    finally:
        await scanning.close()


def _copy(settings: Settings, one: Published) -> Seen:
    try:
        path = copy_of(settings.folder, one.list)
        digest = proved(path).digest
    except (GatewayError, RulesError, NotProved) as error:
        return Seen(one.list, Health.CARE, f"the version in force stays, but its file is not right: {error}")
    if digest != one.digest:
        says = f"{path} or a pack is not as in version {one.number} in force; 'lists set' would publish it."
        return Seen(one.list, Health.CARE, says)
    return Seen(one.list, Health.WELL, f"{path} is what is in force (version {one.number}).")


def _submission(settings: Settings, waiting: int, told: str) -> list[Seen]:
    url = settings.submission.url
    if not url:
        none = f'nothing sends notices: set submission.url = "smtp://HOST:PORT" in {settings.file}.'
        return [Seen("submission", Health.CARE, told or none)]
    problem = _greeted(url.partition("://")[2])
    if problem:
        return [
            Seen("submission", Health.ILL, f"{url} cannot be reached ({problem}); {waiting} notices wait.")
        ]
    return [Seen("submission", Health.WELL, f"{url} greets us; {waiting} notices wait.")]


def _greeted(address: str) -> str:
    """What keeps a mail server from greeting us; "" when it does."""
    host, _, port = address.rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), _PATIENCE) as connection:
            greeting = connection.recv(512)
    except (OSError, ValueError) as error:
        return str(error) or type(error).__name__
    return "" if greeting.startswith(b"220") else "it answers, but not as a mail server"
