"""Who may use a route, what else it asks for, and who may keep its answers."""

from dataclasses import dataclass
from enum import StrEnum

from portal.config.settings import Settings
from portal.core.tokens import is_token
from portal.web.http.limits import PAGE, Limits


class Policy(StrEnum):
    """Who may use a route; doors in the domain decide about the record itself."""

    ANYONE = "anyone"
    PASS_HOLDER = "holder of the pass"  # noqa: S105 - nobody's password
    SIGNED_IN = "signed in"
    MEMBER = "anybody of the organisation"
    ANALYST = "analyst of the organisation"
    TRANSLATOR = "translator of the organisation"
    CHECK_IN = "helper at the door of the organisation"
    EDITOR = "editor of the organisation"
    OWNER = "owner of the organisation"
    OWNER_IN_PERSON = "owner of the organisation in person"
    LINK_HOLDER = "holder of the link"
    WRITER = "writer or editor of the story"
    COMMENTER = "writer of the comment"
    CONCERNED = "concerned by the decision"
    MODERATOR = "moderator"
    ADMINISTRATOR = "administrator"
    CLOSED_ACCOUNT = "somebody back at a closed account"

    @property
    def needs_sign_in(self) -> bool:
        """Whether strangers are sent to sign in first."""
        return self not in {
            Policy.ANYONE,
            Policy.PASS_HOLDER,
            Policy.LINK_HOLDER,
            Policy.CONCERNED,
            Policy.CLOSED_ACCOUNT,
        }

    @property
    def takes_secrets(self) -> bool:
        """Whether an email's secret in the address opens it as well as a session does."""
        return self in {Policy.PASS_HOLDER, Policy.CONCERNED}


class Guard(StrEnum):
    """Whether a session needs to have passed a second factor."""

    ALWAYS = "always"
    IF_OF_EVERYBODY = "if asked of everybody"
    NEVER = "never"  # where a second factor is set up and used


class Cache(StrEnum):
    """Who may keep an answer."""

    PUBLIC = "public"  # the same for every stranger; a member's own is never kept
    PRIVATE = "private"  # never kept
    FOREVER = "forever"  # named after its content
    IMMUTABLE_IF_PUBLIC = (
        "as its item"  # for good where everybody may see the item it belongs to, else never
    )


@dataclass(frozen=True)
class Declaration:
    """What a route declares of itself; one line of `portal routes`."""

    method: str
    path: str
    name: str
    policy: Policy
    cache: Cache
    guard: Guard = Guard.IF_OF_EVERYBODY
    limits: Limits = PAGE
    # Read where the request arrived if the database is a local file: a few rows by an index.
    is_brief: bool = False
    takes_file: bool = False
    # For views that ask other servers; without a number they may take as long as they take.
    max_seconds: float | None = None

    def asks_second_factor(self, settings: Settings, key: str = "") -> bool:
        """Tell whether a signed-in user needs one; what an email's `key` opens needs no session."""
        if self.guard is Guard.IF_OF_EVERYBODY:
            by_session = self.policy.needs_sign_in or (
                self.policy.takes_secrets and not is_token(key)
            )
            return by_session and settings.second_factor == "everybody"
        return self.guard is Guard.ALWAYS


class SignInNeededError(Exception):
    """Sends the visitor to sign in, and back."""


class SecondFactorNeededError(Exception):
    """Sends the visitor to set a second factor up or to use it, and back."""


class AdminAccessNeededError(Exception):
    """Sends an administrator to say why they enter an organisation of others, and back."""


class AccountClosedError(Exception):
    """Sends whoever has signed in to a closed account to the question whether to keep it."""
