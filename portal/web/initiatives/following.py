"""Following initiatives: beginning, ending, asking, and the way out that emails show."""

from starlette.responses import Response

from portal.core.refusals import Refusal
from portal.core.time_zones import wall_of
from portal.domain.initiatives import following
from portal.domain.initiatives.queries import initiative_for
from portal.domain.publishing.publication import is_public
from portal.i18n import dates
from portal.web.http import Cache, Context, Limit, Policy, PortalRouter, render
from portal.web.initiatives.routes import initiative_page

router = PortalRouter()


@router.form("/initiatives/{slug}/following", name="follows.create", policy=Policy.SIGNED_IN)
def create(ctx: Context, slug: str) -> Response:
    """Follow an initiative."""
    initiative = initiative_for(ctx.db, ctx.signed_in_user, slug)
    following.follow(ctx.db, ctx.signed_in_user, initiative, ctx.now)
    return ctx.redirect("initiatives.show", slug=slug)


@router.form("/initiatives/{slug}/following/end", name="follows.end", policy=Policy.SIGNED_IN)
def end(ctx: Context, slug: str) -> Response:
    """Nothing more is heard."""
    initiative = initiative_for(ctx.db, ctx.signed_in_user, slug)
    following.stop(ctx.db, ctx.signed_in_user.id, initiative.id)
    return ctx.redirect("initiatives.show", slug=slug)


@router.form(
    "/initiatives/{slug}/questions", name="follows.request_activity", policy=Policy.SIGNED_IN
)
def request_activity(ctx: Context, slug: str) -> Response:
    """Ask how a quiet initiative goes on."""
    ctx.rate_limit(Limit.QUESTION, slug)
    initiative = initiative_for(ctx.db, ctx.signed_in_user, slug)
    try:
        following.request_activity(ctx.db, ctx.signed_in_user, initiative, ctx.now)
    except Refusal as refusal:
        return initiative_page(ctx, slug, refusal)
    return ctx.redirect("initiatives.show", slug=slug)


@router.page(
    "/profile/initiatives", name="follows.index", policy=Policy.SIGNED_IN, cache=Cache.PRIVATE
)
def index(ctx: Context) -> Response:
    """Show what the reader follows."""
    return render(
        ctx,
        "initiatives/follows.html",
        rows=[
            {
                "title": initiative.title.localized(),
                "url": ctx.url("initiatives.show", slug=initiative.slug),
                "since": dates.long(wall_of(since, ctx.zone).date()),
                "key": following.key_of(ctx.db, initiative.id, ctx.signed_in_user.id),
            }
            for initiative, since in following.followed_by(ctx.db, ctx.signed_in_user)
            if is_public(initiative)
        ],
    )


@router.page("/following/{key}", name="follows.stop", policy=Policy.ANYONE, cache=Cache.PRIVATE)
def stop(ctx: Context, key: str) -> Response:
    """Ask whoever comes from an email whether to end it; mail scanners follow links too."""
    _follow, initiative = following.follow_with(ctx.db, key)
    return render(ctx, "initiatives/unfollow.html", key=key, title=initiative.title.localized())


@router.form("/following/{key}", name="follows.leave", policy=Policy.ANYONE)
def leave(ctx: Context, key: str) -> Response:
    """End following, signed in or not."""
    follow, _initiative = following.follow_with(ctx.db, key)
    following.stop(ctx.db, follow.person_id, follow.initiative_id)
    return ctx.redirect("follows.left")


@router.page("/following-ended", name="follows.left", policy=Policy.ANYONE, cache=Cache.PUBLIC)
def left(ctx: Context) -> Response:
    """Say that no more emails come."""
    return render(ctx, "initiatives/unfollowed.html")
