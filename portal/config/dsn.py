"""Read the DSN of an error tracker that speaks Sentry's protocol."""

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Destination:
    """Where reports go, from a DSN such as https://key@errors.example.org/7."""

    url: str
    key: str


def destination_of(dsn: str) -> Destination:
    """Parse a DSN; raise ValueError for what is none."""
    parts = urlsplit(dsn)
    path, _slash, project = parts.path.rpartition("/")
    if parts.scheme not in {"http", "https"} or not (parts.hostname and parts.username and project):
        raise ValueError("must be https://<key>@<host>/<number of the project>")
    host = parts.netloc.rpartition("@")[2]
    url = f"{parts.scheme}://{host}{path}/api/{project}/envelope/"
    return Destination(url, parts.username)
