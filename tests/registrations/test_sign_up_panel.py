"""The sign-up panel beside an event."""

from tests.factories import make_event, make_organization, make_person
from tests.pages import page_of


def test_a_page_leads_to_its_own_event(client, database):
    with database.writing() as db:
        slugs = []
        for _each in range(2):
            organization = make_organization(db, editor=make_person(db))
            slugs.append(make_event(db, organization).slug)
    for slug in slugs:
        page = page_of(client.get(f"/kk/events/{slug}"))
        (form,) = page.xpath("//aside//form")
        assert form.get("action") == f"/kk/events/{slug}/registration"
        (way_in,) = page.xpath("//aside//a[contains(@href, 'sign-in')]/@href")
        assert way_in == f"/kk/sign-in?next=%2Fkk%2Fevents%2F{slug}"
