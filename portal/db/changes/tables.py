"""Names for parts of the content that change apart from the rest: scopes.

A change is told by the scopes it is of, or is one of everything; a kept page depends on some
scopes, and on every change of everything. So whatever is not named here counts as everything.
"""

from typing import Final

# Tables no page for everybody reads (a test draws them all and looks): no change at all.
UNSHOWN: Final = frozenset(
    {
        "emails",
        "follower_updates",
        "job_runs",
        "notifications",
        "participant_exports",
        "pass_tokens",
        "passkey_challenges",
        "passkeys",
        "recovery_codes",
        "script_reports",
        "second_factor_codes",
        "sign_in_links",
        "sign_in_sessions",
        "story_autosaves",
    }
)
# Tables that readers, members and the worker write all day; each is a scope by its name. Who
# depends on them is seen by the statements of pages, so none may be remembered from one request
# to another past those.
TABLES: Final = frozenset(
    {
        "activity_requests",
        "comments",
        "consent_texts",
        "consents",
        "contact_messages",
        "feedback_answers",
        "follows",
        "identities",
        "people",
        "registrations",
        "reports",
        "result_reminders",
        "sealed_answers",
        "story_change_requests",
        "translation_requests",
    }
)
# Of these, where a deleted row takes rows of other tables along.
PARENTS: Final = frozenset({"comments", "consent_texts", "people", "registrations"})
# Columns of `events` that change with a sign-up alone. Pages are told no more of them than the
# band they come to (portal.core.availability), which stands behind the scope of the event.
PLACES_COLUMNS: Final = frozenset({"taken", "last_queue_number"})
# The scope of all events' places, for whoever reads those columns otherwise.
PLACES: Final = "places"


def places_of(event_id: int) -> str:
    """The scope of one event's places."""
    return f"{PLACES}:{event_id}"
