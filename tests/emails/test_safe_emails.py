"""What strangers write makes no link, no markup and no header in letters of the portal."""

import re
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html
from sqlalchemy import select

from portal.content.defang import WORD_JOINER, defang
from portal.core import clock
from portal.domain.accounts.people.rules import LONGEST_NAME
from portal.domain.emails.models import Email, EmailKind
from portal.domain.organizations.models import Organization
from portal.domain.registrations import actions as registrations
from portal.domain.registrations import event_changes
from tests.conftest import ADDRESS
from tests.emails.programme import (
    EMAIL,
    LASTS,
    NOW,
    START,
    STARTS_AT,
    english,
    key_in,
)
from tests.factories import make_event, sign_up_guest

HOSTILE = "www.evil.example http://evil.example me@evil.example <b>x</b> {{ 7 * 7 }} %(pass_url)s"


def test_hostile_words_make_no_link_and_no_markup(world):
    world.sign_up(name=HOSTILE[:LONGEST_NAME])
    world.change(title=english(HOSTILE), venue=english(HOSTILE))
    world.round()

    letter = world.last()
    assert letter.links
    assert all(link.startswith(f"{ADDRESS}/en") for link in letter.links)
    page = html.fromstring(letter.html)
    assert all(link.startswith(f"{ADDRESS}/en") for link in page.xpath("//@href | //@src"))
    assert not page.xpath("//b")
    for shown in (letter.text, letter.html, letter.subject):
        assert "evil.example" not in shown
        assert "me@" not in shown
        assert "{{ 7 * 7 }}" in shown
    assert "%(pass_url)s" in letter.text.replace(WORD_JOINER, "")


@pytest.mark.parametrize("verified", [False, True])
def test_no_part_of_any_letter_holds_a_link_of_an_unverified_organisation(world, verified):
    """Texts never do; calendars do once somebody has looked who the organiser is."""
    with world.database.writing() as db:
        organization = db.scalars(select(Organization)).one()
        organization.name = english(HOSTILE)
        if not verified:
            organization.verified_until = clock.now() - timedelta(days=1)
        event = world.event(db)
        event.title = event.summary = event.venue = english(HOSTILE)
    first = world.sign_up(confirmed=False)
    world.round()
    world.with_pass(first, registrations.confirm, NOW)
    for number in range(2):  # the second one waits
        world.sign_up(email=f"guest-{number}@example.org")
    world.round()
    world.with_pass(first, registrations.cancel, NOW)
    world.change(starts_wall=START + timedelta(hours=1), ends_wall=START + LASTS)
    hours = (-20, -0.5, 3, 80)
    for now in (NOW, *(STARTS_AT + timedelta(hours=1 + count) for count in hours)):
        world.round(now)
    with world.database.writing() as db:  # one more, to be called off
        called_off = make_event(db, db.scalars(select(Organization)).one(), title=english(HOSTILE))
        sign_up_guest(db, called_off)
        event_changes.cancel_event(db, called_off, clock.now())
    world.round(clock.now())

    with world.database.reading() as db:
        sent = set(db.scalars(select(Email.kind).where(Email.state == "sent")))
    assert sent == {kind.value for kind in EmailKind}
    linking = set()
    for letter in world.mailbox.emails():
        for part in letter.message.walk():
            if not part.is_multipart():
                said = part.get_content()
                said = said if isinstance(said, str) else said.decode()
                if "evil.example" in said.replace("\r\n ", ""):
                    linking.add(part.get_content_type())
    assert linking == ({"text/calendar"} if verified else set())


def test_no_feed_or_file_holds_a_link_of_an_unverified_organisation(world, client):
    with world.database.writing() as db:
        organization = db.scalars(select(Organization)).one()
        organization.name, event = english(HOSTILE), world.event(db)
        event.title = event.summary = event.venue = english(HOSTILE)
        slug, organization_slug = event.slug, organization.slug
    organization_feed = f"/en/organizations/{organization_slug}/calendar.ics"
    files = ("/en/calendar.ics", organization_feed, f"/en/events/{slug}/event.ics")

    def linking():
        page = html.fromstring(client.get(f"/en/events/{slug}").text)
        (for_machines,) = page.xpath("//script[@type='application/ld+json']/text()")
        told = [*(client.get(file).text.replace("\r\n ", "") for file in files), for_machines]
        return ["evil.example" in each for each in told]

    assert linking() == [True] * 4
    with world.database.writing() as db:
        db.scalars(select(Organization)).one().verified_until = clock.now()
    assert linking() == [False] * 4


