"""What LMTP does otherwise than SMTP (RFC 2033): another greeting, and a reply per recipient."""

from enum import StrEnum

from gateway.reply import Reply


class Protocol(StrEnum):
    """What a front speaks."""

    SMTP = "smtp"
    LMTP = "lmtp"

    @property
    def word(self) -> str:
        """The word for it in the greeting."""
        return "LMTP" if self is Protocol.LMTP else "ESMTP"

    def received(self, extended: bool, secure: bool) -> str:
        """How a message came, as a Received field says it (RFC 3848)."""
        if not (extended or secure) and self is Protocol.SMTP:
            return "SMTP"
        return f"{self.word}S" if secure else self.word

    def after_data(self, replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
        """Those of the recipients' replies that are given after the final dot."""
        return replies if self is Protocol.LMTP else replies[:1]
