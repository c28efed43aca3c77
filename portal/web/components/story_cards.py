"""Stories as rows of a list: decisions taken and dates written, so that templates only draw."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from portal.core.time_zones import wall_of
from portal.domain.organizations.rules import is_verified
from portal.domain.publishing.publication import Visibility
from portal.domain.stories.models import State
from portal.domain.stories.queries import StoryRow
from portal.i18n import dates
from portal.i18n.locale import LANGUAGES, OWN_NAMES, gettext_lazy
from portal.i18n.locale import gettext as _
from portal.i18n.translated import LocalizedText
from portal.web.components.event_cards import Tag
from portal.web.http import Context, render
from portal.web.http.pagination import Pager

STATES = {
    State.DRAFT: gettext_lazy("Draft"),
    State.SUBMITTED: gettext_lazy("Handed in"),
    State.RETURNED: gettext_lazy("Given back"),
    State.SCHEDULED: gettext_lazy("Waits for its hour"),
}


@dataclass(frozen=True, slots=True)
class StoryCard:
    """What components/story_row.html draws."""

    url: str
    title: LocalizedText
    summary: LocalizedText | None
    tags: tuple[Tag, ...]
    # A date in words and for machines; of the last change while it is not published.
    day: str
    datetime: str
    byline: str
    organization: LocalizedText | None
    # Other languages it can be read in.
    languages: str
    language: str


def state_tags(ctx: Context, story: StoryRow) -> list[Tag]:
    """Return what one must know before reading on."""
    tags = []
    if story.state in STATES:
        tags.append(Tag("plain", str(STATES[State(story.state)])))
    if story.visibility == Visibility.HIDDEN:
        tags.append(Tag("cancelled", _("Hidden by the moderators")))
    if story.organization_id is not None and not is_verified(
        story.organization_verified_until, ctx.now
    ):
        tags.append(Tag("plain", _("Organisation not verified")))
    return tags


def languages_of(story: StoryRow) -> list[str]:
    """Return the languages a story can be read in."""
    return [tag for tag in LANGUAGES if f"|{tag}|" in story.languages]


def story_card(ctx: Context, story: StoryRow, route: str = "stories.show") -> StoryCard:
    """Return one story as a row."""
    wall = wall_of(story.published_at or story.changed_at, ctx.zone)
    summary = story.summary.localized()
    others = [OWN_NAMES[tag] for tag in languages_of(story) if tag != ctx.language]
    return StoryCard(
        url=ctx.url(route, slug=story.slug),
        title=story.title.localized(),
        summary=summary if summary.text else None,
        tags=tuple(state_tags(ctx, story)),
        day=dates.long(wall.date()),
        datetime=wall.date().isoformat(),
        byline=story.byline,
        organization=story.organization_name.localized() if story.organization_name else None,
        languages=" · ".join(others),
        language=ctx.language,
    )


def story_cards(
    ctx: Context, stories: Sequence[StoryRow], route: str = "stories.show"
) -> list[StoryCard]:
    """Stories as rows."""
    return [story_card(ctx, story, route) for story in stories]


def further_stories(
    ctx: Context, found: Sequence[StoryRow], pager: Pager | None, area: str, route: str
) -> Response:
    """Return a page of stories alone, each leading to its workflow."""
    return render(
        ctx,
        "stories/my_stories_list.html",
        cards=story_cards(ctx, found, "workflow.show"),
        pager=pager,
        area=area,
        area_url=ctx.url(route),
    )
