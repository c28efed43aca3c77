"""How much a request may bring and how long it may take: all numbers stand here.

What is too large is answered by 413, what does not arrive in time by 408, and what would wait too
long by 503; nothing of such a request is written. `portal routes --json` prints each route's.
How often: portal.web.http.rate_limits. Answers of other servers: portal.net.safe_http and
portal.web.providers.limits. Slow clients are the proxy's to cut off (deploy/nginx/nginx.conf).
"""

from typing import Final, NamedTuple

from portal.media import images


class Limits(NamedTuple):
    """What one request may cost."""

    max_bytes: int  # of the body
    body_seconds: float  # until the body is here
    # For a turn among the requests that are worked on at once, or, where a handler asks somebody
    # else's server, until all is said.
    wait_seconds: float

    @property
    def seconds(self) -> float:
        """Body and waiting together."""
        return self.body_seconds + self.wait_seconds


KIB: Final = 1024
MIB: Final = 1024 * KIB

# Is asked for without a body.
PAGE: Final = Limits(0, 10, 10)
# The longest form has three languages of description; a Cyrillic letter is six bytes urlencoded.
FORM: Final = Limits(512 * KIB, 30, 10)
# Beside the picture itself its form carries the words, and what multipart adds; 5 minutes are
# 40 KB a second, which is a bad telephone line.
PICTURE: Final = Limits(images.MAX_BYTES + 128 * KIB, 300, 10)
# Many times the longest item there can be.
LARGEST_TRANSLATION: Final = MIB
# A file somewhat too large is refused in words; a larger one is not read at all.
TRANSLATION_FILE: Final = Limits(4 * LARGEST_TRANSLATION, 120, 10)
# A browser's report is a few hundred bytes; whatever is longer is none of ours.
REPORT: Final = Limits(8 * KIB, 10, 10)
# Asks an identity provider, or looks at a domain: some answers of five seconds each.
ASKING_FORM: Final = FORM._replace(wait_seconds=30)
ASKING_PAGE: Final = PAGE._replace(wait_seconds=30)
# A machine translates an item paragraph by paragraph.
MACHINE: Final = FORM._replace(wait_seconds=300)

# A translator's page has four fields for each paragraph of the original.
MAX_FIELDS: Final = 4_000
# What the database works for one request: on PostgreSQL a statement, on SQLite a transaction.
DATABASE_SECONDS: Final = 15
