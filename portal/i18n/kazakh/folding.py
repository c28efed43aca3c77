"""One key for a word in every script of Kazakh, and for what people type without its letters."""

import re
import unicodedata
from typing import Final

from portal.i18n.kazakh.letters import LOOK_ALIKES

# Key, and the letters that stand for it: Cyrillic, Latin of four alphabets, Arabic. What Arabic
# script adds or leaves out before е, and ц, which is s in Latin and ts in Arabic, is undone below.
_LETTERS: Final = {
    "a": "аәaäáàâəاأآٵ",
    "b": "бbب",
    "v": "вvۆ",
    "g": "гғgğǵگعغ",
    "d": "дdد",
    "e": "еэeéèêەةېہ",
    "j": "жjžجژ",
    "z": "зzز",
    "i": "ийіыiıïíîyýيىیئٸ",
    "k": "кқkqكکق",
    "l": "лlل",
    "m": "мmم",
    "n": "нңnñńŋنڭ",
    "o": "оөoöóòôوٶ",
    "p": "пpپ",
    "r": "рrر",
    "s": "сцscسصث",
    "t": "тtتط",
    "u": "уұүuūüúùûwۋۇٷ",
    "f": "фfف",
    "h": "хһhxحخھ",
    "S": "шщşšش",
    "C": "чçčچ",
    "ia": "я",
    "io": "ё",
    "iu": "ю",
    "": "ъьʺʹ'’ʼءٴـ\u00ad\u200c\u200d\u0306\u0307\u0308",
}
_TABLE: Final = {ord(letter): key for key, letters in _LETTERS.items() for letter in letters}
_DIGRAPHS: Final = re.compile("shch|şç|[sczkg]h")
_DIGRAPH_KEYS: Final = {
    "shch": "ш",
    "şç": "ш",
    "sh": "ш",
    "ch": "ч",
    "zh": "ж",
    "kh": "х",
    "gh": "г",
}
_REPEATED: Final = re.compile("i{2,}|S{2,}")
_AFTER_HUSHED: Final = re.compile("(?<=[SCj])io")
_CYRILLIC: Final = re.compile("[\u0400-\u04ff]")


def folded(word: str) -> str:
    """Return the word's key: `kazak` for қазақ, казак, qazaq, other Latin spellings and قازاق."""
    # Different words may share a key, so those found by it rank last.
    small = unicodedata.normalize("NFKC", word).replace("İ", "i").lower()
    if _CYRILLIC.search(small):
        small = small.translate(LOOK_ALIKES)
    elif "h" in small or "ş" in small:
        small = _DIGRAPHS.sub(lambda found: _DIGRAPH_KEYS[found[0]], small)
    key = small.translate(_TABLE)
    key = _REPEATED.sub(lambda found: found[0][0], key)
    return _AFTER_HUSHED.sub("o", key.replace("ie", "e").replace("ts", "s"))
