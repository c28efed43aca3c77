"""Serves the images of items to whoever may see the item."""

from typing import Final

from starlette.responses import Response

from portal.content.picture_html import FORMATS, name_of, widths_of
from portal.core.refusals import NotFoundError
from portal.web.http import Cache, Context, Policy, PortalRouter
from portal.web.http.downloads import StoredFile
from portal.web.http.static import FOREVER
from portal.web.images.owners import served_image

router = PortalRouter(prefix="")
# Nothing that a file could do where a browser takes it for something else than a picture.
SANDBOX: Final = "sandbox; default-src 'none'"


@router.page(
    "/images/{key}/{width}.{extension}",
    name="images.show",
    policy=Policy.ANYONE,
    cache=Cache.IMMUTABLE_IF_PUBLIC,
    brief=True,
)
def show(ctx: Context, key: str, width: str, extension: str) -> Response:
    """Serve one size of an image, for good where everybody may see it."""
    image = served_image(ctx, key)
    if extension not in FORMATS or width not in map(str, widths_of(image.width)):
        raise NotFoundError
    etag = f'"{key}-{width}-{extension}"'
    headers = {
        "etag": etag,
        "cache-control": FOREVER if image.is_public else "private, no-store",
        "content-security-policy": SANDBOX,
    }
    if etag in ctx.request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    name = f"{key}/{name_of(int(width), extension)}"
    return StoredFile(ctx.site.storage, name, FORMATS[extension], headers)
