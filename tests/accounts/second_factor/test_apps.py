"""The second factor by an app: how it is set up, changed and kept."""

import pyotp
from sqlalchemy import select

from portal.domain.accounts.second_factors.models import Codes, RecoveryCode
from portal.domain.emails.models import About, Notice
from tests.accounts.second_factor.apps import STEP, App, set_up, use, why
from tests.conftest import keep_session
from tests.pages import errors_of, page_of, words


def notices(database):
    with database.reading() as db:
        return list(db.scalars(select(Notice.about).order_by(Notice.id)))


def test_an_app_is_set_up_on_the_way_to_what_one_wanted(
    frozen, browser_of, owner, people_page, database
):
    browser = browser_of(owner, second_factor=False)
    sent = browser.get(people_page)
    assert sent.status_code == 303
    assert sent.headers["location"] == "/en/second-factor?next=%2Fen%2Forganizing%2Fours%2Fpeople"
    page = browser.get(sent.headers["location"])
    assert page_of(page).xpath("//main//input[@name='next']/@value")[0] == people_page

    stolen = browser.cookies.get("__Host-session")
    _app, codes = set_up(browser, target=people_page)
    assert len(set(codes)) == 10
    assert browser.get(people_page).status_code == 200
    assert browser.cookies.get("__Host-session") != stolen
    assert notices(database) == [About.SECOND_FACTOR_ADDED]
    # What could do less before can do nothing now.
    thief = browser_of()
    keep_session(thief, stolen)
    assert thief.get("/en/profile").headers["location"].startswith("/en/sign-in")


def test_the_secret_is_shown_as_a_picture_of_our_own_and_as_text(frozen, browser_of, owner):
    browser = browser_of(owner, second_factor=False)
    page = browser.get(browser.post("/en/second-factor/app").headers["location"])
    secret = "".join(page_of(page).xpath("//main//code/text()")[0].split())
    (address,) = page_of(page).xpath("//main//a[starts-with(@href,'otpauth://totp/')]/@href")
    assert pyotp.parse_uri(address).secret == secret
    assert page_of(page).xpath("//main//svg[@role='img']/path/@d")[0].startswith("M4 4h7v1h-7z")
    assert "data:" not in page.text


def test_an_app_counts_only_once_its_first_code_is_right(frozen, browser_of, owner, people_page):
    browser = browser_of(owner, second_factor=False)
    browser.post("/en/second-factor/app")
    refused = browser.post("/en/second-factor/app/confirmation", data={"code": "000000"})
    assert refused.status_code == 422
    assert "not right" in errors_of(refused)["code"]
    assert browser.get(people_page).status_code == 303
    assert set_up(browser)
    assert browser.get(people_page).status_code == 200


def test_who_has_signed_in_without_the_factor_cannot_change_it(equipped, database):
    """A stolen session must not make itself a factor, nor take the owner's away."""
    app, _codes, browser = equipped
    changes = [
        *("/app", "/app/confirmation", "/app/removal", "/recovery-codes"),
        *("/passkeys/offers", "/passkeys", "/passkeys/any/removal"),
    ]
    with database.reading() as db:
        before = sorted(db.scalars(select(RecoveryCode.digest)))
    for path in changes:
        answer = browser.post(f"/en/second-factor{path}", data={"code": app.code()})
        assert answer.status_code == 303, path
        assert answer.headers["location"] == "/en/second-factor", path
    assert browser.get("/en/second-factor/app").status_code == 303
    with database.reading() as db:
        assert db.scalars(select(Codes.pending_sealed)).one() is None
        assert sorted(db.scalars(select(RecoveryCode.digest))) == before
    use(browser, app.code())
    assert browser.post("/en/second-factor/app").headers["location"] == "/en/second-factor/app"


def test_moving_to_another_app_leaves_the_old_one_until_the_new_one_works(
    equipped, browser_of, owner, people_page, frozen
):
    app, _codes, browser = equipped
    use(browser, app.code())
    browser.post("/en/second-factor/app")
    frozen(STEP)
    assert use(browser_of(owner, second_factor=False), app.code()).headers["location"] == (
        people_page
    )
    page = browser.get("/en/second-factor/app")
    new = App("".join(page_of(page).xpath("//main//code/text()")[0].split()))
    frozen(STEP)
    browser.post("/en/second-factor/app/confirmation", data={"code": new.code()})
    frozen(STEP)
    other = browser_of(owner, second_factor=False)
    assert why(use(other, app.code())) == ["wrong"]
    assert use(other, new.code()).headers["location"] == people_page


def test_whoever_removes_the_last_factor_needs_a_new_one(equipped, people_page, database):
    app, _codes, browser = equipped
    use(browser, app.code())
    assert browser.post("/en/second-factor/app/removal").status_code == 303
    assert browser.get(people_page).status_code == 303
    assert "You have none yet" in words(browser.get("/en/second-factor"))
    with database.reading() as db:
        assert db.scalars(select(RecoveryCode)).all() == []
    set_up(browser)
    assert browser.get(people_page).status_code == 200


def test_a_stolen_database_tells_no_secret(equipped, database):
    _app, codes, _browser = equipped
    with database.reading() as db:
        kept = repr([db.execute(select(*t.__table__.c)).all() for t in (Codes, RecoveryCode)])
    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]
    assert codes
