"""A run as text: JSON that is read back with every check, and CSV for a spreadsheet.

The JSON holds the fields of `runs.Run` by name; the history stands in columns, a list for each field of
`recipes.Progress`. Nothing in it is trusted: a file may come from anybody. What has no default must be there,
what is no field is refused, and every number must be one that a training can report.
"""

import csv
import io
import json
import math
import re
from collections.abc import Mapping
from dataclasses import MISSING, asdict, fields, is_dataclass
from functools import lru_cache
from itertools import pairwise
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from rnn_core.checkpoints import read_json
from rnn_core.errors import InputError
from rnn_core.parsing import LONGEST_QUOTE, visible
from rnn_core.recipes import PHASES, RECIPES, Progress, Spec
from rnn_core.runs import ID, STATES, Run, tidy_name

FORMAT = 1
MAX_CHARACTERS = 6_000_000
"""What `MAX_RECORDS` records take, written out."""

MAX_RECORDS = 12_500
MAX_VALUES = 100
"""In any other list: mistakes, shares of time."""

LONGEST_TEXT = 20_000
"""Characters of a review or a note. The longest review of ACL-IMDB has 14,000."""

_SHARES = ("accuracy", "validation_accuracy", "f1", "precision", "recall", "probability")
_PACES = ("seconds", "eta", "tokens_per_second")
_MOST = dict.fromkeys(_SHARES, 1.0) | dict.fromkeys(_PACES, 1e12)  # of what else a training reports, there is no limit
_WANTED = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
_LARGEST_WHOLE = 2**53  # the largest that JSON's other readers take


def to_json(run: Run) -> str:
    """Return a run as JSON that `from_json` reads back to an equal run."""
    return json.dumps(to_dict(run), ensure_ascii=False, allow_nan=False)


def to_dict(run: Run) -> dict[str, Any]:
    """Return a run as plain names and values, as they stand in its JSON and in the record of its checkpoint."""
    values = {field.name: getattr(run, field.name) for field in fields(Run)}
    history = {field.name: [getattr(record, field.name) for record in run.history] for field in fields(Progress)}
    parts = {name: value and asdict(value) for name, value in values.items() if name in ("measured", "baseline")}
    return {"format": FORMAT, **values, "spec": run.spec.to_dict(), "history": history, **parts}


def from_json(text: str) -> Run:
    """Read what `to_json` wrote. Raises `InputError` with the first thing that is wrong."""
    return from_dict(parse(text))


def parse(text: str) -> Any:
    """Return what JSON holds. Raises `InputError` where it is too long or too deep, is none, or holds no numbers."""
    if len(text) > MAX_CHARACTERS:
        raise InputError(f"a run has at most {MAX_CHARACTERS:,} characters, got {len(text):,}")
    try:
        return read_json(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"this is no JSON that can be read ({error})") from error


def from_dict(record: Any) -> Run:
    """Read what `to_dict` gave, or the record that the command line writes beside a network it trains.

    Raises `InputError` with the first thing that is wrong.
    """
    record = _object(record, "the run")
    if "format" not in record and "test" in record:
        record = _of_command_line(record)
    if record.get("format") != FORMAT:
        raise InputError(f"this is no run of Unfold in a format that is known here, {FORMAT}")
    known = {
        "spec": Spec.from_dict(_object(record.get("spec"), "spec")),
        "history": _history(record.get("history", {})),
        "name": tidy_name(_text(record.get("name"), "name")),
    }
    rest = {name: value for name, value in record.items() if name not in ("format", *known)}
    run: Run = _dataclass(Run, rest, "", **known)
    _check(run)
    return run


def to_csv(run: Run) -> str:
    """Return the history as CSV: a line a record, a column for each number of `recipes.Progress`."""
    names = [field.name for field in fields(Progress) if field.name != "phases"]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*names, *(f"seconds in {phase}" for phase in PHASES)])
    for record in run.history:
        writer.writerow([*(getattr(record, name) for name in names), *record.phases])
    return text.getvalue()


def check_id(id: str) -> None:
    """Raise `InputError` for what can be no id, nor name a file."""
    if not re.fullmatch(ID, id):
        raise InputError(f"The id of a run is 3 to 32 small letters and digits, got {_shown(id)}.")


def _of_command_line(record: Mapping[str, Any]) -> dict[str, Any]:
    """Its history is a list of records, and it knows neither an id nor a state."""
    history = record.get("history")
    rows = [_object(row, "history") for row in history] if isinstance(history, list) else []
    return {
        "format": FORMAT,
        "id": str(record.get("name")),
        "name": str(record.get("name")).upper(),
        "spec": record.get("spec"),
        "state": "finished",
        "history": {name: [row.get(name) for row in rows] for name in (rows[0] if rows else ())},
        "parameters": record.get("parameters"),
        "seconds": record.get("seconds"),
        "measured": {"test": record["test"], "seconds": None, "mistakes": []},
    }


