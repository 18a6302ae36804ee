#pragma once

#include "melvit/report/html.h"
#include "melvit/report/overview.h"

#include <string>
#include <utility>
#include <vector>

namespace melvit {

/// What the sweep was: data, body, split, seed, version, machine, seconds.
std::vector<std::pair<std::string, std::string>> sweep_facts(const Overview& overview);

/// The best ten trials with the 95 % Wilson intervals of their validation accuracy.
HtmlTable best_trials(const Overview& overview);

/// What the chosen model does on the test tracks; empty while the sweep has no result.
std::vector<std::pair<std::string, std::string>> test_facts(const SweepRecord& record);

/// Precision, recall, F1 and tracks of each genre; without rows while the sweep has no result.
HtmlTable genre_table(const SweepRecord& record);

/// The study's two sweeps beside this one.
///
/// source  Rommel, "Song Genre Classification using ViT-B16" (2023): its report, slides and logs
HtmlTable study_table(const Overview& overview);

/// Trials that failed or were stopped early, with reasons.
HtmlTable unfinished_trials(const Overview& overview);

/// One sentence: how many trials, the best one and what it reached.
std::string summary_of(const Overview& overview);

/// What a reader has to know before trusting the page: an unfinished sweep, failed trials.
std::vector<std::string> warnings_of(const Overview& overview);

}  // namespace melvit
