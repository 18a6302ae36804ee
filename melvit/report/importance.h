#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace melvit {

/// How much of the scatter of the scores goes with the group they are in: 0 none, 1 all of it. Chance makes
/// groups of few scores differ, so what chance would give is taken off (epsilon squared), and a useless
/// parameter gets 0.
///
/// groups   [scores] which value of a parameter each score was made with, from 0
/// returns  NaN when there are not more scores than groups
/// source   marginal means as in Hutter, Hoos and Leyton-Brown 2014, "An efficient approach for assessing
///          hyperparameter importance", taken over the trials themselves in place of a forest's predictions;
///          the correction: Kelley 1935, "An unbiased correlation ratio measure"
double explained_share(std::span<const std::size_t> groups, std::span<const double> scores);

/// Groups for a parameter with a continuum of values: about equally many numbers in each, equal numbers in
/// the same.
std::vector<std::size_t> quantile_groups(std::span<const double> numbers, std::size_t groups);

/// The place of each score in their order, from 1; equal scores share the mean of their places. Importance is
/// taken of ranks, so that a few trials that went astray do not count for more than all others.
///
/// source  Kruskal and Wallis 1952, "Use of ranks in one-criterion variance analysis"
std::vector<double> ranks_of(std::span<const double> scores);

}  // namespace melvit
