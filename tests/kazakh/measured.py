"""How well Kazakh is converted and stemmed, by data that others attested."""

import csv
import re
from collections import Counter, defaultdict
from difflib import SequenceMatcher
from math import comb
from pathlib import Path
from typing import NamedTuple

from babel import localedata

from portal.i18n.kazakh.scripts import ARABIC, LATIN, LATIN_TURKISH, convert

HERE = Path(__file__).parent
# Other code points of the hamza before a word.
HAMZAS = str.maketrans({"\u0674": "\u0621"})
# Letters of both scripts that sound alike, to see whether two words are the same one.
ALIKE = "б ب|вуюұү ۆۋۇ|гғ گعغ|жд جد|зсц زس|кқ كق|л ل|м م|нң نڭ|п پ|р ر|т ت|ф ف|хһ حھ|ч چ|шщ ش"
SOUNDS = {letter: group[0] for group in ALIKE.split("|") for letter in group}
SAME = 0.6


def rows(name):
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def script_misses():
    """Per script: how many rows are scored, and those that come out otherwise."""
    columns = (
        (LATIN, "latn2021", "certain_latn"),
        (ARABIC, "arab", "certain_arab"),
        (LATIN_TURKISH, "latn_tr_mediawiki", "id"),
    )
    found = {}
    for script, column, certain in columns:
        scored = [row for row in rows("scripts.tsv") if row[certain] not in {"no", ""}]
        missed = [
            row["cyrl"]
            for row in scored
            if convert(row["cyrl"], script).translate(HAMZAS) != row[column].translate(HAMZAS)
        ]
        found[script.tag] = (len(scored), missed)
    return found


def cldr_words():
    """Words of names in CLDR's kk and kk_Arab, a kind of name at a time, that are the same word."""
    cyrillic, arabic = localedata.load("kk"), localedata.load("kk_Arab")
    found = []
    for kind in cyrillic.keys() & arabic.keys():
        if "unit" not in kind:  # kilometres here, km there
            found += sorted(set(_words(cyrillic[kind], arabic[kind])))
    return found


def _words(here, there):
    if isinstance(here, str) and isinstance(there, str):
        words = re.findall("[\u0400-\u04ff]+", here)
        others = re.findall("[\u0621-\u06d5]+", there)
        if len(words) == len(others):
            yield from (pair for pair in zip(words, others, strict=True) if _are_same(*pair))
    elif hasattr(here, "items") and hasattr(there, "items"):
        for key in here.keys() & there.keys():
            yield from _words(here[key], there[key])


def _are_same(word, other):
    return SequenceMatcher(None, _skeleton(word.lower()), _skeleton(other)).ratio() >= SAME


def _skeleton(word):
    return re.sub(r"(.)\1", r"\1", "".join(SOUNDS.get(letter, "") for letter in word))


def cldr_share():
    """How many words there are, and the share that rule R and the exceptions write as CLDR does."""
    words = cldr_words()
    right = sum(convert(word, ARABIC) == other.translate(HAMZAS) for word, other in words)
    return len(words), right / len(words)


class Stemming(NamedTuple):
    """How well forms and lemmas meet: `recall` of forms that are not their lemma themselves,
    `precision` of pairs of words with the same stem, verbs with and without the -у of their
    infinitive being one lemma, and `strict` precision where they are two.
    """

    recall: float
    precision: float
    strict: float

    @property
    def f1(self):
        return 2 * self.recall * self.precision / (self.recall + self.precision)


def stemming(stem):
    """The figures of a stemmer on `stems.tsv`."""
    pairs = {(row["form"], row["lemma"]) for row in rows("stems.tsv")}
    verbs = {row["lemma"] for row in rows("stems.tsv") if row["upos"] == "VERB"}
    inflected = [(form, lemma) for form, lemma in pairs if form != lemma]
    met = sum(stem(form) == stem(lemma) for form, lemma in inflected)
    alike = defaultdict(list)
    for form, lemma in pairs:
        is_infinitive = lemma in verbs and lemma.endswith("у") and len(lemma) > 2
        alike[stem(form)].append((lemma, lemma[:-1] if is_infinitive else lemma))
    return Stemming(met / len(inflected), _share(alike, 1), _share(alike, 0))


def _share(alike, place):
    """The share of pairs in each group that are the same in one place."""
    same = sum(
        comb(count, 2)
        for group in alike.values()
        for count in Counter(each[place] for each in group).values()
    )
    return same / sum(comb(len(group), 2) for group in alike.values())
