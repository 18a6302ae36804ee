#include "melvit/training/split_protocols.h"

#include "melvit/core/error.h"
#include "melvit/core/random.h"
#include "melvit/core/sha256.h"
#include "melvit/core/text.h"
#include "melvit/dataset/digests.h"
#include "melvit/dataset/split_assignment.h"
#include "melvit/dataset/split_warnings.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <set>
#include <utility>

namespace melvit {
namespace {

/// Which random numbers choose the part of a genre's tracks; assign_groups uses the streams 0 and 1.
constexpr std::uint64_t kFirstPartStream = 2000;

/// Makes the runs of protocols out of splits.
class Planner {
public:
    Planner(const FeatureTable& table, const SplitStudyConfig& config) : table_(table), config_(config) {}

    /// The runs of one protocol on whole training sets.
    ///
    /// throws  Error when the data does not allow it
    std::vector<PlannedRun> runs_of(const std::string& protocol) const {
        std::vector<PlannedRun> runs;
        if (protocol == "kfold") {
            for (Split& split : splits_of(fmt::format("kfold:{}:{}", config_.folds, config_.seed))) {
                const std::size_t fold = runs.size();
                runs.push_back({protocol, 1.0, config_.seed, fold, std::move(split)});
            }
            return runs;
        }
        for (std::size_t i = 0; i < config_.seeds; ++i) {
            const std::uint64_t seed = config_.seed + i;
            runs.push_back({protocol, 1.0, seed, 0, split_of(protocol, seed)});
        }
        return runs;
    }

    /// The same runs on a part of their training sets.
    std::vector<PlannedRun> parts_of(const std::vector<PlannedRun>& runs, double fraction) const {
        std::vector<PlannedRun> parts = runs;
        for (PlannedRun& run : parts) {
            run.fraction = fraction;
            run.split.train = stratified_part(table_, run.split.train, fraction, run.seed);
        }
        return parts;
    }

private:
    std::vector<Split> splits_of(const std::string& spec) const {
        return make_splits(table_, spec, config_.allow_duplicates);
    }

    Split split_of(const std::string& protocol, std::uint64_t seed) const {
        if (protocol == "fixed-test") return fixed_test_split(seed);
        if (protocol == "fixed-split") return splits_of(fmt::format("random:{}", config_.seed)).front();
        if (protocol == "new-test") return splits_of(fmt::format("random:{}", seed)).front();
        if (protocol == "own") return own_split();
        if (protocol.starts_with("gtzan-")) return splits_of(protocol).front();
        return splits_of(fmt::format("{}:{}", protocol, seed)).front();
    }

    Split own_split() const {
        if (std::ranges::all_of(table_.split_column, &std::string::empty)) {
            throw Error("own", "needs data with a split column", "it has none");
        }
        return splits_of("").front();
    }

    /// The first split, its training and validation set drawn anew unless the seed is the first.
    Split fixed_test_split(std::uint64_t seed) const {
        Split split = splits_of(fmt::format("random:{}", config_.seed)).front();
        if (seed == config_.seed) return split;
        std::vector<std::size_t> rest;
        std::ranges::merge(split.train, split.validation, std::back_inserter(rest));
        const Quotas quotas = {
            {static_cast<long>(split.train.size()), static_cast<long>(split.validation.size())}};
        const auto groups =
            group_tracks(names_of(rest), GroupingRules{.duplicates = !config_.allow_duplicates});
        const auto subsets =
            assign_groups(groups, std::vector<std::size_t>(rest.size(), 0), quotas, Random(seed));
        split.train.clear();
        split.validation.clear();
        for (std::size_t i = 0; i < rest.size(); ++i) {
            (subsets[i] == 0 ? split.train : split.validation).push_back(rest[i]);
        }
        return split;
    }

    /// What groups are formed by, of some tracks of the table.
    FeatureTable names_of(const std::vector<std::size_t>& tracks) const {
        FeatureTable part;
        for (const std::size_t track : tracks) {
            part.labels.push_back(table_.labels[track]);
            part.files.push_back(table_.files[track]);
            if (!table_.file_sha256.empty()) part.file_sha256.push_back(table_.file_sha256[track]);
            if (!table_.sound_sha256.empty()) part.sound_sha256.push_back(table_.sound_sha256[track]);
        }
        return part;
    }

