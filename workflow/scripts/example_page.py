"""docs/example/report.html, the report of a finished demo without what makes it large, and README's picture.

Run by `make example`, after the demo. Left out, and said at the top of the page: files to download, pictures
of single recordings, links to the dyads' pages, and numbers behind figures, if longer than `MOST_NUMBERS`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from interbrain.problems import InterbrainError

MOST_BYTES, MOST_NUMBERS = 1_700_000, 4_000
NOTE = (
    '<p class="notice" id="example">This is an example: the report of the demo study, shortened. Files to '
    "download, pictures of single recordings, the pages of the dyads and long lists of numbers are left out "
    "here; a report of your own has them.</p>\n"
)
# What goes, what takes its place, and whether every report has it.
CUTS = (
    (r'<a href="data:[^"]*"[^>]*>([^<]*)</a>', r"<span>\1</span>", True),
    (r'<a [^>]*href="pages/[^"]*"[^>]*>(.*?)</a>', r"<span>\1</span>", True),
    (r' data-rows="[^"]*"', "", True),
    (
        r'<img src="data:image/webp[^>]*>',
        '<p class="notice">The picture is left out of this example.</p>',
        False,
    ),
)


class ExampleError(InterbrainError):
    """No example can be made of this report."""


def shortened(page: str) -> str:
    """The page without what is large; everything that is judged or tested stays."""
    for pattern, instead, always in CUTS:
        page, n = re.subn(pattern, instead, page, flags=re.S)
        if always and not n:
            raise ExampleError(
                f"the report has nothing like {pattern}", "Adapt workflow/scripts/example_page.py."
            )
    numbers = re.compile(r"<details><summary>Numbers behind .*?</details>", re.S)
    page = numbers.sub(lambda found: found[0] if len(found[0]) <= MOST_NUMBERS else "", page)
    return page.replace('<section id="glance"', NOTE + '<section id="glance"', 1)


def first_page(report: Path, output: Path) -> None:
    """The first page as a picture of few colours, if Chromium is installed."""
    from PIL import Image

    if (browser := shutil.which("chromium")) is None:
        print(f"{output} stays as it is: Chromium is not installed.")
        return
    shot = output.with_suffix(".part.png")
    command = [browser, "--headless", "--no-sandbox", "--hide-scrollbars", "--window-size=1200,1340"]
    subprocess.run(
        [*command, f"--screenshot={shot}", report.resolve().as_uri()], check=True, capture_output=True
    )
    Image.open(shot).convert("RGB").quantize(64).save(output, optimize=True)
    shot.unlink()


def main(report: Path, output: Path, picture: Path) -> None:
    page = report.read_text(encoding="utf-8")
    if "SIMULATED DATA" not in page:
        raise ExampleError(f"{report} is not of simulated data", "Only the demo may be shown to everybody.")
    text = shortened(page).encode()
    if len(text) > MOST_BYTES or NOTE.encode() not in text:
        raise ExampleError(
            f"the example has {len(text)} bytes", f"At most {MOST_BYTES} belong in the repository."
        )
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(text)
    first_page(report, picture)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
