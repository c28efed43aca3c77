"""Passkeys: what the browser is asked to sign, and what it answers. They need its scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field
from starlette.responses import Response

from portal.domain.people.rules import tidy_name
from portal.domain.second_factors import actions, queries
from portal.domain.second_factors.rules import (
    LONGEST_PASSKEY_NAME,
    PasskeyRefusedError,
    TooManyPasskeysError,
)
from portal.i18n import gettext as _
from portal.refusals import NotFoundError
from portal.web.forms import Fields, Form
from portal.web.policies import Guard, Policy
from portal.web.relying_party import relying_party
from portal.web.routes.second_factor import added, changing, let_past, onward, refused
from portal.web.routing import Pages

if TYPE_CHECKING:
    from portal.domain.second_factors.rules import Party
    from portal.web.visit import Visit

pages = Pages(guard=Guard.NEVER)
JSON = "application/json"


class NewPasskeyFields(Fields):
    """What the browser made, and what its owner calls it."""

    name: Annotated[str, Field(max_length=LONGEST_PASSKEY_NAME)] = ""
    credential: Annotated[str, Field(max_length=20_000)]


class SignatureFields(Fields):
    """What the passkey signed."""

    credential: Annotated[str, Field(max_length=20_000)]


@pages.post("/second-factor/passkeys/offers", name="passkeys.offer_to_add", policy=Policy.SIGNED_IN)
def offer_to_add(visit: Visit) -> Response:
    """What a new passkey has to sign."""
    from portal.domain.second_factors import passkeys  # noqa: PLC0415 - see there

    changing(visit)
    party = _party(visit)
    offer = passkeys.offer_to_add(visit.db, visit.session, visit.person, party, visit.now)
    return Response(offer, media_type=JSON)


@pages.post("/second-factor/passkeys", name="passkeys.add", policy=Policy.SIGNED_IN)
def add(visit: Visit) -> Response:
    """Keeps a new passkey."""
    from portal.domain.second_factors import passkeys  # noqa: PLC0415 - see there

    changing(visit)
    party, form = _party(visit), Form(NewPasskeyFields, visit.submitted)
    if not form.fields:
        return refused(visit, "passkey")
    try:
        passkeys.add(
            visit.db,
            visit.session,
            visit.person,
            party,
            name=tidy_name(form.fields.name) or _("Passkey"),
            answer=form.fields.credential,
            now=visit.now,
        )
    except TooManyPasskeysError:
        return refused(visit, "many")
    except PasskeyRefusedError:
        return refused(visit, "passkey")
    return added(visit)


@pages.post(
    "/second-factor/passkeys/questions", name="passkeys.offer_to_use", policy=Policy.SIGNED_IN
)
def offer_to_use(visit: Visit) -> Response:
    """What one of the visitor's passkeys has to sign."""
    from portal.domain.second_factors import passkeys  # noqa: PLC0415 - see there

    party = _party(visit)
    offer = passkeys.offer_to_use(visit.db, visit.session, visit.person, party, visit.now)
    return Response(offer, media_type=JSON)


@pages.post("/second-factor/passkeys/answers", name="passkeys.use", policy=Policy.SIGNED_IN)
def use(visit: Visit) -> Response:
    """Checks the signature."""
    from portal.domain.second_factors import passkeys  # noqa: PLC0415 - see there

    party, form = _party(visit), Form(SignatureFields, visit.submitted)
    if not form.fields:
        return refused(visit, "passkey")
    answer = form.fields.credential
    try:
        passkeys.use(visit.db, visit.session, visit.person, party, answer, visit.now)
    except PasskeyRefusedError:
        return refused(visit, "passkey")
    return let_past(visit, onward(visit))


@pages.post(
    "/second-factor/passkeys/{key}/removal", name="passkeys.remove", policy=Policy.SIGNED_IN
)
def remove(visit: Visit, key: str) -> Response:
    """Takes a passkey away."""
    changing(visit)
    actions.remove_passkey(visit.db, visit.person, queries.own_passkey(visit.db, visit.person, key))
    return visit.go("second_factor.show")


def _party(visit: Visit) -> Party:
    party = relying_party(visit)
    if party is None:
        raise NotFoundError
    return party
