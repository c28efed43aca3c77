"""Endings of Kazakh words, written as templates whose capitals stand for letters in harmony."""

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Final, NamedTuple

_HARMONY: Final = {
    "A": "ае",
    "I": "ыі",
    "G": "ғгқк",
    "D": "дт",
    "L": "лдт",
    "N": "ндт",
    "M": "мбп",
    "K": "қк",
}
_VOWELS: Final = frozenset("аәеёиоөұүыіэюя")
_CONSONANTS: Final = frozenset("бвгғджзйкқлмнңпрстфхцчшщьуи")
# What endings follow, by their first letter: voiceless ones voiceless letters, and the loans that
# end in a voiced letter and are read voiceless.
_BEFORE_VOICELESS: Final = frozenset("кқпстфхһцчшщбвгдь")
_BEFORE_G: Final = frozenset("аәеёиоөұүыіэюяжзйлмнңрувгдь")
_BEFORE: Final[Mapping[tuple[str, str], frozenset[str]]] = {
    ("D", "д"): _BEFORE_G | {"б"},
    ("L", "д"): frozenset("бвгджзлмнңь"),
    ("L", "л"): _VOWELS | set("йру"),
    ("N", "д"): frozenset("бвгджзйлрмнңуь"),
    ("N", "н"): _VOWELS | set("ймнңу"),
    ("M", "б"): _VOWELS | set("жзмнң"),
    ("M", "м"): _VOWELS | set("йлмнңруь"),
    ("G", "ғ"): _BEFORE_G,
    ("G", "г"): _BEFORE_G,
}
_PERSONS: Final = ("мIн", "сIң", "сIз", "мIз", "сIңдAр", "сIздAр")
_PERSONS_OF_PAST: Final = ("м", "ң", "ңIз", "K", "ңдAр", "ңIздAр")


class Endings(NamedTuple):
    """Endings by their letters: the letters that may stand before each, None for any."""

    first: Mapping[str, frozenset[str] | None]
    # Allowed once an ending of a verb is off.
    then: Mapping[str, frozenset[str] | None]
    of_verbs: frozenset[str]


def _with(stem: str, persons: Iterable[str]) -> tuple[str, ...]:
    return tuple(stem + person for person in persons)


# Nouns: number, case, belonging, and what follows them. Neither list is the whole grammar: what
# is missing made lemmas and forms part more often than meet.
_OF_NOUNS: Final = (
    *("LAр", "NIң", "GA", "нA", "DA", "Iң", "IмIз", "сI", "I", "н", "м", "сIңдAр", "ңдAр"),
    *("ңIз", "Iнші", "DAй", "у", "DI", "п", "Iл", "MA"),
    *_with("A", (*_PERSONS, "дI")),
    *_with("й", (*_PERSONS, "дI")),
    *_with("AMAй", (*_PERSONS, "дI")),
    *_with("GAн", (*_PERSONS, "бIз")),
    *_with("AтIн", (*_PERSONS, "")),
    *_with("Aр", _PERSONS),
    *_with("р", _PERSONS),
    *_with("MADI", (*_PERSONS_OF_PAST, "")),
    *_with("MAйтIн", (*_PERSONS, "")),
    *_with("MAтIн", (*_PERSONS, "")),
)
# Endings that nouns do not have; after them, only a few others come off.
_OF_VERBS: Final = (
    *("GAн", "Iп", "сA", "ю", "GAншA", "DAғы", "DAгі"),
    *_with("MAGAн", (*_PERSONS, "бIз", "")),
    *_with("MAGAнDI", _PERSONS_OF_PAST),
    *_with("йтIн", (*_PERSONS, "")),
    *_with("сA", _PERSONS_OF_PAST),
)
_AFTER_VERBS: Final = ("Iс", "Iн", "н", "DA", "LAр", "л")


def cyrillic_endings() -> Endings:
    """Return all endings in Cyrillic."""
    nouns, verbs = _spelt(_OF_NOUNS), _spelt(_OF_VERBS)
    first = dict(nouns)
    for ending, before in verbs.items():
        first[ending] = _either(first[ending], before) if ending in first else before
    return Endings(first, _spelt(_AFTER_VERBS), frozenset(verbs.keys() - nouns.keys()))


def folded_endings(fold: Callable[[str], str]) -> Endings:
    """Return the endings as keys spell them; one is of verbs if all that fold to it are."""
    endings = cyrillic_endings()
    of_nouns = {fold(each) for each in endings.first.keys() - endings.of_verbs}
    of_verbs = {fold(each) for each in endings.of_verbs} - of_nouns
    return Endings(_folded(endings.first, fold), _folded(endings.then, fold), frozenset(of_verbs))


def _folded(
    endings: Mapping[str, frozenset[str] | None], fold: Callable[[str], str]
) -> dict[str, frozenset[str] | None]:
    made: dict[str, frozenset[str] | None] = {}
    for ending, before in endings.items():
        key = fold(ending)
        letters = (
            None if before is None else frozenset(fold(each)[-1] for each in before if fold(each))
        )
        made[key] = _either(made[key], letters) if key in made else letters
    return made


def _either(one: frozenset[str] | None, other: frozenset[str] | None) -> frozenset[str] | None:
    return None if one is None or other is None else one | other


def _spelt(templates: Iterable[str]) -> dict[str, frozenset[str] | None]:
    """Return every spelling of the templates, with the letters it may stand after."""
    made: dict[str, frozenset[str] | None] = {}
    for template in templates:
        for letters in product(*(_HARMONY.get(each, each) for each in template)):
            if _agrees(template, letters):
                ending, before = "".join(letters), _before(template, letters)
                made[ending] = _either(made[ending], before) if ending in made else before
    return made


def _before(template: str, letters: tuple[str, ...]) -> frozenset[str] | None:
    first = letters[0]
    if template[0] == "A" or (first in "ыіае" and len(letters) > 1):
        return _CONSONANTS
    if template[0] in "GDLNMK" and first in "қктп":
        return _BEFORE_VOICELESS
    return _BEFORE.get((template[0], first))


def _agrees(template: str, letters: tuple[str, ...]) -> bool:
    """Return whether a spelling is back or front throughout, and suits what is before."""
    if set(letters) & set("аығқ") and set(letters) & set("еігк"):
        return False
    return all(
        now in _after(letter, before)
        for letter, before, now in zip(template[1:], letters, letters[1:], strict=False)
    )


def _after(letter: str, before: str) -> str:
    """Return what a letter of a template may be inside an ending, after this sound."""
    spelt = _HARMONY.get(letter, "")
    if letter not in "GDLNM" or not spelt:
        return spelt or letter
    if before in _VOWELS:
        return {"G": "ғг", "D": "д", "L": "л", "N": "н", "M": "м"}[letter]
    if before in "нй" and letter == "M":
        return "мб"
    if before == "н" and letter != "N":
        return {"G": "ғг", "D": "д", "L": "д"}[letter]
    return spelt
