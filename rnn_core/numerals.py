"""Numbers as the sentences of all pages write them."""

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def ten_to(exponent: int) -> str:
    """Write a power of ten: "10⁻⁵"."""
    return f"10{str(exponent).translate(_SUPERSCRIPTS)}"
