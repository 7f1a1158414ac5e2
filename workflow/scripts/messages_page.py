"""docs/messages.md: every message about a study, what is wrong and what to do, as the code has it.

make pages, or: python workflow/scripts/messages_page.py > docs/messages.md
"""

import ast
import itertools
import re
from functools import cache
from pathlib import Path

import interbrain

LIBRARY = Path(interbrain.__file__).parent
INTRODUCTION = """\
# Messages

A list of all errors, warnings and notes, in which you can search. Words in *italics* are placeholders for
what a message names: a file, a row, a number. A message is shown with the place to which it applies (the
file and its row, the dyad, the setting), and `snakemake --cores 4 check` shows all of them at once. The
first column shows what is wrong, the second what to do, with alternatives separated by /. Where the second
is empty, the message itself is enough, or what to do depends on the case and is shown with it. The last
three sections are notes, which stop nothing unless it is said there. This page is written by `make pages`,
from the code.
"""
ROOMS = {
    "newstudy": "A new study",
    "study": "Settings and tables of a study",
    "doctor": "What the doctor finds in recordings",
    "formats": "Raw files",
    "clocks": "Clocks of two recordings",
    "signals": "Other signals",
    "coding": "Coded events",
    "questionnaires": "Questionnaires",
    "bids": "BIDS datasets",
    "cleaning": "Cleaning",
    "epochs": "Epochs",
    "statistics": "Statistics",
}  # fmt: skip
LAST = "Everything else"
NOTES = {
    "Notes on recordings": """\
What is noted about a recording that can be used all the same. `check` shows each note as a warning, with
the file. A note on the EEG is also in the report, and a reason for the verdict *look* in the quality
table.
""",
    "Notes on two recordings": """\
What two recordings show when they are compared. `check` and the report show it. The same signals in both
recordings of a session, or in those of two times of a dyad, are an error: copy the right recording from the
recording computer.
""",
    "Notes on clocks": """\
What is not certain about how the clocks of two recordings were tied. `check`, the sidecars (`SyncNotes`) and
the report show it, and it is a reason for the verdict *look*.
""",
}
# Functions that make a message, with the places of what is wrong and of what to do among their arguments.
MAKERS = {"Problem": (1, 2), "_wrong": (1, 2), "_problem": (1, 2)}
# Functions of bids/partners.py that return a sentence.
OF_PARTNERS = ("same_recording", "same_as_of", "with_both", "strengths_apart", "how_long")
tree = cache(ast.parse)
MOST, DEEPEST = 6, 6  # alternatives of one message, and expressions within expressions


class Strings:
    """What the names in a function may hold where a message is made, as far as the code says it."""

    def __init__(self, module):
        self.constants = constants_of(module)
        for name, source in imported(module).items():
            self.constants.setdefault(name, constants_in(source).get(name, ()))
        self.before = {}  # of each statement, those that are done before it and the one that it is in
        self.place(module, None)

    def place(self, node, outer):
        """Notes of every statement below a node what comes before it, and of all else its statement."""
        for _, block in ast.iter_fields(node):
            for i, child in enumerate(block if isinstance(block, list) else ()):
                if isinstance(child, ast.stmt):
                    self.before[child] = (block[:i], outer)
                    self.place(child, child)
                    for inner in ast.walk(child):
                        self.before.setdefault(inner, ((), child))
                elif isinstance(child, ast.ExceptHandler | ast.match_case):
                    self.place(child, outer)

    def reaching(self, name, node):
        """The expressions that a name may hold at a node: the assignments next before it."""
        while node is not None and not isinstance(node, ast.FunctionDef):
            earlier, node = self.before.get(node, ((), None))
            heads = [test] if (test := getattr(node, "test", None)) else []
            for one in (*heads, *reversed(earlier)):
                if found := held(one, {}).get(name):
                    return found
        return self.constants.get(name, ())

    def texts(self, node, depth=0):
        """The texts that an expression may have; a name that is not known is itself, in italics."""
        if depth > DEEPEST:
            return ["*…*"]
        below = depth + 1
        match node:
            case ast.Constant(value=value):
                return [italic("name") if value is None else str(value)]
            case ast.JoinedStr(values=parts):
                return joined([self.texts(part, below) for part in parts])
            case ast.FormattedValue(value=value) | ast.NamedExpr(value=value):
                return self.texts(value, below)
            case ast.BinOp(left=ast.Constant(value=str() as text), op=ast.Mult()):
                return [f"({text})"]
            case ast.BinOp(op=ast.Add(), right=ast.Constant(value=int())):
                return [italic(name_of(node.left))]
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return joined([self.texts(left, below), self.texts(right, below)])
            case ast.Call(func=ast.Name(id="did_you_mean")):
                return ["Did you mean *name*? / Known: *names*."]
            case ast.IfExp(body=one, orelse=other):
                return [*self.texts(one, below), *self.texts(other, below)][:MOST]
            case ast.BoolOp(values=values):
                return [text for value in values for text in self.texts(value, below)][:MOST]
            case ast.Name(id=name):
                expressions = self.reaching(name, node)
                match expressions:
                    case [ast.Constant(value=int() | float() as limit)] if name.isupper():
                        return [str(limit)]
                texts = [text for value in expressions[-MOST:] for text in self.texts(value, below)]
                return (list(dict.fromkeys(texts)) if worded(texts) else []) or [italic(name)]
            case ast.Call(func=ast.Name(id="holds"), args=[column, _]):
                return [f'{text} is "*cell*"' for text in self.texts(column, below)]
            case ast.Call(func=ast.Attribute(value=ast.Name() as template, attr="format")):
                return [re.sub(r"\{[^{}]*\}", "*…*", text) for text in self.texts(template, below)]
        return [italic(name_of(node))]


