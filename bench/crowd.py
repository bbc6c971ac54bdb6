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
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs

from bench.table import Measurement
from bench.training import reviews_archive
from rnn_core.run_files import RunFiles
from rnn_core.runs import Run
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
CLASS = 30
CURVES = "race.curves.accuracy.seconds"


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


async def train_all(url: str, folder: Path, count: int, query: str) -> tuple[list[Run], list[float], list[float]]:
    """A class that presses the button at once: its runs in that order, when each was over, and what a look costs.

    Seconds since the first press, and milliseconds of every look at the page, one a second each, until all are over.
    A fifth of a second lies between two presses: an order is then to be kept.
    """
    clock = asyncio.get_running_loop().time
    files = RunFiles(folder)

    async def press(visitor: Visitor, number: int) -> None:
        await asyncio.sleep(number / 5)
        await visitor.press("race.train")

    async def follow(visitor: Visitor, id: str) -> float:
        while not files.load(id).over:
            await asyncio.sleep(1)
            looks.append(1000 * await visitor.run_again(CURVES))
        return clock() - start

    looks: list[float] = []
    async with AsyncExitStack() as stack:
        visitors = [await stack.enter_async_context(visit(url, "race", query)) for _ in range(count)]
        start = clock()
        await asyncio.gather(*(press(visitor, number) for number, visitor in enumerate(visitors)))
        ids = [parse_qs(visitor.query)["race.runs"][0].split(",")[-1] for visitor in visitors]
        ends = await asyncio.gather(*(follow(visitor, id) for visitor, id in zip(visitors, ids, strict=True)))
    return [files.load(id) for id in ids], ends, looks


async def train_beside(url: str, corpus: str, changes: int) -> list[float]:
    """The same as `sliders`, while the server's workers train."""
    query = f"race.corpus={corpus}&race.network=lstm&race.classroom.{corpus}.epochs=100"
    async with visit(url, "race", query) as visitor:
        await visitor.press("race.train")
        (id,) = parse_qs(visitor.query)["race.runs"][0].split(",")[-1:]
        while f"race.cancel.{id}" not in visitor.keys:
            await visitor.run_again(CURVES)
        times = await sliders(url, changes)
        await visitor.press(f"race.cancel.{id}")
    return times


def crowds(runs: int) -> Iterator[Measurement]:
    """The rows of the table; on real reviews where they are there."""
    archive = reviews_archive()
    corpus = "imdb" if archive else "grammar"
    named = {"UNFOLD_IMDB": str(archive)} if archive else {}
    with tempfile.TemporaryDirectory() as name, serve(Path(name), named) as server:
        what = f"sliders of {VISITORS} sessions"
        yield Measurement(f"{what}, nothing trains", "ms", asyncio.run(sliders(server.url, runs)), 150)
        yield Measurement(
            f"{what} while a training runs", "ms", asyncio.run(train_beside(server.url, corpus, runs)), 150
        )
        query = f"race.corpus={corpus}&race.network=lstm"
        trained, ends, looks = asyncio.run(train_all(server.url, server.cache / "runs", CLASS, query))
        what = f"a class of {CLASS} trains at once on {corpus}"
        yield Measurement(f"{what}: not finished", "runs", [sum(run.state != "finished" for run in trained)], 0)
        yield Measurement(
            "  accuracy on the test reviews", "", [run.measured.test.accuracy for run in trained if run.measured]
        )
        yield Measurement("  seconds of training", "s", [run.seconds for run in trained])
        yield Measurement("  from the first press to a run's end", "s", ends)
        yield Measurement("  to the end of the last", "s", [max(ends)])
        late = sum(first > then for first, then in pairwise(ends))
        yield Measurement("  ended before one that was pressed earlier", "runs", [late], 0)
        yield Measurement("  a look at the page, each second", "ms", looks)
