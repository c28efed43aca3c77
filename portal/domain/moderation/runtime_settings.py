"""Settings that are safe to change while the portal runs: words it says, nothing it obeys.

Addresses, keys, providers and retention stay in the environment: a stolen administrator's session
must not be able to redirect emails or to keep data longer.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.refusals import NotFoundError
from portal.core.text_rules import check_text
from portal.domain.moderation import audit_log
from portal.domain.moderation.models import Act, RuntimeSetting, TargetKind
from portal.i18n.locale import LANGUAGES


@dataclass(frozen=True, slots=True)
class Changeable:
    """A setting: how long its text may be."""

    max: int


CHANGEABLE: Final = {
    "site_name": Changeable(60),
    **{f"welcome_{language}": Changeable(200) for language in LANGUAGES},
}


def all_changed(db: Session) -> dict[str, str]:
    """Return what has been changed; other settings are as the operator started them."""
    rows = db.execute(select(RuntimeSetting.name, RuntimeSetting.value))
    return {name: value for name, value in rows if name in CHANGEABLE}


def change(db: Session, name: str, value: str, now: datetime) -> bool:
    """Set a text, or take the change back with an empty one; return whether anything changed."""
    if name not in CHANGEABLE:
        raise NotFoundError
    text = value.strip()
    check_text(text, CHANGEABLE[name].max, name)
    setting = db.get(RuntimeSetting, name, with_for_update=True)
    if text == (setting.value if setting else ""):
        return False
    if setting is None:
        db.add(RuntimeSetting(name=name, value=text, changed_at=now))
    elif text:
        setting.value, setting.changed_at = text, now
    else:
        db.delete(setting)
    audit_log.append(db, Act.SETTING, TargetKind.SETTING, name, now)
    return True
