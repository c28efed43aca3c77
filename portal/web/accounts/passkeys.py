"""Passkeys: what the browser is asked to sign, and what it answers. They need its scripts."""

from typing import Annotated

from pydantic import Field
from starlette.responses import Response

from portal.core.refusals import NotFoundError
from portal.domain.accounts.people.rules import tidy_name
from portal.domain.accounts.second_factors import actions, queries
from portal.domain.accounts.second_factors.rules import (
    LONGEST_PASSKEY_NAME,
    Party,
    PasskeyRefusedError,
    TooManyPasskeysError,
)
from portal.i18n.locale import gettext as _
from portal.web.accounts.relying_party import relying_party
from portal.web.accounts.second_factor import (
    added,
    changing,
    mark_second_factor_passed,
    onward,
    refused,
)
from portal.web.http import Context, Guard, Policy, PortalRouter
from portal.web.http.forms import Fields, Form, submitted

router = PortalRouter(guard=Guard.NEVER)
JSON = "application/json"


class NewPasskeyFields(Fields):
    """What the browser made, and what its owner calls it."""

    name: Annotated[str, Field(max_length=LONGEST_PASSKEY_NAME)] = ""
    credential: Annotated[str, Field(max_length=20_000)]


class SignatureFields(Fields):
    """What the passkey signed."""

    credential: Annotated[str, Field(max_length=20_000)]


@router.form(
    "/second-factor/passkeys/options", name="passkeys.registration_options", policy=Policy.SIGNED_IN
)
def offer_to_add(ctx: Context) -> Response:
    """Return what a new passkey has to sign."""
    from portal.domain.accounts.second_factors import passkeys  # noqa: PLC0415 - see there

    changing(ctx)
    party = _party(ctx)
    offer = passkeys.offer_to_add(ctx.db, ctx.session, ctx.signed_in_user, party, ctx.now)
    return Response(offer, media_type=JSON)


@router.form("/second-factor/passkeys", name="passkeys.add", policy=Policy.SIGNED_IN)
def add(
    ctx: Context, form: Annotated[Form[NewPasskeyFields], submitted(NewPasskeyFields)]
) -> Response:
    """Keep a new passkey."""
    from portal.domain.accounts.second_factors import passkeys  # noqa: PLC0415 - see there

    changing(ctx)
    party = _party(ctx)
    if not form.fields:
        return refused(ctx, "passkey")
    try:
        passkeys.add(
            ctx.db,
            ctx.session,
            ctx.signed_in_user,
            party,
            name=tidy_name(form.fields.name) or _("Passkey"),
            answer=form.fields.credential,
            now=ctx.now,
        )
    except TooManyPasskeysError:
        return refused(ctx, "many")
    except PasskeyRefusedError:
        return refused(ctx, "passkey")
    return added(ctx)


@router.form(
    "/second-factor/passkeys/challenge", name="passkeys.challenge", policy=Policy.SIGNED_IN
)
def offer_to_use(ctx: Context) -> Response:
    """Return what one of the visitor's passkeys has to sign."""
    from portal.domain.accounts.second_factors import passkeys  # noqa: PLC0415 - see there

    party = _party(ctx)
    offer = passkeys.offer_to_use(ctx.db, ctx.session, ctx.signed_in_user, party, ctx.now)
    return Response(offer, media_type=JSON)


@router.form("/second-factor/passkeys/assertion", name="passkeys.use", policy=Policy.SIGNED_IN)
def use(
    ctx: Context, form: Annotated[Form[SignatureFields], submitted(SignatureFields)]
) -> Response:
    """Check the signature."""
    from portal.domain.accounts.second_factors import passkeys  # noqa: PLC0415 - see there

    party = _party(ctx)
    if not form.fields:
        return refused(ctx, "passkey")
    answer = form.fields.credential
    try:
        passkeys.use(ctx.db, ctx.session, ctx.signed_in_user, party, answer, ctx.now)
    except PasskeyRefusedError:
        return refused(ctx, "passkey")
    return mark_second_factor_passed(ctx, onward(ctx))


@router.form(
    "/second-factor/passkeys/{key}/removal", name="passkeys.remove", policy=Policy.SIGNED_IN
)
def remove(ctx: Context, key: str) -> Response:
    """Take a passkey away."""
    changing(ctx)
    actions.remove_passkey(
        ctx.db, ctx.signed_in_user, queries.own_passkey(ctx.db, ctx.signed_in_user, key)
    )
    return ctx.redirect("second_factor.show")


def _party(ctx: Context) -> Party:
    party = relying_party(ctx)
    if party is None:
        raise NotFoundError
    return party
