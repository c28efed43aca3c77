"""Answering from a pass, and reading as whoever holds the event."""

from sqlalchemy import func, select

from tests.forms import feedback_fields


def answer(client, key, **changes):
    return client.post(f"/en/passes/{key}/feedback", data=feedback_fields(**changes))


def count(database, table):
    with database.reading() as db:
        return db.scalar(select(func.count()).select_from(table))


def results(browser, slug):
    return browser.get(f"/en/manage/events/{slug}/results")
