#include "melvit/sweep/sweep_folder.h"

#include "melvit/core/error.h"
#include "melvit/core/file_lock.h"
#include "melvit/core/json.h"
#include "melvit/core/same_run.h"
#include "melvit/core/text.h"
#include "melvit/sweep/trial_file.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <span>
#include <string_view>
#include <sys/file.h>
#include <utility>

namespace melvit {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kBestFile = "best.json";
constexpr const char* kClaimFile = ".claim";

/// What makes two sweeps the same one; the rest of sweep.json may differ (times, threads, paths). First what
/// is known before features are made, then what is known after that.
constexpr std::array<std::string_view, 10> kPlanIdentity = {
    "method", "metric", "parameters", "run_cap", "early_terminate",
    "trials", "seed",   "split",      "recipe",  "allow_duplicates"};
constexpr std::array<std::string_view, 4> kDataIdentity = {"genres", "counts", "data_sha256", "split_sha256"};

SameRun same_sweep(const fs::path& folder, const Json& now) {
    return {folder / kSweepFile, "sweep", read_sweep_json(folder), now};
}

void check_same_plan(const SameRun& sweeps) {
    sweeps.check(kPlanIdentity);
    sweeps.check_body();
}

/// Whether a trial that has ended has a result that can be read.
bool is_sound(const fs::path& trial_folder) {
    try {
        return read_trial(trial_folder).status != TrialStatus::failed;
    } catch (const Error&) {
        return false;
    }
}

/// Nothing of a user's is to lie among a sweep's files.
void check_is_free(const fs::path& folder) {
    if (fs::exists(folder / kSweepFile)) return;
    for (const auto& entry : fs::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (!name.starts_with('.')) {
            throw Error(folder, "needs to be a new folder or one of a sweep", "it holds " + printable(name));
        }
    }
}

/// throws  Error unless it may go on with what is there
void check_has_resume(const fs::path& folder, bool resume) {
    if (resume) return;
    throw Error(folder, "needs to be a new folder, or --resume to go on with the sweep in it",
                "a sweep has begun there");
}

}  // namespace

void check_sweep_folder(const fs::path& folder, const Json& plan, bool resume) {
    make_folder(folder);
    check_is_free(folder);
    check_can_be_written(folder / kSweepFile);
    if (!fs::exists(folder / kSweepFile)) return;
    check_has_resume(folder, resume);
    check_same_plan(same_sweep(folder, plan));
}

std::optional<NumericIdentity> begun_identity(const fs::path& folder) {
    const fs::path file = folder / kSweepFile;
    if (!fs::exists(file)) return std::nullopt;
    return identity_from_json(read_sweep_json(folder).value("identity", Json()), file.string());
}

SweepFolder::SweepFolder(fs::path folder, const Json& sweep, bool resume) : folder_(std::move(folder)) {
    make_folder(folder_);
    check_is_free(folder_);
    presence_ = open_lock(folder_ / ".workers");
    alone([&] {
        const bool is_first = take_lock(presence_, LOCK_EX | LOCK_NB, folder_);
        if (fs::exists(folder_ / kSweepFile)) {
            check_has_resume(folder_, resume);
            const SameRun sweeps = same_sweep(folder_, sweep);
            check_same_plan(sweeps);
            sweeps.check_identity();
            sweeps.check(kDataIdentity);
            if (is_first) forget_broken_trials();
        } else {
            write_file(folder_ / kSweepFile, json_text(sweep));
        }
        take_lock(presence_, LOCK_SH, folder_);
    });
}

void SweepFolder::forget_broken_trials() const {
    remove_parts(folder_);
    remove_parts(folder_ / "best");
    if (!fs::exists(folder_ / "trials")) return;
    for (const auto& entry : fs::directory_iterator(folder_ / "trials")) {
        remove_parts(entry.path());
        if (!fs::exists(entry.path() / kTrialFile) || is_sound(entry.path())) continue;
        fs::remove(folder_ / kResultFile);
        fs::remove(entry.path() / kTrialFile);
    }
}

fs::path SweepFolder::trial_folder(std::size_t id) const {
    return folder_ / "trials" / fmt::format("{}", id);
}

bool SweepFolder::has_ended(std::size_t id) const {
    std::error_code ignored;
    return fs::exists(trial_folder(id) / kTrialFile, ignored);
}

std::optional<TrialClaim> SweepFolder::claim(std::size_t id) const {
    make_folder(trial_folder(id));
    const fs::path file = trial_folder(id) / kClaimFile;
    TrialClaim claim = open_lock(file);
    if (!take_lock(claim, LOCK_EX | LOCK_NB, file)) return std::nullopt;
    return claim;
}

void SweepFolder::forget_claims() const {
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(folder_ / "trials", ignored)) {
        fs::remove(entry.path() / kClaimFile, ignored);
    }
}

void SweepFolder::write_trial(const TrialRecord& trial) const {
    std::string log;
    for (const EpochMetrics& epoch : trial.history) log += epoch_json(epoch).dump() + "\n";
    write_file(trial_folder(trial.id) / kMetricsFile, log);
    write_file(trial_folder(trial.id) / kTrialFile, json_text(trial_json(trial)));
}

TrialRecord SweepFolder::read_trial(std::size_t id) const {
    return melvit::read_trial(trial_folder(id));
}

void SweepFolder::offer_best(const BestTrial& trial, bool maximise,
                             const std::function<void(const fs::path&)>& write) const {
    alone([&] {
        if (const std::optional<BestTrial> best = best_trial()) {
            const bool is_better = maximise ? trial.score > best->score : trial.score < best->score;
            if (!is_better && (trial.score != best->score || trial.id > best->id)) return;
        }
        make_folder(folder_ / "best");
        // Between the two files the old score stands beside the new model; offered again, it is put right.
        write(best_model());
        write_file(folder_ / "best" / kBestFile, json_text({{"id", trial.id}, {"score", trial.score}}));
    });
}

std::optional<BestTrial> SweepFolder::best_trial() const {
    const fs::path file = folder_ / "best" / kBestFile;
    if (!fs::exists(file)) return std::nullopt;
    const Json best = parse_json(read_text_file(file), file.string());
    if (!best.is_object() || !best.contains("id") || !best["id"].is_number_unsigned() ||
        !best.contains("score") || !best["score"].is_number()) {
        throw Error(file, "needs the best trial's id and score", "it holds " + printable(best.dump()));
    }
    return BestTrial{best["id"].get<std::size_t>(), best["score"].get<double>()};
}

void SweepFolder::alone(const std::function<void()>& task) const {
    const fs::path file = folder_ / ".lock";
    const FileDescriptor lock = open_lock(file);
    take_lock(lock, LOCK_EX, file);
    task();
}

}  // namespace melvit