def test_no_name_or_title_can_write_headers_or_other_recipients(world):
    with world.database.writing() as db:
        organization = db.scalars(select(Organization)).one()
        organization.name = english('"A", <x@evil.example>\r\nBcc: y@evil.example, ә ' * 3)
        title = "=?utf-8?q?=0D=0ABcc:_z=40evil.example?= ә\r\nBcc: q@evil.example"
        world.event(db).title = english(title)
    world.sign_up()
    world.round()

    letter = world.last()
    assert letter.recipients == (EMAIL,)
    assert letter.message["Bcc"] is None
    assert [a.addr_spec for a in letter.message["To"].addresses] == [EMAIL]
    assert [a.addr_spec for a in letter.message["From"].addresses] == ["portal@testserver"]


def test_every_letter_goes_to_one_person_and_says_what_it_is(world):
    world.sign_up()
    world.sign_up(email="second@example.org")
    world.round()

    assert len(world.mailbox.emails()) == 2
    for letter in world.mailbox.emails():
        message = letter.message
        assert letter.recipients == (message["To"],)
        assert message["From"] == "Altyn saqa · Shanyraq <portal@testserver>"
        assert message["Auto-Submitted"] == "auto-generated"
        assert message["List-Unsubscribe"] == f"<{ADDRESS}/en/passes/{key_in(letter)}>"
        assert message["Message-ID"].endswith("@testserver>")
        assert message["Date"].datetime.replace(microsecond=0) == NOW
        assert [part.get_content_type() for part in message.walk()] == [
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "text/html",
            "text/calendar",
        ]
        assert not message.defects
    first, second = world.mailbox.emails()
    assert first.message["Message-ID"] != second.message["Message-ID"]


# What mail programs and the usual libraries look for, generously.
LINKABLE = re.compile(
    r"""
    \b[a-z][a-z0-9+.-]*://          # any scheme with slashes
    | \b(?:mailto|tel|sms|javascript|data|file|skype):\S
    | \bwww\.\S                     # a host; three letters and a full stop are none
    | [^\s.@:/\u2060]\.[^\s.@:/\u2060]  # a bare domain: anything with a dot inside
    | [^\s\u2060]@[^\s\u2060]       # an address
    | // | \\\\                     # another host, a Windows share
    """,
    re.VERBOSE | re.IGNORECASE,
)
PIECES = st.sampled_from(
    [
        *("http", "https", ":", "//", "www", ".", "evil", "example", "com", "@", "mailto", "қаз"),
        *("\\\\", " ", "\n", "\u200b", "\u2060", "\u202e", "\u3002", "\uff0e"),
        *("=?utf-8?q?", "{{ 7 * 7 }}", "%s"),
    ]
)


@pytest.mark.parametrize(
    "hostile",
    [
        "http://evil.example/",
        "HTTPS://EVIL.EXAMPLE",
        "see www.evil.example now",
        "evil.example",
        "пример.рф",
        "evil\u3002example",
        "evil\uff0eexample",
        "me@evil.example",
        "mailto:me@evil.example",
        "tel:+77001234567",
        "//evil.example/x",
        r"\\evil\share",
        "ht\u200btp://evil.example",
        "http:\u2060//evil.example",
        "10.0.0.1",
    ],
)
def test_no_address_stays_whole(hostile: str) -> None:
    assert not LINKABLE.search(defang(hostile))
    assert defang(hostile).replace(WORD_JOINER, "") != defang(hostile)


@pytest.mark.parametrize(
    "harmless",
    [
        "Айгерім",
        "Әбдіғали Мүсілім",
        "O’Neil Jr.",
        "عائشة",
        "Almaty, Abay av. 5, room 12",
        "Who? Me!",
    ],
)
def test_what_is_no_address_stays_as_it_is(harmless: str) -> None:
    assert defang(harmless) == harmless


def test_a_line_break_or_a_control_character_becomes_a_space_or_nothing() -> None:
    assert defang("Aigul\r\nBcc: x\u2028y\x00z\u202eq") == "Aigul Bcc: x y zq"


def test_an_encoded_word_is_no_longer_one() -> None:
    assert "=?" not in defang("=?utf-8?q?=0D=0ABcc:_x?=")


def test_a_long_text_is_cut() -> None:
    assert defang("ә" * 200, 80) == "ә" * 79 + "…"


@given(st.lists(PIECES | st.text(max_size=5)).map("".join), st.integers(1, 200))
@example("a.b" * 60, 140)
@example("www.", 4)
def test_any_text_becomes_one_short_line_without_addresses(text: str, most: int) -> None:
    line = defang(text, most)
    visible = line.replace(WORD_JOINER, "")

    assert not LINKABLE.search(line)
    assert len(line.splitlines()) <= 1
    assert len(visible) <= most
    assert defang(line, most) == line


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=140))
def test_a_reader_sees_what_was_written(text: str) -> None:
    assert defang(text).replace(WORD_JOINER, "") == " ".join(text.split())
