"""Letters to writers and their editors say what happened, in their own language, harmlessly."""

import pytest

from portal.domain.emails.actions import notify
from portal.domain.emails.models import About
from tests.conftest import ADDRESS
from tests.emails.programme import NOW
from tests.factories import make_person

URL = f"{ADDRESS}/kk/writing/stories/kokpar"
TITLE = "Көкпар https://lure.example.org/ Берлинде"


@pytest.mark.parametrize(
    ("about", "language", "words"),
    [
        (About.STORY_WAITING, "kk", "жариялауыңызды сұрайды"),
        (About.STORY_ACCEPTED, "ru", "принята"),
        (About.STORY_RETURNED, "ru", "Редакторы пишут"),
        (About.STORY_RETURNED, "en", "The editors say"),
        (About.COMMENTS_WAITING, "en", "once a day at most"),
    ],
)
def test_a_notice_about_a_story_leads_to_it_and_nowhere_else(world, about, language, words):
    with world.database.writing() as db:
        person = make_person(db, "Самал", email="samal@example.org").id
        given = {"note": "Дереккөз керек:\nhttps://lure.example.org/"}
        notify(
            db,
            about,
            now=NOW,
            language=language,
            person_id=person,
            url=URL,
            title=TITLE,
            **(given if about is About.STORY_RETURNED else {}),
        )
    assert world.round() == {"sent": 1}
    letter = world.received("samal@example.org")[-1]
    assert words in letter.text
    assert URL in letter.links
    assert not any("lure.example.org" in link for link in letter.links)
    if about is About.STORY_RETURNED:
        assert "Дереккөз керек:" in letter.text


@pytest.mark.parametrize(
    ("about", "words"),
    [
        (About.STORY_WAITING, "өзгерістерін қабылдауыңызды сұрайды"),
        (About.STORY_ACCEPTED, "өзгерістеріңіз қабылданды"),
        (About.STORY_RETURNED, "өзгерістеріңіз қабылданбады"),
    ],
)
def test_a_notice_about_changes_of_an_accepted_story_speaks_of_them(world, about, words):
    with world.database.writing() as db:
        person = make_person(db, "Самал", email="samal@example.org").id
        given = {"note": "Дереккөз керек"} if about is About.STORY_RETURNED else {}
        said = {"url": URL, "title": TITLE, "change": "yes", **given}
        notify(db, about, now=NOW, language="kk", person_id=person, **said)
    assert world.round() == {"sent": 1}
    letter = world.last("samal@example.org")
    assert words in letter.text
    assert words in letter.html


def test_editors_of_the_portal_are_led_to_what_has_changed_at_once(world):
    with world.database.writing() as db:
        person = make_person(db, "Самал", email="samal@example.org").id
        said = {"title": TITLE, "slug": "kokpar"}
        notify(db, About.STORY_CHANGED, now=NOW, language="ru", person_id=person, **said)
    assert world.round() == {"sent": 1}
    letter = world.last("samal@example.org")
    assert "их уже видят все" in letter.text
    assert f"{ADDRESS}/ru/stories/kokpar/history" in letter.links
    assert not any("lure.example.org" in link for link in letter.links)
