"""`portal convert` and `portal stem`, from standard input to standard output."""

import io
import sys
from types import SimpleNamespace

import pytest

from portal.cli.main import parser


@pytest.fixture
def portal(monkeypatch, capsysbinary):
    """Runs a command on bytes of standard input; what it wrote."""

    def run(*words, given=b""):
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(given)))
        asked = parser().parse_args(words)
        asked.run(None, asked)
        return capsysbinary.readouterr().out

    return run


def test_text_is_converted_line_by_line_and_nothing_else_is_touched(portal):
    given = "Қазақ тілі,\tRussian\r\n\nшаңырақ?".encode()
    for tag, made in (
        ("kk-Latn", "Qazaq tılı,\tRussian\r\n\nşañyraq?"),
        ("kk-Latn-TR", "Qazaq tili,\tRussian\r\n\nşañıraq?"),
        ("kk-Arab", "قازاق ءتىلى،\tRussian\r\n\nشاڭىراق؟"),
    ):
        once = portal("convert", "--to", tag, given=given)
        assert once.decode() == made
        assert portal("convert", "--to", tag, given=once) == once
    broken = b"\xff \xd2\x9b\n"
    assert portal("convert", "--to", "kk-Latn", given=broken) == b"\xff q\n"


def test_words_are_printed_with_stem_and_key(portal):
    line = "қазақтардың\tқазақ\tkazak\n"
    assert portal("stem", "қазақтардың", "qazaqtardyñ").decode() == (
        line + "qazaqtardyñ\tqazaqtardyñ\tkazak\n"
    )
    assert portal("stem", given="қазақтардың\n".encode()).decode() == line


def test_another_script_is_refused(capsys):
    with pytest.raises(SystemExit):
        parser().parse_args(["convert", "--to", "kk-Cyrl"])
    assert "kk-Arab" in capsys.readouterr().err
