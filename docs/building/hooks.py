"""What the site of the documentation needs beyond MkDocs: patterns in its navigation, formulas, other pages.

The pages are Markdown that a repository's browser shows as well; nothing here is needed to read them there.
"""

import html
import logging
import posixpath
import re
from functools import partial
from pathlib import Path

from latex2mathml.converter import convert
from mkdocs.structure.files import File

log = logging.getLogger("mkdocs.hooks.interbrain")

# Files outside docs/ that are pages of the site. A link to any other file is text there.
PAGES = {
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "results/README.md": "results.md",
}
LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
FENCE = re.compile(r"^( *)```math\n(.*?)\n\1```$", re.M | re.S)
INLINE = re.compile(r"\$<code>(.*?)</code>\$", re.S)


def on_config(config):
    docs = Path(config.docs_dir)
    sections = [pages for section in config.nav for pages in section.values() if isinstance(pages, list)]
    listed = {page for pages in sections for page in pages}
    config.nav = [
        {title: _expanded(entries, docs, listed) if isinstance(entries, list) else entries}
        for section in config.nav
        for title, entries in section.items()
    ]
    return config


def _expanded(entries, docs, listed):
    pages = []
    for entry in entries:
        found = [page.relative_to(docs).as_posix() for page in sorted(docs.glob(entry))]
        pages += [page for page in found if page not in listed] if "*" in entry else [entry]
    return pages


def on_files(files, config):
    root = Path(config.docs_dir).parent
    for source, page in PAGES.items():
        text = (root / source).read_text(encoding="utf-8")
        moved = LINK.sub(partial(_moved, folder=posixpath.dirname(source)), text)
        files.append(File.generated(config, page, content=moved))
    return files


def _moved(link, folder):
    """A link of a page that comes from another folder, as seen from docs/."""
    words, target = link.groups()
    if re.match(r"[a-z]+:|#", target):
        return link[0]
    return f"[{words}]({posixpath.relpath(posixpath.join(folder, target), 'docs')})"


def indented(markdown):
    """Content of list items by four spaces a level, as Python-Markdown wants it, not by the marker's width.

    An item that follows a paragraph without an empty line gets one.
    """
    lines, levels, fence, paragraph, loose, shift = [], [], "", False, False, 0
    for line in markdown.split("\n"):
        text = line.lstrip(" ")
        indent = len(line) - len(text)
        if fence:
            lines.append(" " * max(shift + indent, 0) + text if text else "")
            fence = "" if text.startswith(fence) else fence
            continue
        marker = re.match(r"(?:[-*]|\d+\.) +", text)
        if text:
            while levels and indent < levels[-1]:
                levels.pop()
            if marker and lines[-1:] != [""] and (loose or (paragraph and not levels)):
                lines.append("")
            shift = 4 * len(levels) - (levels[-1] if levels else 0)
            if opened := re.match(r"```+|~~~+", text):
                fence = opened[0]
        lines.append(" " * (shift + indent) + text if text else "")
        paragraph = bool(text) and not marker and not levels and text[0] not in "#|<>"
        loose = not marker and (loose if text else bool(levels))
        if marker:
            levels.append(indent + len(marker[0]))
    return "\n".join(lines)


def on_page_markdown(markdown, page, config, files):
    root = Path(config.docs_dir).parent
    here = posixpath.dirname(page.file.src_uri)
    markdown = indented(markdown)
    markdown = LINK.sub(lambda m: _outside(m, here, root, page), markdown)
    return FENCE.sub(lambda m: m[1] + f"\n{m[1]}<div>{convert(m[2], display='block')}</div>\n", markdown)


def on_page_content(content, page, config, files):
    return INLINE.sub(lambda m: convert(html.unescape(m[1])), content)


def _title(page):
    """The page's heading, where a link's words are the name of its file."""
    return re.search("^# (.*)", page.read_text(encoding="utf-8"), re.M)[1]


def _outside(link, here, root, page):
    words, target = link.groups()
    name, _, anchor = target.partition("#")
    if re.match(r"[a-z]+:", target) or not name:
        return link[0]
    path = posixpath.normpath(posixpath.join("docs", here, name))
    if path in PAGES:
        there = posixpath.relpath(PAGES[path], here or ".")
        return f"[{words}]({there}{'#' + anchor if anchor else ''})"
    if path.startswith("docs/") and not (root / path).is_dir():
        page = root / path
        return f"[{_title(page)}]({target})" if words.endswith(".md") and page.is_file() else link[0]
    if not (root / path).exists():
        log.warning("%s links to %s, which is not there", page.file.src_uri, html.escape(target))
    return words
