"""Run the README's Python example and write its output under it: `make screenshots`, after models changed."""

import contextlib
import doctest
import io
from pathlib import Path

from tools.server import PROJECT_DIR

README = PROJECT_DIR / "README.md"


def refreshed(text: str) -> str:
    """The text with what every `>>>` example in it prints now; an empty line ends an output."""
    names: dict[str, object] = {}
    parts = []
    for part in doctest.DocTestParser().parse(text):
        if isinstance(part, str):
            parts.append(part)
            continue
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(part.source, README.name, "single"), names)
        lines = part.source.splitlines()
        code = "".join(f"{'>>>' if number == 0 else '...'} {line}\n" for number, line in enumerate(lines))
        parts.append(code + printed.getvalue())
    return "".join(parts)


def main(file: Path = README) -> None:
    """Rewrite the README."""
    file.write_text(refreshed(file.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
