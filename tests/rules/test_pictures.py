"""The organisation's logo in pictures, whatever was done to it; and pictures that do not show it."""

import base64
import importlib
import time
from functools import cache

import pytest
from PIL import Image
from pydantic import ValidationError

from rules.clause import Clause, InForce
from rules.conditions.picture import WEAK, PictureSpec
from rules.evaluate import evaluate
from rules.facts import Facts
from rules.message import Envelope
from rules.pack import SHIPPED, read_pack
from rules.pictures.faces import missing
from rules.pictures.sketching import LARGEST, LONGEST, MOST, sketch_of
from rules.policy import Policy
from rules.profile import Logo, Organisation, Profile
from rules.reading import read, sketched
from rules.verdict import Action, Finding
from tests.given import pictures as drawn
from tests.given.documents import office, paragraph, post, word, zipped
from tests.given.judging import clause, policy

OFFICE = "office@imps.example"
ORGANISATION = Organisation(
    names=("IMPS",), official_senders=(OFFICE,), logo=Logo.of(drawn.saved(drawn.logo()))
)
ENVELOPE = Envelope(b"a@b.example", (b"list@lists.example",))
SHOWS_LOGO = {"picture": {"shows": "logo"}}


def found_in(octets: bytes, name: str = "file.png", **more: object) -> Finding | None:
    """What a clause that asks for the logo finds in a post with this file."""
    by = policy(clause(SHOWS_LOGO, says="The post has {quote}."), organisation=ORGANISATION, **more)
    verdict = evaluate(by, sketched(read(post((name, octets)))), Facts(), ENVELOPE)
    assert not verdict.doubt
    return verdict.findings[0] if verdict.findings else None


LOGO = drawn.logo()
GUISES = {
    "whole": LOGO,
    "at 0.3 of its size": drawn.resized(LOGO, 0.3),
    "at 0.6 of its size": drawn.resized(LOGO, 0.6),
    "twice as large": drawn.resized(LOGO, 2),
    "grey": LOGO.convert("L"),
    "a negative": drawn.inverted(LOGO),
    "tinted": drawn.tinted(LOGO),
    "tinted, light on dark": drawn.tinted(LOGO, "#ffff40", "#000060"),
    "on nothing": drawn.logo(ground=(0, 0, 0, 0)),
    "tilted by 5": drawn.tilted(LOGO, 5),
    "tilted by -8": drawn.tilted(LOGO, -8),
    "on a poster": drawn.poster(LOGO),
    "small on a poster": drawn.poster(LOGO, 90),
    "on a dark poster": drawn.poster(LOGO, ground=(70, 90, 60)),
    "grey, small and tilted on a poster": drawn.poster(
        drawn.tilted(LOGO.convert("L").convert("RGB"), 5), 130
    ),
    "a negative on a poster": drawn.poster(drawn.inverted(LOGO)),
    "in a signature's banner": drawn.banner(LOGO),
}


@pytest.mark.parametrize("guise", GUISES)
def test_the_logo_is_found(guise: str) -> None:
    found = found_in(drawn.saved(GUISES[guise]))
    assert found is not None
    assert found.action is Action.HOLD
    assert found.says == "The post has the logo in file.png."
    assert found.confidence > 0.75


@pytest.mark.parametrize("quality", [20, 75])
def test_the_logo_is_found_in_a_jpeg(quality: int) -> None:
    assert found_in(drawn.saved(drawn.poster(LOGO), "JPEG", quality=quality))


@pytest.mark.parametrize(
    ("name", "octets"),
    [
        (
            "rota.docx",
            office({"word/document.xml": word(paragraph("x")), "word/media/a.png": drawn.saved(LOGO)}),
        ),
        ("rota.pdf", drawn.pdf(drawn.poster(LOGO))),
        ("rota.zip", zipped({"a.png": drawn.saved(LOGO)})),
    ],
)
def test_the_logo_is_found_in_a_file(name: str, octets: bytes) -> None:
    found = found_in(octets, name)
    assert found is not None
    assert found.says == f"The post has the logo in {name}."


def test_the_logo_is_found_in_the_text() -> None:
    octets = (
        b"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>Hi</p><img src='data:image/png;base64,"
        + base64.b64encode(drawn.saved(LOGO))
        + b"'>"
    )
    by = policy(clause(SHOWS_LOGO, says="The post has {quote}."), organisation=ORGANISATION)
    verdict = evaluate(by, sketched(read(octets)), Facts(), ENVELOPE)
    assert [finding.says for finding in verdict.findings] == [
        "The post has the logo in a picture of the text."
    ]


@cache
def innocents() -> dict[str, Image.Image]:
    return dict(drawn.innocents())


def test_pictures_of_other_things_do_not_show_the_logo() -> None:
    assert len(innocents()) == 40
    assert [name for name, image in innocents().items() if found_in(drawn.saved(image))] == []


