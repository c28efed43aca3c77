"""Five questions behind the pass, each answered once."""

from datetime import timedelta

import pytest

from portal.core import clock
from portal.domain.feedback.models import BoxedAnswer
from portal.domain.registrations import actions as registrations
from portal.domain.registrations.queries import Pass
from portal.domain.registrations.rules import FEEDBACK_CLOSES_AFTER
from tests.factories import make_event, make_organization, pass_key, sign_up_guest
from tests.feedback.feedback_forms import answer, count
from tests.pages import errors_of, page_of, value_of, words


def test_five_questions_are_answered_from_the_pass(client, finished, database):
    _slug, (key,) = finished(1)
    assert "Give feedback" in words(client.get(f"/en/passes/{key}"))
    form = client.get(f"/en/passes/{key}/feedback")
    asked = set(page_of(form).xpath("//main//form//@name"))
    assert asked == {"rating", "recommend", "good", "improve", "quote"}
    given = answer(client, key, good="Күй", improve="Уақыт", quote="yes")
    assert given.headers["location"] == f"/en/passes/{key}/feedback/thanks"
    assert client.get(given.headers["location"]).status_code == 200
    assert "You have given your feedback" in words(client.get(f"/en/passes/{key}"))
    assert count(database, BoxedAnswer) == 1


def test_two_numbers_and_the_word_about_quoting_are_enough(client, finished):
    _slug, (key,) = finished(1)
    answered = client.post(
        f"/kk/passes/{key}/feedback", data={"rating": "1", "recommend": "0", "quote": "no"}
    )
    assert answered.status_code == 303


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rating": ""}, "rating"),
        ({"rating": "0"}, "rating"),
        ({"rating": "6"}, "rating"),
        ({"rating": "good"}, "rating"),
        ({"recommend": "11"}, "recommend"),
        ({"recommend": "-1"}, "recommend"),
        ({"quote": "perhaps"}, "quote"),
        ({"good": "Ә" * 2_001}, "good"),
        ({"improve": "bell\a"}, "improve"),
    ],
)
def test_an_answer_outside_the_form_is_refused_and_kept_in_it(
    client, finished, database, changes, field
):
    _slug, (key,) = finished(1)
    refused = answer(client, key, **({"good": "Күй"} | changes))
    assert refused.status_code == 422
    assert list(errors_of(refused)) == [field]
    if field != "good":
        assert value_of(refused, "good") == "Күй"
    assert count(database, BoxedAnswer) == 0
    assert answer(client, key).status_code == 303


def test_one_answer_a_person(client, finished, database):
    _slug, (key,) = finished(1)
    answer(client, key)
    again = answer(client, key, rating="1")
    assert again.status_code == 409
    assert "You have already answered" in words(again)
    assert client.get(f"/en/passes/{key}/feedback").status_code == 409
    assert count(database, BoxedAnswer) == 1


def test_feedback_is_open_from_the_end_for_a_fortnight(client, finished, database):
    for ended, is_open in (
        (timedelta(hours=-1), False),
        (timedelta(minutes=1), True),
        (FEEDBACK_CLOSES_AFTER - timedelta(minutes=1), True),
        (FEEDBACK_CLOSES_AFTER + timedelta(minutes=1), False),
    ):
        _slug, (key,) = finished(1, ended=ended)
        assert client.get(f"/en/passes/{key}/feedback").status_code == (200 if is_open else 409)
        assert answer(client, key).status_code == (303 if is_open else 409)
    assert count(database, BoxedAnswer) == 2


def test_who_had_no_place_gives_no_feedback(client, database, analyst):
    with database.writing() as db:
        ended = clock.now() - timedelta(hours=3)
        event = make_event(db, make_organization(db), starts_at=ended, capacity=2)
        gone = sign_up_guest(db, event)
        registrations.cancel(db, Pass(gone, event), event.starts_at - timedelta(hours=29))
        sign_up_guest(db, event)
        unproved = sign_up_guest(db, event, confirmed=False)
        waiting = sign_up_guest(db, event)
        keys = [pass_key(db, each, event) for each in (gone, unproved, waiting)]
    assert [answer(client, key).status_code for key in keys] == [409, 409, 409]
