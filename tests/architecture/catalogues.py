"""Brings the catalogues up to date with locales/portal.pot; new messages come in empty."""

from pathlib import Path

from babel.messages.pofile import read_po, write_po

LOCALES = Path(__file__).resolve().parents[2] / "locales"
LANGUAGES = ("kk", "ru")


def update(language: str) -> None:
    """Adds what is new, drops what is gone; nothing is guessed, so nothing is fuzzy."""
    with (LOCALES / "portal.pot").open("rb") as file:
        template = read_po(file)
    path = LOCALES / language / "LC_MESSAGES" / "portal.po"
    with path.open("rb") as file:
        catalogue = read_po(file, locale=language, domain="portal")
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    with path.open("wb") as file:
        write_po(file, catalogue, sort_output=True, no_location=True, width=100)


if __name__ == "__main__":
    for each in LANGUAGES:
        update(each)
