"""What matching sees of a text, and the way back to what its reader sees."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.normal import normalise, sentence_around, undisguised
from rules.text.sentences import ends

TEXTS = st.text(
    st.one_of(st.characters(), st.sampled_from("aeiou тоβµ\u200b\u00ad\u0301 ßİ\n\t10@$ﬁ\U0001f1e6"))
)


def seen_again(text: str) -> str:
    return undisguised(normalise(text)).text


@pytest.mark.parametrize(
    ("displayed", "text"),
    [
        ("Vote  FOR\nBlue", "vote for blue"),
        ("V\u200bo\u00adte", "vote"),
        ("ｖｏｔｅ", "vote"),
        ("𝐯𝐨𝐭𝐞", "vote"),
        ("vоtе", "vote"),  # Cyrillic о and е
        ("idiοt", "idiot"),  # Greek ο
        ("“don’t” – said", '"don\'t" - said'),
        ("v\u0336o\u0336te", "vote"),
        ("🅥🅞🅣🅔", "vote"),
        ("ᴠᴏᴛᴇ", "vote"),
        ("a\u3164b\u00a0c", "ab c"),
    ],
)
def test_a_disguise_that_cannot_be_seen_is_undone(displayed: str, text: str) -> None:
    assert normalise(displayed).text == text


@pytest.mark.parametrize(
    ("displayed", "text"),
    [
        ("5 µGy", "5 μgy"),
        ("5 μGy", "5 μgy"),
        ("β-emitter", "β-emitter"),
        ("τmax and Δt", "τmax and δt"),
        ("γ-ray", "γ-ray"),
        ("школа", "школа"),
        ("Bryn Awel, dŵr, café", "bryn awel, dŵr, café"),
        ("cm²", "cm2"),
        ("6 MV", "6 mv"),
    ],
)
def test_units_symbols_and_languages_survive(displayed: str, text: str) -> None:
    assert normalise(displayed).text == text


def test_micro_and_milli_stay_different() -> None:
    assert normalise("µGy").text != normalise("mGy").text


@pytest.mark.parametrize(
    ("displayed", "text"),
    [
        ("you 1d10t", "you idiot"),
        ("any m 0 r 0 n", "any moron"),
        ("u-s-e-l-e-s-s", "useless"),
        ("v.o.t.e", "vote"),
        ("v o t e  f o r  b l u e", "vote for blue"),
        ("st00pid!", "stoopid!"),
        ("$h@me", "shame"),
        ("f1n1sh1ng", "finishing"),
    ],
)
def test_letters_that_pose_or_stand_apart_are_seen_at_the_second_look(displayed: str, text: str) -> None:
    assert seen_again(displayed) == text


@pytest.mark.parametrize(
    "text", ["6 mv and 10 mv", "a 4 mm x 4 mm field at 1.5 t", "plain words", "dr a b smith"]
)
def test_technical_text_is_the_same_at_the_second_look(text: str) -> None:
    first = normalise(text)
    assert undisguised(first) is first


@pytest.mark.parametrize(
    ("displayed", "found", "shown"),
    [
        ("Please  vo\u200bte now", "vote", "vo\u200bte"),
        ("the cafe\u0301 is", "café", "cafe\u0301"),
        ("Straße", "strasse", "Straße"),
        ("a\n\n b  c", "b c", "b  c"),
    ],
)
def test_a_find_leads_back_to_what_was_displayed(displayed: str, found: str, shown: str) -> None:
    normal = normalise(displayed)
    start = normal.text.index(found)
    first, last = normal.displayed(start, start + len(found))
    assert displayed[first:last] == shown


def test_a_spread_word_leads_back_to_all_of_its_letters() -> None:
    displayed = "You  are an i d i o t, sir"
    normal = undisguised(normalise(displayed))
    start = normal.text.index("idiot")
    first, last = normal.displayed(start, start + 5)
    assert displayed[first:last] == "i d i o t"


@given(TEXTS)
def test_places_rise_and_stay_within_the_text(displayed: str) -> None:
    for normal in (normalise(displayed), undisguised(normalise(displayed))):
        places = list(normal.places)
        assert len(places) == len(normal.text) + 1
        assert places == sorted(places)
        assert all(0 <= place <= len(displayed) for place in places)
        assert not set("\n\r\t") & set(normal.text)
        assert "  " not in normal.text


@given(TEXTS)
def test_normalising_twice_changes_no_more(displayed: str) -> None:
    once = normalise(displayed).text
    assert normalise(once).text.split() == normalise(normalise(once).text).text.split()


def test_the_sentence_around_a_quote_is_found() -> None:
    text = "First one. The unit is\nbest in class today! Third."
    start = text.index("best")
    assert sentence_around(text, start, start + 13) == "The unit is best in class today!"


def test_a_long_sentence_is_cut_around_its_quote() -> None:
    text = "word " * 200 + "here it is" + " word" * 200
    start = text.index("here")
    sentence = sentence_around(text, start, start + 10)
    assert "here it is" in sentence
    assert sentence.startswith("…")
    assert len(sentence) <= 245


@given(TEXTS, st.integers(0, 50), st.integers(0, 50))
def test_a_sentence_is_one_line_whatever_the_span(text: str, start: int, length: int) -> None:
    first = min(start, len(text))
    last = min(first + length, len(text))
    assert "\n" not in sentence_around(text, first, last)


@pytest.mark.parametrize(
    ("text", "quoted", "sentence"),
    [
        ("I hear that Prof. Marsh is an idiot. Bye.", "idiot", "I hear that Prof. Marsh is an idiot."),
        ("See fig. 3 (e.g. the dip). Bye.", "dip", "See fig. 3 (e.g. the dip)."),
        ("I said no. Marsh is an idiot.", "idiot", "Marsh is an idiot."),
        ("Serial no. 12 is a dud. Bye.", "dud", "Serial no. 12 is a dud."),
        ("“Marsh is an idiot.” He left.", "idiot", "“Marsh is an idiot.”"),
        ("> Marsh is\n> > an idiot. Bye.", "idiot", "> Marsh is an idiot."),
        ("Wanted:\n- an idiot\n- a fool", "idiot", "- an idiot"),
        ("Marsh is an idiot.", "idiot.", "Marsh is an idiot."),
    ],
)
def test_a_sentence_ends_where_a_reader_would_end_it(text: str, quoted: str, sentence: str) -> None:
    start = text.index(quoted)
    assert sentence_around(text, start, start + len(quoted)) == sentence


@given(TEXTS, st.integers(0, 50), st.integers(0, 50))
def test_what_ends_a_sentence_begins_within_the_stretch(text: str, start: int, length: int) -> None:
    found = list(ends(text, start, start + length))
    assert found == sorted(found)
    assert all(start <= first < min(last, start + length) and last <= len(text) for first, last in found)
