"""A page under Streamlit's AppTest: opened through the router, as a link would, and its words read."""

from pathlib import Path

from streamlit.testing.v1 import AppTest

ROUTER = Path(__file__).resolve().parent.parent / "pages" / "_router.py"


def open_page(topic: str, **query: str) -> AppTest:
    """The page of a topic, its controls set by the address; `a__b` stands for a name with a dot, `a.b`."""
    app = AppTest.from_file(ROUTER, default_timeout=60)
    for name, value in query.items():
        app.query_params[f"{topic}.{name.replace('__', '.')}"] = value
    return app.switch_page(f"{topic}.py").run()


def words_of(app: AppTest) -> str:
    """All sentences of a page that has no exception, without the signs that keep Markdown from reading them."""
    assert not app.exception
    return " ".join(element.value for element in (*app.markdown, *app.caption, *app.error)).replace("\\", "")
