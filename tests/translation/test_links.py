"""Links by which somebody without an account translates one text."""

from datetime import timedelta

from sqlalchemy import select, update

from portal.domain.privacy.retention_rules import Kept
from portal.domain.publishing.translation_progress.models import TranslationLink
from portal.worker.retention import CHORES
from tests.pages import page_of
from tests.translation.translation_forms import event_of, fields, link_of


def test_a_link_translates_one_text_into_one_language_without_an_account(
    translator, database, client
):
    browser, page = translator
    address = link_of(browser, page)
    shown = client.get(address)
    assert shown.status_code == 200
    assert "Zhanbolat" not in shown.text
    assert "/organizing/" not in shown.text
    form = fields(shown, passage__description__0="Первый.")
    assert client.post(address, data=form).status_code == 303
    assert event_of(database).description.passages("ru")[0].text == "Первый."
    slug = page.split("/")[-2]
    for other in (page, page.replace("/ru", "/en"), f"/en/organizing/events/{slug}"):
        assert client.get(other).headers["location"].startswith("/en/sign-in")
    with database.reading() as db:
        assert address.rpartition("/")[2] not in str(
            db.scalars(select(TranslationLink)).one().digest
        )


def test_a_link_that_was_withdrawn_or_is_old_looks_like_none(translator, database, client):
    browser, page = translator
    nothing = client.get("/ru/translate/" + "x" * 43)
    assert nothing.status_code == 404
    withdrawn, old = link_of(browser, page), link_of(browser, page)
    (form, *_more) = page_of(browser.get(page)).xpath("//form[contains(@action, '/withdrawal')]")
    with database.reading() as db:
        ids = list(db.scalars(select(TranslationLink.public_id).order_by(TranslationLink.id)))
    assert browser.post(f"{page}/links/{ids[0]}/withdrawal").status_code == 303
    with database.writing() as db:
        link = db.scalars(select(TranslationLink).where(TranslationLink.public_id == ids[1])).one()
        db.execute(update(TranslationLink).values(expires_at=link.made_at + timedelta(seconds=0)))
    for address in (withdrawn, old):
        assert client.get(address).status_code == 404
        assert client.post(address, data={}).status_code == 404
    assert form is not None


def test_links_that_have_run_out_are_forgotten(translator, database):
    browser, page = translator
    link_of(browser, page)
    with database.writing() as db:
        expires_at = db.scalars(select(TranslationLink.expires_at)).one()
    for moment, left in ((expires_at - timedelta(seconds=1), 1), (expires_at, 0)):
        CHORES[Kept.TRANSLATION_LINKS](database, moment)
        with database.reading() as db:
            assert len(db.scalars(select(TranslationLink)).all()) == left


def test_a_foreign_translation_cannot_withdraw_a_link(translator, database, client):
    browser, page = translator
    address = link_of(browser, page)
    with database.reading() as db:
        key = db.scalars(select(TranslationLink.public_id)).one()
    browser.post(f"{page.replace('/ru', '/en')}/links/{key}/withdrawal")
    assert client.get(address).status_code == 200
