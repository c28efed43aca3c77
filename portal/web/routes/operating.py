"""Running the portal: how it is doing, and what it is called."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Final, NamedTuple

from pydantic import Field

from portal import dates
from portal.domain.letters.models import State
from portal.domain.letters.queries import failing, how_many, longest_waiting
from portal.domain.moderation import changed_settings
from portal.i18n import LANGUAGES, OWN_NAMES
from portal.refusals import Refusal
from portal.web.condition import facts, forgotten
from portal.web.forms import Fields, Form
from portal.web.policies import Cache, Guard, Policy
from portal.web.routing import Pages

if TYPE_CHECKING:
    from datetime import datetime

    from starlette.responses import Response

    from portal.web.providers.provider import Provider
    from portal.web.visit import Visit

pages = Pages(guard=Guard.ALWAYS)
# Of what was sent the page says how much it was since then.
LATELY: Final = timedelta(days=1)


class Way(NamedTuple):
    """A provider, when somebody last came in by it, and when somebody last could not."""

    name: str
    succeeded: str | None
    failed: str | None
    is_failing: bool


class SettingFields(Fields):
    """The texts that can be changed; an empty one is as the operator started it."""

    site_name: Annotated[str, Field(max_length=60)] = ""
    welcome_kk: Annotated[str, Field(max_length=200)] = ""
    welcome_ru: Annotated[str, Field(max_length=200)] = ""
    welcome_en: Annotated[str, Field(max_length=200)] = ""


@pages.get(
    "/administration", name="operating.show", policy=Policy.ADMINISTRATOR, cache=Cache.PRIVATE
)
def show(visit: Visit) -> Response:
    """Database, worker, backups, letters, the ways in, and what has been forgotten."""
    settings, waiting = visit.site.settings, longest_waiting(visit.db, visit.now)
    return visit.page(
        "operating/show.html",
        waiting=how_many(visit.db, State.QUEUED),
        sent_lately=how_many(visit.db, State.SENT, visit.now - LATELY),
        undelivered=how_many(visit.db, State.UNDELIVERED),
        waits_since=dates.relative(waiting, visit.now) if waiting else None,
        has_mail_server=bool(settings.smtp_url),
        delivers_itself=settings.worker,
        failing=failing(visit.db),
        ways_in=[_way(each, visit.now) for each in visit.site.providers.values()],
        has_links=settings.has_sign_in_by_email,
        facts=facts(visit.site, visit.db, visit.now),
        forgotten=forgotten(visit.db, visit.now),
    )


def _way(provider: Provider, now: datetime) -> Way:
    """What this process has seen of a provider since it started."""
    good, bad = provider.remembered.succeeded_at, provider.remembered.failed_at
    return Way(
        provider.name,
        dates.relative(good, now) if good else None,
        dates.relative(bad, now) if bad else None,
        is_failing=bad is not None and (good is None or good < bad),
    )


@pages.get(
    "/administration/settings",
    name="operating.settings",
    policy=Policy.ADMINISTRATOR,
    cache=Cache.PRIVATE,
)
def settings(visit: Visit) -> Response:
    """The texts that can be changed while the portal runs."""
    values = changed_settings.all_changed(visit.db)
    return _settings_page(visit, Form.filled(SettingFields, values))


@pages.post("/administration/settings", name="operating.change", policy=Policy.ADMINISTRATOR)
def change(visit: Visit) -> Response:
    """Changes what differs; each change is a line of the public log."""
    form = Form(SettingFields, visit.submitted)
    if form.fields:
        try:
            for name, value in form.fields.model_dump().items():
                changed_settings.change(visit.db, name, value, visit.now)
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            visit.db.flush()
            visit.site.live.learn(visit.db)
            return visit.go("operating.settings", {"done": "yes"})
    return _settings_page(visit, form, 422)


def _settings_page(visit: Visit, form: Form[SettingFields], status: int = 200) -> Response:
    return visit.page(
        "operating/settings.html",
        status,
        form=form,
        default_name=visit.site.settings.site_name,
        tongues=[(tag, OWN_NAMES[tag]) for tag in LANGUAGES],
        is_done=visit.request.query_params.get("done") == "yes",
    )
