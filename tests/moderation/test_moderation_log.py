"""The public log: what it tells, that it holds together, and that tampering is named."""

from contextlib import nullcontext, suppress

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from portal.core import clock
from portal.domain.moderation import audit_log
from portal.domain.moderation.models import Act, LogEntry, LogHead, Reason, TargetKind
from tests.pages import addresses_of, page_of, words
from tests.processes import run
from tests.registrations.races.rushing import all_at_once

LINES = 6


@pytest.fixture
def log(database):
    """A log of six lines."""
    with database.writing() as db:
        for _line in range(LINES):
            audit_log.append(db, Act.HIDE, TargetKind.EVENT, Reason.FRAUD, clock.now())
    return database


def altered(database, *statements):
    with database.writing() as db:
        for statement in statements:
            db.execute(text(statement))
    with database.reading() as db:
        return audit_log.first_fault(db)


@pytest.mark.both_engines
def test_an_untouched_log_is_whole(database, log):
    with database.reading() as db:
        assert audit_log.first_fault(db) is None


@pytest.mark.both_engines
def test_an_empty_log_is_whole(database):
    with database.reading() as db:
        assert audit_log.first_fault(db) is None


def moved(first, second):
    """Two lines in each other's place, with everything they hold."""
    return (
        f"UPDATE audit_log SET number = 99 WHERE number = {first}",
        f"UPDATE audit_log SET number = {first} WHERE number = {second}",
        f"UPDATE audit_log SET number = {second} WHERE number = 99",
    )


INSERT = (
    "INSERT INTO audit_log (number, day, act, reason, item, previous, hash) "
    "SELECT {number}, day, 'ban', reason, item, {previous}, hash FROM audit_log "
    "WHERE number = 1"
)
TAMPERED = {
    "an act altered": (["UPDATE audit_log SET act = 'restore' WHERE number = 3"], 3),
    "a reason altered": (["UPDATE audit_log SET reason = 'spam' WHERE number = 1"], 1),
    "a day altered": (["UPDATE audit_log SET day = '2020-01-01' WHERE number = 6"], 6),
    "a hash altered": ([f"UPDATE audit_log SET hash = '{'a' * 64}' WHERE number = 4"], 4),
    "a link altered": ([f"UPDATE audit_log SET previous = '{'a' * 64}' WHERE number = 2"], 2),
    "a line deleted": (["DELETE FROM audit_log WHERE number = 2"], 2),
    "the first deleted": (["DELETE FROM audit_log WHERE number = 1"], 1),
    "the last deleted": (["DELETE FROM audit_log WHERE number = 6"], 6),
    "all deleted": (["DELETE FROM audit_log"], 1),
    "neighbours swapped": (moved(3, 4), 3),
    "distant lines swapped": (moved(2, 5), 2),
    "a line added at the end": ([INSERT.format(number=7, previous="hash")], 7),
    "a line added before all": ([INSERT.format(number=0, previous="previous")], 1),
    "a line put in between": (
        [
            *(f"UPDATE audit_log SET number = {n + 1} WHERE number = {n}" for n in (6, 5, 4)),
            INSERT.format(number=4, previous="previous"),
        ],
        4,
    ),
    "the end cut off and the head set back": (
        [
            "DELETE FROM audit_log WHERE number > 4",
            "UPDATE audit_log_head SET number = 4",
        ],
        4,
    ),
}


@pytest.mark.both_engines
@pytest.mark.parametrize("reason", TAMPERED)
def test_the_first_line_that_was_tampered_with_is_named(log, reason):
    statements, number = TAMPERED[reason]
    fault = altered(log, *statements)
    assert fault is not None
    assert fault.number == number


@pytest.mark.both_engines
def test_a_line_that_was_made_to_fit_breaks_the_next_one(log):
    """Whoever also computes the hash of the altered line must go on to the end."""
    with log.writing() as db:
        entry = db.get_one(LogEntry, 3)
        entry.act = Act.RESTORE.value
        entry.hash = audit_log.hash_of(audit_log.line_of(entry))
    with log.reading() as db:
        assert audit_log.first_fault(db).number == 4


UNREADABLE = {
    "a day that is none": ("UPDATE audit_log SET day = 'garbage' WHERE number = 2", 2),
    "a day of another kind": ("UPDATE audit_log SET day = 5 WHERE number = 3", 3),
    "letters that are none": (
        "UPDATE audit_log SET act = CAST(x'ff' AS TEXT) WHERE number = 4",
        4,
    ),
    "a head that counts in words": ("UPDATE audit_log_head SET number = 'six'", 6),
}


