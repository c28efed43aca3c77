"""All pages of the portal, in the order in which requests look for theirs."""

from portal.web.accounts import email_links as sign_in_links
from portal.web.accounts import (
    identities,
    passkeys,
    profile,
    second_factor,
    sessions,
    sign_in,
    time_zone,
)
from portal.web.accounts import privacy as account
from portal.web.admin import access as admin_access
from portal.web.admin import organizations as admin_organizations
from portal.web.admin import settings as admin_settings
from portal.web.admin import staff
from portal.web.events import calendar, editing, hosts, managing
from portal.web.events import routes as events
from portal.web.feedback import report as event_reports
from portal.web.feedback import routes as feedback
from portal.web.feeds import routes as feeds
from portal.web.feeds import sitemap
from portal.web.history import routes as history
from portal.web.home import routes as home
from portal.web.home import tags
from portal.web.http import PortalRouter
from portal.web.images import files as image_files
from portal.web.images import routes as images
from portal.web.images import social_cards
from portal.web.initiatives import closing as closing_reports
from portal.web.initiatives import editing as initiative_editing
from portal.web.initiatives import following
from portal.web.initiatives import hosts as initiative_hosts
from portal.web.initiatives import managing as initiative_managing
from portal.web.initiatives import routes as initiatives
from portal.web.moderation import decisions, reports
from portal.web.moderation import log as audit_log
from portal.web.moderation import queue as moderation
from portal.web.moderation import reviews as decision_reviews
from portal.web.organizations import contact, invitations, members, verification
from portal.web.organizations import editing as organization_editing
from portal.web.organizations import routes as organizations
from portal.web.registrations import check_in, participants, passes
from portal.web.registrations import routes as registrations
from portal.web.results import routes as results
from portal.web.search import routes as search
from portal.web.site_pages import routes as site_pages
from portal.web.stories import authors, change_requests, comments, my_stories, workflow
from portal.web.stories import routes as stories
from portal.web.system import health
from portal.web.system import metrics as monitoring
from portal.web.translation import editor as translation_editor
from portal.web.translation import files as translation_files
from portal.web.translation import machine as machine_drafts
from portal.web.translation import overview as translations
from portal.web.translation import requests as translation_requests
from portal.web.translation import script_corrections

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
    organization_editing.router,
    initiatives.router,
    following.router,
    closing_reports.router,
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
    identities.router,
    account.router,
    time_zone.router,
    managing.router,
    initiative_editing.router,
    initiative_managing.router,
    initiative_hosts.router,
    editing.router,
    initiative_editing.draft_router,
    hosts.router,
    images.router,
    comments.router,
    authors.router,
    my_stories.router,
    workflow.router,
    change_requests.router,
    event_reports.router,
    results.router,
    participants.router,
    members.router,
    reports.router,
    decisions.router,
    moderation.router,
    decision_reviews.router,
    audit_log.router,
    admin_settings.router,
    script_corrections.router,
    site_pages.edit_router,
    staff.router,
    translation_editor.router,
    translations.router,
    translation_files.router,
    machine_drafts.router,
    translation_requests.router,
    check_in.router,
    invitations.router,
    organization_editing.edit_router,
    verification.router,
    admin_access.router,
    admin_organizations.router,
    health.router,
    sitemap.router,
    monitoring.router,
)
