#include "melvit/dataset/split_assignment.h"

#include "melvit/core/media_kind.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <numeric>
#include <optional>
#include <string>
#include <utility>

namespace melvit {
namespace {

/// Sets that grow together (union-find); a set is named by its smallest member.
class Sets {
public:
    explicit Sets(std::size_t count) : parent_(count) {
        std::iota(parent_.begin(), parent_.end(), std::size_t{0});
    }

    std::size_t name_of(std::size_t member) {
        while (parent_[member] != member) member = parent_[member] = parent_[parent_[member]];
        return member;
    }

    void join(std::size_t a, std::size_t b) {
        a = name_of(a);
        b = name_of(b);
        parent_[std::max(a, b)] = std::min(a, b);
    }

    /// Joins all members of one key; an empty key joins nothing.
    void join_equal(const std::vector<std::string>& keys) {
        std::map<std::string, std::size_t> first;
        for (std::size_t i = 0; i < keys.size(); ++i) {
            if (!keys[i].empty()) join(first.emplace(keys[i], i).first->second, i);
        }
    }

private:
    std::vector<std::size_t> parent_;
};

/// Folder and name without the ending of a song or picture.
std::vector<std::string> stems(const std::vector<std::string>& files) {
    std::vector<std::string> list;
    for (const std::filesystem::path file : files) {
        const bool has_ending = media_kind(file) != MediaKind::other;
        list.push_back(has_ending ? (file.parent_path() / file.stem()).string() : file.string());
    }
    return list;
}

/// The subset of each track so far, and what is left of the quotas.
class SplitAssigner {
public:
    SplitAssigner(const std::vector<std::size_t>& stratum, Quotas quotas, Random random)
        : stratum_(stratum),
          quotas_(std::move(quotas)),
          random_(random),
          subset_(stratum.size()),
          is_empty_(quotas_[0].size(), true) {}

    /// groups_left  this one and those to come
    void assign_group(const TrackGroup& group, std::size_t groups_left) {
        const std::vector<long> counts = strata_of(group);
        const bool only_empty = must_fill(groups_left);
        std::vector<std::size_t> subsets;
        for (std::size_t subset = 0; subset < is_empty_.size(); ++subset) {
            if (is_empty_[subset] || !only_empty) subsets.push_back(subset);
        }
        std::vector<long> weights;
        for (const std::size_t subset : subsets) {
            weights.push_back(fits(subset, counts) ? quota_for(subset, counts) : 0);
        }
        const std::optional<std::size_t> drawn = draw(weights);
        assign(group, counts,
               drawn ? subsets[*drawn] : *std::ranges::max_element(subsets, {}, [&](std::size_t subset) {
                   return total_quota(subset);
               }));
    }

    /// A track alone, in random order: the first subset that is not full is as random as any.
    ///
    /// returns  false when all subsets have enough of its stratum
    bool assign_single(std::size_t track, std::size_t groups_left) {
        const std::vector<long>& quotas = quotas_[stratum_[track]];
        const auto subset = std::ranges::find_if(quotas, [](long left) { return left > 0; });
        if (subset == quotas.end()) return false;
        if (must_fill(groups_left)) {
            assign_group({track}, groups_left);
        } else {
            assign({track}, strata_of({track}), static_cast<std::size_t>(subset - quotas.begin()));
        }
        return true;
    }

    std::vector<std::size_t> subsets() && { return std::move(subset_); }

private:
    /// No more groups to come than subsets that still have no track.
    bool must_fill(std::size_t groups_left) const {
        return groups_left <= static_cast<std::size_t>(std::ranges::count(is_empty_, true));
    }

    std::vector<long> strata_of(const TrackGroup& group) const {
        std::vector<long> counts(quotas_.size());
        for (const std::size_t track : group) ++counts[stratum_[track]];
        return counts;
    }

    bool fits(std::size_t subset, const std::vector<long>& counts) const {
        for (std::size_t s = 0; s < counts.size(); ++s) {
            if (counts[s] > 0 && quotas_[s][subset] < counts[s]) return false;
        }
        return true;
    }

