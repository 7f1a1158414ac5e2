"""The methods paragraph, written from the resolved config and the versions that really ran, with references.

It says only what the config and the package list show, and says plainly which choices are Interbrain's own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from interbrain.findings.scores import scales_of
from interbrain.report import words
from interbrain.statistics.presence import EXACT_UP_TO


@dataclass(frozen=True)
class Reference:
    """One reference: BibTeX type and fields; `short` is how the text cites it."""

    key: str
    short: str
    kind: str
    fields: dict

    @property
    def bibtex(self) -> str:
        lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in self.fields.items())
        return f"@{self.kind}{{{self.key},\n{lines}\n}}\n"

    @property
    def text(self) -> str:
        """The reference as a line to read, without its DOI."""
        f = self.fields
        names = f["author"].split(" and ")
        short = len(names) > 7 or names[-1] == "others"
        authors = "; ".join([*[name for name in names[:6] if name != "others"], "et al."] if short else names)
        issue = f"({f['number']})" if "number" in f else ""
        pages = f", {f['pages'].replace('--', '–')}" if "pages" in f else ""
        place = (
            f" {f['journal']}, {f['volume']}{issue}{pages}."
            if "journal" in f
            else f" {f.get('howpublished', '')}."
        )
        return f"{authors} ({f['year']}). {f['title'].replace('{', '').replace('}', '')}.{place}"

    @property
    def doi(self) -> str | None:
        return self.fields.get("doi")


def _article(
    key, short, author, year, title, journal, volume, number=None, pages=None, doi=None
) -> Reference:
    fields = {
        "author": author, "year": year, "title": title, "journal": journal, "volume": volume,
        "number": number,
        "pages": pages, "doi": doi,
    }  # fmt: skip
    return Reference(key, short, "article", {name: value for name, value in fields.items() if value})


REFERENCES = {
    reference.key: reference
    for reference in (
        _article(
            "Lachaux1999", "Lachaux et al., 1999",
            "Lachaux, Jean-Philippe and Rodriguez, Eugenio and Martinerie, Jacques and Varela, Francisco J.",
            "1999", "Measuring phase synchrony in brain signals", "Human Brain Mapping", "8", "4", "194--208",
            "10.1002/(SICI)1097-0193(1999)8:4<194::AID-HBM4>3.0.CO;2-C",
        ),
        _article(
            "Gramfort2013", "Gramfort et al., 2013",
            "Gramfort, Alexandre and Luessi, Martin and Larson, Eric and Engemann, Denis A. and Strohmeier, "
            "Daniel "
            "and Brodbeck, Christian and Goj, Roman and Jas, Mainak and Brooks, Teon and Parkkonen, Lauri "
            "and "
            "Hämäläinen, Matti",
            "2013", "{MEG} and {EEG} data analysis with {MNE-Python}", "Frontiers in Neuroscience", "7",
            pages="267", doi="10.3389/fnins.2013.00267",
        ),
        _article(
            "Pernet2019", "Pernet et al., 2019",
            "Pernet, Cyril R. and Appelhoff, Stefan and Gorgolewski, Krzysztof J. and Flandin, Guillaume and "
            "Phillips, Christophe and Delorme, Arnaud and Oostenveld, Robert",
            "2019", "{EEG-BIDS}, an extension to the brain imaging data structure for electroencephalography",
            "Scientific Data", "6", pages="103", doi="10.1038/s41597-019-0104-8",
        ),
        _article(
            "Appelhoff2019", "Appelhoff et al., 2019",
            "Appelhoff, Stefan and Sanderson, Matthew and Brooks, Teon L. and van Vliet, Marijn and Quentin, "
            "Romain "
            "and Holdgraf, Chris and Chaumon, Maximilien and Mikulan, Ezequiel and Tavabi, Kambiz and "
            "Höchenberger, Richard and Welke, Dominik and Brunner, Clemens and Rockhill, Alexander P. and "
            "Larson, Eric and Gramfort, Alexandre and Jas, Mainak",
            "2019",
            "{MNE-BIDS}: Organizing electrophysiological data into the {BIDS} format and facilitating their "
            "analysis",
            "Journal of Open Source Software", "4", "44", "1896", "10.21105/joss.01896",
        ),
        _article(
            "BigdelyShamlo2015", "Bigdely-Shamlo et al., 2015",
            "Bigdely-Shamlo, Nima and Mullen, Tim and Kothe, Christian and Su, Kyung-Min and Robbins, Kay A.",
            "2015", "The {PREP} pipeline: standardized preprocessing for large-scale {EEG} analysis",
            "Frontiers in Neuroinformatics", "9", pages="16", doi="10.3389/fninf.2015.00016",
        ),
        Reference(
            "PyPREP", "Appelhoff et al., 2022", "misc",
            {
                "author": "Appelhoff, Stefan and Hurst, Austin J. and Lawrence, Aamna and Li, Adam "
                "and others",
                "year": "2022",
                "title": "{PyPREP}: A {Python} implementation of the preprocessing pipeline ({PREP}) "
                "for {EEG} data",
                "howpublished": "Zenodo",
                "doi": "10.5281/zenodo.6363575",
            },
        ),
        _article(
            "Tenke2001", "Tenke & Kayser, 2001", "Tenke, Craig E. and Kayser, Jürgen",
            "2001", "A convenient method for detecting electrolyte bridges in multichannel "
            "electroencephalogram and event-related potential recordings",
            "Clinical Neurophysiology", "112", "3", "545--550",
        ),
        _article(
            "Ablin2018", "Ablin et al., 2018",
            "Ablin, Pierre and Cardoso, Jean-François and Gramfort, Alexandre",
            "2018", "Faster independent component analysis by preconditioning with {Hessian} approximations",
            "IEEE Transactions on Signal Processing", "66", "15", "4040--4049", "10.1109/TSP.2018.2844203",
        ),
        _article(
            "PionTonachini2019", "Pion-Tonachini et al., 2019",
            "Pion-Tonachini, Luca and Kreutz-Delgado, Ken and Makeig, Scott",
            "2019", "{ICLabel}: An automated electroencephalographic independent component classifier, "
            "dataset, and website",
            "NeuroImage", "198", pages="181--197", doi="10.1016/j.neuroimage.2019.05.026",
        ),
        _article(
            "Li2022", "Li et al., 2022",
            "Li, Adam and Feitelberg, Jacob and Saini, Anand Prakash and Höchenberger, Richard and "
            "Scheltienne, Mathieu",
            "2022", "{MNE-ICALabel}: Automatically annotating {ICA} components with {ICLabel} in {Python}",
            "Journal of Open Source Software", "7", "76", "4484", "10.21105/joss.04484",
        ),
        _article(
            "Jas2017", "Jas et al., 2017",
            "Jas, Mainak and Engemann, Denis A. and Bekhti, Yousra and Raimondo, Federico and Gramfort, "
            "Alexandre",
            "2017", "Autoreject: Automated artifact rejection for {MEG} and {EEG} data",
            "NeuroImage", "159", pages="417--429", doi="10.1016/j.neuroimage.2017.06.030",
        ),
        _article(
            "GreenhouseGeisser1959", "Greenhouse & Geisser, 1959",
            "Greenhouse, Samuel W. and Geisser, Seymour",
            "1959", "On methods in the analysis of profile data", "Psychometrika", "24", "2", "95--112",
            "10.1007/BF02289823",
        ),
        _article(
            "Vallat2018", "Vallat, 2018", "Vallat, Raphael",
            "2018", "Pingouin: statistics in {Python}", "Journal of Open Source Software", "3", "31", "1026",
            "10.21105/joss.01026",
        ),
        _article(
            "Holm1979", "Holm, 1979", "Holm, Sture",
            "1979", "A simple sequentially rejective multiple test procedure",
            "Scandinavian Journal of Statistics",
            "6", "2", "65--70",
        ),
        _article(
            "Zellner1962", "Zellner, 1962", "Zellner, Arnold",
            "1962", "An efficient method of estimating seemingly unrelated regressions and tests for "
            "aggregation bias",
            "Journal of the American Statistical Association",
            "57", "298", "348--368",
        ),
        _article(
            "OlejnikAlgina2003", "Olejnik & Algina, 2003", "Olejnik, Stephen and Algina, James",
            "2003", "Generalized eta and omega squared statistics: Measures of effect size for some common "
            "research designs",
            "Psychological Methods", "8", "4", "434--447", "10.1037/1082-989X.8.4.434",
        ),
        _article(
            "NicholsHolmes2002", "Nichols & Holmes, 2002", "Nichols, Thomas E. and Holmes, Andrew P.",
            "2002", "Nonparametric permutation tests for functional neuroimaging: A primer with examples",
            "Human Brain Mapping", "15", "1", "1--25", "10.1002/hbm.1058",
        ),
        _article(
            "MarisOostenveld2007", "Maris & Oostenveld, 2007", "Maris, Eric and Oostenveld, Robert",
            "2007", "Nonparametric statistical testing of {EEG}- and {MEG}-data",
            "Journal of Neuroscience Methods", "164", "1", "177--190", "10.1016/j.jneumeth.2007.03.024",
        ),
        _article(
            "Winkler2014", "Winkler et al., 2014",
            "Winkler, Anderson M. and Ridgway, Gerard R. and Webster, Matthew A. and Smith, Stephen M. and "
            "Nichols, Thomas E.",
            "2014", "Permutation inference for the general linear model", "NeuroImage", "92",
            pages="381--397", doi="10.1016/j.neuroimage.2014.01.060",
        ),
        _article(
            "Welch1951", "Welch, 1951", "Welch, Bernard L.",
            "1951", "On the comparison of several mean values: An alternative approach", "Biometrika",
            "38", "3/4", "330--336", "10.2307/2332579",
        ),
        _article(
            "MacKinnonWhite1985", "MacKinnon & White, 1985", "MacKinnon, James G. and White, Halbert",
            "1985", "Some heteroskedasticity-consistent covariance matrix estimators with improved finite "
            "sample properties",
            "Journal of Econometrics", "29", "3", "305--325", "10.1016/0304-4076(85)90158-7",
        ),
        _article(
            "PustejovskyTipton2018", "Pustejovsky & Tipton, 2018",
            "Pustejovsky, James E. and Tipton, Elizabeth",
            "2018", "Small-sample methods for cluster-robust variance estimation and hypothesis testing in "
            "fixed effects models",
            "Journal of Business & Economic Statistics", "36", "4", "672--683",
            "10.1080/07350015.2016.1247004",
        ),
        _article(
            "BellMcCaffrey2002", "Bell & McCaffrey, 2002", "Bell, Robert M. and McCaffrey, Daniel F.",
            "2002", "Bias reduction in standard errors for linear regression with multi-stage samples",
            "Survey Methodology", "28", "2", "169--181",
        ),
        _article(
            "KenwardRoger1997", "Kenward & Roger, 1997", "Kenward, Michael G. and Roger, James H.",
            "1997", "Small sample inference for fixed effects from restricted maximum likelihood",
            "Biometrics", "53", "3", "983--997", "10.2307/2533558",
        ),
        _article(
            "ChungRomano2013", "Chung & Romano, 2013", "Chung, EunYi and Romano, Joseph P.",
            "2013", "Exact and asymptotically robust permutation tests", "The Annals of Statistics",
            "41", "2", "484--507", "10.1214/13-AOS1090",
        ),
        _article(
            "Lakens2017", "Lakens, 2017", "Lakens, Daniël",
            "2017", "Equivalence tests: A practical primer for {t} tests, correlations, and meta-analyses",
            "Social Psychological and Personality Science", "8", "4", "355--362", "10.1177/1948550617697177",
        ),
        _article(
            "Rouder2009", "Rouder et al., 2009",
            "Rouder, Jeffrey N. and Speckman, Paul L. and Sun, Dongchu and Morey, Richard D. and Iverson, "
            "Geoffrey",
            "2009", "Bayesian {t} tests for accepting and rejecting the null hypothesis",
            "Psychonomic Bulletin & Review", "16", "2", "225--237", "10.3758/PBR.16.2.225",
        ),
        _article(
            "Perugini2014", "Perugini et al., 2014",
            "Perugini, Marco and Gallucci, Marcello and Costantini, Giulio",
            "2014", "Safeguard power as a protection against imprecise power estimates",
            "Perspectives on Psychological Science", "9", "3", "319--332", "10.1177/1745691614528519",
        ),
        _article(
            "Efron1987", "Efron, 1987", "Efron, Bradley",
            "1987", "Better bootstrap confidence intervals",
            "Journal of the American Statistical Association", "82", "397", "171--185",
            "10.1080/01621459.1987.10478410",
        ),
        _article(
            "Wilcox1994", "Wilcox, 1994", "Wilcox, Rand R.",
            "1994", "The percentage bend correlation coefficient", "Psychometrika", "59", "4", "601--616",
            "10.1007/BF02294395",
        ),
        _article(
            "Simonsohn2020", "Simonsohn et al., 2020",
            "Simonsohn, Uri and Simmons, Joseph P. and Nelson, Leif D.",
            "2020", "Specification curve analysis", "Nature Human Behaviour", "4", "11", "1208--1214",
            "10.1038/s41562-020-0912-z",
        ),
        _article(
            "Molder2021", "Mölder et al., 2021",
            "Mölder, Felix and Jablonski, Kim Philipp and Letcher, Brice and Hall, Michael B. and "
            "Tomkins-Tinch, "
            "Christopher H. and Sochat, Vanessa and Forster, Jan and Lee, Soohyun and Twardziok, Sven O. and "
            "Kanitz, Alexander and Wilm, Andreas and Holtgrewe, Manuel and Rahmann, Sven and Nahnsen, Sven "
            "and "
            "Köster, Johannes",
            "2021", "Sustainable data analysis with {Snakemake}", "F1000Research", "10", pages="33",
            doi="10.12688/f1000research.29032.2",
        ),
        _article(
            "HorvathGreenberg1989", "Horvath & Greenberg, 1989", "Horvath, Adam O. and Greenberg, Leslie S.",
            "1989", "Development and validation of the {Working Alliance Inventory}",
            "Journal of Counseling Psychology", "36", "2", "223--233", "10.1037/0022-0167.36.2.223",
        ),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Methods:
    """Paragraphs to paste and the references that they cite, in the order of citation."""

    paragraphs: tuple
    references: tuple

    @property
    def text(self) -> str:
        return "\n\n".join(self.paragraphs)

    @property
    def markdown(self) -> str:
        listed = "\n".join(
            f"- {reference.text}" + (f" https://doi.org/{reference.doi}" if reference.doi else "")
            for reference in self.references
        )
        return f"## Methods\n\n{self.text}\n\n## References\n\n{listed}\n"

    @property
    def bibtex(self) -> str:
        return "\n".join(reference.bibtex for reference in self.references)


class _Citations:
    """Collects what the text cites while it is written."""

    def __init__(self):
        self.keys = []

    def __call__(self, key: str) -> str:
        if key not in self.keys:
            self.keys.append(key)
        return REFERENCES[key].short


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
        how many; ``by_hand``: how many automatic decisions a person took over; ``scores``: names of the
        questionnaire scores; ``unit_of_pairs``: over whom pairs of channels were tested; ``analyses``:
        combinations of choices, 0 without any; ``of_fewer_times``:
        what became of dyads that have some of the times only.
    """
    config = provenance.get("config") or {}
    packages = provenance.get("packages") or {}
    cite = _Citations()

    def package(name, spelled=None, *keys):
        inside = [text for text in (packages.get(name), *(cite(key) for key in keys)) if text]
        return f"{spelled or name} ({'; '.join(inside)})" if inside else spelled or name

    def get(*keys, default=None):
        value = config
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        return default if value is None else value

    paragraphs = [
        _sample(sizes, get, provenance, package, cite),
        _cleaning(get, package, packages, cite, sizes.get("mains", {})),
        _components(get, package, sizes.get("not_judged", {}), sizes.get("recordings", 0)),
        _clock_and_windows(get, sizes, package),
        _by_hand(sizes.get("by_hand", 0)),
        _phase_locking(get, cite),
        _presence(get, sizes, cite),
        _groups(get, sizes, package, packages, cite),
        _correlations(get, sizes, package, packages, cite),
        _channel_pairs(get, sizes, cite),
        _multiverse(get, sizes.get("analyses", 0), cite),
        _own_choices(get),
    ]
    text = tuple(paragraph for paragraph in map(" ".join, paragraphs) if paragraph)
    return Methods(text, tuple(REFERENCES[key] for key in cite.keys))


