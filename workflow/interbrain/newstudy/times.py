"""The time and the task of each recording, composed of as few parts of the names of files as will do."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from interbrain.newstudy.names import Label, Name
from interbrain.newstudy.pairing import role_of
from interbrain.newstudy.words import PLACES, ROLE_LETTERS, TIMES_IN_COMPANY, natural
from interbrain.plain_letters import plain_letters
from interbrain.words import listed

ONCE = "once"  # what the only time of a study is called if no name has one
THERAPY = "therapy"
SESSION = "session"  # a meeting without a number: a time, and what was done


@dataclass(frozen=True)
class When:
    """Parts of a recording's time; an empty part is not known."""

    session: tuple[str, int] | tuple = ()
    phase: str = ""
    task: str = ""
    run: int = 0
    further: str = ""

    def part(self, which: str) -> str:
        """A part as a word of a label."""
        if which == "session":
            return "".join(map(str, self.session))
        if which == "run":
            return f"run{self.run}" if self.run else ""
        return str(getattr(self, which))

    @property
    def place(self) -> tuple:
        """Where it comes among the times of a study."""
        phase = PLACES.get(self.phase, PLACES["mid"])
        return (
            *(self.session or ("", 0)),
            phase,
            (self.task != "rest", self.task),
            self.run,
            natural(self.further),
        )


@dataclass(frozen=True)
class Times:
    """When each file was recorded.

    Attributes
    ----------
    labels, tasks : mapping path -> text
        The time, and what was done; empty if no name says it.
    order : list of str
        Every time, in order.
    unclear : mapping path -> text
        Files whose name contradicts itself, and how.
    said : list of str
    """

    labels: Mapping[str, str]
    tasks: Mapping[str, str]
    order: Sequence[str]
    unclear: Mapping[str, str]
    said: Sequence[str]


def times_of(names: Sequence[Name], dyads: Mapping[str, str]) -> Times:
    """Compose the times of recordings whose dyads are known."""
    phases = {phase for name in names for phase in name.phases}
    unclear, when = {}, {}
    for name in names:
        found = _when(name, phases)
        if isinstance(found, str):
            unclear[name.path] = found
        else:
            when[name.path] = found
    clear = [name for name in names if name.path in when]
    when, of_meetings = _meetings(when)
    when, parts, said = _parts(when, clear, dyads)
    said += of_meetings
    varying = [p for p in parts if len({w.part(p) for w in when.values()}) > 1]
    shown = varying or [next((p for p in ("phase", "session", "task") if _constant(p, when)), "")]
    labels = {path: _label(w, shown) for path, w in when.items()}
    labels, of_tasks = _times_of_tasks(labels, when)
    said += of_tasks
    if not varying and not any(labels.values()):
        labels = dict.fromkeys(labels, ONCE)
        said.append(f"the names contain no time: the only one is called {ONCE}")
    first: dict[str, tuple] = {}
    for path, label in labels.items():
        first[label] = min(first.get(label, when[path].place), when[path].place)
    order = sorted((label for label in first if label), key=lambda label: first[label])
    return Times(labels, {path: w.task for path, w in when.items()}, order, unclear, said)


def _times_of_tasks(labels: Mapping[str, str], when: Mapping[str, When]) -> tuple[dict[str, str], list[str]]:
    """A task that no time in the names has is a time of its own: a talk between rests before and after."""
    elsewhere = {w.task for path, w in when.items() if labels[path]} | {""}
    of_their_own = {p: w.task for p, w in when.items() if not labels[p] and w.task not in elsewhere}
    if not any(labels.values()) or not of_their_own:
        return dict(labels), []
    tasks = sorted(set(of_their_own.values()))
    what = "is a time of its own" if len(tasks) == 1 else "are times of their own"
    return dict(labels) | of_their_own, [f"{listed(tasks)} {what}"]


def _meetings(when: Mapping[str, When]) -> tuple[dict[str, When], list[str]]:
    """What a session without a number is: the time of all, a time beside others, or what was done."""
    bare = {path: w for path, w in when.items() if w.phase == SESSION}
    done = {path: w for path, w in bare.items() if w.task == SESSION}
    others = [w for path, w in when.items() if path not in bare]
    if not others:  # all are of sessions: what was done there is not known
        return dict(when) | {path: replace(w, task="") for path, w in done.items()}, []
    if not done:
        return dict(when), []
    if all(w.task and not w.phase and not w.session for w in others):  # rest, and a session
        return dict(when) | {path: replace(w, phase="") for path, w in bare.items()}, []
    return dict(when), [f"{SESSION} was read as a time and as what was done then"]


