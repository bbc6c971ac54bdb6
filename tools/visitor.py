"""A visitor without a browser: speaks the app's own websocket, in the messages that Streamlit's client sends.

    async with visit(server.url, "hidden_markov") as visitor:
        seconds = await visitor.move("hidden_markov.trellis", 3)

Cheap enough for tens of them in one process. What it knows of the page is what came over the wire: the ids of
widgets by their keys, and the fragment that each belongs to. Left out: drawing, and the cache of messages.
"""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

ENDED_WELL = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)
LARGEST_MESSAGE = 64 * 2**20


class Visitor:
    """A session of the app on one page.

    Attributes:
        texts: all Markdown that the page has sent so far.
        errors: the exceptions that it has shown.
        query: what stands in the address, after the question mark.

    """

    def __init__(self, socket: ClientConnection, page: str, query: str) -> None:
        self.texts: list[str] = []
        self.errors: list[str] = []
        self._socket = socket
        self._page = page
        self.query = query
        self._script_hash = ""
        self._ids: dict[str, str] = {}  # of widgets, by key
        self._fragments: dict[str, str] = {}  # of widgets, by key
        self._states: dict[str, dict[str, Any]] = {}  # what components hold, by id

    @property
    def keys(self) -> frozenset[str]:
        """The keys of all widgets that the page has sent so far."""
        return frozenset(self._ids)

    async def open(self) -> float:
        """Let the page run; return the seconds until it has ended."""
        message = BackMsg()
        message.rerun_script.page_name = self._page
        message.rerun_script.query_string = self.query
        return await self._run(message)

    async def move(self, key: str, position: int) -> float:
        """Leave a slider under a picture at a stop; return the seconds until its part of the page has run.

        Raises KeyError where the page has no such picture.
        """
        return await self._send(key, "json_value", json.dumps({"move": {"position": position, "time": time.time()}}))

    async def press(self, key: str) -> float:
        """Press a button; return the seconds until its part of the page has run. Raises KeyError as `move` does."""
        return await self._send(key, "trigger_value", True)

    async def run_again(self, key: str) -> float:
        """Let the fragment that holds a widget run once more, as its timer does."""
        message = self._message(key)
        message.rerun_script.is_auto_rerun = True
        return await self._run(message)

    async def _send(self, key: str, field: str, value: Any) -> float:
        message = self._message(key)
        self._states[key] = {field: value}
        for name, held in self._states.items():
            widget = message.rerun_script.widget_states.widgets.add(id=self._ids[name])
            for kind, content in held.items():
                setattr(widget, kind, content)
        if field == "trigger_value":  # a press is over when it was sent
            del self._states[key]
        return await self._run(message)

    def _message(self, key: str) -> BackMsg:
        message = BackMsg()
        message.rerun_script.page_script_hash = self._script_hash
        message.rerun_script.query_string = self.query
        message.rerun_script.fragment_id = self._fragments[key]
        message.rerun_script.context_info.timezone = "UTC"
        return message

    async def _run(self, message: BackMsg) -> float:
        start = time.perf_counter()
        await self._socket.send(message.SerializeToString())
        while True:
            answer = ForwardMsg()
            answer.ParseFromString(await self._socket.recv(decode=False))
            kind = answer.WhichOneof("type")
            if kind == "navigation":
                self._script_hash = answer.navigation.page_script_hash
            elif kind == "page_info_changed":
                self.query = answer.page_info_changed.query_string
            elif kind == "delta":
                self._note(answer.delta)
            elif kind == "script_finished" and answer.script_finished in ENDED_WELL:
                return time.perf_counter() - start

    def _note(self, delta: Delta) -> None:
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind == "markdown":
            self.texts.append(element.markdown.body)
        elif kind == "exception":
            self.errors.append(element.exception.message)
        elif kind is not None and hasattr(getattr(element, kind), "id"):
            identity = getattr(element, kind).id
            key = identity.split("-", 2)[-1]  # "$$ID-<hash>-<key>"
            self._ids[key] = identity
            self._fragments[key] = delta.fragment_id


@asynccontextmanager
async def visit(url: str, page: str, query: str = "") -> AsyncIterator[Visitor]:
    """Open a page in a new session; the session ends with the block."""
    address = url.replace("http", "ws", 1) + "/_stcore/stream"
    async with connect(address, subprotocols=["streamlit"], max_size=LARGEST_MESSAGE) as socket:  # type: ignore[list-item]
        visitor = Visitor(socket, page, query)
        await visitor.open()
        yield visitor
