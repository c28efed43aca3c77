"""How far an organisation's texts are translated, and what is most wanted."""

from typing import Final

from starlette.responses import Response

from portal.core.refusals import NotFoundError
from portal.domain.organizations.queries import translated_organization
from portal.domain.translation.queries import matrix, queue
from portal.i18n.locale import OWN_NAMES
from portal.web.http import Cache, Context, Policy, PortalRouter, render
from portal.web.http.pagination import page_asked, page_links
from portal.web.translation.matrix import asked_of, entry_of, groups_of, narrowed_by, wanted_entry

router = PortalRouter()
PAGE_SIZE: Final = 50


@router.page(
    "/manage/{organization}/translations",
    name="translations.index",
    policy=Policy.TRANSLATOR,
    cache=Cache.PRIVATE,
)
def index(ctx: Context, organization: str) -> Response:
    """Show the queue, and below it everything in every language, or what is asked for of both."""
    found = translated_organization(ctx.db, ctx.signed_in_user, organization)
    page, narrowed = page_asked(ctx), narrowed_by(ctx)
    everything = matrix(ctx.db, found.id, ctx.now)
    lines = [line for line in everything if narrowed.holds(line)]
    here = lines[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    if page > 1 and not here:
        raise NotFoundError
    return render(
        ctx,
        "translation/index.html",
        organization=found.name.localized(),
        groups=groups_of(ctx, narrowed, organization),
        is_narrowed=any(narrowed),
        wanted=[wanted_entry(ctx, each) for each in queue(everything, narrowed.seeks)],
        content_languages=[(tag, OWN_NAMES[tag]) for tag in narrowed.content_languages],
        entries=[entry_of(ctx, line, narrowed.content_languages) for line in here],
        pager=page_links(
            ctx,
            "translations.index",
            asked_of(narrowed),
            page,
            more=len(lines) > page * PAGE_SIZE,
            organization=organization,
        ),
    )
