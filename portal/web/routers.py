"""All pages of the portal, in the order in which requests look for theirs."""

from __future__ import annotations

from portal.web.accounts import email_links as sign_in_links
from portal.web.accounts import identities as ways
from portal.web.accounts import passkeys, profile, second_factor, sessions, sign_in, time_zone
from portal.web.accounts import privacy as account
from portal.web.admin import access as errands
from portal.web.admin import organizations as administration
from portal.web.admin import settings as operating
from portal.web.admin import staff as offices
from portal.web.events import calendar, editing, hosts
from portal.web.events import managing as organizing
from portal.web.events import routes as events
from portal.web.feedback import report as results
from portal.web.feedback import routes as feedback
from portal.web.feeds import routes as feeds
from portal.web.feeds import sitemap
from portal.web.history import routes as history
from portal.web.home import routes as home
from portal.web.home import tags
from portal.web.http.routing import PortalRouter
from portal.web.images import files as image_files
from portal.web.images import routes as images
from portal.web.images import social_cards
from portal.web.initiatives import closing as closings
from portal.web.initiatives import editing as initiative_editing
from portal.web.initiatives import following
from portal.web.initiatives import hosts as initiative_hosts
from portal.web.initiatives import managing as initiative_organizing
from portal.web.initiatives import routes as initiatives
from portal.web.moderation import decisions, reports
from portal.web.moderation import log as moderation_log
from portal.web.moderation import queue as moderation
from portal.web.moderation import reviews as rulings
from portal.web.organizations import contact, invitations, verification
from portal.web.organizations import editing as founding
from portal.web.organizations import members as people
from portal.web.organizations import routes as organizations
from portal.web.registrations import check_in as door
from portal.web.registrations import participants, passes
from portal.web.registrations import routes as registrations
from portal.web.results import routes as result_cards
from portal.web.search import routes as search
from portal.web.site_pages import routes as site_pages
from portal.web.stories import authors, comments, writing
from portal.web.stories import change_requests as proposals
from portal.web.stories import routes as stories
from portal.web.stories import workflow as desk
from portal.web.system import health
from portal.web.system import metrics as monitoring
from portal.web.translation import editor as translating
from portal.web.translation import files as translation_files
from portal.web.translation import machine as machine_drafts
from portal.web.translation import overview as translations
from portal.web.translation import requests as translation_requests
from portal.web.translation import script_corrections as spelling

# In this order requests look for their route: the most visited first, since every miss costs.
ROUTERS: tuple[PortalRouter, ...] = (
    events.router,
    home.router,
    image_files.router,
    calendar.router,
    stories.router,
    registrations.router,
    passes.router,
    feedback.router,
    founding.router,
    initiatives.router,
    following.router,
    closings.router,
    organizations.router,
    history.router,
    contact.router,
    tags.router,
    search.router,
    feeds.router,
    site_pages.router,
    social_cards.router,
    home.root_router,
    sign_in.router,
    sign_in.callback_router,
    sign_in_links.router,
    profile.router,
    sessions.router,
    second_factor.router,
    passkeys.router,
    ways.router,
    account.router,
    time_zone.router,
    organizing.router,
    initiative_editing.router,
    initiative_organizing.router,
    initiative_hosts.router,
    editing.router,
    initiative_editing.draft_router,
    hosts.router,
    images.router,
    comments.router,
    authors.router,
    writing.router,
    desk.router,
    proposals.router,
    results.router,
    result_cards.router,
    participants.router,
    people.router,
    reports.router,
    decisions.router,
    moderation.router,
    rulings.router,
    moderation_log.router,
    operating.router,
    spelling.router,
    site_pages.edit_router,
    offices.router,
    translating.router,
    translations.router,
    translation_files.router,
    machine_drafts.router,
    translation_requests.router,
    door.router,
    invitations.router,
    founding.edit_router,
    verification.router,
    errands.router,
    administration.router,
    health.router,
    sitemap.router,
    monitoring.router,
)
