"""Every disguise of the one forbidden phrase, and the policy that must see through it."""

from tests.given.disguised import encodings, letters, pages, parts, styles
from tests.given.disguised.carrier import Disguise

DISGUISES: tuple[Disguise, ...] = (
    *parts.DISGUISES,
    *encodings.DISGUISES,
    *pages.DISGUISES,
    *styles.DISGUISES,
    *letters.DISGUISES,
)