def _hertz(edges) -> str:
    return (
        f"{edges[0]:g}–{edges[1]:g} Hz" if isinstance(edges, list | tuple) and len(edges) == 2 else str(edges)
    )


def _sample(sizes, get, provenance, package, cite):
    if provenance.get("simulated"):
        yield (
            "The recordings were simulated with known coupling; no person was recorded, and this text shows "
            "only how a "
            "methods section would read."
        )
    times = [words.spoken(time) for time in get("times", default=[])]
    repeated = f" at {words.counted(len(times), 'time')} ({words.listed(times)})" if times else ""
    yield (
        f"The analysis included {words.counted(sizes['dyads'], 'dyad')} "
        f"({words.counted(sizes['therapists'], 'therapist')}, "
        f"{words.counted(sizes['clients'], 'client')}); the EEG of both members was recorded "
        f"simultaneously at rest{repeated}."
    )
    version = provenance.get("version", words.NOT_AVAILABLE)
    commit = provenance.get("commit")
    code = f", commit {str(commit)[:10]}" if not words.is_missing(commit) else ""
    code += ", with local changes" if provenance.get("dirty") else ""
    yield (
        f"All steps from raw files to statistics ran in Interbrain {version}{code}, on Python "
        f"{provenance.get('python', words.NOT_AVAILABLE)} and "
        f"{package('snakemake', 'Snakemake', 'Molder2021')}."
    )
    yield (
        f"Recordings were written as a BIDS dataset ({cite('Pernet2019')}) with "
        f"{package('mne-bids', 'MNE-BIDS', 'Appelhoff2019')}."
    )


