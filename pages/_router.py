"""Turns the registry of topics into the menu, and runs the page that was asked for."""

import sys
from pathlib import Path

import streamlit as st

# Streamlit puts this folder on the path, where the pages' own package is not to be found.
PROJECT_DIR = str(Path(__file__).resolve().parent.parent)
if PROJECT_DIR not in sys.path:
    sys.path.insert(0, PROJECT_DIR)

from pages.ui.registry import PAGES_DIR, TOPICS  # noqa: E402

st.set_page_config(page_title="Unfold", page_icon=str(Path(PROJECT_DIR) / "assets" / "icon.svg"), layout="wide")
st.html(PAGES_DIR / "ui" / "style.css")
home = st.Page(PAGES_DIR / "home.py", title="Unfold", default=True)
sections: dict[str, list[st.Page]] = {"": [home]}
for topic in TOPICS:
    sections.setdefault(topic.section, []).append(topic.page())
st.navigation(sections, position="top").run()
