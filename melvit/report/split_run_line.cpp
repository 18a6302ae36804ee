#include "melvit/report/split_run_line.h"

namespace melvit {

nlohmann::ordered_json split_run_line(const StudyRun& run) {
    return {{"recipe", run.recipe},
            {"protocol", run.protocol},
            {"fraction", run.fraction},
            {"seed", run.seed},
            {"fold", run.fold},
            {"best_epoch", run.best_epoch},
            {"validation_accuracy", run.validation_accuracy},
            {"validation_loss", run.validation_loss},
            {"test_accuracy", run.test_accuracy},
            {"test_loss", run.test_loss},
            {"test_macro_f1", run.test_macro_f1},
            {"right", run.right},
            {"started", run.started},
            {"seconds", run.seconds},
            {"error", run.error}};
}

std::optional<StudyRun> read_split_run_line(const nlohmann::ordered_json& line) try {
    StudyRun run;
    line.at("recipe").get_to(run.recipe);
    line.at("protocol").get_to(run.protocol);
    line.at("fraction").get_to(run.fraction);
    line.at("seed").get_to(run.seed);
    line.at("fold").get_to(run.fold);
    line.at("best_epoch").get_to(run.best_epoch);
    line.at("validation_accuracy").get_to(run.validation_accuracy);
    line.at("validation_loss").get_to(run.validation_loss);
    line.at("test_accuracy").get_to(run.test_accuracy);
    line.at("test_loss").get_to(run.test_loss);
    line.at("test_macro_f1").get_to(run.test_macro_f1);
    line.at("right").get_to(run.right);
    line.at("started").get_to(run.started);
    line.at("seconds").get_to(run.seconds);
    if (!line.at("error").get<std::string>().empty()) return std::nullopt;
    return run;
} catch (const nlohmann::ordered_json::exception&) {
    return std::nullopt;
}

}  // namespace melvit