def _mains(frequency) -> str:
    if not isinstance(frequency, dict):
        return f"{frequency:g} Hz and its harmonics"
    each = (f"{frequency[role]:g} Hz ({role}s)" for role in ("therapist", "client"))
    return f"{' or '.join(each)} and the harmonics"


def _cleaning(get, package, packages, cite, mains):
    cleaning = get("cleaning", default={})
    mne = package("mne", "MNE-Python", "Gramfort2013")
    if cleaning.get("sfreq"):
        yield (
            f"With {mne}, each continuous recording was resampled to {cleaning['sfreq']:g} Hz (polyphase)"
            + (f" and notch-filtered at {_mains(get('line_frequency'))}" if get("line_frequency") else "")
            + "."
        )
    named = get("line_frequency")
    named = named.values() if isinstance(named, dict) else [named]
    others = {hz: n for hz, n in mains.items() if hz not in named}
    if others:
        told = words.listed(f"{hz:g} Hz in {words.counted(n, 'recording')}" for hz, n in others.items())
        yield f"Where the mains had another frequency, that one was removed ({told})."
    if "pyprep" in packages:
        yield (
            "Bad channels were detected per recording with "
            f"{package('pyprep', 'PyPREP', 'PyPREP', 'BigdelyShamlo2015')} (without RANSAC and without its "
            "spectrum criterion; amplitudes without the alpha band) and, where gel joined electrodes, by the "
            f"power of their difference at 4–7 and 14–40 Hz ({cite('Tenke2001')}); the table of exclusions "
            "names them."
        )
    if cleaning.get("highpass") is not None and cleaning.get("lowpass") is not None:
        yield (
            f"A zero-phase FIR filter of {cleaning['highpass']:g}–{cleaning['lowpass']:g} Hz followed; bad "
            "channels were interpolated (spherical splines) and entered neither the average reference nor "
            "any PLV."
        )


