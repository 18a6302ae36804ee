"""Makes the numbers of melvit/nn/gelu.h again: erf(x / sqrt 2) / 2 as x P(x^2) / Q(x^2), both of degree 5, for |x| <= 5.65.

    python3 tools/fit_gelu.py

Prints P's and Q's coefficients and the largest error of GELU relative to max(1, |x|). Needs numpy and scipy.

source  linearised least squares, each round divided by the Q before (Sanathanan, Koerner 1963) and with more weight where the
        error is large (Lawson 1961), which ends near the least maximum
"""

import numpy
from scipy.special import erf

END, DEGREE, POINTS, ROUNDS = 5.65, 5, 4000, 200


def main():
    angles = numpy.pi * (numpy.arange(POINTS) + 0.5) / POINTS
    x = END * 0.5 * (1 - numpy.cos(angles))
    t = (x / END) ** 2
    half_erf = erf(x / numpy.sqrt(2)) / 2
    powers = t[:, None] ** numpy.arange(DEGREE + 1)
    system = numpy.hstack([x[:, None] * powers, -half_erf[:, None] * powers[:, 1:]])
    weight, q = numpy.ones(POINTS), numpy.ones(POINTS)
    best = (numpy.inf, None, None)
    for _ in range(ROUNDS):
        scale = numpy.sqrt(weight) / q
        solution = numpy.linalg.lstsq(system * scale[:, None], half_erf * scale, rcond=None)[0]
        p_of, q_of = solution[:DEGREE + 1], numpy.concatenate([[1], solution[DEGREE + 1:]])
        q = powers @ q_of
        error = numpy.abs(x * (powers @ p_of) / q - half_erf) * x / numpy.maximum(1, x)
        if error.max() < best[0]:
            best = (error.max(), p_of, q_of)
        weight *= error / error.max() + 1e-3
        weight /= weight.mean()
    shrink = END ** (-2.0 * numpy.arange(DEGREE + 1))
    print("error", best[0])
    print("P", *(f"{value:.8g}" for value in best[1] * shrink))
    print("Q", *(f"{value:.8g}" for value in best[2] * shrink))


if __name__ == "__main__":
    main()
