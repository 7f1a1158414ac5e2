"""The methods paragraphs, in the order of the work, and the references that they cite."""

from __future__ import annotations

from dataclasses import dataclass

from .cleaning import by_hand, cleaning, components
from .coded_events import coded_events
from .coordination import coordination
from .further import channel_pairs, multiverse, own_choices, signal_multiverse
from .groups import groups
from .limitations import limitations
from .mediation import mediation
from .recording import sample, software
from .references import Reference
from .run import Run
from .scores import correlations
from .signals import signals
from .synchrony import phase_locking, presence
from .windows import clock_and_windows
from .yields import yields

# A paragraph each.
PARAGRAPHS = (
    *(sample, cleaning, components, clock_and_windows, by_hand, yields, phase_locking, presence),
    *(signals, coordination, coded_events),
    *(groups, correlations, mediation, channel_pairs, multiverse, signal_multiverse, software, own_choices),
)


@dataclass(frozen=True)
class Methods:
    """Paragraphs to paste, the references that they cite in the order of the alphabet, and limitations."""

    paragraphs: tuple
    references: tuple[Reference, ...]
    limitations: tuple = ()

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)

    @property
    def markdown(self) -> str:
        listed = "\n".join(f"- {reference.markdown}" for reference in self.references)
        limits = " ".join(self.limitations)
        return f"## Methods\n\n{self.text}\n\n## Limitations\n\n{limits}\n\n## References\n\n{listed}\n"

    @property
    def bibtex(self) -> str:
        return "\n".join(reference.bibtex for reference in self.references)


def write_methods(provenance: dict, sizes: dict) -> Methods:
    """Write the paragraphs.

    Parameters
    ----------
    provenance : dict
        The provenance document: ``config`` (resolved), ``packages``, ``python``, ``version``, ``commit``.
    sizes : dict
        ``dyads``, ``therapists``, ``clients``: how many were analysed; ``sync_methods``: how their clocks
        were tied; ``matched``: triggers matched, of the therapist's and of the client's, in each pair tied
        by them; ``not_confirmed``: windows left out because their clock is not confirmed;
        ``unknown_drift_s``: length of the longest recording whose drift was not measured, None if there is
        none; ``recordings``: how many there were; ``mains``: which were removed (Hz), and in how
        many recordings; ``not_judged``: what could not be judged and why (as in the quality table), and in
        how many; ``pseudo_dyads``: how many of how many were drawn, in words, empty if all were used;
        ``by_hand``: how many automatic decisions a person took over; ``scores``: names of the
        questionnaire scores; ``unit_of_pairs``: over whom pairs of channels were tested; ``analyses``:
        combinations of choices, 0 without any; ``coordination_measures``: those of the other signals;
        ``of_fewer_times``: what became of dyads that have some of the times only; ``tasks``: time -> what
        was done; ``entering``: how the times or tasks enter the tests, by default as the settings say;
        ``tested``: dyads in the test of PLV above chance over all sites and bands, by default all;
        ``effects``: those of the analysis of variance, all of the config's if it is not given; ``nobody``:
        bands and sites that no dyad has; ``untested``: table of statistics -> why none of its tests could
        be computed, and ``score:`` with a
        score's name likewise; ``most_dyads``: how many dyads the therapist had who had most;
        ``yields``: as `yields_of` gives them; ``detectable``: effect -> smallest d that this study had 80%
        power for; ``therapists_of_several``: how many had several dyads; ``excluded``: how many dyads were
        left out.
    """
    run = Run(provenance, sizes)
    paragraphs = [" ".join(paragraph(run)) for paragraph in PARAGRAPHS]
    return Methods(tuple(filter(None, paragraphs)), run.references, tuple(limitations(run)))
