"""The yardstick: the least a web server of our stack can do."""

from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route


async def hello(_request):
    return PlainTextResponse("hello")


app = Starlette(routes=[Route("/", hello)])
