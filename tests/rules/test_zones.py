"""Own words, quoted text, signature and disclaimer told apart in plain text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.zones import divide


def zone(text: str, name: str) -> str:
    return next((zone.text for zone in divide(text) if zone.name == name), "")


@pytest.mark.parametrize(
    "attribution",
    [
        "On 3 May 2025, at 11:00, Ann Marsh <a@b.example> wrote:",
        "On Thu, 3 May 2025 at 11:00, Ann Marsh\n<a@b.example> wrote:",
        "On Thu, 3 May 2025\nat 11:00, Ann Marsh\n<a@b.example> wrote:",
        "Le 3 mai 2025 à 11:00, Ann Marsh a écrit :",
        "Am 3. Mai 2025 um 11:00 schrieb Ann Marsh:",
        "Am 03.05.2025 um 11:00 schrieb Ann Marsh <a@b.example>:",
        "Ar 3 Mai 2025, ysgrifennodd Ann Marsh:",
        "Ann Marsh <a@b.example> wrote:",
    ],
)
def test_who_wrote_it_belongs_to_the_quotation(attribution: str) -> None:
    text = f"Yes.\n\n{attribution}\n> Agreed?\n> Ann\n"
    assert zone(text, "own") == "Yes."
    assert zone(text, "quoted") == f"{attribution}\n> Agreed?\n> Ann"


def test_replies_below_and_between_are_own_words() -> None:
    text = "On 3 May 2025, Ann wrote:\n> One?\n\nYes, one.\n\n> Two?\n\nNo, not two.\n"
    assert zone(text, "own") == "Yes, one.\nNo, not two."


def test_what_follows_an_unmarked_quotation_is_quoted() -> None:
    text = "Thanks.\n\nOn 3 May 2025, Ann <a@b.example> wrote:\n\nHello all,\n\nany news?\n"
    assert zone(text, "own") == "Thanks."
    assert "any news?" in zone(text, "quoted")


@pytest.mark.parametrize(
    "sentence",
    [
        "On page three Smith wrote:",
        "As Smith wrote:",
        "On Monday we start at nine.",
        "The committee wrote: no.",
    ],
)
def test_a_sentence_that_only_resembles_an_attribution_is_own(sentence: str) -> None:
    assert zone(f"{sentence}\nthe dose is too high\n", "quoted") == ""


@pytest.mark.parametrize(
    "block",
    [
        "From: Ann Marsh\nSent: 3 May 2025 11:00\nTo: list@x.example\nSubject: Cones",
        "*From:* Ann Marsh\n*Date:* 3 May 2025\n*To:* list@x.example\n*Subject:* Cones",
        "Von: Ann Marsh\nGesendet: 3. Mai 2025\nAn: list@x.example\nBetreff: Kegel",
        "De : Ann Marsh\nEnvoyé : 3 mai 2025\nÀ : list@x.example\nObjet : cônes",
        "Oddi wrth: Ann Marsh\nAnfonwyd: 3 Mai 2025\nAt: list@x.example\nPwnc: conau",
        "-----Original Message-----\nFrom: Ann Marsh\nSent: 3 May 2025",
        "________________________________\nFrom: Ann Marsh\nSent: 3 May 2025\nTo: list@x.example",
        "---------- Forwarded message ---------",
        "Begin forwarded message:",
    ],
)
def test_a_repeated_header_begins_a_quotation(block: str) -> None:
    text = f"See below.\n\n{block}\n\nThe table is attached.\n"
    assert zone(text, "own") == "See below."
    assert zone(text, "quoted").endswith("The table is attached.")


def test_a_line_that_begins_with_from_is_own() -> None:
    assert zone("From: the library\nwe borrowed two books\n", "quoted") == ""
    assert zone(">From here on it is ours\n", "own") == ">From here on it is ours"


def test_a_signature_ends_where_a_quotation_begins() -> None:
    text = "Yes.\n\n-- \nAnn Marsh\nPhysics\n\nOn 3 May 2025, Bo wrote:\n> Well?\n"
    assert zone(text, "own") == "Yes."
    assert zone(text, "signature") == "-- \nAnn Marsh\nPhysics"


def test_a_long_text_below_a_signature_mark_is_own() -> None:
    text = "Yes.\n-- \n" + "and we sell chambers\n" * 30
    assert zone(text, "signature") == ""
    assert "chambers" in zone(text, "own")


@pytest.mark.parametrize(
    "boilerplate",
    [
        "This e-mail is confidential and intended for the addressee only. If received in error, delete it.",
        "The information contained in this email may be privileged. Unauthorised copying is prohibited.",
        "CONFIDENTIALITY NOTICE: intended for the named recipient. Any disclosure is prohibited.",
        "****************\nThis message may be confidential. If you are not the intended\nrecipient, tell us.\n****",
        "Please consider the environment before printing this email.",
        "________________________________\nTo unsubscribe from the list, click here:\nhttps://x.example/leave",
        "########################\n\nTo unsubscribe from the PHYSICS list:\nhttps://jiscmail.example/x",
    ],
)
def test_boilerplate_is_a_disclaimer(boilerplate: str) -> None:
    text = f"The meeting is at two.\n\n{boilerplate}\n"
    assert zone(text, "own") == "The meeting is at two."
    assert zone(text, "disclaimer") == boilerplate


@pytest.mark.parametrize(
    "words",
    [
        "This e-mail is confidential, but you should all see the report.",
        "The information in this table is wrong.",
        "This message is for all physicists.",
    ],
)
def test_an_author_may_speak_of_confidentiality(words: str) -> None:
    assert zone(f"Dear all,\n\n{words}\n", "own").endswith(words)


def test_own_words_below_a_disclaimer_are_own() -> None:
    text = "This email is confidential and meant for the intended recipient only.\n\nBuy our chambers.\n"
    assert zone(text, "own") == "Buy our chambers."


LINES = st.lists(
    st.one_of(
        st.text(max_size=30).map(lambda text: text.replace("\n", " ")),
        st.sampled_from(
            [
                "",
                "> quoted",
                "-- ",
                "On 3 May 2025, Ann <a@b.example> wrote:",
                "From: a",
                "Sent: b",
                "To: c",
                "____________________",
                "To unsubscribe",
                "-----Original Message-----",
                "This email is confidential to the intended recipient.",
                "Own words.",
            ]
        ),
    ),
    max_size=40,
)


@given(LINES)
def test_every_line_that_is_not_blank_is_in_exactly_one_zone(lines: list[str]) -> None:
    said = [line for zone in divide("\n".join(lines)) for line in zone.text.split("\n")]
    assert sorted(filter(str.strip, said)) == sorted(filter(str.strip, lines))


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 31_000,
        "On " + " " * 20_000,
        "On a\n" * 5_000,
        "> x\n" * 100_000,
        ">" * 100_000,
        "From: a\n" * 50_000,
        "____________________\n" * 20_000,
        "On a 2020 wrote:\n" * 20_000,
        "This email is confidential\n\n" * 20_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_text_is_divided_in_linear_time(text: str) -> None:
    begun = time.process_time()
    divide(text)
    assert time.process_time() - begun < 2.5
