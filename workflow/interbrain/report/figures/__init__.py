"""The figures of the report, drawn from the written tables: a module a group of figures, a function a figure.

Each returns a `Drawing`: panels of inline SVG with alternative text, and the numbers behind them; or an
`Absent` that says why it could not be drawn. Nothing is computed here but where a mark goes.
Panels are small on purpose: the page sets them side by side on a desk and one below the other on a phone.
"""

from .drawing import Absent, Drawing, Panel

__all__ = ["Absent", "Drawing", "Panel"]
