#include "melvit/dataset/split.h"

#include "melvit/core/csv.h"
#include "melvit/core/error.h"
#include "melvit/core/unicode.h"
#include "melvit/dataset/catalog_table.h"
#include "melvit/dataset/split_assignment.h"
#include "melvit/dataset/split_lists.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <filesystem>
#include <fmt/format.h>
#include <optional>

namespace melvit {
namespace {

/// The sizes of the three subsets.
struct Sizes {
    std::size_t train = 0, validation = 0, test = 0;
};

/// The study's for a data set of GTZAN's size, else 80/10/10 %, no subset empty.
Sizes sizes_of(std::size_t tracks, const std::string& spec) {
    if (tracks < 3) throw Error(spec, "needs at least 3 tracks", fmt::format("there are {}", tracks));
    if (tracks > 900 && tracks <= 1000) return {800, 100, tracks - 900};
    const std::size_t tenth = std::max<std::size_t>(1, (tracks + 5) / 10);
    return {tracks - 2 * tenth, tenth, tenth};
}

long to_long(std::size_t number) {
    return static_cast<long>(number);
}

std::vector<std::size_t> genre_counts(const FeatureTable& table) {
    std::vector<std::size_t> counts(table.genres.size());
    for (const std::size_t label : table.labels) ++counts[label];
    return counts;
}

/// subsets  [tracks]: 0 train, 1 validation, 2 test
Split split_of(const std::vector<std::size_t>& subsets) {
    Split split;
    for (std::size_t track = 0; track < subsets.size(); ++track) {
        (subsets[track] == 0   ? split.train
         : subsets[track] == 1 ? split.validation
                               : split.test)
            .push_back(track);
    }
    return split;
}

/// Tracks assigned without regard to genre.
Split random_split(const FeatureTable& table, const Sizes& sizes, const GroupingRules& rules,
                   std::uint64_t seed) {
    const Quotas quotas = {{to_long(sizes.train), to_long(sizes.validation), to_long(sizes.test)}};
    const std::vector<std::size_t> one_stratum(table.tracks(), 0);
    return split_of(assign_groups(group_tracks(table, rules), one_stratum, quotas, Random(seed)));
}

Split stratified_split(const FeatureTable& table, const Sizes& sizes, const GroupingRules& rules,
                       std::uint64_t seed) {
    const std::vector<std::size_t> counts = genre_counts(table);
    Random random(seed, 1);
    // Validation and test are cut together first, so that a small genre gives no more than its share to both.
    const std::vector<std::size_t> held_out = apportion(sizes.validation + sizes.test, counts, random);
    const std::vector<std::size_t> validation = apportion(sizes.validation, held_out, random);
    Quotas quotas;
    for (std::size_t g = 0; g < counts.size(); ++g) {
        quotas.push_back(
            {to_long(counts[g] - held_out[g]), to_long(validation[g]), to_long(held_out[g] - validation[g])});
    }
    return split_of(assign_groups(group_tracks(table, rules), table.labels, quotas, Random(seed)));
}

Split grouped_split(const FeatureTable& table, const std::string& spec, GroupingRules rules,
                    std::uint64_t seed) {
    const auto missing = std::ranges::count(table.artists, std::string());
    if (missing > 0 || table.artists.size() != table.tracks()) {
        const auto first =
            static_cast<std::size_t>(std::ranges::find(table.artists, "") - table.artists.begin());
        throw Error(spec, "needs the artist of every track, in a CSV's artist column",
                    fmt::format("{} of {} tracks have none, the first is {}", missing, table.tracks(),
                                first < table.files.size() ? table.files[first] : "unknown"));
    }
    rules.artists = true;
    return random_split(table, sizes_of(table.tracks(), spec), rules, seed);
}

/// One each to train, to validate and to test.
constexpr std::size_t kLeastFolds = 3;

/// Quotas of folds whose sizes differ by one at most, in each genre and in all.
Quotas fold_quotas(const std::vector<std::size_t>& counts, std::size_t folds) {
    Quotas quotas;
    std::size_t next = 0;  // the fold that takes the next track beyond the even share
    for (const std::size_t count : counts) {
        std::vector<long> row(folds, to_long(count / folds));
        for (std::size_t i = 0; i < count % folds; ++i) ++row[next++ % folds];
        quotas.push_back(std::move(row));
    }
    return quotas;
}

std::vector<Split> fold_splits(const FeatureTable& table, const std::string& spec, std::size_t folds,
                               const GroupingRules& rules, std::uint64_t seed) {
    if (folds < kLeastFolds || folds > table.tracks()) {
        throw Error(spec, fmt::format("needs {} to {} folds, as many as tracks", kLeastFolds, table.tracks()),
                    fmt::format("it asks for {}", folds));
    }
    const std::vector<std::size_t> fold = assign_groups(
        group_tracks(table, rules), table.labels, fold_quotas(genre_counts(table), folds), Random(seed));
    std::vector<Split> splits;
    for (std::size_t k = 0; k < folds; ++k) {
        std::vector<std::size_t> subsets(fold.size(), 0);
        for (std::size_t track = 0; track < fold.size(); ++track) {
            if (fold[track] == (k + 1) % folds) subsets[track] = 1;
            if (fold[track] == k) subsets[track] = 2;
        }
        splits.push_back(split_of(subsets));
    }
    return splits;
}

/// The numbers behind a split's name: "kfold:10:7" gives 10 and 7.
///
/// returns  nothing unless all are whole numbers
std::optional<std::vector<std::uint64_t>> numbers_of(std::string_view text) {
    std::vector<std::uint64_t> numbers;
    while (!text.empty()) {
        text.remove_prefix(1);  // the colon
        std::uint64_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc()) return std::nullopt;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (!text.empty() && text[0] != ':') return std::nullopt;
        numbers.push_back(number);
    }
    return numbers;
}

bool is_csv(const std::string& spec) {
    std::error_code ignored;
    return std::filesystem::path(spec).extension() == ".csv" ||
           std::filesystem::is_regular_file(spec, ignored);
}

enum class SplitKind { random, stratified, grouped, kfold, gtzan_list, csv };

/// What a split's name says.
struct SplitName {
    SplitKind kind{};
    std::size_t folds = 0;
    std::uint64_t seed = 0;
};

SplitName parse(const std::string& spec) {
    if (spec == "gtzan-filtered" || spec == "gtzan-stratified") return {SplitKind::gtzan_list};
    const std::size_t colon = std::min(spec.find(':'), spec.size());
    const std::string name = spec.substr(0, colon);
    if (const auto numbers = numbers_of(std::string_view(spec).substr(colon));
        numbers && numbers->size() == 1) {
        const std::uint64_t seed = numbers->at(0);
        if (name == "random") return {SplitKind::random, 0, seed};
        if (name == "stratified") return {SplitKind::stratified, 0, seed};
        if (name == "grouped") return {SplitKind::grouped, 0, seed};
    } else if (numbers && numbers->size() == 2 && name == "kfold") {
        return {SplitKind::kfold, numbers->at(0), numbers->at(1)};
    }
    if (is_csv(spec)) return {SplitKind::csv};
    throw Error("split",
                "needs random:SEED, stratified:SEED, grouped:SEED, kfold:K:SEED, gtzan-filtered, "
                "gtzan-stratified or a CSV file with the columns file,split",
                fmt::format("it is \"{}\"", utf8_text(spec)));
}

std::vector<Split> splits_of(const FeatureTable& table, const std::string& spec, const GroupingRules& rules) {
    const SplitName name = parse(spec);
    switch (name.kind) {
        case SplitKind::random:
            return {random_split(table, sizes_of(table.tracks(), spec), rules, name.seed)};
        case SplitKind::stratified:
            return {stratified_split(table, sizes_of(table.tracks(), spec), rules, name.seed)};
        case SplitKind::grouped:
            return {grouped_split(table, spec, rules, name.seed)};
        case SplitKind::kfold:
            return fold_splits(table, spec, name.folds, rules, name.seed);
        case SplitKind::gtzan_list:
            return {gtzan_split(table, spec)};
        default:
            return {csv_split(table, spec)};
    }
}

void refuse_empty_subsets(const Split& split, const std::string& spec) {
    const auto refuse = [&](const std::vector<std::size_t>& subset, const char* name) {
        if (!subset.empty()) return;
        throw Error(utf8_text(spec), "needs tracks in all three subsets", fmt::format("{} has none", name));
    };
    refuse(split.train, "train");
    refuse(split.validation, "validation");
    refuse(split.test, "test");
}

}  // namespace

