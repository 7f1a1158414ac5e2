"""A drawing without what is drawn in it, which takes most of a page's time: for tests of the rest."""

from html import escape


class Blank:
    """In the place of a Matplotlib figure, its axes and all that they give: takes whatever it is told."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __call__(self, *_, **__):
        return self

    def __getitem__(self, _):
        return self

    def subplots(self, rows=1, columns=1, **_):
        return self if rows * columns == 1 else [self] * (rows * columns)

    def __iter__(self):
        return iter([self])

    def __len__(self):
        return 1


def blank(canvas):
    """In the place of `Canvas.__post_init__`: nothing to draw on."""
    canvas.figure = canvas.axes = Blank()


def outline(canvas, prefix, alt, like=None):
    """In the place of `drawing.to_svg`: an empty figure with the same words."""
    return f'<svg class="fig" viewBox="0 0 1 1" role="img" aria-label="{escape(alt)}"></svg>'
