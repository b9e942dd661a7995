"""Whether a list's border removes forged Authentication-Results: a probe through it, and what came of it.

The probe carries our own loop mark, so that it is refused and reaches no
list whatever becomes of it, and the null reverse-path, so that nobody is
told. Only the message that was asked for last is believed, once.
"""

import hmac
import json
import secrets

from sqlalchemy import Connection, select, update

from gateway import versions
from gateway.store.tables import META
from gateway.trace import MARK
from rules.profile import Profile
from rules.scan import Scan

FIELD = "X-Gatepost-Probe"
_PREFIX = "border:"


def begin(connection: Connection, list_address: str) -> str:
    """Expect a probe for the list, and return its token; an earlier one counts no more, its outcome stays."""
    key, token = _key(list_address), secrets.token_hex(16)
    before = _read(connection, key)
    value = json.dumps({"token": token, "removes": before.get("removes")}).encode()
    if before:
        connection.execute(update(META).where(META.c.key == key).values(value=value))
    else:
        connection.execute(META.insert().values(key=key, value=value))
    return token


def message(profile: Profile, token: str, mark: str) -> bytes:
    """The probe: a forged field under the border's name, which a border that knows its duty removes."""
    border = profile.border.authserv_id or profile.domain
    return (
        f"Authentication-Results: {border}; dmarc=pass header.from={token}.invalid\r\n"
        f"{MARK}: {mark}\r\n{FIELD}: {token}\r\n"
        f"From: Gatepost <{profile.name}-owner@{profile.domain}>\r\nTo: {profile.list}\r\n"
        "Subject: A probe of the border; it reaches nobody\r\nAuto-Submitted: auto-generated\r\n\r\n"
        "Does the border remove the first field of this message?\r\n"
    ).encode("ascii", "replace")


def is_probe(scan: Scan) -> bool:
    """Whether a message says that it is a probe."""
    return scan.count(FIELD) == 1


def note(connection: Connection, list_address: str, scan: Scan) -> None:
    """Record what became of a probe that came through the border; running gateways heed it at once."""
    key = _key(list_address)
    expected = str(_read(connection, key).get("token", "")).encode()
    if not expected or not hmac.compare_digest(scan.values(FIELD)[0].strip(), expected):
        return
    survived = any(expected in value for value in scan.values("authentication-results"))
    value = json.dumps({"removes": not survived}).encode()
    connection.execute(update(META).where(META.c.key == key).values(value=value))
    versions.touch(connection)


def arrived(connection: Connection, list_address: str) -> bool:
    """Whether the probe that was begun last has come."""
    return "token" not in _read(connection, _key(list_address))


def removes(connection: Connection, list_address: str) -> bool | None:
    """Whether the list's border removes forged fields; None where no probe has shown it."""
    found = _read(connection, _key(list_address)).get("removes")
    return found if isinstance(found, bool) else None


def forgetful(connection: Connection) -> frozenset[str]:
    """The lists, in lower case, whose border let a forged field through: it is not believed."""
    rows = connection.execute(select(META.c.key, META.c.value).where(META.c.key.startswith(_PREFIX)))
    return frozenset(
        row.key.removeprefix(_PREFIX) for row in rows if json.loads(row.value).get("removes") is False
    )


def _key(list_address: str) -> str:
    return _PREFIX + list_address.lower()


def _read(connection: Connection, key: str) -> dict[str, object]:
    value = connection.scalar(select(META.c.value).where(META.c.key == key))
    found = json.loads(value) if value else {}
    return found if isinstance(found, dict) else {}
