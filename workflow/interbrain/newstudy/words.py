"""Words of labs in the names of files: roles, times, tasks and runs, in nine languages, declared once."""

from __future__ import annotations

import re
from dataclasses import dataclass

from interbrain.plain_letters import plain_letters


@dataclass(frozen=True)
class Role:
    """What a word says of a person: the role, and what the report calls it if not therapist or client."""

    role: str
    called: str = ""


def _words(text: str) -> list[str]:
    return text.split()


ROLES = {
    **dict.fromkeys(
        _words(
            "therapist therapists th ther therap therapeut therapeutin therapeute terapeuta terapeut "
            "terapeutka psychoterapeuta psychoterapeutka psicoterapeuta psicologo psicologa "
            "counselor counsellor psychotherapist psychotherapeut clinician berater beraterin "
            "terapist psikoterapist psikolog"
        ),
        Role("therapist"),
    ),
    **dict.fromkeys(
        _words(
            "client clients cl kl klient klientin cliente cliente patient patientin patiente pat paziente "
            "paciente klientka pacjent pacjentka utente doente consultante usuario usuaria clt kli "
            "danisan hasta"
        ),
        Role("client"),
    ),
    **dict.fromkeys(
        _words("mother mutter mere madre moeder matka mae mum mom"),
        Role("therapist", "mother"),
    ),
    **dict.fromkeys(_words("father vater pere padre vader ojciec dad"), Role("therapist", "father")),
    **dict.fromkeys(_words("parent caregiver cuidador cuidadora"), Role("therapist", "parent")),
    **dict.fromkeys(
        _words("child infant baby kind kleinkind enfant bebe bambino bambina nino nina crianca dziecko"),
        Role("client", "child, children"),
    ),
    **dict.fromkeys(
        _words(
            "teacher lehrer lehrerin enseignant insegnante profesor profesora professor professora "
            "docent nauczyciel nauczycielka"
        ),
        Role("therapist", "teacher"),
    ),
    **dict.fromkeys(
        _words(
            "student schueler schuler pupil eleve alumno alumna alunno aluno aluna leerling uczen uczennica"
        ),
        Role("client", "student"),
    ),
    **dict.fromkeys(
        _words(
            "supervisor supervisorin superviseur superviseuse supervisore supervisora superwizor superwizorka"
        ),
        Role("therapist", "supervisor"),
    ),
    **dict.fromkeys(
        _words(
            "trainee supervisee supervisand supervisandin stagiaire estagiario estagiaria stazysta "
            "stazystka praktykant"
        ),
        Role("client", "trainee"),
    ),
}
PARENTS = frozenset({"mother", "father", "parent"})
MEMBERS = ("therapist", "client")
# Single letters count only where the study has one of each role.
ROLE_LETTERS = {"t": "therapist", "c": "client", "k": "client", "p": "client"}
# Words of a time, its name in the tables, and its place among the others.
PHASES = {
    "baseline": (0, "baseline bl"),
    "pre": (
        1,
        "pre before prior vor vorher prae pra avant prima avantseance antes ante voor vooraf pretest prerest "
        "anfang debut inizio inicio begin przed once oncesi",
    ),
    "mid": (
        2,
        "mid middle during mitte waehrend wahrend milieu pendant durante tijdens mezzo "
        "polowa polowie trakcie srodek",
    ),
    "post": (
        3,
        "post after depois nach nachher danach apres dopo despues posttest postrest ende fin fine einde "
        "sonra sonrasi",
    ),
    "followup": (4, "followup fu katamnese suivi"),
}
TIMES = {word: name for name, (_, words) in PHASES.items() for word in _words(words)}
PLACES = {name: place for name, (place, _) in PHASES.items()}
# Dutch and Polish for after, if there is a time before as well.
TIMES_IN_COMPANY = {"na": ("post", "pre"), "po": ("post", "pre")}
# What is counted: each word with a number is a time of its own.
SESSIONS = {
    **dict.fromkeys(
        _words(
            "session sessions sessao sitzung seance seduta sesion sessie sesja ses sess sitz termin stunde "
            "spotkanie consulta encontro seans oturum gorusme"
        ),
        "session",
    ),
    **dict.fromkeys(_words("visit besuch visite visita bezoek wizyta"), "visit"),
    **dict.fromkeys(_words("week woche semaine settimana semana tydzien wk"), "week"),
    **dict.fromkeys(_words("day tag jour giorno dia dag dzien"), "day"),
    **dict.fromkeys(
        _words("time zeit zeitpunkt messzeitpunkt mzp temps tempo tiempo tijd timepoint tp t"), "t"
    ),
}
RUNS = frozenset(_words("run lauf block bloc blocco bloque blok part teil partie czesc trial"))
DYADS = frozenset(
    _words(
        "dyad dyads dyade dyaden diade diada diad pair paar couple coppia pareja par casal dupla koppel para "
        "cift duo binome d dy paare"
    )
)
PEOPLE = frozenset(
    _words("sub subj subject subjects s p pp ppt participant participants vp vpn versuchsperson tn id pers")
)
TASKS = {
    **dict.fromkeys(
        _words(
            "rest resting ruhe repouso repos riposo reposo rust spoczynek dinlenme rs restingstate "
            "ruhemessung"
        ),
        "rest",
    ),
    **dict.fromkeys(_words("eo eyesopen augenoffen yeuxouverts ojosabiertos olhosabertos"), "eyesopen"),
    **dict.fromkeys(_words("ec eyesclosed augenzu yeuxfermes ojoscerrados olhosfechados"), "eyesclosed"),
    **dict.fromkeys(
        _words(
            "talk talking conversation gespraech gesprach conversazione conversacion conversa gesprek "
            "rozmowa konusma dialog dialogue"
        ),
        "talk",
    ),
    **dict.fromkeys(_words("therapy therapie terapia psychotherapy psychotherapie"), "therapy"),
    **dict.fromkeys(_words("interview entretien intervista entrevista wywiad"), "interview"),
}
# What says nothing of whose a recording is, or when it was made.
SAID_ELSEWHERE = frozenset(
    _words(
        "eeg raw data recording recordings rec aufnahme aufnahmen nagranie nagrania export file default edf "
        "bdf final new copy kopie copie copia kopia gravacao gravacoes grabacion grabaciones registo "
        "kayit kayitlar registro eegs brainvision mobita biosemi xdf study studie daten donnees dati datos "
        "dados gegevens estudo estudio and und et e y en"
    )
)


def plain(word: str) -> str:
    """A word in small letters without accents: Thérapeute is therapeute, and so is THÉRAPEUTE."""
    return plain_letters(word).casefold()


def natural(text: str) -> list[tuple[int, str]]:
    """A key by which T2 comes before T10."""
    return [(int(part or 0), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", text)]