def test_a_search_ends_soon() -> None:
    largest = drawn.saved(drawn.SORTS["phantom"](1))
    found_in(drawn.saved(LOGO))  # its templates are made once
    reading = sketched(read(post(("a.png", largest))))
    by = policy(clause(SHOWS_LOGO), organisation=ORGANISATION)
    began = time.process_time()
    evaluate(by, reading, Facts(), ENVELOPE)
    # It takes 0.15 s; the rest is for machines that are slow or busy.
    assert time.process_time() - began < 0.6


def test_without_a_logo_in_the_list_file_none_is_found() -> None:
    by = policy(clause(SHOWS_LOGO))
    reading = sketched(read(post(("a.png", drawn.saved(LOGO)))))
    assert evaluate(by, reading, Facts(), ENVELOPE).findings == ()


def test_a_published_logo_that_is_no_picture_finds_nothing_and_is_no_doubt() -> None:
    by = policy(clause(SHOWS_LOGO), organisation=Organisation(logo=Logo.of(b"PNG")))
    reading = sketched(read(post(("a.png", drawn.saved(LOGO)))))
    verdict = evaluate(by, reading, Facts(), ENVELOPE)
    assert (verdict.findings, verdict.doubt) == ((), False)


# What is unpacked


def test_a_sketch_is_small_and_grey() -> None:
    sketch = sketch_of(drawn.saved(drawn.resized(LOGO, 3)))
    assert sketch is not None
    assert (sketch.width, len(sketch.grey)) == (LONGEST, sketch.width * sketch.height)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_sort_of_pixel_has_a_sketch(mode: str) -> None:
    image = LOGO.convert("L").convert("I;16") if mode == "I;16" else LOGO.convert(mode)
    assert sketch_of(drawn.saved(image)) is not None


@pytest.mark.parametrize(
    "octets", [b"", b"\x89PNG\r\n\x1a\n", drawn.saved(LOGO)[:200], drawn.saved(LOGO.resize((20, 20)))]
)
def test_what_is_damaged_or_tiny_has_no_sketch(octets: bytes) -> None:
    assert sketch_of(octets) is None


def test_what_is_too_large_is_not_unpacked() -> None:
    assert sketch_of(drawn.saved(Image.new("L", (LARGEST // 1000 + 1, 1000)))) is None


def test_the_first_pictures_of_a_post_have_sketches() -> None:
    files = [(f"{n}.png", drawn.saved(LOGO.resize((60 + n, 50)))) for n in range(MOST + 3)]
    reading = sketched(read(post(("icon.png", drawn.saved(LOGO.resize((9, 9)))), *files)))
    assert [picture.sketch is not None for picture in reading.pictures] == [
        False,
        *[True] * MOST,
        *[False] * 3,
    ]


# The clause


@cache
def shipped() -> Policy:
    pack = read_pack(SHIPPED / "ipem")
    found = next(clause for clause in pack.clauses if clause.clause == "branding")
    in_force = InForce(pack="ipem", **{name: getattr(found, name) for name in Clause.model_fields})
    return Policy.of(
        Profile(list="list@lists.example", organisation=ORGANISATION),
        (in_force,),
        {"ipem": pack.weights} if pack.weights else {},
    )


def branding(author: str, text: str = "Here it is.") -> bool:
    """Whether the shipped clause holds a post with the logo in a picture."""
    octets = post(("a.png", drawn.saved(LOGO)), text=text).replace(b"a@b.example", author.encode(), 1)
    verdict = evaluate(shipped(), sketched(read(octets)), Facts(), ENVELOPE)
    return any(found.clause == "branding" and found.action is Action.HOLD for found in verdict.findings)


def test_the_logo_is_for_official_senders_and_what_quotes_them() -> None:
    assert branding("kim@freemail.example")
    assert not branding(OFFICE)
    assert not branding(
        "kim@freemail.example", f"Thanks.\r\n\r\nOn Monday {OFFICE} wrote:\r\n> Here is the picture."
    )


# Faces


def test_faces_need_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rules.conditions.picture.missing", lambda: "needs the extra 'vision'")
    with pytest.raises(ValidationError, match="'faces' needs the extra 'vision'"):
        PictureSpec.model_validate({"picture": {"shows": "faces"}})


def test_what_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", absent)
    from rules.pictures import faces

    faces._cascade.cache_clear()
    assert missing() == "needs the extra 'vision': pip install 'gatepost[vision]'"


def test_faces_are_a_note(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rules.conditions.picture.missing", str)
    monkeypatch.setattr("rules.conditions.picture.faces_in", lambda sketch: 2)
    by = policy(clause({"picture": {"shows": "faces"}}, says="The post has {quote}."))
    reading = sketched(read(post(("a.png", drawn.saved(LOGO)))))
    (found,) = evaluate(by, reading, Facts(), ENVELOPE).findings
    assert (found.action, found.confidence) == (Action.NOTE, WEAK)
    assert found.says == "The post has what seem to be faces in a.png."


@pytest.mark.skipif(missing() != "", reason="the extra vision is not installed")
def test_a_logo_has_no_face() -> None:
    from rules.pictures.faces import faces_in

    sketch = sketch_of(drawn.saved(LOGO))
    assert sketch is not None
    assert faces_in(sketch) == 0
