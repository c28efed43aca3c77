"""Emails for mailboxes that others look into: nobody sees from outside what they are about."""

from portal.config.settings import Settings
from portal.i18n.locale import gettext as _
from portal.i18n.locale import language_of
from portal.i18n.script_output import convert
from portal.mail.envelope import Calendar, Content
from portal.templating.environment import render


def neutral_sender(settings: Settings) -> str:
    """Return the operator's own name for the portal; ours would say too much."""
    return settings.site_name or _("Notice")


def discreet_email(
    name: str | None, pass_url: str, calendar: Calendar | None, settings: Settings, language: str
) -> Content:
    """Return an email that only points to the pass, whatever has happened to a sign-up."""
    subject = _("News about your sign-up")
    context = {
        "language": language_of(language),
        "subject": subject,
        "site_name": neutral_sender(settings),
        "home_url": None,
        "name": name,
        "has_calendar": calendar is not None,
        "button": _("Open the page"),
        "button_url": pass_url,
    }
    return Content(
        subject=convert(subject),
        sender_name=convert(neutral_sender(settings)),
        language=language,
        text=render("notifications/discreet.txt", **context),
        html=render("notifications/discreet.html", **context),
        unsubscribe_url=pass_url,
        calendar=calendar,
    )
