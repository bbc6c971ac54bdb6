"""Own components of Streamlit: some HTML, a style, and a script that begins as all of them do.

A component's data travel as a list of one: Streamlit looks through a dictionary for data frames, and
for that it would load pandas, which costs the server 70 MB.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

_HERE = Path(__file__).parent


def component(name: str, html: str, constants: Mapping[str, Any] | None = None) -> Any:
    """Return the component whose style and script are `<name>.css` and `<name>.js` in this folder.

    Args:
        name: of its files.
        html: what its node holds at first.
        constants: values that the script finds under these names.

    """
    given = "".join(f"const {key} = {json.dumps(value)};\n" for key, value in (constants or {}).items())
    return st.components.v2.component(
        f"unfold_{name}",
        html=html,
        css=(_HERE / f"{name}.css").read_text(encoding="utf-8"),
        js=(_HERE / "component.js").read_text(encoding="utf-8")
        + given
        + (_HERE / f"{name}.js").read_text(encoding="utf-8"),
        isolate_styles=False,
    )
