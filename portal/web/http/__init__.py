"""What views stand on: routes, context, policies, and answers with a page."""

from portal.web.http.context import Context
from portal.web.http.layout import render
from portal.web.http.policies import Cache, Guard, Policy
from portal.web.http.rate_limits import Limit
from portal.web.http.routing import PortalRouter

__all__ = ["Cache", "Context", "Guard", "Limit", "Policy", "PortalRouter", "render"]