def constants_of(module):
    """Name -> the expressions that a module assigns to it, outside of functions."""
    found = {}
    for statement in module.body:
        if not isinstance(statement, ast.FunctionDef | ast.ClassDef):
            held(statement, found)
    return found


def imported(module):
    """Name -> the library's file that a module takes it from."""
    lines = [line for line in module.body if isinstance(line, ast.ImportFrom) and not line.level]
    paths = {line: LIBRARY.parent.joinpath(*line.module.split(".")) for line in lines}
    files = {
        line: (path / "__init__.py" if path.is_dir() else path.with_suffix(".py"))
        for line, path in paths.items()
    }
    return {name.name: file for line, file in files.items() if file.is_file() for name in line.names}


@cache
def constants_in(path):
    """`constants_of` a file."""
    return constants_of(tree(path.read_text(encoding="utf-8")))


def worded(texts):
    """Whether texts say something of their own, beside names."""
    return any(re.search(r"[A-Za-z]{3,}", re.sub(r"\*[^*]*\*", "", text)) for text in texts)


def italic(name):
    return f"*{name.strip('_').replace('_', ' ')}*"


def name_of(node):
    """A word for what an expression gives."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=name):
            return name if name not in ("name", "label") else name_of(value)
        case ast.Subscript(slice=ast.Constant(value=str() as name)):
            return name
        case ast.Subscript(value=value):
            return name_of(value)
        case ast.Call(func=ast.Attribute(value=ast.Constant()), args=[inner, *_]):
            return name_of(inner)
        case ast.Call(func=ast.Name(id="map"), args=[_, inner, *_]):
            return name_of(inner)
        case ast.Call(func=ast.Attribute(value=value)):
            return name_of(value)
        case ast.Call(func=ast.Name(id="len")):
            return "number"
        case ast.Call(args=[inner, *_]):
            return name_of(inner)
        case ast.GeneratorExp(elt=inner) | ast.ListComp(elt=inner) | ast.Starred(value=inner):
            return name_of(inner)
        case ast.BinOp(op=ast.Sub() | ast.Mult() | ast.Div()):
            return "number"
        case ast.JoinedStr() | ast.IfExp() | ast.Constant():
            return "…"
    return "…"


def joined(parts):
    """Every combination of the parts' texts, as far as there are few."""
    return ["".join(one) for one in itertools.islice(itertools.product(*parts), MOST)]


def held(node, found):
    """What a statement assigns to each name: the expressions, added to those found.

    Of a condition only the branches after which the code goes on.
    """
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
        for target in getattr(node, "targets", None) or [node.target]:
            for name, value in pairs(target, node.value):
                found.setdefault(name, []).append(value)
    for _, inner in ast.iter_fields(node):
        parts = inner if isinstance(inner, list) else [inner]
        if parts and isinstance(parts[-1], ast.Return | ast.Raise | ast.Continue):
            continue
        for part in parts:
            if isinstance(part, ast.AST):
                held(part, found)
    return found


def pairs(target, value):
    """Names and values of one assignment, also of several at once."""
    if isinstance(target, ast.Name) and value is not None:
        return [(target.id, value)]
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return [one for two in zip(target.elts, value.elts, strict=False) for one in pairs(*two)]
    return []


