"""The floors of the house: who may import whom, and what a page must not do.

The table `FLOORS` is the law. Everything is read with `ast`, from the text of the files, so a breach is
found also in code that no test runs.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest

PROJECT_DIR = Path(__file__).resolve().parent.parent

SLOW_TO_LOAD = ("torch", "sklearn", "networkx", "nltk", "pooch", "dask", "distributed")
"""What a page that needs none does without."""

NEEDS_TORCH = ("rnn_core.models", "rnn_core.training", "rnn_core.worker")
CORE = (
    "rnn_core",
    "numpy",
    "dask",
    "distributed",
    "networkx",
    "nltk",
    "filelock",
    "click",
    "joblib",
    "platformdirs",
    "pooch",
    "safetensors",
    "scipy",
    "sklearn",
    "tqdm",
)
ABOVE_CORE = ("rnn_core.plots",)


@dataclass(frozen=True)
class Floor:
    """A row of the table; a file stands on the first floor whose pattern fits its path."""

    name: str
    pattern: str
    may: tuple[str, ...]  # packages, modules and patterns of them it may import, besides the standard library
    never: tuple[str, ...] = ()  # exceptions from `may`
    late: tuple[str, ...] = ()  # of `may`, those to be imported inside the function that needs them


FLOORS = (
    Floor("server", "app.py", ("streamlit", "starlette")),
    Floor("router", "pages/_router.py", ("streamlit", "pages.ui")),
    Floor("ui", "pages/ui/*.py", ("streamlit", "pages.ui", "rnn_core"), never=NEEDS_TORCH),
    Floor(
        "page", "pages/*.py", ("streamlit", "pages.ui", "pages._*", "rnn_core"), never=(*NEEDS_TORCH, "pages._router")
    ),
    Floor("picture", "rnn_core/plots/*.py", ("plotly", "numpy", "rnn_core"), never=NEEDS_TORCH),
    Floor("ground", "rnn_core/errors.py", ()),
    Floor("ground", "rnn_core/config.py", ("platformdirs",)),
    Floor("training", "rnn_core/models.py", (*CORE, "torch"), never=ABOVE_CORE),
    Floor("training", "rnn_core/training.py", (*CORE, "torch"), never=ABOVE_CORE),
    Floor("training", "rnn_core/worker.py", (*CORE, "torch"), never=ABOVE_CORE),
    Floor("core", "rnn_core/*.py", CORE, never=ABOVE_CORE, late=(*SLOW_TO_LOAD, *NEEDS_TORCH)),
)

NAMES_THAT_SAY_NOTHING = {"utils", "util", "common", "helpers", "helper", "misc", "manager"}
LONGEST_MODULE = 400
LONGEST_PAGE = 140
ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
NO_TOPIC = {"home": "shows the topics, has none itself"}


def floor_of(path: str) -> Floor:
    """The floor on which a file stands."""
    return next(floor for floor in FLOORS if fnmatch(path, floor.pattern))


def is_within(module: str, packages: tuple[str, ...]) -> bool:
    """Whether a dotted name is one of the packages, lies inside one, or fits a pattern with a star."""
    return any(
        module == package or module.startswith(package + ".") or ("*" in package and fnmatch(module, package))
        for package in packages
    )


def imports(tree: ast.AST, path: str, inside_function: bool = False) -> Iterator[tuple[int, str, bool]]:
    """Line, dotted name and whether it waits for a call, of every import; `from a import b` is `a.b`."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name, inside_function) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            package = path.split("/")[: -node.level] if node.level else []
            base = ".".join([*package, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{base}.{alias.name}", inside_function) for alias in node.names)
        else:
            is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            yield from imports(node, path, inside_function or is_function)


def import_breaches(tree: ast.AST, path: str) -> Iterator[str]:
    """Imports that the file's floor doesn't allow, or not at the top of the module."""
    floor = floor_of(path)
    for line, module, waits in imports(tree, path):
        if module.split(".")[0] in sys.stdlib_module_names:
            continue
        if not is_within(module, floor.may) or is_within(module, floor.never):
            yield f"{path}:{line}: the {floor.name} floor must not import {module}"
        elif is_within(module, floor.late) and not waits:
            yield f"{path}:{line}: {module} is slow to load: import it in the function that needs it"


def is_text(node: ast.AST) -> bool:
    """Whether an expression is evidently a string, so that + and % on it are no arithmetic."""
    if isinstance(node, ast.BinOp):
        return is_text(node.left) or is_text(node.right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in ("join", "format") or is_text(node.func.value)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def is_broad(handler: ast.ExceptHandler) -> bool:
    """Whether an `except` catches everything."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(
        kind is None or (isinstance(kind, ast.Name) and kind.id in ("Exception", "BaseException")) for kind in kinds
    )


def page_breaches(tree: ast.AST, path: str) -> Iterator[str]:
    """What a page does that belongs to another floor: computing, looping over steps, hiding bugs."""
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ARITHMETIC):
            operands = (node.left, node.right) if isinstance(node, ast.BinOp) else (node.value,)
            if not any(map(is_text, operands)):
                yield f"{path}:{line}: arithmetic on a page"
        elif isinstance(node, ast.While) or (isinstance(node, ast.Name) and node.id == "range"):
            yield f"{path}:{line}: a loop over steps on a page"
        elif isinstance(node, ast.ExceptHandler) and is_broad(node):
            yield f"{path}:{line}: a page that catches every exception hides bugs"


def record_breaches(tree: ast.AST, path: str) -> Iterator[str]:
    """Specs and traces that could be changed after they were made."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name in ("Spec", "Trace"):
            decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
            if not any("dataclass(" in text and "frozen=True" in text for text in decorators):
                yield f"{path}:{node.lineno}: {node.name} is not a frozen dataclass"


def breaches(path: str, source: str) -> list[str]:
    """Everything in one file that breaks the law; `path` is relative to the project, with slashes."""
    tree = ast.parse(source)
    floor = floor_of(path)
    found = [*import_breaches(tree, path), *record_breaches(tree, path)]
    if floor.name in ("page", "ui"):
        # The house of the widgets may count; pages may not.
        found += [text for text in page_breaches(tree, path) if floor.name == "page" or "hides bugs" in text]
    longest = LONGEST_PAGE if floor.name == "page" else LONGEST_MODULE
    length = source.count("\n")
    if length > longest:
        found.append(f"{path}: {length} lines, at most {longest}: is there a second topic inside?")
    return found


def files() -> list[str]:
    """Every Python file that has a floor."""
    found = [PROJECT_DIR / "app.py", *(PROJECT_DIR / "pages").rglob("*.py"), *(PROJECT_DIR / "rnn_core").rglob("*.py")]
    return sorted(file.relative_to(PROJECT_DIR).as_posix() for file in found)


def topics() -> list[str]:
    """Every page that shows a topic."""
    return [page.stem for page in sorted((PROJECT_DIR / "pages").glob("[!_]*.py")) if page.stem not in NO_TOPIC]


@pytest.mark.parametrize("path", files())
def test_file_keeps_to_its_floor(path):
    assert breaches(path, (PROJECT_DIR / path).read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("topic", topics())
def test_topic_has_its_rooms(topic):
    """The numerics, the page, its tests; and the pictures, where the page draws any."""
    draws = "live_figure(" in (PROJECT_DIR / f"pages/{topic}.py").read_text(encoding="utf-8")
    rooms = [f"rnn_core/{topic}", f"tests/test_{topic}", *([f"rnn_core/plots/{topic}"] if draws else [])]
    empty = [room for room in rooms if not (PROJECT_DIR / f"{room}.py").is_file() and not (PROJECT_DIR / room).is_dir()]
    assert empty == []


def test_names_say_something():
    places = ("pages", "rnn_core", "tests", "bench", "tools")
    names = [file for place in places for file in (PROJECT_DIR / place).rglob("*.py")]
    assert [file for file in names if NAMES_THAT_SAY_NOTHING & {file.stem, file.parent.name}] == []


def test_web_process_loads_nothing_heavy():
    """The same as the law's `late`, but seen in a process: also through what the libraries import."""
    modules = [
        path.removesuffix("/__init__.py").removesuffix(".py").replace("/", ".")
        for path in files()
        if floor_of(path).name in ("core", "ground", "picture") and not path.endswith("__main__.py")
    ]
    names = (*SLOW_TO_LOAD, *NEEDS_TORCH)
    script = f"import sys, {', '.join(modules)}; print([name for name in {names} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", script], cwd=PROJECT_DIR, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("path", "source", "complaint"),
    [
        ("app.py", "import rnn_core", "server floor must not import rnn_core"),
        ("pages/_router.py", "from rnn_core import gates", "router floor must not import rnn_core.gates"),
        ("pages/gates.py", "import numpy as np", "page floor must not import numpy"),
        ("pages/gates.py", "def f():\n    import torch", ":2: the page floor must not import torch"),
        ("pages/gates.py", "from plotly import graph_objects", "page floor must not import plotly"),
        ("pages/gates.py", "from rnn_core import training", "page floor must not import rnn_core.training"),
        ("pages/gates.py", "from pages.home import show", "page floor must not import pages.home"),
        ("pages/gates.py", "from pages._router import topics", "page floor must not import pages._router"),
        ("pages/_gates_reach.py", "x = y * 2", "arithmetic"),
        ("pages/gates.py", "x = y * 2", "arithmetic"),
        ("pages/gates.py", "x += 1", "arithmetic"),
        ("pages/gates.py", "for t in range(9): pass", "loop over steps"),
        ("pages/gates.py", "while True: pass", "loop over steps"),
        ("pages/gates.py", "try:\n    f()\nexcept Exception:\n    pass", "hides bugs"),
        ("pages/gates.py", "try:\n    f()\nexcept:\n    pass", "hides bugs"),
        ("pages/gates.py", "try:\n    f()\nexcept (OSError, Exception):\n    pass", "hides bugs"),
        ("pages/gates.py", "x = 1\n" * 141, "141 lines"),
        ("pages/ui/page.py", "import plotly", "ui floor must not import plotly"),
        ("pages/ui/page.py", "try:\n    f()\nexcept BaseException:\n    pass", "hides bugs"),
        ("rnn_core/plots/gates.py", "import streamlit as st", "picture floor must not import streamlit"),
        ("rnn_core/plots/gates.py", "from ..models import SentimentClassifier", "must not import rnn_core.models"),
        ("rnn_core/gates.py", "import streamlit", "core floor must not import streamlit"),
        ("rnn_core/gates.py", "import torch", "core floor must not import torch"),
        ("rnn_core/gates.py", "from . import plots", "core floor must not import rnn_core.plots"),
        ("rnn_core/gates.py", "from rnn_core.plots import theme", "core floor must not import rnn_core.plots"),
        ("rnn_core/gates.py", "from nltk.corpus import stopwords", "slow to load"),
        ("rnn_core/gates.py", "from rnn_core.training import train", "slow to load"),
        ("rnn_core/gates.py", "from dataclasses import dataclass\n@dataclass\nclass Spec:\n    k: int", "not a frozen"),
        ("rnn_core/errors.py", "from rnn_core import config", "ground floor must not import rnn_core.config"),
        ("rnn_core/models.py", "import plotly", "training floor must not import plotly"),
        ("rnn_core/gates.py", "x = 1\n" * 401, "401 lines"),
    ],
)
def test_breach_is_found(path, source, complaint):
    found = breaches(path, source)
    assert len(found) == 1
    assert complaint in found[0]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("app.py", "import streamlit as st\nfrom starlette.routing import Route\nimport gc"),
        (
            "pages/gates.py",
            "from pages import ui\nfrom rnn_core import gates\nfrom rnn_core.plots.gates import figure",
        ),
        ("pages/gates.py", "from pages._gates_reach import reach"),
        ("pages/gates.py", "text = f'{a}' + b\nmore = 'x %s' % b + c\nlist_or_none: list | None = None"),
        ("pages/gates.py", "try:\n    f()\nexcept InputError as error:\n    show(error)"),
        (
            "rnn_core/plots/gates.py",
            "import numpy\nimport plotly.graph_objects as go\nfrom rnn_core.gates import Trace",
        ),
        ("rnn_core/gates.py", "def f():\n    from sklearn.metrics import f1_score\n    import rnn_core.training"),
        ("rnn_core/gates.py", "@dataclass(frozen=True, slots=True)\nclass Trace:\n    k: int"),
        ("rnn_core/training.py", "import torch\nfrom rnn_core.models import SentimentClassifier"),
    ],
)
def test_what_is_allowed_passes(path, source):
    assert breaches(path, source) == []
