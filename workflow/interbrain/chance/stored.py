"""Phases in a quarter of their size, for disk and memory maps.

Only the encoding: files are opened by those who call.
"""

import numpy as np

HALF_CYCLE = 2**15 - 1
MISSING = -(2**15)


def stored_phases(phasors: np.ndarray) -> np.ndarray:
    """Unit phasors as int16: 32767 is half a cycle, -32768 is missing; wrong by less than 5e-5 rad.

    Parameters
    ----------
    phasors : array of complex, shape (...)

    Returns
    -------
    codes : array of int16, shape (...)
    """
    codes = np.rint(np.angle(phasors) * (HALF_CYCLE / np.pi))
    return np.where(np.isnan(codes), MISSING, codes).astype(np.int16)


def restored_phasors(codes: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Unit phasors of `stored_phases`, complex64; written into `out` if that is given."""
    return np.take(_PHASORS, codes.view(np.uint16), out=out, mode="clip")


def _all_phasors() -> np.ndarray:
    """The phasor of every code, at the place that the code's bits name."""
    codes = np.arange(2**16, dtype=np.uint16).view(np.int16)
    return np.where(codes == MISSING, np.nan, np.exp(1j * np.pi / HALF_CYCLE * codes)).astype(np.complex64)


_PHASORS = _all_phasors()
