"""Taking reports on and deciding them, and what is kept and said of it afterwards."""

from sqlalchemy import select

from portal.domain.moderation.models import Decision, LogEntry
from tests.notifications import notifications

HIDE = {"measure": "hide", "decided_reason": "fraud", "words": "They took money."}


def stored(database, statement):
    with database.reading() as db:
        return db.scalars(statement).all()


def notices(database, about):
    """What letters say, with whom they go to."""
    with database.reading() as db:
        return notifications(db, about)


def acts(database):
    return [(e.act, e.item, e.reason) for e in stored(database, select(LogEntry))]


def claim(browser, key):
    return browser.post(f"/en/moderation/reports/{key}/claim")


def decide(browser, key, **form):
    return browser.post(f"/en/moderation/reports/{key}/decision", data=HIDE | form)


def latest_decision(database):
    return stored(database, select(Decision).order_by(Decision.id.desc()))[0]
