"""Sends a forged field through a list's border, and sees whether it comes out again."""

import smtplib
import time

from cli import session
from cli.administration.doctor import Health, Seen
from cli.listfiles.published import policy_of, served
from gateway import border
from gateway.errors import GivenWrong
from gateway.store.database import Store
from gateway.trace import Trace
from rules.profile import Profile

_PATIENCE = 10  # seconds for each answer of the border
_TRAVEL = 30.0  # seconds from the border to us
_AT_ONCE = 2.0
_LOOK = 0.2


class NoBorder(GivenWrong):
    """A list that believes no border, or a border without an address."""

    def __str__(self) -> str:
        return (
            "--border needs a list whose file names border.networks, and --through HOST:PORT of that server"
        )


def probed(name: str, through: str) -> Seen:
    """What becomes of a forged field sent through ``through`` to the list, while `serve` runs."""
    host, _, port = through.rpartition(":")
    with session.store() as store:
        one = served(store, name)
        profile = policy_of(one).profile
        if not profile.border.networks or not host or not (port.isascii() and port.isdigit()):
            raise NoBorder
        token = store.write(lambda connection: border.begin(connection, one.list))
        mark = Trace("", store.secret()).mark(one.list)
        octets = border.message(profile, token, mark)
        problem, answered = _sent(host.strip("[]"), int(port), profile, octets)
        patience = (_AT_ONCE if answered else 0.0) if problem else _TRAVEL
        if not _has_arrived(store, one.list, patience):
            why = (
                problem or "it did not come back to us; is 'gatepost serve' running, and in border.networks?"
            )
            return Seen(one.list, Health.CARE, f"the probe through {through} showed nothing: {why}")
        removed = store.read(lambda connection: border.removes(connection, one.list))
    if removed:
        return Seen(one.list, Health.WELL, "its border removes forged Authentication-Results.")
    says = (
        "its border lets forged Authentication-Results through; it is not believed until a probe is better."
    )
    return Seen(one.list, Health.ILL, says)


def _sent(host: str, port: int, profile: Profile, octets: bytes) -> tuple[str, bool]:
    """What went wrong on the way, and whether it was an answer: a border may pass our own refusal on."""
    try:
        with smtplib.SMTP(host, port, timeout=_PATIENCE) as client:
            client.sendmail("", [profile.list], octets)
    except (smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused) as error:
        return str(error), True
    except (OSError, smtplib.SMTPException) as error:
        return str(error) or type(error).__name__, False
    return "", True


def _has_arrived(store: Store, address: str, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not store.read(lambda connection: border.arrived(connection, address)):
        if time.monotonic() > end:
            return False
        time.sleep(_LOOK)
    return True