def _components(get, package, not_judged, n_recordings):
    ica = get("cleaning", "ica", default={})
    if not ica.get("do"):
        yield "No independent component analysis was done."
    else:
        most = f"at most {ica['max_components']} " if ica.get("max_components") else ""
        yield (
            f"Of each recording's good channels (1–100 Hz, average reference), {most}independent components "
            "were fitted, fewer where its rank or length allowed no more, with "
            f"{package('python-picard', 'Picard', 'Ablin2018')} (extended), and labelled by ICLabel with "
            f"{package('mne-icalabel', 'MNE-ICALabel', 'PionTonachini2019', 'Li2022')}."
        )
        limits: dict = {}
        for label, limit in (ica.get("remove") or {}).items():
            limits.setdefault(limit, []).append(label)
        told = words.listed(
            f"{words.listed(labels)} with a probability of at least {words.proportion(limit, 2)}"
            for limit, labels in limits.items()
        )
        if told:
            yield f"Components labelled {told} were removed; all others stayed."
    if get("cleaning", "muscle_db"):
        yield (
            "Bursts of muscle activity were marked in what was left: half-second blocks whose power between "
            "the mains and their first harmonic lay "
            f"{get('cleaning', 'muscle_db'):g} dB above the recording's own median, on average over the "
            "quarter of channels where it was highest, and whose amplitude over the strongest quarter was at "
            "least 3 µV RMS per 40 Hz; below 10 µV, blocks did not count in which all channels rose alike "
            "and each by itself, as an amplifier's noise does."
        )
    yield (
        "Electrode pops (a jump by at least 0.4 mV at one electrode) were left out, with the time over which "
        "the high-pass filter spreads them."
    )
    for lacking, count in not_judged.items():
        what, _, why = lacking.partition(": ")
        yield (
            f"{what[0].upper()}{what[1:]} could not be judged in {count} of "
            f"{words.counted(n_recordings, 'recording')}: {why}."
        )


