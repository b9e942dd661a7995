"""language_of(text) -> the language that a text is written in, told by its commonest small words.

Own code and a few hundred words: the libraries for it cost a second to load,
and call a line of acronyms and units whatever they like. A text with too few
small words, or with as many of two languages, has no language here.
"""

import re
from collections import Counter
from enum import StrEnum
from types import MappingProxyType

FEWEST = 4
"""Small words of the winning language, below which nothing is said."""

LEAD = 1.5
"""The winner has so many times the small words of the next."""

_WORD = re.compile(r"\w+(?:'\w+)?")
_ADDRESS = re.compile(r"\S*(?://|@)\S*")
_LONGEST = 20_000
"""Code points looked at: a language shows itself early."""


class Language(StrEnum):
    """Languages that are told apart, by their ISO 639-1 codes."""

    ENGLISH = "en"
    WELSH = "cy"
    FRENCH = "fr"
    GERMAN = "de"
    SPANISH = "es"
    ITALIAN = "it"
    DUTCH = "nl"
    PORTUGUESE = "pt"
    POLISH = "pl"
    SWEDISH = "sv"
    DANISH = "da"
    IRISH = "ga"
    GAELIC = "gd"


_SMALL = {
    Language.ENGLISH: """
        the of and to in is that it for was on are with as at be this have from or had by not but we
        they which you can there been has were would their what will if all our i a an my your do does
        did who when how any should could more some than them these about into after has other no so
    """,
    Language.WELSH: """
        y yr yn ar i o a ac mae bydd wedi gan gyda fod nid ond hefyd sydd eich ein eu ei fel neu dyma am
        bod byddwn rydym rydyn os gwelwch yma hwn hon hyn cael gael yw ydy oedd roedd ni chi nhw fy dros
        wrth dan rhwng hynny ynghylch beth pan diolch gennym
    """,
    Language.FRENCH: """
        le la les des du de et est une un que qui dans pour sur avec pas ne nous vous ils elle ce cette
        ces sont au aux par plus mais ou où leur leurs notre votre se sera été être avoir ont a il je
        mon dont comme si tout
    """,
    Language.GERMAN: """
        der die das und ist nicht ein eine einen einer einem den dem des zu mit von für auf im in sich
        auch es sie wir ich sind wird werden bei nach aus wie an als oder haben hat unser unsere ihre
        dass kann über zum zur um am noch nur wenn
    """,
    Language.SPANISH: """
        el la los las de del y que en un una es para por con no se su al lo como más pero sus le ya este
        esta son entre cuando muy sin sobre también hay ser está nos nuestro
    """,
    Language.ITALIAN: """
        il lo la gli le di del della dei delle e che in un una è per con non si da al alla come più ma
        sono nel nella anche questo questa ci ha hanno essere sul sulla nostro
    """,
    Language.DUTCH: """
        de het een en van in is dat op te voor met niet zijn er maar om die ook als aan bij naar uit dan
        nog wel wij we ik je u hebben heeft wordt worden deze dit onze hoe wat kan
    """,
    Language.PORTUGUESE: """
        o os a as de do da dos das e que em um uma é para por com não se no na nos nas mais como mas foi
        ao à são também pelo pela ou seu sua está
    """,
    Language.POLISH: """
        i w na z do nie się jest że to o jak po dla od za przez ale czy są oraz które który która tego
        tym być będzie bardzo proszę
    """,
    Language.SWEDISH: """
        och att är inte från jag ska till eller för ett vid hur mycket än mer efter under utan våra vår bättre
        också när där alla vill kommer finns den här
    """,
    Language.DANISH: """
        og at er ikke fra jeg skal til eller for et ved hvordan meget hvis end mere efter uden vores bedre
        også når der alle vil kommer findes denne af blive nu
    """,
    Language.IRISH: """
        an na agus is ar i go do le tá ag sa seo bhfuil ach nó sé sí siad againn agat ní mar atá bheith
        leis don ón gach
    """,
    Language.GAELIC: """
        an na agus is air anns gu do le tha aig seo bheil ach no e i iad againn agad mar bhith leis gach
        chan airson
    """,
}


def _owners() -> dict[str, tuple[Language, ...]]:
    owners: dict[str, list[Language]] = {}
    for language, words in _SMALL.items():
        for word in words.split():
            owners.setdefault(word, []).append(language)
    return {word: tuple(languages) for word, languages in owners.items()}


_OWNERS = MappingProxyType(_owners())


def language_of(text: str) -> Language | None:
    """Return the language of a text, or None where it cannot be told.

    >>> language_of("Cynhelir y cyfarfod yn yr ysbyty ac mae croeso i bawb.")
    <Language.WELSH: 'cy'>
    >>> language_of("QA TRS-398 6 MV FFF 10x10") is None
    True
    """
    counts = small_words(text)
    ranked = counts.most_common(2)
    if not ranked or ranked[0][1] < FEWEST:
        return None
    if len(ranked) > 1 and ranked[0][1] < LEAD * ranked[1][1]:
        return None
    return ranked[0][0]


def small_words(text: str) -> Counter[Language]:
    """How many words of a text are small words of each language."""
    counts: Counter[Language] = Counter()
    for word, times in Counter(_WORD.findall(_ADDRESS.sub(" ", text[:_LONGEST]).lower())).items():
        for language in _OWNERS.get(word, ()):
            counts[language] += times
    return counts
