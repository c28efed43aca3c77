"""Taking reports on and deciding them, and what is kept and said of it afterwards."""

import json

from sqlalchemy import select

from portal.domain.emails.models import Notification
from portal.domain.moderation.models import Decision, LogEntry

HIDE = {"measure": "hide", "decided_reason": "fraud", "words": "They took money."}


def stored(database, statement):
    with database.reading() as db:
        return db.scalars(statement).all()


def notices(database, about):
    """What letters say, with whom they go to."""
    with database.reading() as db:
        seal = db.info["seal"]
        return [
            (row, json.loads(seal.open(row.payload_sealed, "notice")))
            for row in db.scalars(
                select(Notification).where(Notification.about == about).order_by(Notification.id)
            )
        ]


def acts(database):
    return [(e.act, e.item, e.reason) for e in stored(database, select(LogEntry))]


def claim(browser, key):
    return browser.post(f"/en/moderation/reports/{key}/claim")


def decide(browser, key, **form):
    return browser.post(f"/en/moderation/reports/{key}/decision", data=HIDE | form)


def latest_decision(database):
    return stored(database, select(Decision).order_by(Decision.id.desc()))[0]