UNKNOWN_DRIFT = "the drift between their clocks was not measured and was taken to be zero"
# How the clocks of recordings are tied without shared markers, as the end of a sentence.
OTHER_CLOCKS = {
    "start_marker": f"were aligned on one shared trigger; {UNKNOWN_DRIFT}",
    "lsl_clock": "were aligned by the time stamps of the Lab Streaming Layer (offset and drift)",
    "same_file": "were made by one amplifier, with one clock",
    "header_time": "were aligned by the start times in their files, which are accurate to a second at best; "
    + UNKNOWN_DRIFT,
    "shared_start": "were taken to start at the same instant, as the laboratory stated; " + UNKNOWN_DRIFT,
}


def _by_hand(count):
    if count:
        yield (
            f"After looking at the recordings, a person decided {words.counted(count, 'time')} in the place "
            "of these rules, each time with a reason (table of decisions)."
        )


def _matched(counts):
    """How many of the triggers were matched, in the pair with the fewest and in all of them."""
    if not counts:
        return
    shares = [matched / min(therapist, client) for matched, therapist, client in counts]
    fewest = counts[shares.index(min(shares))]
    if min(shares) == 1 and all(therapist == client for _, therapist, client in counts):
        yield "Every trigger was matched in every pair of recordings."
        return
    yield (
        "In the pair of recordings with the smallest share of matched triggers, {} of the therapist's {} and "
        "the client's {} triggers were matched".format(*fewest)
        + (f"; on average, {100 * sum(shares) / len(shares):.0f}%." if len(counts) > 1 else ".")
    )


def _clock_and_windows(get, sizes, package):
    sync_methods = sizes["sync_methods"]
    if "markers" in sync_methods:
        residual = get("clock", "max_residual_ms")
        yield (
            "The two amplifiers' clocks were aligned on shared triggers (offset and slope)"
            + (
                f"; a residual above {residual:g} ms would have stopped the analysis."
                if residual is not None
                else "."
            )
        )
        yield from _matched(sizes.get("matched") or [])
        if left_out := sizes.get("not_confirmed"):
            yield (
                "Triggers before the first or after the last matched one, or between two, that had no match "
                "in the other recording can be lost and spurious ones or show a jump of a clock; the "
                f"{left_out} window{'s' * (left_out > 1)} there {'were' if left_out > 1 else 'was'} not used."
            )
    others = [sentence for method, sentence in OTHER_CLOCKS.items() if method in sync_methods]
    whose = "Of other pairs of recordings, both" if "markers" in sync_methods else "Both members' recordings"
    for sentence in others:
        yield f"{whose} {sentence}."
        whose = "Of other pairs of recordings, both"
    if longest := sizes.get("unknown_drift_s"):
        yield (
            f"With a drift of 100 ppm, recordings whose drift was not measured would be {longest / 10:.0f} "
            f"ms apart after {longest:.0f} s."
        )
    windows = get("windows", default={})
    if windows.get("length_s"):
        edge = (
            f"; {windows['edge_s']:g} s at both ends and around gaps were left out"
            if windows.get("edge_s")
            else ""
        )
        yield (
            f"The recording was cut into non-overlapping windows of {windows['length_s']:g} s at the same "
            f"instants in both members{edge}."
        )
    if windows.get("max_peak_to_peak_uv"):
        low = f"{windows['min_peak_to_peak_uv']:g} to " if windows.get("min_peak_to_peak_uv") else "up to "
        high = windows.get("max_peak_to_peak_elsewhere_uv")
        elsewhere = f", elsewhere up to {high:g} µV" if high else ""
        muscle = ", no muscle burst" if get("cleaning", "muscle_db") else ""
        learnt = ""
        if windows.get("autoreject"):
            which = "one limit" if windows["autoreject"] == "global" else "a limit for each channel"
            by = package("autoreject", "autoreject", "Jas2017")
            learnt = f", nothing above {which} that {by} learnt from the recording"
        yield (
            "A window was kept only if it was good in both members (peak-to-peak amplitude at the sites' "
            f"channels {low}{windows['max_peak_to_peak_uv']:g} µV{elsewhere}, no lost samples"
            f"{muscle}{learnt})"
            + (
                f"; a recording with less than {windows['min_clean_s']:g} s was not used."
                if windows.get("min_clean_s")
                else "."
            )
        )


OVER = {
    "time": "over time within each window and then averaged over windows",
    "windows": "over windows at each instant of a window and then averaged over instants",
    "recording": "over all samples of all windows",
}


