"""What every answer must have, and a form that never comes near the database."""

from portal.web.http.middleware.security_headers import CONTENT_SECURITY_POLICY

# For what never comes near the database.
FORM = {"time_zone": "Europe/Berlin"}
SECURE = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
}


def faults_of(answer):
    """Security headers an answer lacks, says twice or says wrongly."""
    headers = answer.headers
    faults = [name for name, value in SECURE.items() if headers.get_list(name) != [value]]
    if headers.get("referrer-policy") not in {"same-origin", "no-referrer"}:
        faults.append("referrer-policy")
    if "geolocation=()" not in headers.get("permissions-policy", ""):
        faults.append("permissions-policy")
    if not headers.get("cache-control"):
        faults.append("cache-control")
    return faults + [telling for telling in ("server", "x-powered-by") if telling in headers]
