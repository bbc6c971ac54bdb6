"""Cut Streamlit's icon font down to the icons that Streamlit itself shows: `python -m tools.icons`.

Streamlit asks for the whole font, 375 kB, at every first visit. The server sends assets/icons.woff2 in
its place. To be run again when Streamlit's version changes; a test compares the two.

The font is Google's Material Symbols Rounded, under the Apache License 2.0.
"""

import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fontTools import subset
from fontTools.ttLib import TTFont

from tools.server import PROJECT_DIR

TARGET = PROJECT_DIR / "assets" / "icons.woff2"


def streamlit_static() -> Path:
    """The folder of what Streamlit sends to browsers."""
    package = find_spec("streamlit")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("streamlit is not installed")
    return Path(package.origin).parent / "static" / "static"


def icon_names(static: Path) -> set[str]:
    """The icons that Streamlit's own scripts name."""
    return {
        name
        for script in (static / "js").glob("*.js")
        for name in re.findall(r":material/(\w+):", script.read_text(encoding="utf-8"))
    }


def cut(font: TTFont, names: set[str]) -> None:
    """Leave letters, digits and the named icons in the font."""
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            table = getattr(table, "ExtSubTable", table)
            for first, entries in getattr(table, "ligatures", {}).items():
                table.ligatures[first] = [entry for entry in entries if spelled(font, first, entry) in names]
    options = subset.Options(layout_features=["*"], flavor="woff2", notdef_outline=True)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="abcdefghijklmnopqrstuvwxyz0123456789_ ")
    subsetter.subset(font)


def spelled(font: TTFont, first: str, entry: Any) -> str:
    """The name whose letters a ligature replaces."""
    characters = {glyph: chr(code) for code, glyph in font.getBestCmap().items() if code < 128}
    return "".join(characters.get(glyph, "?") for glyph in (first, *entry.Component))


def main() -> None:
    """Write the font."""
    static = streamlit_static()
    [source] = (static / "media").glob("MaterialSymbols-Rounded.*.woff2")
    font = TTFont(source)
    cut(font, icon_names(static))
    font.flavor = "woff2"
    font.save(TARGET)
    print(f"{TARGET.relative_to(PROJECT_DIR)}: {TARGET.stat().st_size:,} bytes of {source.stat().st_size:,}")


if __name__ == "__main__":
    main()
