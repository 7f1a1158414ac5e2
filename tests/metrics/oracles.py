"""Every estimator for one pair of channels in one window, slow and as its definition reads. For tests only.

x and y are complex, one value a sample; phase estimators use their angles alone.
"""

import cmath
import math


def _differences(x, y):
    return [cmath.phase(p) - cmath.phase(q) for p, q in zip(x, y, strict=True)]


def _mean(values):
    return math.fsum(values) / len(values)


def _mean_direction(angles):
    return complex(_mean([math.cos(d) for d in angles]), _mean([math.sin(d) for d in angles]))


def _correlation(x, y):
    mean_x, mean_y = _mean(x), _mean(y)
    x, y = [v - mean_x for v in x], [v - mean_y for v in y]
    covariance = math.fsum(p * q for p, q in zip(x, y, strict=True))
    return covariance / math.sqrt(math.fsum(p * p for p in x) * math.fsum(q * q for q in y))


def plv(x, y):
    return abs(_mean_direction(_differences(x, y)))


def ppc(x, y):
    d = _differences(x, y)
    n = len(d)
    return math.fsum(math.cos(d[i] - d[k]) for i in range(n) for k in range(n) if i != k) / (n * (n - 1))


def ciplv(x, y):
    mean = _mean_direction(_differences(x, y))
    return abs(mean.imag) / math.sqrt(1 - mean.real**2)


def iplv(x, y):
    return abs(_mean_direction(_differences(x, y)).imag)


def pli(x, y):
    return abs(_mean([math.copysign(1, math.sin(d)) for d in _differences(x, y)]))


def _imaginary(x, y):
    return [(p * q.conjugate()).imag for p, q in zip(x, y, strict=True)]


def wpli(x, y):
    s = _imaginary(x, y)
    return abs(math.fsum(s)) / math.fsum(abs(v) for v in s)


def dwpli(x, y):
    s = _imaginary(x, y)
    others = [(i, k) for i in range(len(s)) for k in range(len(s)) if i != k]
    return math.fsum(s[i] * s[k] for i, k in others) / math.fsum(abs(s[i] * s[k]) for i, k in others)


def _coherency(x, y):
    cross = sum(p * q.conjugate() for p, q in zip(x, y, strict=True))
    return cross / math.sqrt(math.fsum(abs(p) ** 2 for p in x) * math.fsum(abs(q) ** 2 for q in y))


def coherence(x, y):
    return abs(_coherency(x, y))


def imaginary_coherence(x, y):
    return abs(_coherency(x, y).imag)


def _sines(x, about):
    return [math.sin(cmath.phase(p) - about) for p in x]


def ccorr(x, y):
    mean_x, mean_y = (cmath.phase(_mean_direction([cmath.phase(p) for p in z])) for z in (x, y))
    sines = list(zip(_sines(x, mean_x), _sines(y, mean_y), strict=True))
    sizes = math.fsum(p * p for p, _ in sines) * math.fsum(q * q for _, q in sines)
    return math.fsum(p * q for p, q in sines) / math.sqrt(sizes)


def accorr(x, y):
    minus = _mean_direction(_differences(x, y))
    plus = _mean_direction([cmath.phase(p) + cmath.phase(q) for p, q in zip(x, y, strict=True)])
    m = (cmath.phase(minus) + cmath.phase(plus)) / 2
    n = (cmath.phase(plus) - cmath.phase(minus)) / 2
    spread = _mean([s**2 for s in _sines(x, m)]) * _mean([s**2 for s in _sines(y, n)])
    return (abs(minus) - abs(plus)) / (2 * math.sqrt(spread))


def _log_amplitudes(x):
    return [math.log(abs(p)) for p in x]


def aec(x, y):
    return _correlation(_log_amplitudes(x), _log_amplitudes(y))


def _orthogonal_part(x, y):
    """x as arrows in the plane, without their shadow on y."""
    return [p - (p * q.conjugate()).real / abs(q) ** 2 * q for p, q in zip(x, y, strict=True)]


def aec_orthogonalised(x, y):
    return (aec(_orthogonal_part(x, y), y) + aec(_orthogonal_part(y, x), x)) / 2
