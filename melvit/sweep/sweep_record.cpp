#include "melvit/sweep/sweep_record.h"

#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/core/json.h"
#include "melvit/sweep/trial_file.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <optional>
#include <string_view>

namespace melvit {
namespace {

namespace fs = std::filesystem;

/// The number of a trial's folder; nothing for a folder of another name.
std::optional<std::size_t> id_of(const std::string& name) {
    std::size_t id = 0;
    const char* end = name.data() + name.size();
    const auto [rest, error] = std::from_chars(name.data(), end, id);
    if (error != std::errc() || rest != end || id == 0) return std::nullopt;
    return id;
}

std::vector<TrialRecord> read_trials(const fs::path& folder) {
    std::vector<TrialRecord> trials;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder, ignored)) {
        const auto id = id_of(entry.path().filename().string());
        if (!id || !fs::exists(entry.path() / kTrialFile)) continue;
        trials.push_back(read_trial(entry.path()));
        if (trials.back().id != *id) {
            throw Error(entry.path() / kTrialFile, fmt::format("needs to be of trial {}", *id),
                        fmt::format("it is of {}", trials.back().id));
        }
    }
    std::ranges::sort(trials, {}, &TrialRecord::id);
    return trials;
}

}  // namespace

bool SweepRecord::is_about_accuracy() const {
    return maximises();  // an accuracy is never minimised, a loss never maximised: select_of refuses that
}

bool is_constant(const nlohmann::ordered_json& sweep, const std::string& parameter) {
    const nlohmann::ordered_json& parameters = sweep.at("parameters");
    return parameters.contains(parameter) && parameters.at(parameter).at("distribution") == "constant";
}

nlohmann::ordered_json read_sweep_json(const fs::path& folder) {
    const fs::path file = folder / kSweepFile;
    if (!fs::exists(file)) {
        throw Error(folder, "needs to be a folder of melvit sweep",
                    fs::exists(folder) ? "it holds no sweep.json" : "it is not there");
    }
    auto sweep = parse_json(read_text_file(file), file.string());
    const auto format = sweep.is_object() ? sweep.find("format") : sweep.end();
    if (!sweep.is_object() || format == sweep.end() || !format->is_number_integer()) {
        throw Error(file, "needs the number of its format", "it has none");
    }
    if (*format != kSweepFormat) {
        throw Error(file, fmt::format("needs format {}, which this melvit writes", kSweepFormat),
                    fmt::format("it has format {}; read it with the version that made it", format->dump()));
    }
    for (const char* key : {"name", "metric", "parameters", "trials", "genres", "counts", "body"}) {
        if (!sweep.contains(key)) throw Error(file, fmt::format("needs \"{}\"", key), "it is missing");
    }
    return sweep;
}

SweepRecord read_sweep(const fs::path& folder) {
    SweepRecord record;
    record.sweep = read_sweep_json(folder);
    const fs::path result = folder / kResultFile;
    if (fs::exists(result)) record.result = parse_json(read_text_file(result), result.string());
    record.trials = read_trials(folder / "trials");
    return record;
}

}  // namespace melvit
