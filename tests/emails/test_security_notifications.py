"""What people are told about their account, in their own language."""

import pytest

from portal.app import declared_links
from portal.core import clock
from portal.domain.emails.actions import notify, take_notices
from portal.domain.emails.models import About
from portal.mail.notifications import compose_notice
from tests.factories import make_person

SUBJECTS = {
    (About.NEW_SIGN_IN, "en"): "You signed in from a new browser",
    (About.NEW_SIGN_IN, "ru"): "Вход из нового браузера",
    (About.NEW_SIGN_IN, "kk"): "Жаңа браузерден кірдіңіз",
    (About.SECOND_FACTOR_ADDED, "en"): "Your account has a new second factor",
    (About.SECOND_FACTOR_RESET, "en"): "Your second factor was removed",
}


@pytest.mark.parametrize(("about", "language"), SUBJECTS)
def test_a_notice_says_what_happened(about, language, database, settings):
    happened = {
        About.NEW_SIGN_IN: {
            "browser": "Firefox, Android",
            "moment": "1 April",
            "url": "https://testserver/en/profile/sessions",
        }
    }.get(about, {})
    with database.writing() as db:
        person = make_person(db, "Дина", email="dina@example.org", language=language)
        now = clock.now()
        notify(db, about, now=now, language=language, person_id=person.id, **happened)
        (notice,) = take_notices(db, now)
        letter = compose_notice(db, notice, declared_links(settings), settings, now)
    assert letter["subject"] == SUBJECTS[about, language]
    assert letter["to"] == "dina@example.org"
    for part in ("plain", "html"):
        text = letter.get_body((part,)).get_content()
        assert "Дина" in text
        assert "profile/sessions" in text or about is not About.NEW_SIGN_IN
        assert "Firefox, Android" in text or about is not About.NEW_SIGN_IN