    const FeatureTable& table_;
    const SplitStudyConfig& config_;
};

void add_notes(std::vector<std::string>& notes, const std::vector<PlannedRun>& runs) {
    for (const PlannedRun& run : runs) {
        for (const std::string& note : run.split.notes) {
            if (std::ranges::find(notes, note) == notes.end()) notes.push_back(note);
        }
    }
}

/// What the runs of one protocol cannot measure.
void add_warnings(std::vector<std::string>& warnings, const FeatureTable& table,
                  const std::vector<PlannedRun>& runs) {
    std::vector<Split> splits;
    for (const PlannedRun& run : runs) splits.push_back(run.split);
    for (const std::string& warning : split_warnings(table, splits)) {
        warnings.push_back(fmt::format("{}: {}", runs.front().protocol, warning));
    }
}

template <class Value>
void refuse_twice(const std::vector<Value>& values, const char* thing) {
    std::set<Value> seen;
    for (const Value& value : values) {
        if (seen.insert(value).second) continue;
        throw Error(thing, "needs each item once", fmt::format("{} is there twice", value));
    }
}

}  // namespace

const std::vector<SplitProtocol>& split_protocols() {
    static const std::vector<SplitProtocol> kProtocols = {
        {"random", "all three subsets redrawn at random", true, true},
        {"stratified", "the same with every genre in the same shares", true, false},
        {"kfold", "every track tested once, every genre in the same shares", true, false},
        {"grouped", "redrawn with whole artists in one subset", true, true},
        {"gtzan-stratified", "the published list, 500/250/250", false, false},
        {"gtzan-filtered", "the published list without faults, no artist in two subsets", false, true},
        {"own", "the split column of the data", false, true},
        {"fixed-split", "one random split, only the training seed changes", false, false},
        {"fixed-test", "one random test set, training and validation redrawn", false, false},
        {"new-test", "a new test set each time: the splits of random", true, false},
    };
    return kProtocols;
}

const SplitProtocol& find_split_protocol(const std::string& name) {
    const auto& all = split_protocols();
    const auto found = std::ranges::find_if(all, [&](const SplitProtocol& p) { return name == p.name; });
    if (found != all.end()) return *found;
    std::vector<std::string> names;
    names.reserve(all.size());
    for (const SplitProtocol& protocol : all) names.emplace_back(protocol.name);
    throw Error("protocols", "needs names out of " + joined(names), "it holds \"" + printable(name) + '"');
}

void check(const SplitStudyConfig& config) {
    for (const std::string& name : config.protocols) find_split_protocol(name);
    refuse_twice(config.protocols, "protocols");
    refuse_twice(config.fractions, "fractions");
    if (config.seeds < 1 || config.seeds > 1000) {
        throw Error("seeds", "needs 1 to 1000", fmt::format("it is {}", config.seeds));
    }
    if (config.folds < 3 || config.folds > 1000) {
        throw Error("folds", "needs 3 to 1000", fmt::format("it is {}", config.folds));
    }
    for (const double fraction : config.fractions) {
        if (fraction > 0.0 && fraction <= 1.0) continue;
        throw Error("fractions", "needs shares above 0 and at most 1", fmt::format("it holds {}", fraction));
    }
}

StudyPlan plan_split_study(const FeatureTable& table, const SplitStudyConfig& config) {
    check(config);
    const Planner planner(table, config);
    std::set<double> fractions(config.fractions.begin(), config.fractions.end());
    fractions.erase(1.0);
    StudyPlan plan;
    for (const SplitProtocol& protocol : split_protocols()) {
        const bool named = std::ranges::find(config.protocols, protocol.name) != config.protocols.end();
        if (!config.protocols.empty() && !named) continue;
        std::vector<PlannedRun> whole;
        try {
            whole = planner.runs_of(protocol.name);
        } catch (const Error& error) {
            if (named) throw;
            plan.notes.push_back(fmt::format("{} is left out: {}", protocol.name, error.what()));
            continue;
        }
        add_notes(plan.notes, whole);
        add_warnings(plan.warnings, table, whole);
        for (const double fraction : fractions) {
            if (!protocol.has_learning_curve) break;
            const auto parts = planner.parts_of(whole, fraction);
            plan.runs.insert(plan.runs.end(), parts.begin(), parts.end());
        }
        plan.runs.insert(plan.runs.end(), whole.begin(), whole.end());
    }
    if (plan.runs.empty()) throw Error("data", "needs tracks enough for one protocol", plan.notes.front());
    return plan;
}

std::string plan_sha256(const StudyPlan& plan) {
    Sha256 sum;
    for (const PlannedRun& run : plan.runs) {
        sum.add(fmt::format("{} {} {} {} {}\n", run.protocol, run.fraction, run.seed, run.fold,
                            split_sha256(run.split)));
    }
    return sum.hex();
}

std::vector<std::size_t> stratified_part(const FeatureTable& table, const std::vector<std::size_t>& tracks,
                                         double fraction, std::uint64_t seed) {
    std::vector<std::size_t> part;
    for (std::size_t genre = 0; genre < table.genres.size(); ++genre) {
        std::vector<std::size_t> members;
        std::ranges::copy_if(tracks, std::back_inserter(members),
                             [&](std::size_t track) { return table.labels[track] == genre; });
        if (members.empty()) continue;
        // The first tracks of one order: a larger fraction takes the same and more.
        const auto order = Random(seed, kFirstPartStream + genre).permutation(members.size());
        const auto wanted = std::lround(fraction * static_cast<double>(members.size()));
        const auto count = std::clamp<std::size_t>(static_cast<std::size_t>(wanted), 1, members.size());
        for (std::size_t i = 0; i < count; ++i) part.push_back(members[order[i]]);
    }
    std::ranges::sort(part);
    return part;
}

}  // namespace melvit
