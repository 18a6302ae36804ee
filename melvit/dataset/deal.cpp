#include "melvit/dataset/deal.h"

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

    /// Joins all members of one key; an empty key ties nothing.
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

/// The state of a deal: who sits where and how much room is left.
class Dealer {
public:
    Dealer(const std::vector<std::size_t>& stratum, Room room, Random random)
        : stratum_(stratum),
          room_(std::move(room)),
          random_(random),
          side_(stratum.size()),
          is_empty_(room_[0].size(), true) {}

    /// groups_left  this one and those to come
    void deal_group(const Group& group, std::size_t groups_left) {
        const std::vector<long> need = strata_of(group);
        const bool only_empty = must_fill(groups_left);
        std::vector<std::size_t> sides;
        for (std::size_t side = 0; side < is_empty_.size(); ++side) {
            if (is_empty_[side] || !only_empty) sides.push_back(side);
        }
        std::vector<long> chances;
        for (const std::size_t side : sides) {
            chances.push_back(has_room(side, need) ? room_for(side, need) : 0);
        }
        const std::optional<std::size_t> drawn = draw(chances);
        seat(group, need, drawn ? sides[*drawn] : *std::ranges::max_element(sides, {}, [&](std::size_t side) {
                 return total_room(side);
             }));
    }

    /// A track alone, in random order: the first side with room is as random as any.
    ///
    /// returns  false when no side has room for its stratum
    bool deal_single(std::size_t track, std::size_t groups_left) {
        const std::vector<long>& room = room_[stratum_[track]];
        const auto side = std::ranges::find_if(room, [](long left) { return left > 0; });
        if (side == room.end()) return false;
        if (must_fill(groups_left)) {
            deal_group({track}, groups_left);
        } else {
            seat({track}, strata_of({track}), static_cast<std::size_t>(side - room.begin()));
        }
        return true;
    }

    std::vector<std::size_t> sides() && { return std::move(side_); }

private:
    /// No more groups to come than sides that still have no track.
    bool must_fill(std::size_t groups_left) const {
        return groups_left <= static_cast<std::size_t>(std::ranges::count(is_empty_, true));
    }

    std::vector<long> strata_of(const Group& group) const {
        std::vector<long> count(room_.size());
        for (const std::size_t track : group) ++count[stratum_[track]];
        return count;
    }

    bool has_room(std::size_t side, const std::vector<long>& need) const {
        for (std::size_t s = 0; s < need.size(); ++s) {
            if (need[s] > 0 && room_[s][side] < need[s]) return false;
        }
        return true;
    }

    /// The room of a side in the strata of a group.
    long room_for(std::size_t side, const std::vector<long>& need) const {
        long sum = 0;
        for (std::size_t s = 0; s < need.size(); ++s) sum += need[s] > 0 ? room_[s][side] : 0;
        return sum;
    }

    long total_room(std::size_t side) const {
        long sum = 0;
        for (const std::vector<long>& room : room_) sum += room[side];
        return sum;
    }

    /// An index with a chance proportional to its weight; nothing when all weights are 0.
    std::optional<std::size_t> draw(const std::vector<long>& chances) {
        const long sum = std::accumulate(chances.begin(), chances.end(), 0L);
        if (sum == 0) return std::nullopt;
        auto ticket = static_cast<long>(random_.below(static_cast<std::size_t>(sum)));
        std::size_t index = 0;
        while (ticket >= chances[index]) ticket -= chances[index++];
        return index;
    }

    void seat(const Group& group, const std::vector<long>& need, std::size_t side) {
        for (const std::size_t track : group) side_[track] = side;
        for (std::size_t s = 0; s < need.size(); ++s) room_[s][side] -= need[s];
        is_empty_[side] = false;
    }

    const std::vector<std::size_t>& stratum_;
    Room room_;
    Random random_;
    std::vector<std::size_t> side_;
    std::vector<bool> is_empty_;
};

}  // namespace

std::vector<Group> group_tracks(const FeatureTable& table, const Ties& ties) {
    Sets sets(table.tracks());
    if (ties.duplicates) {
        sets.join_equal(table.file_sha256);
        sets.join_equal(table.sound_sha256);
        sets.join_equal(stems(table.files));
    }
    if (ties.artists) sets.join_equal(table.artists);
    std::map<std::size_t, Group> groups;
    for (std::size_t track = 0; track < table.tracks(); ++track) groups[sets.name_of(track)].push_back(track);
    std::vector<Group> list;
    for (auto& [name, group] : groups) list.push_back(std::move(group));
    return list;
}

std::vector<std::size_t> deal(std::vector<Group> groups, const std::vector<std::size_t>& stratum, Room room,
                              Random random) {
    std::vector<Group> order;
    for (const std::size_t i : random.permutation(groups.size())) order.push_back(std::move(groups[i]));
    std::ranges::stable_sort(order, std::greater<>(), &Group::size);
    Dealer dealer(stratum, std::move(room), Random(random.bits()));
    std::vector<std::size_t> crowded_out;
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (order[i].size() > 1) {
            dealer.deal_group(order[i], order.size() - i);
        } else if (!dealer.deal_single(order[i][0], order.size() - i)) {
            crowded_out.push_back(order[i][0]);
        }
    }
    for (std::size_t i = 0; i < crowded_out.size(); ++i) {
        dealer.deal_group({crowded_out[i]}, crowded_out.size() - i);
    }
    return std::move(dealer).sides();
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
