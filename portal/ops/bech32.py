"""Bech32 (BIP 173) of any length, as age writes keys: a name, letters of five bits, a sum."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_LETTERS: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_SUM_LETTERS: Final = 6


def encode(name: str, content: bytes) -> str:
    """`name`, in lower case, and the bytes behind it, with a checksum."""
    values = _regrouped(content, 8, 5, pad=True)
    total = _polymod([*_spread(name), *values, *[0] * _SUM_LETTERS]) ^ 1
    checks = [(total >> 5 * (5 - place)) & 31 for place in range(_SUM_LETTERS)]
    return f"{name}1{''.join(_LETTERS[value] for value in [*values, *checks])}"


def decode(name: str, written: str) -> bytes:
    """What was encoded under `name`; raises ValueError for anything else."""
    if written not in {written.lower(), written.upper()}:
        raise ValueError("letters of both cases")
    found, separator, letters = written.lower().rpartition("1")
    values = [_LETTERS.find(letter) for letter in letters]
    if not separator or found != name or -1 in values or len(values) < _SUM_LETTERS:
        raise ValueError("not a key of this kind")
    if _polymod([*_spread(name), *values]) != 1:
        raise ValueError("a letter is wrong")
    return bytes(_regrouped(values[:-_SUM_LETTERS], 5, 8, pad=False))


def _spread(name: str) -> list[int]:
    codes = [ord(letter) for letter in name]
    return [*(code >> 5 for code in codes), 0, *(code & 31 for code in codes)]


def _polymod(values: Iterable[int]) -> int:
    total = 1
    for value in values:
        top = total >> 25
        total = (total & 0x1FFFFFF) << 5 ^ value
        for bit, term in enumerate(_GENERATOR):
            total ^= term if (top >> bit) & 1 else 0
    return total


def _regrouped(values: Iterable[int], old: int, new: int, *, pad: bool) -> list[int]:
    """Groups of `old` bits as groups of `new` ones."""
    held, bits, groups = 0, 0, []
    for value in values:
        held, bits = held << old | value, bits + old
        while bits >= new:
            bits -= new
            groups.append((held >> bits) & ((1 << new) - 1))
    rest = held & ((1 << bits) - 1)
    if pad and bits:
        groups.append((rest << (new - bits)) & ((1 << new) - 1))
    elif not pad and (bits >= old or rest):
        raise ValueError("bits are left over")
    return groups
