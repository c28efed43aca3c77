"""What moderators and administrators have done, for everybody to read."""

from datetime import date

from starlette.responses import Response

from portal.core.urls import number_in
from portal.domain.moderation import audit_log
from portal.domain.moderation.audit_log import AuditLine
from portal.domain.moderation.models import Act, Reason, TargetKind
from portal.domain.moderation.organization_admin import BECAME_ANOTHER, PROOF_LOST
from portal.domain.moderation.rules import GROUNDS, REASONS
from portal.domain.moderation.staff import StaffRole
from portal.domain.organizations.models import Method
from portal.i18n import dates
from portal.i18n.locale import LANGUAGES
from portal.i18n.locale import gettext_lazy as _
from portal.web.components.labels import ADMIN_ACCESS_REASONS
from portal.web.http import Cache, Context, Policy, PortalRouter, render

router = PortalRouter()
PAGE_SIZE = 50
ACTS = {
    Act.DISMISS: _("report dismissed"),
    Act.HIDE: _("hidden"),
    Act.RESTORE: _("shown again"),
    Act.WARN: _("warned"),
    Act.WITHDRAW_WARNING: _("warning withdrawn"),
    Act.PROPOSE_SUSPENSION: _("suspension proposed"),
    Act.DECLINE_SUSPENSION: _("suspension declined"),
    Act.SUSPEND: _("suspended"),
    Act.LIFT_SUSPENSION: _("suspension lifted"),
    Act.BAN: _("banned"),
    Act.LIFT_BAN: _("ban lifted"),
    Act.UPHOLD: _("appeal refused"),
    Act.GRANT: _("appeal granted"),
    Act.GRANT_ROLE: _("appointed"),
    Act.REVOKE_ROLE: _("relieved"),
    Act.SETTING: _("setting changed"),
    Act.VERIFY: _("verified"),
    Act.DECLINE_VERIFICATION: _("verification declined"),
    Act.WITHDRAW_VERIFICATION: _("verification taken back"),
    Act.END_VERIFICATION: _("verification ended by itself"),
    Act.INVITE_OWNER: _("owner invited by an administrator"),
    Act.ENTER: _("entered by an administrator"),
    Act.CHANGE_PROFILE: _("profile changed by an administrator"),
    Act.WITHDRAW_INVITATION: _("invitation taken back by an administrator"),
    Act.ASK_VERIFICATION: _("verification asked for by an administrator"),
    Act.PROVE_DOMAIN: _("domain proved by an administrator"),
}
ITEMS = {
    TargetKind.EVENT: _("event"),
    TargetKind.INITIATIVE: _("initiative"),
    TargetKind.STORY: _("story"),
    TargetKind.COMMENT: _("comment"),
    TargetKind.ORGANIZATION: _("organisation"),
    TargetKind.PERSON: _("person"),
    TargetKind.SETTING: _("setting"),
}

# What stands where others have a reason: the office given or taken, the setting changed, what a
# verification rests on or why it was declined or ended, why administrators stepped in.
WHAT = {
    StaffRole.MODERATOR.value: _("Moderator"),
    StaffRole.ADMINISTRATOR.value: _("Administrator"),
    "site_name": _("Name of the portal"),
    Method.DOCUMENT.value: _("A document was seen"),
    Method.DOMAIN.value: _("The domain is proved"),
    Method.VOUCHING.value: _("Two verified organisations vouch"),
    **GROUNDS,
    BECAME_ANOTHER: _("The organisation has become another"),
    PROOF_LOST: _("The domain no longer carries the proof"),
    **ADMIN_ACCESS_REASONS,
    **{f"welcome_{language}": _("Welcome on the front page") for language in LANGUAGES},
}


@router.page("/moderation-log", name="audit_log.index", policy=Policy.ANYONE, cache=Cache.PRIVATE)
def index(ctx: Context) -> Response:
    """Show the log from its end backwards, with the hash that holds it together."""
    before = _before(ctx)
    found = audit_log.latest(ctx.db, before, PAGE_SIZE + 1)
    entries = found[:PAGE_SIZE]
    older = {"before": entries[-1].number} if len(found) > PAGE_SIZE else None
    return render(
        ctx,
        "moderation/audit_log.html",
        rows=[
            (line.number, _words_of(line) if audit_log.is_intact(line, older_line) else None)
            for line, older_line in zip(entries, [*found[1:], None], strict=False)
        ],
        last=entries[0] if entries and before is None else None,
        older=older and ctx.url("audit_log.index", older),
        index_as=("audit_log.index", {}, None) if before is None else None,
    )


def _words_of(line: AuditLine) -> tuple[str, str, str, str] | None:
    """Day, item, act and reason; None for what this portal never writes."""
    is_reason = line.reason in list(Reason)
    words = REASONS[Reason(line.reason)] if is_reason else WHAT.get(line.reason, line.reason)
    try:
        day = date.fromisoformat(line.day)
        return (
            dates.long(day),
            str(ITEMS[TargetKind(line.item)]),
            str(ACTS[Act(line.act)]),
            str(words),
        )
    except ValueError:
        return None


def _before(ctx: Context) -> int | None:
    asked = ctx.request.query_params.get("before")
    if asked is None:
        return None
    return number_in(asked)
