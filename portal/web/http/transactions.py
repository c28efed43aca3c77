"""One request, one transaction, one thread."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from functools import partial, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from anyio import fail_after
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from portal.core import clock
from portal.core.refusals import NotFoundError
from portal.db.outages import BusyError
from portal.domain.accounts.people.actions import touch_session
from portal.domain.accounts.people.models import SignInSession
from portal.domain.accounts.people.queries import session_with
from portal.domain.accounts.people.rules import may_moderate
from portal.web.caching.fragments import FragmentStore
from portal.web.caching.pages import RenderRecord
from portal.web.http.context import Context
from portal.web.http.cookies import session_token
from portal.web.http.forms import read_form
from portal.web.http.middleware.csrf import SAFE_METHODS
from portal.web.http.middleware.page_cache import FOR_EVERYBODY, RENDER_RECORD
from portal.web.http.policies import (
    AccountClosedError,
    Cache,
    Declaration,
    Policy,
    SecondFactorNeededError,
    SignInNeededError,
)
from portal.web.http.site import Site
from portal.web.http.threads import in_thread

T = TypeVar("T")
P = ParamSpec("P")


def in_one_transaction(
    view: Callable[..., Any], declaration: Declaration
) -> Callable[..., Awaitable[Response]]:
    """Return the endpoint that runs `view` in a transaction, committed before the answer."""
    # In one thread, so that neither a connection nor a thread is held while waiting for the other.
    given = inspect.signature(view, eval_str=True)
    if "ctx" not in given.parameters:
        return _awaiting(view, declaration, given)
    reads = declaration.method in SAFE_METHODS
    has_fragments = declaration.cache is Cache.PUBLIC

    @wraps(view)
    async def endpoint(*, request: Request, **values: Any) -> Response:
        site: Site = request.app.state.site
        if has_fragments and site.page_store is not None and RENDER_RECORD not in request.scope:
            await site.fragments.catch_up(request.scope)
        if declaration.is_brief and site.database.is_sqlite:
            return _respond(view, declaration, request, values)
        if not reads and not declaration.takes_file:
            await read_form(request)
        work = partial(_respond, view, declaration, request, values)
        return await in_thread(declaration.limits.wait_seconds, work, writes=not reads)

    rest = [each for name, each in given.parameters.items() if name != "ctx"]
    request = inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY, annotation=Request)
    endpoint.__signature__ = given.replace(parameters=[*rest, request])  # type: ignore[attr-defined]
    return endpoint


async def in_transaction(
    request: Request,
    work: Callable[Concatenate[Context, P], T],
    *values: P.args,
    **more: P.kwargs,
) -> T:
    """Run `work(ctx, ...)` in a thread and transaction, admitted again; may raise BusyError."""
    return await _apart(request, partial(work, **more), values, writes=True)


async def in_reading(
    request: Request,
    work: Callable[Concatenate[Context, P], T],
    *values: P.args,
    **more: P.kwargs,
) -> T:
    """Run `work(ctx, ...)` like `in_transaction`, where nothing can be written."""
    return await _apart(request, partial(work, **more), values, writes=False)


def admit(request: Request, db: Session, declaration: Declaration) -> SignInSession | None:
    """Return the session if the route lets it in, without a query for strangers; else raise."""
    settings = request.app.state.site.settings
    policy, token = declaration.policy, session_token(request, settings)
    session = session_with(db, token, clock.now()) if token else None
    is_closed = session is not None and session.person.closed_at is not None
    if policy is Policy.CLOSED_ACCOUNT:
        if not is_closed:
            raise NotFoundError
        return session
    if is_closed:
        if request.method in SAFE_METHODS:
            raise AccountClosedError
        session = None  # to every form but that of reactivation a stranger
    if session is None and policy.needs_sign_in:
        raise SignInNeededError
    if policy is Policy.ADMINISTRATOR and not (session and session.person.is_administrator):
        raise NotFoundError
    if policy is Policy.MODERATOR and not (session and may_moderate(session.person)):
        raise NotFoundError
    if session and session.second_factor_at is None:
        key = str(request.path_params.get("key", ""))
        if declaration.asks_second_factor(settings, key):
            raise SecondFactorNeededError
    return session


def _respond(
    view: Callable[..., Response],
    declaration: Declaration,
    request: Request,
    values: Mapping[str, Any],
) -> Response:
    """Open the transaction, admit the caller, run the view and commit."""
    work = partial(_work, view, declaration, request, values)
    response, is_signed_in = _twice(work) if request.method in SAFE_METHODS else work()
    _set_cache_headers(response, declaration, request, is_signed_in=is_signed_in)
    return response


def _work(
    view: Callable[..., Response],
    declaration: Declaration,
    request: Request,
    values: Mapping[str, Any],
) -> tuple[Response, bool]:
    site: Site = request.app.state.site
    reads = request.method in SAFE_METHODS
    with site.database.reading() if reads else site.database.writing() as db:
        session = admit(request, db, declaration)
        is_returning = declaration.policy is Policy.CLOSED_ACCOUNT
        user = session.person if session and not is_returning else None
        if user is not None and session is not None and not reads:
            touch_session(db, session, clock.now())
        record: RenderRecord | None = request.scope.get(RENDER_RECORD)
        known = FragmentStore.known_to(request.scope) if record is None else record.version
        ctx = Context(request, site, db, user, session, known, writes=not reads)
        if record is not None:
            site.live.refresh(db, record.version.number)
        response = view(ctx=ctx, **values)
        if not reads and response.status_code >= 400:  # noqa: PLR2004 - HTTP's own border
            db.rollback()
    return response, user is not None


async def _apart(
    request: Request, work: Callable[..., T], values: tuple[Any, ...], *, writes: bool
) -> T:
    site: Site = request.app.state.site
    declaration: Declaration = request.scope["route"].declaration

    def run() -> T:
        with site.database.writing() if writes else site.database.reading() as db:
            session = admit(request, db, declaration)
            user = session.person if session else None
            return work(Context(request, site, db, user, session, writes=writes), *values)

    if writes:
        return await in_thread(declaration.limits.wait_seconds, run, writes=True)
    return await in_thread(declaration.limits.wait_seconds, _twice, run)


def _awaiting(
    view: Callable[..., Awaitable[Response]], declaration: Declaration, given: inspect.Signature
) -> Callable[..., Awaitable[Response]]:
    """Return the endpoint of a view that opens its own transactions; sessions may end meanwhile."""

    @wraps(view)
    async def endpoint(*, request: Request, **values: Any) -> Response:
        if declaration.policy.needs_sign_in:
            await in_reading(request, lambda _ctx: None)
        if "request" in given.parameters:
            values["request"] = request
        try:
            with fail_after(declaration.max_seconds):
                response = await view(**values)
        except TimeoutError:
            raise BusyError from None
        response.headers.setdefault("cache-control", "no-store")
        return response

    rest = [each for name, each in given.parameters.items() if name != "request"]
    request = inspect.Parameter("request", inspect.Parameter.KEYWORD_ONLY, annotation=Request)
    endpoint.__signature__ = given.replace(parameters=[*rest, request])  # type: ignore[attr-defined]
    return endpoint


def _twice(read: Callable[[], T]) -> T:
    """Read again on a dead connection: the first to find it after a restart gives up the pool."""
    try:
        return read()
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        return read()


def _set_cache_headers(
    response: Response, declaration: Declaration, request: Request, *, is_signed_in: bool
) -> None:
    if declaration.cache is Cache.FOREVER:
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
    elif declaration.cache is Cache.PUBLIC and response.status_code < 400:  # noqa: PLR2004
        settings = request.app.state.site.settings
        # What a stranger gets depends on the time zone's cookie alone.
        response.headers.add_vary_header("Cookie")
        if is_signed_in or session_token(request, settings):
            response.headers["cache-control"] = "private, no-store"
        else:
            response.headers["cache-control"] = FOR_EVERYBODY
            if settings.cdn_stale_seconds:
                # To shared caches alone (RFC 9213; RFC 5861): a browser would show people what
                # stood there before they wrote. Many caches keep nothing that is to be asked for
                # at once, so it is after a second.
                stale = f"stale-while-revalidate={settings.cdn_stale_seconds}"
                response.headers["cdn-cache-control"] = f"public, max-age=1, {stale}"
    else:
        response.headers.setdefault("cache-control", "no-store")
