"""What a name looks like to a hurried eye, so that no organisation can pass for another."""

import hashlib
import unicodedata
from typing import Final

from portal.i18n.translated import Translated

# Letters drawn alike in common typefaces, after Unicode's confusables (UTS 39), as far as Kazakh,
# Russian, English and Greek need it. Small letters, since names are casefolded first.
_ALIKE: Final = str.maketrans(
    {
        **dict(zip("авекмнорстухіјѕһԛԝүғқңөәұӏьз", "abekmhopctyxijshqwyfkhoaylb3", strict=True)),
        **dict(zip("αβγεηικνορτυχϲ", "abyenikvoptuxc", strict=True)),
        **dict(zip("ıłøđħŧəɑɡ", "ilodhteag", strict=True)),
        **dict(zip("01|", "oll", strict=True)),
    }
)
# These differ by a stroke that few look at; all end as one.
_STROKES: Final = str.maketrans("i", "l")
_PAIRS: Final = (("rn", "m"), ("vv", "w"))


def skeleton(name: str) -> str:
    """Return the name without case, accents, spaces, signs, look-alike letters folded."""
    decomposed = unicodedata.normalize("NFKD", name).casefold()
    folded = unicodedata.normalize("NFKD", decomposed).translate(_ALIKE)
    bare = "".join(c for c in folded if c.isalnum()).translate(_STROKES)
    for pair, letter in _PAIRS:
        bare = bare.replace(pair, letter)
    return bare


def digests_of(name: Translated) -> set[str]:
    """Return a digest for the name's skeleton in each language; none without letters."""
    bare = {skeleton(text) for text in name.texts().values()} - {""}
    return {hashlib.sha256(each.encode()).hexdigest() for each in bare}
