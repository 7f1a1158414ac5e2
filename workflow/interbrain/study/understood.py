"""What people write in place of the words that a column knows: Yes, ja and 1 for yes, NA for an empty cell.

Understood only where nothing else can be meant, and always said.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence

import pandas as pd

from interbrain.plain_letters import plain_letters
from interbrain.problems import Problem
from interbrain.study.ages import years_of
from interbrain.thousands import may_be_two_numbers
from interbrain.words import listed
from interbrain.yes_or_no import NO, YES, yes_or_no


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split("|"))


# An empty cell as R, pandas, SPSS and people write it.
NOT_KNOWN = _words(
    "na|n/a|n.a.|n.a|nan|<na>|null|none|nil|.|-|--|–|—|?|#n/a|missing|unknown|not known|unbekannt|k.a.|k. a.|"
    "keine angabe|desconocido|desconhecido|inconnu|s/d|n/d|bilinmiyor"
)
# Codes of SPSS and survey tools for a missing number; only where no such value can be meant.
CODES = ("-9", "-99", "-999", "-9999", "-77", "-88", "-66", "-1", "99", "999", "9999")
# What is written into exclude by people who do not mean to exclude, or who give no reason.
NO_REASON = YES | NO | NOT_KNOWN | _words("x|ok|okay|keep|kept|in|include|included|excluded")
# What rows below a table are called that a spreadsheet added up. SD and Max may be somebody's: they are none.
SUMS = _words(
    "total|totals|totaux|totale|summe|sum|somme|suma|soma|gesamt|insgesamt|mean|means|average|moyenne|moyennes|"
    "mittel|mittelwert|mittelwerte|durchschnitt|media|média|promedio|gemiddelde|median|médiane|mediana|"
    "desvio padrão|desviación estándar|toplam|ortalama|standart sapma|"
    "standard deviation|écart-type|ecart-type|écart type|ecart type|standardabweichung"
)
SEXES = {
    "F": "f female w weiblich woman frau femme féminin feminino femenino mujer mulher menina donna kvinna "
    "vrouw k kobieta kvinde kvinne kadın kız girl 女",
    "M": "m male männlich mann man homme masculin masculino hombre homem menino uomo mężczyzna erkek e "
    "boy 男",
    "O": "o other d divers diverse non-binary nonbinary nb x autre otro",
}
HANDS = {
    "right": "r right rechts righthanded righthander rh rechtshänder rechtshändig droite droitier "
    "droitière diestro diestra derecha direita destra destro prawa prawy praworęczny praworęczna "
    "rechtshandig sağ sağlak 右",
    "left": "l left links lefthanded lefthander lh linkshänder linkshändig gauche gaucher gauchère "
    "zurdo zurda izquierda canhoto canhota esquerda sinistra mancino mancina lewa lewy leworęczny leworęczna "
    "linkshandig sol solak 左",
    "ambidextrous": "a ambidextrous ambi both beide beidhändig ambidexter ambidextre "
    "ambidiestro ambidestro oburęczny oburęczna mixed mixedhanded",
}
# A label or a number (1-2, May 1, 5.5) of which a spreadsheet made a date, as XLSX and CSV have it.
# In English, German, French, Italian, Spanish, Portuguese, Dutch, Polish and Turkish, whole or cut off.
MONTHS = (
    "january february march april may june july august september october november december "
    "januar februar märz mrz mai juni juli oktober dezember "
    "janvier février mars avril juin juillet août septembre octobre novembre décembre "
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre dicembre "
    "enero febrero abril mayo junio julio septiembre octubre noviembre diciembre "
    "janeiro fevereiro março maio junho julho setembro outubro novembro dezembro "
    "januari februari maart mei augustus "
    "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień "
    "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık"
)
SHORTEST_MONTH = 3
_SPELT = {month[:n] for month in MONTHS.split() for n in range(SHORTEST_MONTH, len(month) + 1)}
MONTH = f"({'|'.join(sorted(_SPELT, key=len, reverse=True))})[.]?"
DATE = re.compile(
    rf"\d{{4}}-\d\d-\d\d( .*)?|\d{{1,2}}[./]\d{{1,2}}[./](\d\d|\d{{4}})"
    rf"|\d{{1,2}}([./ -]|[.] ){MONTH}([/ -]\d{{2,4}})?"
    rf"|(?!(set|out|gen|mag|lis|ara|kas) ){MONTH}[/ -]\d{{1,4}}",
    re.IGNORECASE,
)
MOST_SPELT, FEW = 6, 3  # so many spellings of a column are written out; of more, the first few
# Columns whose words have others in their place, by the column; without accents as well.
WORDS = {
    column: {
        spelt: meant
        for meant, words in known.items()
        for word in words.split()
        for spelt in (word, plain_letters(word))
    }
    for column, known in (("sex", SEXES), ("handedness", HANDS))
}


def level_of(cell: str, levels: Sequence[str]) -> str | None:
    """The level that a cell means, if it can mean only one; the cell itself if it is one."""
    if cell in levels:
        return cell
    for same in (_bare, _number, yes_or_no, _without_accents):
        meant = [level for level in levels if same(cell) is not None and same(level) == same(cell)]
        if len(meant) == 1:
            return meant[0]
    return None


def _bare(word: str) -> str:
    return re.sub(r"[\s_-]+", "", unicodedata.normalize("NFKC", word).casefold())


def _without_accents(word: str) -> str:
    """As people write where the keyboard lacks a letter, and in capitals: the capital of ı is I."""
    return _bare(plain_letters(word))


def _number(word: str) -> float | None:
    return float(word) if re.fullmatch(r"\d+([.]\d+)?", word) else None


def is_no_reason(cell: str) -> bool:
    """Whether a cell of exclude says nothing of why; an empty one does not ask."""
    bare = cell.casefold().strip()
    no_reason = bare in NO_REASON or yes_or_no(cell) is not None
    return bool(bare) and (no_reason or _number(bare) is not None)


def with_point(cell: str) -> str:
    """A number with a decimal comma as one with a point; as it is if it is none, or may be two numbers."""
    return cell if may_be_two_numbers(cell) else re.sub(r"^([+-]?\d+),(\d+)$", r"\1.\2", cell)


def one_of_two(cell: str) -> str:
    """What to write in place of a number that may be two."""
    return f"Write {cell.replace(',', '')} or {cell.replace(',', '.', 1)}."


def made_a_date(cell: str) -> str:
    """What to do about a cell of which a spreadsheet made a date; "" if it is none.

    Examples
    --------
    >>> made_a_date("2026-02-01")[:23], made_a_date("01. Feb")[:23], made_a_date("1-12")
    ('Excel made a date of it', 'Excel made a date of it', '')
    """
    hint = "Excel made a date of it: give the column the format Text, and type it again."
    return hint if DATE.fullmatch(cell) else ""


CLOCK = re.compile(r"(?:(\d+):)?(\d+):([0-5]\d(?:[.,]\d+)?)")


def made_of_the_clock(cell: str) -> str:
    """What to write in place of hours, minutes and seconds; "" if a cell has none.

    Examples
    --------
    >>> made_of_the_clock("1:22,5"), made_of_the_clock("12.5")
    ('Write seconds with a decimal point: 82.5 (if 1:22,5 is minutes and seconds).', '')
    """
    if not (found := CLOCK.fullmatch(cell.strip())):
        return ""
    hours, minutes, seconds = found.groups(default="0")
    total = 3600 * int(hours) + 60 * int(minutes) + float(seconds.replace(",", "."))
    parts = "hours, minutes and seconds" if found[1] else "minutes and seconds"
    return f"Write seconds with a decimal point: {total:.10g} (if {cell} is {parts})."


def is_not_known(cell: str) -> bool:
    """Whether a cell says, in a word of its own, that nothing is known."""
    return cell.casefold().strip() in NOT_KNOWN


def is_sum(label: str) -> bool:
    """Whether a row is called as the sums and means below a table are.

    Examples
    --------
    >>> is_sum("Moyenne :"), is_sum("Max")
    (True, False)
    """
    return label.casefold().strip(" :.=") in SUMS


def of_two_languages(sexes: Iterable[str]) -> bool:
    """Whether H and M are both there: M is then mujer as likely as male.

    Examples
    --------
    >>> of_two_languages(["H", "F"]), of_two_languages(["H", "M"])
    (False, True)
    """
    return {"h", "m"} <= {cell.casefold().strip(" .") for cell in sexes}


def word_of(column: str, cell: str) -> str:
    """What a cell of a column of `WORDS`, or of `age`, means in the table's own spelling; else as it is.

    Examples
    --------
    >>> word_of("handedness", "Right-handed"), word_of("sex", "male"), word_of("age", "42 months")
    ('right', 'M', '3.5')
    """
    if column == "age":
        return cell if _number(cell) is not None else years_of(cell) or cell
    known, bare = WORDS.get(column, {}), cell.casefold().strip(" .")
    spellings = (bare, re.sub(r"[\s_-]+", "", bare), _without_accents(cell.strip(" .")))
    return next((known[spelt] for spelt in spellings if spelt in known), cell)


def understand_levels(
    table: pd.DataFrame, levels: Mapping[str, Sequence[str]], name: str
) -> tuple[pd.DataFrame, list[Problem]]:
    """The table with each level as the config spells it, and a warning for each column that had others."""
    return _put(table, {c: lambda cell, c=c: level_of(cell, levels[c]) for c in levels}, name)


def understand_words(
    table: pd.DataFrame, columns: Iterable[str], name: str
) -> tuple[pd.DataFrame, list[Problem]]:
    """The table with the words of `WORDS` and empty cells in place of others that mean the same.

    H is homme, unless a cell of the column is M (`of_two_languages`).
    """
    men = {} if of_two_languages(table.get("sex", ())) else {("sex", "h"): "M"}

    def meant(column: str) -> Callable[[str], str]:
        def word(cell: str) -> str:
            if not cell or is_not_known(cell):
                return ""
            return men.get((column, cell.casefold().strip(" ."))) or word_of(column, cell)

        return word

    return _put(table, {column: meant(column) for column in columns}, name)


def _put(table: pd.DataFrame, meaning: Mapping, name: str) -> tuple[pd.DataFrame, list[Problem]]:
    table, notes = table.copy(), []
    for column in (c for c in meaning if c in table):
        read: dict[tuple[str, str], list[str]] = {}
        for row, cell in zip(table.index.tolist(), table[column].tolist(), strict=True):
            word = meaning[column](cell)
            if word is not None and word != cell:
                table.at[row, column] = word
                if column not in WORDS or not word or word.casefold() != cell.casefold():
                    read.setdefault((cell, word), []).append(str(row))
        if read:
            told = [_told(cell, word, rows) for (cell, word), rows in read.items()]
            told = told if len(told) <= MOST_SPELT else [*told[:FEW], f"{len(told) - FEW} others"]
            hint = "If that is not what is meant, correct the cells."
            n = sum(map(len, read.values()))
            shared = (
                f"{column}: {n} cell{'s are' if n > 1 else ' is'} read as another spelling of what is known"
            )
            notes.append(Problem(name, f"{column}: {listed(told)}", hint, shared=shared))
    return table, notes


def _told(cell: str, word: str, rows: Sequence[str]) -> str:
    where = f"row {rows[0]}" if len(rows) == 1 else f"{len(rows)} rows, the first {rows[0]}"
    read_as = f'"{word}"' if word else "an empty cell"
    return f'"{cell}" is read as {read_as} ({where})'