    /// What is left of a subset's quotas in the strata of a group.
    long quota_for(std::size_t subset, const std::vector<long>& counts) const {
        long sum = 0;
        for (std::size_t s = 0; s < counts.size(); ++s) sum += counts[s] > 0 ? quotas_[s][subset] : 0;
        return sum;
    }

    long total_quota(std::size_t subset) const {
        long sum = 0;
        for (const std::vector<long>& quotas : quotas_) sum += quotas[subset];
        return sum;
    }

    /// An index with a probability proportional to its weight; nothing when all weights are 0.
    std::optional<std::size_t> draw(const std::vector<long>& weights) {
        const long sum = std::accumulate(weights.begin(), weights.end(), 0L);
        if (sum == 0) return std::nullopt;
        auto number = static_cast<long>(random_.below(static_cast<std::size_t>(sum)));
        std::size_t index = 0;
        while (number >= weights[index]) number -= weights[index++];
        return index;
    }

    void assign(const TrackGroup& group, const std::vector<long>& counts, std::size_t subset) {
        for (const std::size_t track : group) subset_[track] = subset;
        for (std::size_t s = 0; s < counts.size(); ++s) quotas_[s][subset] -= counts[s];
        is_empty_[subset] = false;
    }

    const std::vector<std::size_t>& stratum_;
    Quotas quotas_;
    Random random_;
    std::vector<std::size_t> subset_;
    std::vector<bool> is_empty_;
};

}  // namespace

std::vector<TrackGroup> group_tracks(const FeatureTable& table, const GroupingRules& rules) {
    Sets sets(table.tracks());
    if (rules.duplicates) {
        sets.join_equal(table.file_sha256);
        sets.join_equal(table.sound_sha256);
        sets.join_equal(stems(table.files));
    }
    if (rules.artists) sets.join_equal(table.artists);
    std::map<std::size_t, TrackGroup> groups;
    for (std::size_t track = 0; track < table.tracks(); ++track) groups[sets.name_of(track)].push_back(track);
    std::vector<TrackGroup> list;
    for (auto& [name, group] : groups) list.push_back(std::move(group));
    return list;
}

std::vector<std::size_t> assign_groups(std::vector<TrackGroup> groups,
                                       const std::vector<std::size_t>& stratum, Quotas quotas,
                                       Random random) {
    std::vector<TrackGroup> order;
    for (const std::size_t i : random.permutation(groups.size())) order.push_back(std::move(groups[i]));
    std::ranges::stable_sort(order, std::greater<>(), &TrackGroup::size);
    SplitAssigner assigner(stratum, std::move(quotas), Random(random.bits()));
    std::vector<std::size_t> left_over;
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (order[i].size() > 1) {
            assigner.assign_group(order[i], order.size() - i);
        } else if (!assigner.assign_single(order[i][0], order.size() - i)) {
            left_over.push_back(order[i][0]);
        }
    }
    for (std::size_t i = 0; i < left_over.size(); ++i) {
        assigner.assign_group({left_over[i]}, left_over.size() - i);
    }
    return std::move(assigner).subsets();
}

std::vector<std::size_t> apportion(std::size_t total, const std::vector<std::size_t>& weights,
                                   Random& random) {
    const std::size_t sum = std::accumulate(weights.begin(), weights.end(), std::size_t{0});
    std::vector<std::size_t> share(weights.size());
    if (sum == 0) return share;
    for (std::size_t i = 0; i < weights.size(); ++i) share[i] = weights[i] * total / sum;
    std::vector<std::size_t> order = random.permutation(weights.size());
    std::ranges::stable_sort(order, std::greater<>(),
                             [&](std::size_t i) { return weights[i] * total % sum; });
    std::size_t left = total - std::accumulate(share.begin(), share.end(), std::size_t{0});
    // A remainder above zero means a share below its weight, and there are at least `left` such.
    for (std::size_t i = 0; left > 0; ++i, --left) ++share[order[i]];
    return share;
}

}  // namespace melvit