def _history(columns: Any) -> tuple[Progress, ...]:
    columns = _object(columns, "history")
    lengths = {len(_list(column, f"history.{name}", MAX_RECORDS)) for name, column in columns.items()}
    if len(lengths) > 1:
        raise InputError(f"the columns of history must be of one length, got {', '.join(map(str, sorted(lengths)))}")
    rows = zip(*columns.values(), strict=True)
    history = [_dataclass(Progress, dict(zip(columns, row, strict=True)), "history") for row in rows]
    if any(len(record.phases) not in (0, len(PHASES)) for record in history):
        raise InputError(f"history.phases must hold {len(PHASES)} numbers, one for each of {', '.join(PHASES)}")
    for before, after in pairwise(history):
        if after.step < before.step or after.seconds < before.seconds:
            raise InputError(f"history must go on in time, but step {after.step} stands behind step {before.step}")
    return tuple(history)


def _check(run: Run) -> None:
    """What the types of the fields don't say."""
    if run.spec.recipe not in RECIPES:
        raise InputError(f"recipe must be one of {', '.join(RECIPES)}, got {_shown(run.spec.recipe)}")
    check_id(run.id)
    if run.state not in STATES:
        raise InputError(f"state must be one of {', '.join(STATES)}, got {_shown(run.state)}")
    for name, known in (("measured", run.measured), ("baseline", run.baseline)):
        if known and sum(map(sum, known.test.confusion)) != known.test.reviews:
            raise InputError(f"the confusion matrix in {name} must count all {known.test.reviews:,} reviews")


def _dataclass(kind: Any, values: Any, where: str, **known: Any) -> Any:
    """Return a record of this kind; `known` are fields that are read already."""
    values = _object(values, where)
    hints = _hints(kind)
    place = f"{where}." if where else ""
    if odd := [name for name in values if name not in hints]:
        raise InputError(f"{where or 'a run'} has no {_shown(odd[0])}")
    for field in fields(kind):
        if field.name not in values and field.name not in known and field.default is MISSING:
            raise InputError(f"{place}{field.name} is missing")
    read = {name: _value(hints[name], value, f"{place}{name}") for name, value in values.items()}
    return kind(**read, **known)


_hints = lru_cache(maxsize=8)(get_type_hints)  # the types of the fields of a record; slow to find out


def _value(kind: Any, value: Any, where: str) -> Any:
    """Return a value of JSON as a field of this type holds it."""
    if isinstance(kind, UnionType):
        return None if value is None else _value(get_args(kind)[0], value, where)
    if is_dataclass(kind):
        return _dataclass(kind, value, where)
    if get_origin(kind) is tuple:
        inner = get_args(kind)
        values = _list(value, where, MAX_VALUES)
        if inner[-1] is ...:
            return tuple(_value(inner[0], one, where) for one in values)
        if len(values) != len(inner):
            raise InputError(f"{where} must hold {len(inner)} values, got {len(values)}")
        return tuple(_value(of, one, where) for of, one in zip(inner, values, strict=True))
    if kind is str:
        return _text(value, where)
    fits = isinstance(value, bool) if kind is bool else isinstance(value, kind | int) and not isinstance(value, bool)
    if not fits:
        raise InputError(f"{where} must be {_WANTED[kind]}, got {_shown(value)}")
    return value if kind is bool else _number(kind, value, where)


def _number(kind: type[int] | type[float], value: Any, where: str) -> int | float:
    """Return a count, a duration, a loss, a share: none of them is negative."""
    name = where.split(".")[-1]
    most = _MOST.get(name, math.inf if isinstance(value, float) else _LARGEST_WHOLE)
    if not 0 <= value <= most or value == math.inf:
        end = f"to {most:g}" if name in _MOST else "on"
        raise InputError(f"{where} must be a number from 0 {end}, got {_shown(value)}")
    return kind(value)


def _text(value: Any, where: str) -> str:
    """Return a text without the signs that nobody sees."""
    if not isinstance(value, str):
        raise InputError(f"{where} must be {_WANTED[str]}, got {_shown(value)}")
    if len(value) > LONGEST_TEXT:
        raise InputError(f"{where} must have at most {LONGEST_TEXT:,} characters, got {len(value):,}")
    return visible(value)


def _object(value: Any, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise InputError(f"{where} must be a set of names and values, got {_shown(value)}")
    return value


def _list(value: Any, where: str, most: int) -> list[Any]:
    if not isinstance(value, list):
        raise InputError(f"{where} must be a list, got {_shown(value)}")
    if len(value) > most:
        raise InputError(f"{where} must hold at most {most:,} values, got {len(value):,}")
    return value


def _shown(value: Any) -> str:
    """Name what was found: short, and without going into what may be deep."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "names and values"
    text = visible(str(value)[: 2 * LONGEST_QUOTE])
    return f"“{text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + '…'}”"
