"""Many visitors at one server: sliders that move while networks train, and a class that trains all at once.

Each visitor speaks the app's own websocket (`tools.visitor`), all of them in this process, which is not the server's.
A slider is left at another stop once a second, as a hand would; the time that counts is from the message to the end
of the page's run, at the visitor. Whose turn falls when is drawn from a seed.
"""

import asyncio
import random
import tempfile
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

from bench.table import Measurement
from tools.server import serve
from tools.visitor import Visitor, visit

SLIDERS = {
    "gates": "gates.units",
    "hidden_markov": "hidden_markov.trellis",
    "markov_chain": "markov_chain.marginals",
    "parameters": "parameters.reverse",
    "activations": "activations.point",
}
"""Pages with a slider that tells the server where it stands, and the key of its picture."""

VISITORS = 10
CHANGES = 30


async def sliders(url: str, changes: int) -> list[float]:
    """Milliseconds of every change of ten visitors, one a second each."""

    async def drag(visitor: Visitor, key: str, wait: float) -> list[float]:
        await asyncio.sleep(wait)
        clock = asyncio.get_running_loop().time
        start = clock()
        times = []
        for change in range(changes):
            times.append(1000 * await visitor.move(key, change % 5))
            await asyncio.sleep(max(0.0, start + change + 1 - clock()))
        return times

    rng = random.Random(0)
    async with AsyncExitStack() as stack:
        pages = [list(SLIDERS)[number % len(SLIDERS)] for number in range(VISITORS)]
        visitors = [await stack.enter_async_context(visit(url, page)) for page in pages]
        found = await asyncio.gather(
            *(drag(visitor, SLIDERS[page], rng.random()) for visitor, page in zip(visitors, pages, strict=True))
        )
    return [time for times in found for time in times]


def crowds(runs: int) -> Iterator[Measurement]:
    """The rows of the table."""
    with tempfile.TemporaryDirectory() as name, serve(Path(name)) as server:
        yield Measurement(
            f"sliders of {VISITORS} sessions, nothing trains", "ms", asyncio.run(sliders(server.url, runs)), 150
        )
