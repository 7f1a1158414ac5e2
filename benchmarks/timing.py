"""Timing for the benchmarks: process CPU seconds on one thread, variants in turn, the best of several rounds.

Import it before NumPy: the thread limits must stand first.
"""
# ruff: noqa: E402  the thread limits must stand before NumPy is imported

import os
import sys
import time
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np

_square = np.random.default_rng(0).standard_normal((1024, 1024)).astype(np.complex64)


def gemm():
    """One large matrix product in complex64: what the kernels are measured by."""
    return _square @ _square


GEMM_OPERATIONS = 8 * len(_square) ** 3


def best_times(variants, rounds):
    """Best CPU seconds of each variant, and operations a second of the large product in the same rounds."""
    best = dict.fromkeys([*variants, gemm], np.inf)
    for _ in range(rounds):
        for name, call in [*variants.items(), (gemm, gemm), (gemm, gemm)]:
            start = time.process_time()
            call()
            best[name] = min(best[name], time.process_time() - start)
    return best, GEMM_OPERATIONS / best.pop(gemm)


def peak_memory_mb():
    """Most memory that this process had in use so far, files mapped into it included."""
    status = Path("/proc/self/status")
    if status.exists():
        kilobytes = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(kilobytes.split()[1]) / 1e3
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def random_phasors(rng, *shape):
    return np.exp(2j * np.pi * rng.random(shape)).astype(np.complex64)