def _parts(
    when: dict[str, When], names: Sequence[Name], dyads: Mapping[str, str]
) -> tuple[dict[str, When], list[str], list[str]]:
    """The parts that a time needs, so that a member has one recording of each; the least that will do."""
    whose = {name.path: (dyads.get(name.path, ""), role_of(name)) for name in names}
    parts, said = ["session", "phase"], []
    further = _further(names, whose)
    untold = [
        path for path, w in when.items() if not _label(w, ["session", "phase", "task"]) and further[path]
    ]
    if len(untold) < len(when):  # the others have a word that we know
        told = {path: replace(when[path], task=further[path]) for path in untold if further[path].isalpha()}
        when, new = when | told, {w.task for w in told.values()}
        said += (
            [f"{listed(sorted(new))} {'were' if len(new) > 1 else 'was'} read as what was done"]
            if new
            else []
        )
    if _several(parts, when):
        parts.append("task")
    if not _apart([*parts, "task"], when, whose):
        parts.append("run")
    if not _apart([*parts, "task"], when, whose):
        told = _with_further(when, further)
        if all(further.values()) and _apart([*parts, "task", "further"], told, whose):
            when, parts = told, [*parts, "further"]
            shown = sorted({w.further for w in told.values()} - {""}, key=natural)
            done = ", and as what was done" if all(map(_is_word, shown)) else ""
            words = any(map(_is_word, shown))
            order = ". Put them in their order under times in config.yaml" if words else ""
            order += (
                "; if they are times of one task, empty the column task of config/recordings" if done else ""
            )
            said.append(f"{listed(shown[:6])} were read as times{done}{order}")
        elif _apart([*parts, "task"], told := _by_dates(when, names, dyads), whose):
            when = told
            said.append(
                "the dates in the names were read as sessions: the first of each dyad is session1, and so on"
            )
    return when, parts, said


def _when(name: Name, of_study: set[str]) -> When | str:
    """The parts that one name has; or what contradicts itself in it."""
    phases = list(name.phases)
    for word, (phase, company) in TIMES_IN_COMPANY.items():
        if word in name.words and company in of_study:
            phases.append(phase)
    bare = SESSION in name.words
    tasks = [task for task in name.tasks if task != "rest" or len(name.tasks) == 1]
    if phases:  # before therapy is no therapy
        tasks = [task for task in tasks if task != THERAPY]
    if len(set(phases)) > 1:
        return f"it has two times, {listed(phases)}"
    if len(set(tasks)) > 1:
        return f"it has two tasks, {listed(tasks)}"
    phase = phases[0] if phases else SESSION if bare and not name.sessions else ""
    task = tasks[0] if tasks else SESSION if phase == SESSION else ""
    session = name.sessions[-1] if name.sessions else ()
    return When(session, phase, task, name.runs[-1] if name.runs else 0)


def _key(when: When, parts: Sequence[str]) -> tuple:
    return tuple(when.part(part) for part in parts)


def _several(parts: Sequence[str], when: Mapping[str, When]) -> bool:
    """Whether a time of these parts would have several tasks."""
    found = defaultdict(set)
    for w in when.values():
        found[_key(w, parts)].add(w.task)
    return any(len(own) > 1 for own in found.values())


def _apart(parts: Sequence[str], when: Mapping[str, When], whose: Mapping[str, tuple]) -> bool:
    """Whether these parts tell each member's recordings apart; of two without a role, one may be each's."""
    count: dict[tuple, int] = defaultdict(int)
    for path, w in when.items():
        count[(*whose[path], *_key(w, parts))] += 1
    return all(n <= (1 if key[1] else 2) for key, n in count.items() if key[0])


def _further(names: Sequence[Name], whose: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """Words and labels of each file in which recordings of one member differ."""
    slots = {name.path: _slots(name) for name in names}
    differ: set[str] = set()
    of_members = defaultdict(list)
    for path, found in slots.items():
        of_members[whose[path]].append(found)
    for own in of_members.values():
        every = {slot for found in own for slot in found}
        differ |= {slot for slot in every if len({found.get(slot) for found in own}) > 1}
    return {path: "".join(found[slot] for slot in found if slot in differ) for path, found in slots.items()}


def _slots(name: Name) -> dict[str, str]:
    """A name's unexplained words, each under itself, and its labels by their kinds."""
    words = {
        f"word {word}": re.sub("[^A-Za-z0-9]", "", plain_letters(word))
        for word in name.words
        if word != SESSION
    }
    return words | {label.kind: _bare(label, name) for label in name.labels if label.marked != "dyad"}


def _bare(label: Label, name: Name) -> str:
    """A label without the letter that says whose it is: of 1T and 1C, the 1."""
    is_role = bool(label.suffix) and label.suffix in ROLE_LETTERS and bool(role_of(name))
    return label.text[: -len(label.suffix)] if is_role else label.text


def _is_word(further: str) -> bool:
    return further.isalpha() and len(further) > 2


def _with_further(when: Mapping[str, When], further: Mapping[str, str]) -> dict[str, When]:
    """With words or labels of which we know nothing: times, and if all of them are words, what was done."""
    of_tasks = all(_is_word(word) for word in further.values())
    return {
        path: replace(w, further=further[path], task=w.task or (further[path] if of_tasks else ""))
        for path, w in when.items()
    }


def _by_dates(when: Mapping[str, When], names: Sequence[Name], dyads: Mapping[str, str]) -> dict[str, When]:
    """With a session for each date of a dyad, in their order; as they are where a file has no date."""
    if any(w.session for w in when.values()) or not all(name.dates for name in names):
        return dict(when)
    of_dyad: dict[str, set[tuple]] = defaultdict(set)
    for name in names:
        of_dyad[dyads.get(name.path, "")].add(tuple(name.dates))
    order = {dyad: sorted(dates) for dyad, dates in of_dyad.items()}
    return {
        name.path: replace(
            when[name.path],
            session=("session", order[dyads.get(name.path, "")].index(tuple(name.dates)) + 1),
        )
        for name in names
    }


def _constant(part: str, when: Mapping[str, When]) -> bool:
    return bool(when) and all(w.part(part) for w in when.values())


def _label(when: When, parts: Sequence[str]) -> str:
    return "_".join(filter(None, (when.part(part) for part in parts if part)))
