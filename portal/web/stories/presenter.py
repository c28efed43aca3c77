"""What a story's page shows of the story itself: the same for readers and for previews."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from markupsafe import Markup

from portal.content.markdown import without_links
from portal.core.item_kinds import ItemKind
from portal.core.time_zones import wall_of
from portal.domain.events.models import Funding
from portal.domain.events.queries import EventRow
from portal.domain.events.vocabulary import TAGS
from portal.domain.organizations.rules import is_verified
from portal.domain.publishing.images.queries import pictures_of
from portal.domain.publishing.publication import is_public
from portal.domain.publishing.translation_progress.rules import count
from portal.domain.stories import listing
from portal.domain.stories.actions import preview_html
from portal.domain.stories.details import Details
from portal.domain.stories.queries import StoryDetail, StoryRow
from portal.i18n import dates
from portal.i18n.translated import LocalizedText
from portal.web.components.covers import Cover, cover_of_page
from portal.web.components.event_cards import EventCard, Tag, cards_of
from portal.web.components.labels import FUNDINGS
from portal.web.components.story_cards import state_tags
from portal.web.components.translation_notice import TranslationNotice, translation_notice
from portal.web.http import Context


@dataclass(frozen=True, slots=True)
class Spring:
    """Where a claim comes from; without an address where links are words."""

    label: str
    host: str
    url: str | None


@dataclass(frozen=True, slots=True)
class StoryFacts:
    """What components/story.html draws."""

    title: LocalizedText
    summary: LocalizedText
    body: Markup
    body_language: str
    line: TranslationNotice | None
    cover: Cover | None
    tags: list[Tag]
    byline: str
    author_url: str | None
    organization: LocalizedText | None
    organization_url: str | None
    day: str | None
    datetime: str | None
    topics: list[tuple[str, str]]
    springs: list[Spring]
    # Who pays, in words; None of a story that was never asked, or not yet.
    funding: str | None
    funding_note: LocalizedText
    # The initiative it tells of, and its address.
    initiative: tuple[LocalizedText, str] | None
    events: list[EventCard]
    language: str


def facts_of(
    ctx: Context, story: StoryRow, words: StoryDetail, events: Sequence[EventRow] | None = None
) -> StoryFacts:
    """Return a story as it is, or as it would be; `events` are those named in a preview."""
    html = words.body_html
    language = ctx.language if ctx.language in html else story.title.original
    body = html.get(language, "")
    # Nobody has vouched for where an unverified organisation leads.
    has_links = story.organization_id is None or is_verified(
        story.organization_verified_until, ctx.now
    )
    original = story.title.original
    line = translation_notice(ctx, ItemKind.STORY, story.slug, original, words.counts)
    if line and (events is not None or not is_public(story)):
        line = replace(line, ask_url=None)  # nobody asks for what is not there to be read yet
    published = wall_of(story.published_at, ctx.zone).date() if story.published_at else None
    related = listing.related_events(ctx.db, story) if events is None else list(events)
    return StoryFacts(
        title=story.title.localized(),
        summary=story.summary.localized(),
        body=Markup(body if has_links else without_links(body)),  # noqa: S704 - sanitised when saved
        body_language=language,
        line=line,
        cover=cover_of_page(ctx, words.cover, at_head=True),
        tags=state_tags(ctx, story),
        byline=story.byline,
        author_url=ctx.url("authors.show", slug=story.author_slug) if story.author_slug else None,
        organization=story.organization_name.localized() if story.organization_name else None,
        organization_url=ctx.url("organizations.show", slug=story.organization_slug)
        if story.organization_slug
        else None,
        day=dates.long(published) if published else None,
        datetime=published.isoformat() if published else None,
        topics=[(str(TAGS[tag]), ctx.url("stories.index", {"tag": tag})) for tag in story.tags],
        springs=[_spring(each, has_links=has_links) for each in words.sources],
        funding=str(FUNDINGS[Funding(words.funding)]) if words.funding else None,
        funding_note=words.funding_note.localized(),
        initiative=(
            words.line.title.localized(),
            ctx.url("initiatives.show", slug=words.line.slug),
        )
        if words.line
        else None,
        events=cards_of(ctx, related),
        language=ctx.language,
    )


def _spring(source: dict[str, str], *, has_links: bool) -> Spring:
    host = source["url"].partition("://")[2].partition("/")[0]
    return Spring(source["label"], host, source["url"] if has_links else None)


def previewed(ctx: Context, story: StoryRow, words: StoryDetail, details: Details) -> StoryFacts:
    """Return the page as it would be with what is being typed; nothing is written."""
    typed = replace(
        story,
        title=details.title,
        summary=details.summary,
        byline=details.byline,
        author_slug=story.author_slug if details.byline == story.byline else None,
        joined_tags=",".join(details.tags),
    )
    texts = (details.title, details.summary, details.body, details.funding_note)
    said = replace(
        words,
        body=details.body,
        body_html=preview_html(details, pictures_of(ctx.db, ItemKind.STORY, story.id)),
        counts=count(texts, ctx.language),
        line=listing.line_called(ctx.db, details.initiative),
        sources=[asdict(source) for source in details.sources],
        funding=details.funding.value if details.funding else None,
        funding_note=details.funding_note,
    )
    return facts_of(ctx, typed, said, listing.events_called(ctx.db, details.events))