def errors():
    """The names of the library's own errors: classes that come from InterbrainError."""
    bases = {}
    for path in LIBRARY.rglob("*.py"):
        for node in ast.walk(tree(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                bases[node.name] = [base.id for base in node.bases if isinstance(base, ast.Name)]
    known = {"InterbrainError"}
    while more := {name for name, of in bases.items() if known.intersection(of)} - known:
        known |= more
    return known


def is_call(node):
    return isinstance(node, ast.Call)


def called(call):
    """The name of the function that a call calls."""
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def calls_of(module, names):
    """The calls of these functions in a module, in its order."""
    calls = [node for node in ast.walk(module) if is_call(node) and called(node) in names]
    return sorted(calls, key=lambda call: call.lineno)


def messages(text, makers):
    """What is wrong and what to do, of each message that a module's text makes, in its order."""
    module = tree(text)
    calls = calls_of(module, makers)
    strings = Strings(module) if calls else None
    for call in calls:
        parts = zip(makers[called(call)], KEYS, strict=True)
        what, hint = (argument(call, place, key) for place, key in parts)
        wrong, todo = ([] if part is None else strings.texts(part) for part in (what, hint))
        if len(wrong) == len(todo) > 1:  # of two branches each
            found = zip(wrong, todo, strict=True)
        else:
            said = " / ".join(one for one in dict.fromkeys(todo) if worded([one]))
            found = ((one, said) for one in wrong)
        yield from (two for two in found if worded(two[:1]))


KEYS = ("what", "hint")


def notes(text):
    """The notes on a recording that a module's text makes by `formats.notes.note`, in its order."""
    module = tree(text)
    if imported(module).get("note") == LIBRARY / "formats/notes.py":
        strings = Strings(module)
        for call in calls_of(module, ["note"]):
            yield from (one for one in strings.texts(call.args[0]) if worded([one]))


def sentences(text, names=()):
    """All sentences of a module whose functions return nothing else, or of those of its functions that do."""
    module = tree(text)
    strings = Strings(module)
    functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
    functions = [node for node in functions if not names or node.name in names]
    said = [one.value for function in functions for one in ast.walk(function) if isinstance(one, ast.Return)]
    said += [value for values in constants_of(module).values() for value in values if not names]
    return {text for one in said for text in strings.texts(one) if worded([text])}


def argument(call, place, key):
    """A call's argument by its place or its name; None if it is not there or not said plainly."""
    if any(isinstance(arg, ast.Starred) for arg in call.args[: place + 1]):
        return None
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    return call.args[place] if place < len(call.args) else named.get(key)


def page():
    """The text of the page."""
    makers = {**dict.fromkeys(errors() - {"StudyError"}, (0, 1)), **MAKERS}
    found, noted = {}, {heading: set() for heading in NOTES}
    for path in sorted(LIBRARY.rglob("*.py")):
        room = path.relative_to(LIBRARY).parts[0].removesuffix(".py")
        rows, text = found.setdefault(ROOMS.get(room, LAST), {}), path.read_text(encoding="utf-8")
        rows.update(dict.fromkeys(messages(text, makers)))
        noted["Notes on recordings"].update(notes(text))
    lines = [INTRODUCTION]
    for heading in (*ROOMS.values(), LAST):
        if rows := found.get(heading):
            lines += [f"## {heading}", "", "| what is wrong | what to do |", "| --- | --- |"]
            lines += [f"| {cell(what)} | {cell(hint)} |" for what, hint in sorted(rows, key=by_words)] + [""]
    partners = (LIBRARY / "bids/partners.py").read_text(encoding="utf-8")
    noted["Notes on two recordings"] = sentences(partners, OF_PARTNERS)
    noted["Notes on clocks"] = sentences((LIBRARY / "clocks/doubts.py").read_text(encoding="utf-8"))
    for heading, about in NOTES.items():
        lines += [f"## {heading}", "", about, "| note |", "| --- |"]
        lines += [f"| {cell(one)} |" for one in sorted(noted[heading], key=lambda one: by_words([one]))]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def by_words(row):
    return [re.sub(r"[^a-z ]", "", text.lower()).strip() for text in row]


def cell(text):
    """A text as a cell of a table."""
    return " ".join(text.split()).replace("|", r"\|").replace("<", "&lt;")


if __name__ == "__main__":
    print(page(), end="")
