"""In which language a post is written, and when that cannot be told."""

import pytest

from rules.text.languages import Language, language_of
from tests.given.judging import holds

TEXTS = {
    "en": "We measured the output factors of the new linac with a small chamber, and the two of them agree.",
    "cy": "Cynhelir y cyfarfod yn yr ysbyty ddydd Llun ac mae croeso cynnes i bawb sydd am ddod yno.",
    "fr": "Le cours aura lieu au mois de mai et les inscriptions sont ouvertes à tous ceux qui sont dans le domaine.",
    "de": "Wir haben das Gerät geprüft und es ist in Ordnung, aber die Werte sind nicht so gut wie im letzten Jahr.",
    "es": "Hemos medido los factores de la nueva máquina con una cámara y los resultados son muy buenos para todos.",
    "it": "Abbiamo misurato i fattori della nuova macchina con una camera e i risultati sono molto buoni per tutti.",
    "nl": "Wij hebben de factoren van het nieuwe toestel gemeten en de resultaten zijn niet zo goed als die van het vorige.",
    "pt": "Medimos os fatores da nova máquina com uma câmara e os resultados não são tão bons como os do ano passado.",
    "pl": "Zmierzyliśmy to na nowym aparacie i wyniki są bardzo dobre, ale nie tak dobre jak w ubiegłym roku, że się tak wyrazi.",
    "sv": "Vi har mätt det på den nya maskinen och det är inte så bra som vi trodde, men det ska bli bättre till hösten.",
    "da": "Vi har målt det på den nye maskine, og det er ikke så godt som vi troede, men det skal nok blive bedre nu.",
    "ga": "Tá an cruinniú ar an Luan agus tá fáilte roimh gach duine atá ag obair sa réimse seo, má tá siad saor.",
    "gd": "Tha a' choinneamh air an Luain agus tha fàilte air a h-uile duine a tha ag obair anns an raon seo aig an àm.",
}


@pytest.mark.parametrize(("code", "text"), TEXTS.items())
def test_a_sentence_is_in_its_language(code: str, text: str) -> None:
    assert language_of(text) is Language(code)


@pytest.mark.parametrize(
    "text", ["", "Yes.", "QA TRS-398 6 MV FFF 10x10 kQ 0.991", "https://a.example/the/of/and/to"]
)
def test_too_few_words_are_in_no_language(text: str) -> None:
    assert language_of(text) is None


def test_every_language_has_a_sentence() -> None:
    assert set(TEXTS) == set(Language)


def test_a_clause_may_ask_for_languages_of_the_authors_own_words() -> None:
    assert holds({"language": ["cy", "fr"]}, TEXTS["cy"])
    assert holds({"language": "fr"}, html=f"<p>{TEXTS['fr']}</p>")
    assert not holds({"language": "cy"}, TEXTS["en"] + "\n\n> " + TEXTS["cy"])
    assert not holds({"language": ["en"]}, "OK")
