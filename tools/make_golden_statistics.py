"""Golden numbers of tests/core/statistics_test.cpp: scipy's Student t, paired t test and binomial test.

usage: make_golden_statistics.py FOLDER      (scipy 1.17, writes FOLDER/statistics.json)
"""

import json
import pathlib
import sys

import scipy
from scipy import stats

T = [-40.0, -3.2, -1.0, -0.01, 0.0, 0.3, 1.0, 2.5, 12.7, 300.0]
FREEDOM = [1, 2, 4, 9, 30, 500]
P = [0.001, 0.025, 0.3, 0.5, 0.8, 0.975, 0.9999]
PAIRS = [
    ([0.61, 0.66, 0.70, 0.58, 0.63], [0.88, 0.85, 0.93, 0.84, 0.90]),
    ([0.51, 0.49, 0.55], [0.50, 0.52, 0.53]),
    ([0.5, 0.25], [0.75, 0.5625]),
    ([0.1 * i % 0.7 for i in range(40)], [0.13 * i % 0.8 for i in range(40)]),
]
MCNEMAR = [(0, 0), (1, 0), (5, 5), (3, 11), (0, 9), (40, 61), (200, 120), (1, 400)]


def estimate(values):
    interval = stats.t.interval(0.95, len(values) - 1, loc=stats.tmean(values), scale=stats.sem(values))
    return {"values": values, "mean": stats.tmean(values), "sd": stats.tstd(values), "interval95": list(map(float, interval))}


def paired(first, second):
    test = stats.ttest_rel(second, first)
    interval = test.confidence_interval(0.95)
    return {"first": first, "second": second, "t": float(test.statistic), "p": float(test.pvalue),
            "interval95": [float(interval.low), float(interval.high)]}


def mcnemar(first, second):
    p = stats.binomtest(first, first + second, 0.5).pvalue if first + second else 1.0
    return {"only_first": first, "only_second": second, "p": float(p)}


def main(folder):
    golden = {
        "made_by": f"tools/make_golden_statistics.py, scipy {scipy.__version__}",
        "cdf": [{"t": t, "freedom": f, "p": float(stats.t.cdf(t, f))} for t in T for f in FREEDOM],
        "quantile": [{"p": p, "freedom": f, "t": float(stats.t.ppf(p, f))} for p in P for f in FREEDOM],
        "estimate": [estimate(values) for pair in PAIRS for values in pair],
        "paired": [paired(*pair) for pair in PAIRS],
        "mcnemar": [mcnemar(*counts) for counts in MCNEMAR],
    }
    pathlib.Path(folder, "statistics.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
