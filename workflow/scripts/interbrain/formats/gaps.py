"""Lost and missing samples: found, filled so that the time axis holds, and annotated as unusable.

Not here: what is then left out of an analysis (rooms `cleaning` and `epochs`).
"""

import warnings

import numpy as np

from interbrain.formats import FormatError

# An EEG channel missing for longer than this share of the recording is bad rather than bridged.
MOST_MISSING = 0.10


def mark_gaps(raw, counter="Saw"):
    """Put back the samples that a saw-tooth counter shows to be lost, and mark them.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        In memory; not changed.
    counter : str
        The channel that counts samples up to some modulus; both its step and modulus are learnt from it.

    Returns
    -------
    raw : mne.io.BaseRaw
        With each gap filled, so that the time axis holds: signals run linearly across it, triggers keep the
        value before it, the counter counts on. Each is annotated `BAD_acq_skip`, on either side of which MNE
        filters separately. `raw` itself, if nothing is lost or there is no such channel.

    Raises
    ------
    FormatError
        The counter claims more lost samples than the recording holds.

    Notes
    -----
    A counter that wraps at m samples knows a loss only modulo m: of m + 3 lost samples it shows 3, of m
    none. A wrong value between two that fit each other, or at either end, is a glitch and no gap. A channel
    that does not count brings a warning.
    """
    name = next((label for label in raw.ch_names if label.lower() == counter.lower()), None)
    if name is None or raw.n_times < 3:
        return raw
    values = raw.get_data(picks=[name])[0]
    counts, modulus = _learn_counter(values)
    if counts is None:
        message = f"channel '{name}' does not count samples, so lost samples cannot be found"
        warnings.warn(message, RuntimeWarning, stacklevel=2)
        return raw
    seen, lost = _lost_samples(counts, modulus)
    if not lost.any():
        return raw
    if lost.sum() > raw.n_times:
        raise FormatError(
            f"The counter '{name}' jumps by {lost.sum() / raw.info['sfreq']:.0f} s in all, more than the "
            "recording holds. If it does not count samples, name another counter channel."
        )
    inserted = np.zeros(raw.n_times, int)  # before each sample
    inserted[seen[1:]] = lost
    whole = _with_samples_inserted(raw, inserted)

    now_at = np.arange(raw.n_times) + np.cumsum(inserted)
    new = np.setdiff1d(np.arange(whole.n_times), now_at)
    last = seen[np.searchsorted(now_at[seen], new) - 1]
    continued = counts[last] + new - now_at[last]
    if modulus:
        start = counts[seen].min()
        continued = start + (continued - start + 0.5) % modulus - 0.5
    whole._data[whole.ch_names.index(name), new] = continued * _step(values)
    return whole


def _step(values):
    return np.nanmedian(np.diff(values))


def _learn_counter(values):
    """Each sample's count in steps, and the modulus (None: never wraps); (None, None) for no counter."""
    finite = np.isfinite(values)
    if finite.sum() < 3 or not np.isfinite(_step(values)) or _step(values) == 0:
        return None, None
    counts = values / _step(values)
    rises = np.diff(counts)
    # A drop that makes up for the jump beside it is a wrong value; all others are the counter's wrapping.
    made_up = np.abs(rises[:-1] + rises[1:] - 2) < 0.1
    is_drop = rises < 0
    is_drop[:-1] &= ~made_up
    is_drop[1:] &= ~made_up
    drops, times = np.unique(np.round(rises[is_drop], 3), return_counts=True)
    modulus = (
        1 - drops[np.argmax(times)] if drops.size else None
    )  # of equals the deepest: a gap makes it shallower
    regular = _surplus(counts, np.flatnonzero(finite), modulus) == 0
    return (counts, modulus) if regular.mean() > 0.5 else (None, None)


def _surplus(counts, seen, modulus, apart=1):
    """By how much the count outran time between samples `apart` places from each other in `seen`."""
    excess = counts[seen[apart:]] - counts[seen[:-apart]] - (seen[apart:] - seen[:-apart])
    return np.round((excess + 0.5) % modulus - 0.5 if modulus else excess)


