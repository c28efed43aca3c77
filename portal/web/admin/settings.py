"""Running the portal: how it is doing, and what it is called."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final

from pydantic import Field
from starlette.responses import Response

from portal.domain.emails.models import State
from portal.domain.emails.queries import failing, how_many, longest_waiting
from portal.domain.moderation import runtime_settings
from portal.i18n import dates
from portal.i18n.locale import LANGUAGES, OWN_NAMES
from portal.web.http import Cache, Context, Guard, Policy, PortalRouter, render
from portal.web.http.forms import Fields, Form, submitted
from portal.web.providers.provider import Provider
from portal.web.system.status import facts, forgotten

router = PortalRouter(guard=Guard.ALWAYS)
# Of what was sent the page says how much it was since then.
LATELY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ProviderStatus:
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


@router.page("/administration", name="admin.show", policy=Policy.ADMINISTRATOR, cache=Cache.PRIVATE)
def show(ctx: Context) -> Response:
    """Database, worker, backups, emails, the ways in, and what has been forgotten."""
    settings, waiting = ctx.site.settings, longest_waiting(ctx.db, ctx.now)
    return render(
        ctx,
        "admin/index.html",
        waiting=how_many(ctx.db, State.QUEUED),
        sent_lately=how_many(ctx.db, State.SENT, ctx.now - LATELY),
        undelivered=how_many(ctx.db, State.UNDELIVERED),
        waits_since=dates.relative(waiting, ctx.now) if waiting else None,
        has_mail_server=bool(settings.smtp_url),
        delivers_itself=settings.worker,
        failing=failing(ctx.db),
        ways_in=[_provider_status(each, ctx.now) for each in ctx.site.providers.values()],
        has_links=settings.has_sign_in_by_email,
        facts=facts(ctx.site, ctx.db, ctx.now),
        forgotten=forgotten(ctx.db, ctx.now),
    )


def _provider_status(provider: Provider, now: datetime) -> ProviderStatus:
    """Return what this process has seen of a provider since it started."""
    good, bad = provider.history.succeeded_at, provider.history.failed_at
    return ProviderStatus(
        provider.name,
        dates.relative(good, now) if good else None,
        dates.relative(bad, now) if bad else None,
        is_failing=bad is not None and (good is None or good < bad),
    )


@router.page(
    "/administration/settings",
    name="admin.settings",
    policy=Policy.ADMINISTRATOR,
    cache=Cache.PRIVATE,
)
def settings(ctx: Context) -> Response:
    """Show the texts that can be changed while the portal runs."""
    values = runtime_settings.all_changed(ctx.db)
    return _settings_page(ctx, Form.filled(SettingFields, values))


@router.form("/administration/settings", name="admin.change", policy=Policy.ADMINISTRATOR)
def change(
    ctx: Context, form: Annotated[Form[SettingFields], submitted(SettingFields)]
) -> Response:
    """Change what differs; each change is a line of the public log."""

    def save(fields: SettingFields) -> None:
        for name, value in fields.model_dump().items():
            runtime_settings.change(ctx.db, name, value, ctx.now)

    if not form.accepts(save):
        return _settings_page(ctx, form, 422)
    ctx.db.flush()
    ctx.site.live.learn(ctx.db)
    return ctx.redirect("admin.settings", {"done": "yes"})


def _settings_page(ctx: Context, form: Form[SettingFields], status: int = 200) -> Response:
    return render(
        ctx,
        "admin/settings.html",
        status,
        form=form,
        default_name=ctx.site.settings.site_name,
        content_languages=[(tag, OWN_NAMES[tag]) for tag in LANGUAGES],
        is_done=ctx.request.query_params.get("done") == "yes",
    )
