"""Measure, print a table. `python -m bench --help` says what can be left out."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import click
from playwright.sync_api import sync_playwright

from bench import command_line, controls, crowd, hidden_markov, page, tagging, training
from bench.table import Measurement, table
from pages.ui.registry import TOPICS
from tools import chromium
from tools.server import serve

PARTS = ("start", "page", "predict", "hmm", "tag", "train", "crowd")


def cold_starts(folder: Path, runs: int) -> Iterator[Measurement]:
    """Seconds from `streamlit run` to the first answer, and what the very first visitor waits."""
    starts, visits = [], []
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        for run in range(runs):
            with serve(folder / str(run)) as server:
                starts.append(server.seconds)
                visits.append(page.first_visit(browser, server)[0])
        browser.close()
    yield Measurement("cold start of the server", "s", starts, 3)
    yield Measurement("first visit to a server just started", "s", visits)


def in_browser(folder: Path, runs: int, paths: list[str]) -> Iterator[Measurement]:
    """Everything that a visitor waits for on these pages, and what it costs the server."""
    few = max(3, runs // 5)
    with serve(folder / "server") as server, sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        if page.PATH in paths:
            yield from page.first_visits(browser, server, few)
            yield from page.typing(browser, server, runs)
        yield from page.sliders(browser, server, paths, runs)
        yield from controls.controls(browser, server, paths, few)
        yield from page.memory(browser, server, ["", *paths])
        browser.close()


@click.command()
@click.option("--runs", default=25, show_default=True, help="Repetitions; what is slow is repeated less often.")
@click.option("--only", type=click.Choice(PARTS), help="Leave the rest out.")
@click.option("--topic", type=click.Choice([topic.name for topic in TOPICS]), help="Open this page only.")
def main(runs: int, only: str | None, topic: str | None) -> None:
    """Measure Unfold on this machine and print a table."""
    if hasattr(os, "getloadavg"):
        # A busy machine explains slow rows better than the code does.
        click.echo(f"Load at the start: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores.\n")
    found: list[Measurement] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if only in (None, "start"):
            found += cold_starts(folder, max(3, runs // 5))
        if only in (None, "page"):
            found += in_browser(folder, runs, [one.url_path for one in TOPICS if topic in (None, one.name)])
        if only in (None, "predict"):
            found += command_line.predictions(3)
        if only in (None, "hmm"):
            found += hidden_markov.comparisons(runs)
        if only in (None, "tag"):
            found += tagging.comparisons(max(3, runs // 5))
        if only in (None, "train"):
            found += training.comparisons(max(3, runs // 5))
        if only in (None, "crowd"):
            found += crowd.crowds(runs)
    click.echo(table(found))


if __name__ == "__main__":
    main()
