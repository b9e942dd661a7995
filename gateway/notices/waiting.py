"""Says that notices wait because nobody told us which server sends them."""

from sqlalchemy import Connection

from gateway.outbox import notices
from gateway.settings import Settings


def waiting_notices(connection: Connection) -> int:
    """How many notices wait to be sent."""
    return notices.count_waiting(connection)


def hint(connection: Connection, settings: Settings) -> str:
    """One line for `serve`, `queue` and `doctor`; "" when there is nothing to say."""
    if settings.submission.url:
        return ""
    count = waiting_notices(connection)
    if not count:
        return ""
    wait = "1 notice waits" if count == 1 else f"{count} notices wait"
    return f'{wait} to be sent: set submission.url = "smtp://HOST:PORT" in {settings.file}.'