bool has_own_split(const FeatureTable& table) {
    return std::ranges::any_of(table.split_column, [](const std::string& part) { return !part.empty(); });
}

std::size_t check_split(const std::string& spec) {
    if (spec.empty()) return 1;
    const SplitName name = parse(spec);
    if (name.kind == SplitKind::csv) read_csv(spec, {"file", "split"});
    if (name.kind == SplitKind::kfold && name.folds < kLeastFolds) {
        throw Error(spec, fmt::format("needs at least {} folds", kLeastFolds),
                    fmt::format("it asks for {}", name.folds));
    }
    return name.kind == SplitKind::kfold ? name.folds : 1;
}

void check_split(const std::string& spec, const Catalog& catalog) {
    // Features and digests decide no more than which tracks stay together.
    make_splits(table_without_features(catalog), spec, true);
}

std::vector<Split> make_splits(const FeatureTable& table, const std::string& spec, bool allow_duplicates) {
    const bool has_column = has_own_split(table);
    const std::string used = !spec.empty() ? spec : has_column ? "the split column" : "random:0";
    std::vector<Split> splits = spec.empty() && has_column
                                    ? std::vector<Split>{column_split(table)}
                                    : splits_of(table, used, GroupingRules{.duplicates = !allow_duplicates});
    for (const Split& split : splits) refuse_empty_subsets(split, used);
    return splits;
}

}  // namespace melvit