@pytest.mark.both_engines
@pytest.mark.parametrize("reason", UNREADABLE)
def test_a_line_that_cannot_be_read_is_named_as_altered(log, client, reason):
    statement, number = UNREADABLE[reason]
    # SQLite keeps whatever is put there; what PostgreSQL refuses need not be named.
    with nullcontext() if log.is_sqlite else suppress(DBAPIError):
        assert altered(log, statement) == audit_log.Fault(number, "altered or moved")
        is_line = "head" not in reason
        assert broken_on_the_page(client) == ([str(number)] if is_line else [])


def broken_on_the_page(client):
    """The numbers of the lines that the page says do not hold together, the latest first."""
    answer = client.get("/en/moderation-log")
    assert answer.status_code == 200
    rows = page_of(answer).xpath("//tbody/tr[td[@colspan]]")
    assert all("something was altered or taken out here" in row.text_content() for row in rows)
    return [row.xpath("string(th)") for row in rows]


@pytest.mark.both_engines
def test_the_page_says_of_each_line_whether_it_holds_together(log, client):
    assert broken_on_the_page(client) == []
    altered(log, "UPDATE audit_log SET act = 'abolish' WHERE number = 5")
    assert broken_on_the_page(client) == ["5"]
    with log.writing() as db:
        entry = db.get_one(LogEntry, 2)
        entry.reason = Reason.SPAM.value
        entry.hash = audit_log.hash_of(audit_log.line_of(entry))
    # What was made to fit breaks the next one; so does what is gone.
    assert broken_on_the_page(client) == ["5", "3"]
    altered(log, "DELETE FROM audit_log WHERE number = 1")
    assert broken_on_the_page(client) == ["5", "3", "2"]
    with log.writing() as db:
        audit_log.append(db, Act.HIDE, TargetKind.EVENT, "whatever it was", clock.now())
        entry = db.get_one(LogEntry, 7)
        entry.act = "abolish"
        entry.hash = audit_log.hash_of(audit_log.line_of(entry))
    assert broken_on_the_page(client) == ["7", "5", "3", "2"]


@pytest.mark.both_engines
def test_lines_written_at_once_keep_the_chain(database):
    def write():
        for _line in range(5):
            with database.writing() as db:
                audit_log.append(db, Act.WARN, TargetKind.ORGANIZATION, Reason.SPAM, clock.now())

    all_at_once([write] * 8)
    with database.reading() as db:
        assert audit_log.first_fault(db) is None
        assert list(db.scalars(select(LogEntry.number).order_by(LogEntry.number))) == list(
            range(1, 41)
        )
        assert db.get_one(LogHead, 1).number == 40


@pytest.mark.both_engines
def test_a_line_of_a_transaction_that_fails_is_not_there(database, log):
    def fail():
        with database.writing() as db:
            audit_log.append(db, Act.BAN, TargetKind.PERSON, Reason.SPAM, clock.now())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.writing() as db:
        audit_log.append(db, Act.BAN, TargetKind.PERSON, Reason.SPAM, clock.now())
    with database.reading() as db:
        assert audit_log.first_fault(db) is None
        assert db.get_one(LogHead, 1).number == LINES + 1


@pytest.mark.both_engines
def test_everybody_reads_the_log_in_words_page_by_page(client, database, log):
    page = client.get("/en/moderation-log")
    cells = page_of(page).xpath("//tbody/tr[1]/*/text()")
    assert [cells[0], *cells[2:]] == [
        *("6", "event", "hidden", "Fraud, or asking for money under a pretext")
    ]
    with database.reading() as db:
        assert db.get_one(LogHead, 1).hash in words(page)
    assert "/en/moderation-log" in addresses_of(client.get("/en"))
    with database.writing() as db:
        for _line in range(50):
            audit_log.append(db, Act.SETTING, TargetKind.SETTING, "site_name", clock.now())
    older = "/en/moderation-log?before=7"
    assert older in addresses_of(client.get("/en/moderation-log"))
    assert "hidden" in words(client.get(older))
    assert "Name of the portal" in words(client.get("/en/moderation-log"))
    assert client.get("/en/moderation-log?before=1").status_code == 200
    for wrong in ("x", "-1", "1.5", "١", "9" * 30, ""):
        answer = client.get("/en/moderation-log", params={"before": wrong})
        assert answer.status_code == 404, wrong


@pytest.mark.processes
def test_the_command_walks_the_log(settings, log, tmp_path):
    given = {"database_url": settings.database_url, "seal_key_file": settings.seal_key_path}
    whole = run(tmp_path, "verify-log", **given)
    assert (whole.returncode, whole.stderr) == (0, "")
    assert "the log is whole: 6 lines" in whole.stdout
    altered(log, "UPDATE audit_log SET act = 'ban' WHERE number = 5")
    if log.is_sqlite:
        altered(log, "UPDATE audit_log SET day = 'garbage' WHERE number >= 5")
    broken = run(tmp_path, "verify-log", **given)
    assert broken.returncode == 1
    assert "line 5" in broken.stderr
    assert "Traceback" not in broken.stderr