def _phase_locking(get, cite):
    bands = words.listed(f"{name} ({_hertz(edges)})" for name, edges in get("bands", default={}).items())
    rois = words.listed(f"{name} ({', '.join(sites)})" for name, sites in get("rois", default={}).items())
    rate = get("phase", "sfreq")
    yield (
        f"Inter-brain phase-locking values (PLV; {cite('Lachaux1999')}) were computed for "
        f"{bands or 'each band'}: the "
        "continuous signals were filtered to the band and Hilbert-transformed before any window was cut"
        + (f" (phases sampled at {rate:g} Hz)" if rate else "")
        + f", PLV was taken {OVER[get('synchrony', 'over', default='time')]}, and averaged over all pairs of "
        f"the therapist's and the client's channels of the same site: {rois or 'each site'}."
    )
    yield from _events(get)
    if band := get("synchrony", "individual_alpha"):
        yield (
            f"The band {band} lay around each person's own alpha peak (2 Hz to either side), or where the "
            "study puts it if a person had no clear peak."
        )
    if further := get("synchrony", "estimators", default=[]):
        named = [words.ESTIMATORS.get(name, words.spoken(name)) for name in further]
        yield f"Further estimators, computed alike: {words.listed(named)} (defined in the data dictionary)."
    shifts, least = get("chance", "n_shifts"), get("chance", "min_shift_s")
    yield (
        "Because PLV is biased upward and depends on signal-to-noise ratio, each dyad's chance level was "
        "estimated from "
        + (f"{shifts} " if shifts else "")
        + "circular shifts of one member's signal against the other's"
        + (f" (by at least {least:g} s)" if least else "")
        + "; PLV above chance is PLV minus the mean of these, and p is (b + 1)/(m + 1), with b of the m "
        "shifts reaching the "
        "observed value. The chance level removes what signals of this strength give without coupling; it "
        "does not make PLV independent of the signal-to-noise ratio: with the same coupling, PLV above "
        "chance is higher where the rhythms exceed the background by more."
    )
    alike = get("chance", "alike", default=[])
    yield (
        "PLV above chance was also compared with that of pseudo-dyads: every therapist with every client of "
        "another dyad"
        + (f" of the same {words.listed(words.spoken(factor) for factor in alike)}" if alike else "")
        + " at the same time of measurement and the same time since the start, people who had sat together "
        "left out."
    )
    if surrogates := get("chance", "n_surrogates"):
        yield f"A third null was {surrogates} phase-randomised surrogates of the client's signal."


def _presence(get, sizes, cite):
    therapists = sizes["therapists"] < sizes["dyads"]
    relabelings = get("statistics", "relabelings", default=10_000)
    flips = (
        f"all 2^{sizes['dyads']}"
        if sizes["dyads"] <= EXACT_UP_TO
        else f"{relabelings} random ones, the observed signs among them"
    )
    over = ", and over therapists with the mean of each one's dyads" if therapists else ""
    yield (
        "Whether there was synchrony at all was tested with the dyads' PLV above chance, and above that of "
        f"pseudo-dyads, against zero, as the mean over times, sites and bands{over}: by a two-sided t-test "
        "with the 95% interval, dz (mean over SD) and a Bayes factor (Cauchy prior of width .707; "
        f"{cite('Rouder2009')}), and by sign flips ({flips}), which assume symmetry alone and decide. The "
        "tests are two-sided because values below chance would be a sign of a fault. At single sites and "
        "bands, the largest |t| of each sign flip controls the family-wise error "
        f"({cite('NicholsHolmes2002')})."
    )
    yield from _simultaneous(get)


def _events(get):
    named = get("events", "names", default=[])
    if not named:
        return
    begin, end = (words.number(edge, 1) for edge in get("events", "window_s"))
    what = words.listed(f"“{name}”" for name in named)
    if get("events", "do") == "regress":
        yield (
            f"Beforehand, the mean response to the events {what} (from {begin} to {end} s) was estimated by "
            "least squares at each channel of each member's cleaned recording and subtracted."
        )
    else:
        yield (
            f"Windows that overlapped the time from {begin} to {end} s around the events {what} were left "
            "out."
        )


def _simultaneous(get):
    far, largest = get("lags", "far_from_s"), get("lags", "max_s")
    if not far or not largest:
        return
    amplitudes = "aec" in get("synchrony", "estimators", default=[])
    yield (
        "To tell coupling from a slow rise and fall that both members share, PLV at zero lag was compared "
        f"with its mean at lags of {far:g} to {largest:g} s in both directions (one member's continuous "
        "signal shifted against windows of the other, with the same number of samples at every lag, in "
        "windows whose neighbours had been kept too); the difference"
        + (", and amplitude envelope correlation above chance, were" if amplitudes else " was")
        + " tested against zero in the same way. Responses of both members to the same events cannot be "
        "told from coupling by these tests."
    )


