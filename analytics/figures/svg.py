"""Writing SVG markup: elements, numbers and escaped text.

Only presentation attributes and classes are written: no style attribute, no style or script
element, so that a figure may stand in a page under a strict content security policy.
"""

import html
import re
from collections.abc import Iterable

# Characters that XML 1.0 does not allow even when escaped.
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Attribute = str | float | None


def element(name: str, *children: str, **attributes: Attribute) -> str:
    """Markup of one element.

    Args:
        name: tag name.
        children: markup, never raw text: that goes through `text` or `escaped`.
        attributes: `stroke_width` becomes `stroke-width`, `class_` becomes `class`; a value of
            None leaves the attribute out. Values are escaped, numbers rounded to 1/100.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_value(value)}"'
        for key, value in attributes.items()
        if value is not None
    )
    if not children:
        return f"<{name}{written}/>"
    return f"<{name}{written}>{''.join(children)}</{name}>"


def text(x: float, y: float, content: str, class_: str, **attributes: Attribute) -> str:
    """Markup of one line of text with its baseline at (x, y); `content` is escaped."""
    return element("text", escaped(content), x=x, y=y, class_=class_, **attributes)


def line(
    x1: float,
    y1: float,
    x2: float,
    y2: float,
    class_: str,
    *,
    stroke: str = "currentColor",
    dashes: str | None = None,
    stroke_width: float = 1,
) -> str:
    """Markup of a straight line, in the colour of the text unless `stroke` says otherwise."""
    return element(
        "line",
        x1=x1,
        y1=y1,
        x2=x2,
        y2=y2,
        class_=class_,
        stroke=stroke,
        stroke_width=stroke_width,
        stroke_dasharray=dashes,
    )


def path(points: Iterable[tuple[float, float]], *, closed: bool = False) -> str:
    """Path data through `points`."""
    data = "L".join(f"{number(x)} {number(y)}" for x, y in points)
    return f"M{data}{'Z' if closed else ''}"


def escaped(content: str) -> str:
    """Any text as character data that is safe inside an element or a quoted attribute."""
    return html.escape(_NOT_XML.sub("\ufffd", content), quote=True)


def number(value: float) -> str:
    """A coordinate with at most two decimals and no needless zeros."""
    rounded = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if rounded == "-0" else rounded


def _value(value: str | float) -> str:
    return escaped(value) if isinstance(value, str) else number(value)
