#include "melvit/report/split_run_line.h"

namespace melvit {
namespace {

/// Calls visit(key, member) for all that a line holds.
template <class Run, class Visit>
void visit_members(Run& run, const Visit& visit) {
    visit("recipe", run.recipe);
    visit("protocol", run.protocol);
    visit("fraction", run.fraction);
    visit("seed", run.seed);
    visit("fold", run.fold);
    visit("best_epoch", run.best_epoch);
    visit("validation_accuracy", run.validation_accuracy);
    visit("validation_loss", run.validation_loss);
    visit("test_accuracy", run.test_accuracy);
    visit("test_loss", run.test_loss);
    visit("test_macro_f1", run.test_macro_f1);
    visit("right", run.right);
    visit("started", run.started);
    visit("seconds", run.seconds);
    visit("error", run.error);
}

}  // namespace

nlohmann::ordered_json split_run_line(const StudyRun& run) {
    nlohmann::ordered_json line;
    visit_members(run, [&](const char* key, const auto& member) { line[key] = member; });
    return line;
}

std::optional<StudyRun> read_split_run_line(const nlohmann::ordered_json& line) try {
    StudyRun run;
    visit_members(run, [&](const char* key, auto& member) { line.at(key).get_to(member); });
    if (!run.error.empty()) return std::nullopt;
    return run;
} catch (const nlohmann::ordered_json::exception&) {
    return std::nullopt;
}

}  // namespace melvit
