"""What the README promises."""

import re
import subprocess
from pathlib import Path

import pytest

from tools.readme import refreshed

PROJECT_DIR = Path(__file__).resolve().parent.parent
README = (PROJECT_DIR / "README.md").read_text(encoding="utf-8")


def plan():
    """Path and line of everything in the README's plan of the house."""
    folders = {}
    for indent, name in re.findall(r"^ {4}( *)([\w./]+(?:, [\w./]+)*) {2,}\S", README.split("## The house")[1], re.M):
        for one in name.split(", "):
            folders[len(indent)] = one
            yield (folders[0] if indent else "") + one


def test_example_prints_what_it_says():
    assert README.count(">>> ") >= 4
    assert refreshed(README) == README, "models or code changed: `make screenshots` renews the README"


def test_other_output_is_found():
    assert refreshed("```\n>>> 1 + 1\n3\n\n```\n") == "```\n>>> 1 + 1\n2\n\n```\n"


def test_plan_is_true():
    paths = list(plan())
    assert len(paths) >= 10
    assert [path for path in paths if not (PROJECT_DIR / path).exists()] == []


def test_plan_is_whole():
    """Every folder of the project's top stands in the plan."""
    listed = subprocess.run(["git", "ls-files"], cwd=PROJECT_DIR, capture_output=True, text=True)
    if listed.returncode != 0:
        pytest.skip("not a clone")
    folders = {line.split("/")[0] for line in listed.stdout.splitlines() if "/" in line}
    named = {path.split("/")[0] for path in plan()}
    assert folders - named - {".streamlit"} == set()


def test_links_lead_somewhere():
    links = re.findall(r"\]\(([^)#:]+)\)", README)
    assert len(links) >= 3
    assert [link for link in links if not (PROJECT_DIR / link).exists()] == []


def test_make_knows_every_word():
    words = set(re.findall(r"make (run|test|lint|bench|screenshots|clean)\b", README))
    makefile = (PROJECT_DIR / "Makefile").read_text(encoding="utf-8")
    assert {"run", "test"} <= words
    assert [word for word in words if not re.search(rf"^{word}:", makefile, re.M)] == []