def _lost_samples(counts, modulus):
    """Indices of samples with a trusted count, shape (n,), and how many were lost between, shape (n - 1,)."""
    seen = np.flatnonzero(np.isfinite(counts))
    jump = _surplus(counts, seen, modulus) != 0
    wrong = np.zeros(len(seen), bool)
    wrong[1:-1] = jump[:-1] & jump[1:] & (_surplus(counts, seen, modulus, apart=2) == 0)
    wrong[0] = jump[0] and not wrong[1]
    wrong[-1] = jump[-1] and not wrong[-2]
    seen = seen[~wrong]
    return seen, np.maximum(_surplus(counts, seen, modulus), 0).astype(int)


def _with_samples_inserted(raw, inserted):
    """Raw with `inserted[i]` samples put in before sample i and annotated; other annotations move along."""
    import mne

    moved_by = np.cumsum(inserted)
    now_at = np.arange(raw.n_times) + moved_by
    times = np.arange(now_at[-1] + 1)
    before = np.searchsorted(now_at, times, side="right") - 1
    data, filled = raw.get_data(), np.empty((len(raw.ch_names), len(times)))
    for old, new, kind in zip(data, filled, raw.get_channel_types(), strict=True):
        new[:] = old[before] if kind == "stim" else np.interp(times, now_at, old)
    whole = mne.io.RawArray(filled, raw.info.copy(), first_samp=raw.first_samp, verbose="error")

    sfreq, marks = raw.info["sfreq"], _marks(raw)
    begin, end = (
        moved_by[np.round(seconds * sfreq).astype(int).clip(0, raw.n_times - 1)] / sfreq
        for seconds in (marks.onset, marks.onset + marks.duration)
    )
    marks.onset += begin
    marks.duration += end - begin
    gaps = np.flatnonzero(inserted)
    marks.append((now_at[gaps] - inserted[gaps]) / sfreq, inserted[gaps] / sfreq, "BAD_acq_skip")
    return whole.set_annotations(marks, verbose="error")


def _marks(raw):
    """The annotations with onsets in seconds from the first sample, as `set_annotations` takes them."""
    import mne

    marks = raw.annotations
    return mne.Annotations(
        marks.onset - raw.first_time, marks.duration, marks.description, ch_names=marks.ch_names
    )


def bridge_missing(raw):
    """Replace missing values (NaN), which no filter survives, and mark what was replaced.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        In memory; not changed.

    Returns
    -------
    raw : mne.io.BaseRaw
        Without NaN. Signals run linearly across missing values, triggers keep the value before them. An EEG
        channel that misses more than 10% of the recording is added to `raw.info["bads"]`; runs that other EEG
        channels miss are annotated `BAD_missing`. A channel without any value is zero. `raw` itself, if
        nothing is missing.
    """
    data = raw.get_data()
    missing = np.isnan(data)
    if not missing.any():
        return raw
    raw = raw.copy()
    sample = np.arange(raw.n_times)
    to_mark = np.zeros(raw.n_times, bool)
    for i, kind in enumerate(raw.get_channel_types()):
        here = missing[i]
        if not here.any():
            continue
        if kind == "eeg" and here.mean() > MOST_MISSING:
            raw.info["bads"] = [*raw.info["bads"], *({raw.ch_names[i]} - set(raw.info["bads"]))]
        elif kind == "eeg":
            to_mark |= here
        known = sample[~here]
        if not known.size:
            raw._data[i] = 0
        elif kind == "stim":
            raw._data[i] = data[i, known[(np.searchsorted(known, sample, side="right") - 1).clip(0)]]
        else:
            raw._data[i] = np.interp(sample, known, data[i, known])
    edges = np.flatnonzero(np.diff(to_mark, prepend=False, append=False))
    begin, end = edges[::2] / raw.info["sfreq"], edges[1::2] / raw.info["sfreq"]
    marks = _marks(raw)
    marks.append(begin, end - begin, "BAD_missing")
    return raw.set_annotations(marks, verbose="error")
