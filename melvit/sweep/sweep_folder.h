#pragma once

#include "melvit/core/file.h"
#include "melvit/core/numeric_identity.h"
#include "melvit/head/head_set.h"
#include "melvit/sweep/sweep_record.h"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>

namespace melvit {

/// With what the features of the sweep in a folder were made.
///
/// returns  nothing where no sweep has begun
/// throws   Error for a sweep of an older version, which does not say it
std::optional<NumericIdentity> begun_identity(const std::filesystem::path& folder);

/// The right to run one trial, held by one worker of one process: a lock, which the system takes away from
/// the dead.
using TrialClaim = FileDescriptor;

/// Which trial's model is in S/best.
struct BestTrial {
    std::size_t id = 0;
    double score = 0;  ///< the sweep's metric, as it is called
};

/// Says before features are made what SweepFolder would say after it.
///
/// plan    what sweep.json is to hold, as far as it is known by then
/// throws  Error of SweepFolder
void check_sweep_folder(const std::filesystem::path& folder, const nlohmann::ordered_json& plan, bool resume);

/// The folder of one sweep, S, shared by all processes that work on it. A trial has ended when
/// S/trials/<id>/trial.json is there; whoever runs one holds a lock on S/trials/<id>/.claim, which the system
/// takes away from the dead. So after a kill -9 exactly the trials without an end are left, and no two
/// workers run the same one.
class SweepFolder {
public:
    /// Makes the folder, or goes on with one.
    ///
    /// sweep   what S/sweep.json is to hold
    /// resume  go on with the sweep that is there; trials that failed or cannot be read run again, unless
    ///         another process works here
    /// throws  Error for a folder that holds other things, a sweep that has begun (without resume), another
    ///         sweep, or an older version's
    SweepFolder(std::filesystem::path folder, const nlohmann::ordered_json& sweep, bool resume);

    const std::filesystem::path& path() const { return folder_; }

    bool has_ended(std::size_t id) const;

    /// returns  nothing while another worker runs the trial. Whoever gets a claim asks has_ended once more
    std::optional<TrialClaim> claim(std::size_t id) const;

    /// Takes the locks' files away, once all trials have ended.
    void forget_claims() const;

    /// Ends the trial: its metrics.jsonl, a line an epoch, then its trial.json.
    void write_trial(const TrialRecord& trial) const;

    /// A trial that has ended, with its history.
    TrialRecord read_trial(std::size_t id) const;

    /// Keeps the trial's model in S/best if no other trial there is better (of equal ones: has a lower id).
    ///
    /// write   makes the model's file
    /// throws  Error of write
    void offer_best(const BestTrial& trial, bool maximise,
                    const std::function<void(const std::filesystem::path&)>& write) const;

    /// returns  nothing when no trial has a model yet
    std::optional<BestTrial> best_trial() const;

    std::filesystem::path best_model() const { return folder_ / "best" / "model.safetensors"; }

    /// Runs a task that no other process runs at the same time.
    void alone(const std::function<void()>& task) const;

private:
    std::filesystem::path trial_folder(std::size_t id) const;
    void forget_broken_trials() const;

    std::filesystem::path folder_;
    FileDescriptor presence_;  ///< a shared lock: somebody works here
};

}  // namespace melvit
