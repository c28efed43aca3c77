"""What the rules say of an event's form that could not be read as a whole."""

from typing import Any

from portal.core.refusals import Refusal
from portal.core.time_zones import ASTANA
from portal.domain.events.details import check
from portal.domain.events.models import AttendanceMode, Funding
from portal.domain.events.rules import EndBeforeStartError, TooLongEventError
from portal.i18n.locale import LANGUAGES
from portal.web.events.form import EventFields, details_from
from portal.web.http.forms import Form

_ANY_TIME = "2000-01-01T12:00"


def refuse_the_rest(form: Form[EventFields], taken: int = 0) -> None:
    """Add what else is refused to a form's errors; plain values stand in for unreadable ones."""
    unread = set(form.errors)
    read = {name: value for name, value in form.values.items() if name not in unread}
    details = details_from(EventFields.model_validate(_stand_ins(read) | read))
    try:
        check(details, taken)
    except Refusal as refused:
        for refusal in refused.each():
            needs_both = isinstance(refusal, EndBeforeStartError | TooLongEventError)
            if refusal.field not in unread and not (needs_both and "starts" in unread):
                form.refuse(refusal)


def _stand_ins(read: dict[str, Any]) -> dict[str, Any]:
    """Values for the fields that a form cannot do without."""
    time = read.get("starts") or read.get("ends") or _ANY_TIME
    return {
        "original": next((tag for tag in LANGUAGES if read.get(f"title_{tag}")), LANGUAGES[0]),
        "attendance_mode": AttendanceMode.ONLINE,
        "starts": time,
        "ends": time,
        "time_zone": ASTANA,
        "funding": Funding.NOBODY,
    }
