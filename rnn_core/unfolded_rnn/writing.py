"""How the numbers of this topic are written in pictures, sentences and equations."""

import numpy as np

from rnn_core.numerals import ten_to


def decimal(value: float, digits: int = 2) -> str:
    """Return a number with two digits after the point, or as a power of ten from 1000 on; with a real minus sign."""
    if abs(value) >= 1000:
        return significant(value)
    text = f"{value:.{digits}f}"
    return text.replace("-", "−") if float(text) else f"{0:.{digits}f}"


def short(value: float) -> str:
    """Return a number that a reader typed with no digit that says nothing: 1, −0.5."""
    text = decimal(value)
    return text.rstrip("0").rstrip(".") if "." in text and "·" not in text else text


def significant(value: float, digits: int = 2) -> str:
    """Return a number with so many digits that count; very small and very large ones as a power of ten."""
    if not value:
        return "0"
    mantissa, exponent = f"{value:.{digits - 1}e}".replace("-", "−", 1 if value < 0 else 0).split("e")
    power = int(exponent)
    if -3 <= power < 3:
        return f"{value:.{max(0, digits - 1 - power)}f}".replace("-", "−")
    return f"{mantissa}·{ten_to(power)}"


def degrees(angle: float) -> str:
    """Return an angle, given in degrees, in whole ones; one that is small but there as “under 1°”."""
    return "under 1°" if 1e-6 < angle < 0.5 else f"{angle:.0f}°"


def tex_matrix(values: np.ndarray, exact: bool = False) -> str:
    """Return a matrix (rows, columns), or a vector (rows,) as a column, in TeX; `exact` for what was typed."""
    rows = values[:, None] if values.ndim == 1 else values
    write = short if exact else decimal
    body = r" \\ ".join(" & ".join(tex(write(float(value))) for value in row) for row in rows)
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}"


def tex(number: str) -> str:
    """Return a written number in TeX."""
    if "·10" in number:
        mantissa, power = number.split("·10")
        plain = power.translate({ord(high): low for low, high in zip("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻", strict=True)})
        number = rf"{mantissa}\cdot 10^{{{plain}}}"
    return number.replace("−", "-")
