"""What each role in an organisation means, in words."""

from portal.domain.organizations.models import Role
from portal.i18n.locale import gettext_lazy as _

ROLES = {
    Role.OWNER: _("Owner: decides about people"),
    Role.EDITOR: _("Editor: publishes events and sees who comes"),
    Role.TRANSLATOR: _("Translator: puts events’ texts into other languages, sees no names"),
    Role.CHECK_IN: _("Helper at the door: marks who has come, and nothing else"),
    Role.ANALYST: _("Analyst: reads numbers and feedback"),
}
