"""Commands that put Kazakh of standard input into another script, and show stems and keys."""

import argparse
import sys
from collections.abc import Callable, Iterator

from portal.config.settings import Settings
from portal.i18n.kazakh.scripts import SCRIPTS, converter
from portal.i18n.kazakh.stemmer import key, stem


def convert(_settings: Settings, arguments: argparse.Namespace) -> None:
    """Put Kazakh Cyrillic text of standard input into another script, line by line."""
    converted = converter(SCRIPTS[arguments.to])
    for line in _lines():
        _say(converted(line))


def show_stems(_settings: Settings, arguments: argparse.Namespace) -> None:
    """Print each word, its stem and its key, apart by tabs; words of standard input if none."""
    words = arguments.words or (word for line in _lines() for word in line.split())
    for word in words:
        _say(f"{word}\t{stem(word)}\t{key(word)}\n")


def _lines() -> Iterator[str]:
    """Lines of standard input, UTF-8 whatever the terminal's own; what is none is passed on."""
    return (line.decode("utf-8", "surrogateescape") for line in sys.stdin.buffer)


def _say(text: str) -> None:
    sys.stdout.buffer.write(text.encode("utf-8", "surrogateescape"))


def add_to(command: Callable[..., argparse.ArgumentParser]) -> None:
    """Declare these commands with their options."""
    command("convert", convert).add_argument("--to", choices=tuple(SCRIPTS), required=True)
    command("stem", show_stems).add_argument("words", nargs="*", metavar="WORD")
