"""The kinds of notice; each has its words in `templates/KIND.txt`."""

from enum import StrEnum


class Kind(StrEnum):
    """Who is told what."""

    MODERATOR_HELD = "moderator-held"
    MODERATOR_DIGEST = "moderator-digest"
    MODERATOR_DECIDED = "moderator-decided"
    MODERATOR_EXPIRED = "moderator-expired"
    MODERATOR_RELEASE_FAILED = "moderator-release-failed"
    MODERATOR_UNKNOWN = "moderator-unknown"
    MODERATOR_DELIVERY_FAILED = "moderator-delivery-failed"
    MODERATOR_DELIVERY_UNKNOWN = "moderator-delivery-unknown"
    MODERATOR_LOST = "moderator-lost"
    AUTHOR_HELD = "author-held"
    AUTHOR_RELEASED = "author-released"
    AUTHOR_REJECTED = "author-rejected"
    AUTHOR_EXPIRED = "author-expired"
    AUTHOR_REFUSED = "author-refused"

    @property
    def to_author(self) -> bool:
        """Whether the post's author gets it; else a moderator does."""
        return self.value.startswith("author-")