def _groups(get, sizes, package, packages, cite):
    between = [
        words.spoken(x) for x in get("statistics", "between", default=list(get("factors", default={})))
    ]
    within = [words.WITHIN.get(x, words.spoken(x)) for x in get("statistics", "within", default=[])]
    measures = [words.measure(x) for x in get("statistics", "measures", default=[])]
    times = [words.spoken(time) for time in get("times", default=[])]
    time = get("statistics", "time", default="mean")
    if not (between or within):
        return
    if time == "factor":
        within = ["time", *within]
    kinds = [f"{words.listed(between)} between dyads"] if between else []
    kinds += [f"{words.listed(within)} within dyads"] if within else []
    shape = ""
    if len(between) > 1:
        full = get("statistics", "interactions", default=False)
        shape = " (with their interactions)" if full else " (between factors as main effects only)"
    covariates = [words.spoken(name) for name in get("statistics", "covariates", default=[])]
    enters = ""
    if len(times) > 1:
        enters = {
            "mean": ", averaged over times,",
            "change": f", as the change from {times[0]} to {times[-1]},",
            "ancova": f" at {times[-1]}",
        }.get(time, "")
        if time == "ancova":
            covariates.insert(0, f"the dyad's mean at {times[0]}")
    adjusted = ""
    if covariates:
        adjusted = f", and {words.listed(covariates)} as covariate{'s' if len(covariates) > 1 else ''}"
    ss_type = "II" if get("statistics", "sums_of_squares", default=3) == 2 else "III"
    yield (
        f"{words.listed(measures) or 'PLV'}{enters} went into a repeated-measures analysis of variance with "
        f"{' and '.join(kinds)}{shape}{adjusted}, by orthonormal contrasts with type {ss_type} sums of "
        "squares; where a within-dyad effect had more than one degree of freedom, p was corrected "
        f"({cite('GreenhouseGeisser1959')})."
    )
    if of_fewer := sizes.get("of_fewer_times"):
        yield of_fewer
    yield (
        "Effect sizes are partial eta squared with an interval of the noncentral F, generalised eta squared "
        f"({cite('OlejnikAlgina2003')}) and omega squared. Pairs of levels were compared by estimated "
        f"marginal means, with Holm's correction ({cite('Holm1979')}) within an effect."
    )
    if not between:
        return
    if relabelings := get("statistics", "relabelings"):
        yield (
            "Each factor between dyads was also tested by permutation: its labels were permuted among dyads "
            "with the same levels of the other factors and, where a therapist is in several dyads, among "
            "therapists, or among each one's dyads for a factor that varies within therapists, "
            f"in all distinct ways or, where there are more, in {relabelings} random ones; over sites and "
            f"bands, the largest statistic controls the family-wise error ({cite('NicholsHolmes2002')})."
        )
    alone = len(between) == 1 and not covariates
    yield (
        "Because groups may differ in spread, which F and its permutation do not allow for, each factor was "
        f"also tested by Welch's analysis of variance ({cite('Welch1951')}"
        + ("" if alone else "; adjusted for the other terms, with a residual variance of each level")
        + f"), with HC3 standard errors ({cite('MacKinnonWhite1985')}), both with Satterthwaite's degrees of "
        f"freedom ({cite('PustejovskyTipton2018')}), and by a permutation of the studentised statistic "
        f"({cite('ChungRomano2013')}). The first decides."
    )
    if sizes["therapists"] < sizes["dyads"]:
        yield (
            "Because dyads that share a therapist are not independent, each factor and its products were "
            f"also tested with cluster-robust errors over therapists (CR2, {cite('BellMcCaffrey2002')}; "
            f"{cite('PustejovskyTipton2018')}), and a factor of the therapist by Welch's test over the "
            "therapists' means as well. "
            + (
                "More than one therapist has several dyads: these tests decide, both being needed, and "
                "equivalence is judged by their errors."
                if sizes.get("therapists_decide")
                else "One therapist alone has several dyads, so that the tests over dyads decide."
            )
        )
    if bound := get("statistics", "equivalence", "d"):
        yield (
            f"Two one-sided tests ({cite('Lakens2017')}) asked whether an adjusted difference is smaller "
            f"than d = {bound:g}, the smallest that would matter, with Holm's correction over the pairs of "
            "levels; d is the difference in residual standard deviations of the model. Bayes factors use a "
            f"Cauchy prior of width .707 ({cite('Rouder2009')})."
        )
        yield (
            "Power was computed for factors of two levels: the smallest difference that this study detects "
            "with 80% power, and the dyads that a new study needs for the end near zero of the 60% interval "
            f"of the observed difference ({cite('Perugini2014')})."
        )
    averaged = ""
    if len(get("bands", default={})) > 1:
        averaged = (
            " in its own band, and the adjusted differences were averaged over bands, with the covariance of "
            f"the bands' residuals ({cite('Zellner1962')})"
        )
    yield (
        "Every difference was tested again with the signal-to-noise ratio (SNR) of both members held "
        "constant: the logarithm of 1 + SNR, which is band power over the 1/f background, was a covariate"
        f"{averaged}. SNR itself was compared between the groups, with Holm's correction over members and "
        "bands."
    )
    joint = " and the joint test of all analyses" if get("multiverse") else ""
    yield (
        "A difference is reported as found where raw PLV and PLV above chance both showed it at p < .05, in "
        "the direction of the adjusted contrast, and as confirmed where the test that allows unequal spread "
        f"and the permutation test{joint} agreed. Where it did not reach p < .05 with SNR held constant, it "
        "is reported as not apart from signal-to-noise."
    )
    yield (
        "A linear mixed model with the therapist as a random effect (restricted maximum likelihood, degrees "
        f"of freedom of {cite('KenwardRoger1997')}) allows for therapists in several dyads, where it could "
        "be fitted; dyads that lack a value enter with those that they have."
    )


