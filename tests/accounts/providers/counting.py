"""Who is known after a sign-in, and how a refused one looks."""

from sqlalchemy import func, select

from portal.domain.accounts.people.models import Identity, Person, SignInSession
from tests.pages import page_of


def count(database, table):
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(table))


def refused(answer, database):
    """Nobody is signed in or known after this answer, and the page shows the other ways."""
    assert answer.status_code == 400
    assert "__Host-session" not in answer.headers.get("set-cookie", "")
    assert [count(database, table) for table in (SignInSession, Person, Identity)] == [0, 0, 0]
    assert page_of(answer).xpath("//main//button[@name='provider'][@value='second']")
    return True


def identities(database):
    with database.reading() as db:
        found = db.execute(select(Identity.issuer, Identity.subject, Identity.provider))
        return {tuple(row) for row in found}
