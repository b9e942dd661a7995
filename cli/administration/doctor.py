"""What `gatepost admin doctor` looks at, and what it thinks of it."""

import importlib.util
import socket
import sysconfig
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from cli.listfiles.copies import copy_of
from cli.listfiles.list_file import NotProved, proved
from cli.listfiles.published import policy_of
from gateway import versions
from gateway.errors import GatewayError
from gateway.notices.waiting import hint, waiting_notices
from gateway.settings import Settings
from gateway.store.database import Store
from gateway.store.errors import StoreError
from gateway.versions import Published
from rules.errors import RulesError

_PATIENCE = 3.0  # seconds for a server to greet us


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
    try:
        store = Store.open(settings.store_url)
    except StoreError as error:
        return (*seen, Seen("store", Health.ILL, str(error)), *_submission(settings, 0, ""))
    try:
        seen.append(_sound(store))
        for one in store.read(versions.current):
            seen.extend(_list(settings, one))
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


def _sound(store: Store) -> Seen:
    damage = store.integrity()
    if damage != "ok":
        return Seen("store", Health.ILL, f"{store.path} is damaged: {damage}; restore a backup.")
    return Seen("store", Health.WELL, f"{store.path} is readable and whole.")


def _list(settings: Settings, one: Published) -> list[Seen]:
    profile = policy_of(one).profile
    seen = [_hop(one.list, profile.next_hop or ""), _copy(settings, one)]
    if not (profile.moderators or profile.owners or settings.admins):
        says = "nobody may decide on its posts; name 'moderators' in the list file."
        seen.append(Seen(one.list, Health.CARE, says))
    return seen


def _hop(name: str, hop: str) -> Seen:
    problem = _greeted(hop.partition("://")[2])
    if problem:
        return Seen(
            name,
            Health.ILL,
            f"the next hop {hop} cannot be reached ({problem}); clients will be asked to try again.",
        )
    return Seen(name, Health.WELL, f"the next hop {hop} greets us.")


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
