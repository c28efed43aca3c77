"""The way to sign up, drawn once for many events, is what it would be if it were drawn for one."""

from itertools import product
from types import SimpleNamespace

import pytest

from portal.core.availability import Band
from portal.i18n.locale import LANGUAGE_TAGS, use_locale
from portal.web.events.registration_panel import Offer, SignUpOptions, blank_panel, panel
from tests.engines import ON_ONE_ENGINE
from tests.factories import make_event, make_organization, make_person
from tests.pages import page_of

ALL_WAYS = [
    SignUpOptions(places, hosts, *states)
    for places, hosts, states in product(Band, (1, 2, 5), product((False, True), repeat=4))
]


def visit_of(app, tag, visitor):
    links = app.state.site.links
    return SimpleNamespace(
        site=app.state.site,
        tag=tag,
        user=visitor,
        url=lambda name, query=None, **values: links.path(name, tag, query, **values),
    )


@ON_ONE_ENGINE
@pytest.mark.parametrize("tag", LANGUAGE_TAGS)
@pytest.mark.parametrize("visitor", [None, object()], ids=["stranger", "member"])
def test_each_event_has_its_own_address_and_names(app, tag, visitor):
    with use_locale(tag):
        ctx = visit_of(app, tag, visitor)
        for number, ways in enumerate(ALL_WAYS):
            offer = Offer(ways, f"kesh-{number}", f"Ұлы дала & <b>{number}</b> ~event~")
            assert blank_panel(ctx, offer) == panel(ctx, offer)


def test_a_page_leads_to_its_own_event(client, database):
    """The second event's is drawn already."""
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
