"""The icon font that the server sends in place of Streamlit's."""

from fontTools.ttLib import TTFont

from tools.icons import TARGET, icon_names, spelled, streamlit_static


def test_the_font_has_every_icon_that_streamlit_names():
    """Fails when Streamlit's version changes its icons: `python -m tools.icons` makes the font anew."""
    font = TTFont(TARGET)
    names = set()
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for table in lookup.SubTable:
            table = getattr(table, "ExtSubTable", table)
            for first, entries in getattr(table, "ligatures", {}).items():
                names.update(spelled(font, first, entry) for entry in entries)
    wanted = icon_names(streamlit_static())
    assert "expand_more" in wanted
    # A few names are examples in Streamlit's texts, and no icons of the font.
    whole = TTFont(next((streamlit_static() / "media").glob("MaterialSymbols-Rounded.*.woff2")))
    assert wanted & set(whole.getGlyphOrder()) <= names
    assert TARGET.stat().st_size < 60_000
