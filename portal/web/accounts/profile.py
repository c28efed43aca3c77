"""A person's own page: who one is to others, where one lives, how emails come."""

from typing import Annotated, Literal

from pydantic import Field
from starlette.responses import RedirectResponse, Response

from portal.core.time_zones import is_place
from portal.domain.accounts.people import actions, queries
from portal.domain.accounts.people.rules import LONGEST_CITY
from portal.domain.events.vocabulary import SPOKEN_LANGUAGES, TAGS
from portal.i18n import dates
from portal.i18n.countries import country_options
from portal.i18n.locale import LANGUAGE_TAGS, OWN_NAMES
from portal.web.components.zone_choices import zone_options
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.cookies import TIME_ZONE
from portal.web.http.forms import Fields, Form, submitted

router = PortalRouter()


class ProfileFields(Fields):
    """What a person decides about themselves."""

    name: Annotated[str, Field(max_length=80)]
    language: Literal["kk", "kk-Latn", "kk-Latn-TR", "kk-Arab", "ru", "en"]
    time_zone: Annotated[str, Field(max_length=64)] = ""
    country: Annotated[str, Field(max_length=2)] = ""
    city: Annotated[str, Field(max_length=LONGEST_CITY)] = ""
    spoken: list[str] = Field(default_factory=list)
    interests: list[str] = Field(default_factory=list)
    is_discreet: Literal["yes", ""] = ""

    def profile(self) -> actions.Profile:
        """Return what was submitted, without words that are not ours."""
        return actions.Profile(
            name=self.name,
            language=self.language,
            time_zone=self.time_zone or None,
            country=self.country or None,
            city=self.city or None,
            spoken=tuple(tag for tag in SPOKEN_LANGUAGES if tag in self.spoken),
            interests=tuple(tag for tag in TAGS if tag in self.interests),
            is_discreet=self.is_discreet == "yes",
        )


@router.page("/profile", name="profile.edit", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE)
def edit(ctx: Context) -> Response:
    """Show the form with what is known."""
    person = ctx.signed_in_user
    values = {
        "name": queries.name_of(ctx.db, person),
        "language": person.language,
        "time_zone": person.time_zone or "",
        "country": person.country or "",
        "city": queries.city_of(ctx.db, person) or "",
        "spoken": person.spoken,
        "interests": person.interests,
        "is_discreet": "yes" if person.is_discreet else "",
    }
    saved = ctx.request.query_params.get("saved") == "yes"
    return _page(ctx, Form.filled(ProfileFields, values), is_saved=saved)


@router.form("/profile", name="profile.update", policy=Policy.SIGNED_IN)
def update(
    ctx: Context, form: Annotated[Form[ProfileFields], submitted(ProfileFields)]
) -> Response:
    """Save it; the chosen zone counts from now on, whatever this browser remembered."""
    user = ctx.signed_in_user
    if not form.accepts(lambda said: actions.change_profile(ctx.db, user, said.profile())):
        return _page(ctx, form, 422)
    target = ctx.site.links.path("profile.edit", user.language, {"saved": "yes"})
    response = RedirectResponse(target, 303)
    response.delete_cookie(TIME_ZONE)
    return response


def _page(
    ctx: Context, form: Form[ProfileFields], status: int = 200, *, is_saved: bool = False
) -> Response:
    zone = str(form.values.get("time_zone") or "")
    return render(
        ctx,
        "accounts/profile.html",
        status,
        form=form,
        is_saved=is_saved,
        content_languages=[(tag, OWN_NAMES[tag]) for tag in LANGUAGE_TAGS],
        zones=zone_options(zone if is_place(zone) else ctx.zone, ctx.now),
        countries=country_options(),
        spoken=[(tag, dates.language_name(tag)) for tag in SPOKEN_LANGUAGES],
        topics=[(tag, str(words)) for tag, words in TAGS.items()],
        email=queries.address_of(ctx.db, ctx.signed_in_user),
    )
