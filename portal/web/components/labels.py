"""Words for the values that people choose from, as forms, cards and pages show them."""

from typing import Final

from portal.core.availability import Band
from portal.domain.events.models import AttendanceMode, Funding
from portal.domain.initiatives.models import Stage, StepKind
from portal.domain.moderation.organization_admin import AdminAccessReason
from portal.domain.moderation.staff import StaffRole
from portal.domain.organizations.models import Method, OrganizationKind
from portal.domain.stories.models import CommentMode
from portal.i18n.locale import gettext_lazy, pgettext_lazy
from portal.i18n.locale import gettext_lazy as _

MODES: Final = {
    AttendanceMode.ONLINE: gettext_lazy("Online"),
    AttendanceMode.OFFLINE: gettext_lazy("In person"),
    AttendanceMode.MIXED: gettext_lazy("In person and online"),
}
FUNDINGS: Final = {
    Funding.NOBODY: gettext_lazy("Nobody: it is the work of volunteers"),
    Funding.HOSTS: gettext_lazy("The organisers themselves"),
    Funding.PARTICIPANTS: gettext_lazy("Those who take part"),
    Funding.SPONSOR: gettext_lazy("A sponsor"),
    Funding.GRANT: gettext_lazy("A grant"),
    Funding.STATE: gettext_lazy("Public money"),
}
BANDS: Final = {
    Band.FREE: gettext_lazy("Places free"),
    Band.FEW: gettext_lazy("Few places left"),
    Band.FULL: gettext_lazy("Full, waiting list"),
}
STAGES: Final = {
    Stage.IDEA: pgettext_lazy("an initiative", "An idea"),
    Stage.PLANNED: pgettext_lazy("an initiative", "Planned"),
    Stage.RUNNING: pgettext_lazy("an initiative", "Running"),
    Stage.FINISHED: pgettext_lazy("an initiative", "Finished"),
}
ORGANIZATION_KINDS: Final = {
    OrganizationKind.NGO: gettext_lazy("Non-governmental organisation"),
    OrganizationKind.ETHNOCULTURAL: gettext_lazy("Ethnocultural association"),
    OrganizationKind.DIASPORA: gettext_lazy("Diaspora association"),
    OrganizationKind.UNIVERSITY: gettext_lazy("University"),
    OrganizationKind.EMBASSY: gettext_lazy("Embassy or cultural centre"),
    OrganizationKind.STATE: gettext_lazy("State body"),
    OrganizationKind.MEDIA: gettext_lazy("Media"),
    OrganizationKind.INFORMAL: gettext_lazy("Informal group"),
}
COMMENT_MODES: Final = {
    CommentMode.OFF: gettext_lazy("Nobody may comment"),
    CommentMode.MODERATED: gettext_lazy("Comments appear once an editor has read them"),
    CommentMode.OPEN: gettext_lazy("Comments appear at once"),
}


ADMIN_ACCESS_REASONS = {
    AdminAccessReason.ASKED: _("Its people asked for help"),
    AdminAccessReason.REPORTED: _("A report is being looked into"),
    AdminAccessReason.VERIFYING: _("Its verification is being checked"),
    AdminAccessReason.NO_OWNER: _("Nobody owns it"),
    AdminAccessReason.LAW: _("The law asks for it"),
}


METHODS = {
    Method.DOCUMENT: _("A document was seen"),
    Method.DOMAIN: _("The domain is proved"),
    Method.VOUCHING: _("Two verified organisations vouch"),
}


STAFF_ROLES = {StaffRole.MODERATOR: _("Moderator"), StaffRole.ADMINISTRATOR: _("Administrator")}


STEP_KINDS: Final = {
    StepKind.PLAN: gettext_lazy("Plan"),
    StepKind.NEXT_STEP: gettext_lazy("Next step"),
}
