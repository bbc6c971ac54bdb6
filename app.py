"""The server: Streamlit with one more route, compression, and memory that stays put.

`streamlit run app.py` finds `app` and serves it. The pages live behind `pages/_router.py`; here
stands only what belongs to the process as a whole.
"""

import asyncio
import gc
import gzip
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

ICON_FONT = Path(__file__).resolve().parent / "assets" / "icons.woff2"
FOR_GOOD = {"Cache-Control": "public, max-age=31536000, immutable"}
"""For what has its version in its address: a browser may keep it."""


@cache
def plotly_js() -> bytes:
    """Return plotly.js out of the installed package, compressed once for all visitors."""
    package = find_spec("plotly")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("plotly is not installed")
    script = Path(package.origin).parent / "package_data" / "plotly.min.js"
    return gzip.compress(script.read_bytes(), compresslevel=6)


async def serve_plotly(request: Request) -> Response:
    """Serve plotly.js. Its address names its version, so a browser may keep it for good."""
    script = await asyncio.to_thread(plotly_js)
    headers = {**FOR_GOOD, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        script = gzip.decompress(script)
    return Response(script, media_type="text/javascript", headers=headers)


class SmallIconFont:
    """Answers with a font of the icons in use where Streamlit would send all of them, 375 kB at every first visit."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.font = FileResponse(ICON_FONT, media_type="font/woff2", headers=FOR_GOOD)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass everything else on."""
        wanted = scope["type"] == "http" and "/media/MaterialSymbols-Rounded." in scope["path"]
        await (self.font if wanted else self.app)(scope, receive, send)


class EarlyPlotly:
    """Tells a browser with the page itself that it will want plotly.js, a second before a picture asks for it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.link = f"<unfold/plotly.min.js?v={version('plotly')}>; rel=preload; as=script"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the header to every page."""

        async def send_with_link(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.append("Link", self.link)
            await send(message)

        await self.app(scope, receive, send_with_link if scope["type"] == "http" else send)


class VisitorCookie:
    """Gives every browser a random word, so that a training is its own in all its tabs and when it comes back."""

    NAME = "unfold_visitor"

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Set the cookie with the page itself, where the browser has none."""

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    word = f"{self.NAME}={secrets.token_urlsafe(16)}; Path=/; Max-Age=31536000"
                    headers.append("Set-Cookie", f"{word}; HttpOnly; SameSite=Lax")
            await send(message)

        new = scope["type"] == "http" and self.NAME not in HTTPConnection(scope).cookies
        await self.app(scope, receive, send_with_cookie if new else send)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Compress plotly.js in the background; freeze what start-up made, so it is never walked again."""
    compressing = asyncio.create_task(asyncio.to_thread(plotly_js))
    gc.collect()
    gc.freeze()
    yield
    await compressing


app = st.App(
    "pages/_router.py",
    lifespan=lifespan,
    routes=[Route("/unfold/plotly.min.js", serve_plotly)],
    middleware=[
        Middleware(SmallIconFont),
        Middleware(EarlyPlotly),
        Middleware(VisitorCookie),
        Middleware(GZipMiddleware, minimum_size=1024, compresslevel=4),
    ],
)
