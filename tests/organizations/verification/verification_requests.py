"""Asking to be verified, and deciding about it."""

from sqlalchemy import select

from portal.domain.organizations.models import VerificationRequest
from portal.domain.organizations.queries import organization_named

HOST = "club.example.org"
MINE = "/en/manage/ours/verification"
DECIDE = "/en/administration/organizations/ours"
# Why the administrators say no.
WHY = {"ground": "silent"}


def verified(database):
    with database.reading() as db:
        ours = organization_named(db, "ours")
        return ours.verified_by, ours.verified_domain


def confirm(browser, method="document", months="12"):
    return browser.post(f"{DECIDE}/verification", data={"method": method, "months": months})


def ask_for_domain(owner, database, domain=HOST):
    assert owner.post(MINE, data={"method": "domain", "domain": domain}).status_code == 303
    with database.reading() as db:
        request = db.scalars(select(VerificationRequest)).one()
        return request.domain, request.token