def _correlations(get, sizes, package, packages, cite):
    forms = get("questionnaires", default={})
    differences = get("differences", default={})
    named = [str(x) for x in sizes.get("scores") or get("statistics", "correlate", default=[])]
    if named:
        labels = [words.score(x, forms, differences) for x in named]
        labels[1:] = [f"a{x[1:]}" if x.startswith("Absolute ") else x for x in labels[1:]]
        by = f" with {package('pingouin', 'pingouin', 'Vallat2018')}" if "pingouin" in packages else ""
        yield (
            f"{words.listed(labels)} {'was' if len(labels) == 1 else 'were'} correlated with PLV at each "
            f"site and band. Pearson correlations were computed{by}, and their p-values were corrected over "
            f"sites and bands ({cite('Holm1979')})."
        )
        for name in dict.fromkeys(x.removesuffix("_absolute") for x in named):
            if name in differences:
                one, other = (words.form(form, forms) for form in differences[name])
                yield (
                    f"{words.score(name, forms, differences)} is the total of “{one}” minus the total of "
                    f"“{other}”."
                )
        wai = [
            words.score(x, forms, differences)
            for x in named
            if any(_is_wai(form, forms) for form, _ in scales_of(x, list(forms), differences))
        ]
        if wai:
            every = "" if len(wai) == len(named) else f" ({words.listed(wai)})"
            yield (
                f"The working alliance{every} was measured with the Working Alliance Inventory "
                f"({cite('HorvathGreenberg1989')})."
            )
        if resamples := get("statistics", "bootstraps"):
            yield (
                "Beside each correlation the tables show Spearman's, the percentage bend correlation "
                f"({cite('Wilcox1994')}), a bootstrap interval (BCa, {resamples} resamples; "
                f"{cite('Efron1987')}), its range when any one dyad is left out, and the partial correlation "
                "given the logarithm of both members' band power."
            )
        yield (
            "Each correlation was computed again as a partial correlation given the logarithm of 1 + SNR of "
            "both members at that site and band, with Holm's correction; a correlation that did not "
            "remain is reported as not apart from signal-to-noise."
        )
        if bound := get("statistics", "equivalence", "r"):
            yield f"Equivalence was tested against |r| = {words.proportion(bound, 2)}."
    seed = get("seed")
    if seed is not None:
        yield f"Random numbers derive from the seed {seed} and from the recordings' samples."


def _is_wai(name: str, forms) -> bool:
    """Whether a questionnaire is the Working Alliance Inventory, by the name that the config gives it."""
    given = (forms.get(name) or {}).get("name")
    if not words.is_missing(given):
        return "working alliance" in str(given).lower() or "wai" in re.findall(r"[a-z]+", str(given).lower())
    return "wai" in str(name).lower().split("_")


def _channel_pairs(get, sizes, cite):
    if not get("statistics", "channel_pairs"):
        return
    between = get("statistics", "between", default=list(get("factors", default={})))
    others = ["the other factors"] if len(between) > 1 else []
    others += ["the covariates"] if get("statistics", "covariates") else []
    beside = f" adjusted for {words.listed(others)}," if others else ""
    groups = (
        f", each factor by the difference between its levels,{beside} with a residual variance of each level "
        "(under relabelings within the levels of the other factors, and under sign flips of the residuals of "
        f"the model without the factor, {cite('Winkler2014')}, which allow unequal spread; the larger p "
        "counted)"
    )
    scores = (
        ", and each score by Pearson's r (under permutations of the score, and under sign flips of the "
        "values less their mean; the larger p counted)"
    )
    yield (
        "As an exploratory analysis, every pair of a channel of the therapist and a channel of the client, "
        "and every pair of sites, was tested with the mean over times: values above chance against zero by "
        f"sign flips{groups if between else ''}{scores if sizes.get('scores') else ''}. The largest |z| over "
        "all pairs and bands (z having the p of t) controlled the family-wise error of each test "
        f"({cite('NicholsHolmes2002')}). Clusters of neighbouring pairs with p < .01 were tested by the sum "
        f"of their |z| ({cite('MarisOostenveld2007')}); two pairs were neighbours if they shared one "
        "member's channel and the other member's two channels were neighbours on the head (Delaunay "
        "triangulation). A pair with an interpolated channel was missing in that dyad, and pairs that fewer "
        "than half of the dyads, or of a level's dyads, had were not tested."
    )
    if sizes.get("unit_of_pairs") == "therapist":
        yield (
            "Because several therapists had more than one dyad, therapists were the units, each with the "
            "mean of their dyads; of a factor that differed within a therapist, dyads were exchanged within "
            "therapists."
        )


def _multiverse(get, analyses, cite):
    grid = get("multiverse", default={})
    if not grid:
        return
    count = f" ({analyses} analyses)" if analyses else ""
    names = {"length_s": "window length", "rois": "sites", "correction": "handling of chance"}
    choices = [names.get(name, words.spoken(name)) for name in grid]
    relabelings = get("statistics", "relabelings")
    most = f"at most {relabelings} " if relabelings else ""
    yield (
        f"The analysis was repeated under every combination{count} of further choices of "
        f"{words.listed(choices)}, on the dyads' means over sites and bands. The median effect, the share "
        f"with p < .05 and Stouffer's z of them all were tested jointly by {most}relabelings of the dyads, "
        f"the same in every analysis ({cite('Simonsohn2020')}), compared by a studentised effect (HC3)."
    )


def _own_choices(get):
    yield (
        "Choices that are Interbrain's own or this laboratory's, and not prescribed by a published protocol: "
        "the channels "
        "of each site, the band edges, the sampling rate and filter, the reference, which components are "
        "removed, the limit of muscle bursts, the window length and its rejection "
        "limits, the number and least size of the circular shifts, the limits on the clocks, and how the "
        "times enter the "
        "model. All stand in the configuration printed with this report."
    )
