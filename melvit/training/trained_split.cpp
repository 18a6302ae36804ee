#include "melvit/training/trained_split.h"

#include "melvit/core/error.h"
#include "melvit/core/sha256.h"
#include "melvit/dataset/catalog_table.h"

#include <algorithm>
#include <fmt/format.h>
#include <vector>

namespace melvit {
namespace {

/// Whether a split tells tracks by their names, so that it means the same for any set of tracks.
bool names_tracks(const std::string& spec, const FeatureTable& table) {
    if (spec.empty()) return has_own_split(table);
    const std::string kind = spec.substr(0, spec.find(':'));
    const std::vector<std::string> drawn = {"random", "stratified", "grouped", "kfold"};
    return kind == spec || std::ranges::find(drawn, kind) == drawn.end();
}

}  // namespace

std::string labelled_data_sha256(const FeatureTable& table) {
    Sha256 sum;
    for (std::size_t track = 0; track < table.tracks(); ++track) {
        sum.add(fmt::format("{}\n{}\n{}\n{}\n", table.genres[table.labels[track]], table.file_sha256[track],
                            table.artists[track], table.split_column[track]));
    }
    return sum.hex();
}

void write_trained_split(const TrainedSplit& trained, nlohmann::ordered_json& facts) {
    facts["split"] = trained.spec;
    facts["allow_duplicates"] = trained.allow_duplicates;
    facts["fold"] = trained.fold;
    facts["data_sha256"] = trained.data_sha256;
    facts["data_tracks"] = trained.tracks;
}

std::optional<TrainedSplit> read_trained_split(const nlohmann::ordered_json& facts) {
    // A model file may say anything; what is no such fact counts as none.
    const auto holds = [&](const char* key, auto is_kind) {
        return facts.is_object() && facts.contains(key) && (facts.at(key).*is_kind)();
    };
    using Json = nlohmann::ordered_json;
    if (!holds("split", &Json::is_string)) return std::nullopt;
    TrainedSplit trained{.spec = facts.at("split").get<std::string>(), .data_sha256 = ""};
    if (holds("allow_duplicates", &Json::is_boolean))
        trained.allow_duplicates = facts.at("allow_duplicates").get<bool>();
    if (holds("fold", &Json::is_number_unsigned)) trained.fold = facts.at("fold").get<std::size_t>();
    if (holds("data_sha256", &Json::is_string))
        trained.data_sha256 = facts.at("data_sha256").get<std::string>();
    if (holds("data_tracks", &Json::is_number_unsigned))
        trained.tracks = facts.at("data_tracks").get<std::size_t>();
    return trained;
}

std::optional<Split> subsets_of_training(const TrainedSplit& trained, const FeatureTable& table) {
    if (!names_tracks(trained.spec, table) && trained.data_sha256 != labelled_data_sha256(table))
        return std::nullopt;
    try {
        std::vector<Split> splits = make_splits(table, trained.spec, trained.allow_duplicates);
        if (trained.fold >= splits.size()) return std::nullopt;
        return std::move(splits[trained.fold]);
    } catch (const Error&) {
        return std::nullopt;  // a list of other tracks, a CSV that is gone
    }
}

bool surely_says_nothing(const TrainedSplit& trained, const Catalog& catalog, const Context& context) {
    FeatureTable table = table_without_features(catalog);
    if (names_tracks(trained.spec, table)) return !subsets_of_training(trained, table);
    if (table.tracks() > trained.tracks) return false;
    if (table.tracks() < trained.tracks) return true;
    table.file_sha256.resize(table.tracks());
    context.pool.for_each(table.tracks(), [&](std::size_t t) {
        context.throw_if_stopped();
        try {
            table.file_sha256[t] = sha256_of_file(catalog.tracks[t].file);
        } catch (const Error&) {  // NOLINT(bugprone-empty-catch)
            // A file that cannot be read has no digest, so that the sums below differ.
        }
    });
    return trained.data_sha256 != labelled_data_sha256(table);
}

std::string split_text(const std::string& spec, const FeatureTable& table) {
    if (!spec.empty()) return spec;
    return has_own_split(table) ? "the data's own split" : "random:0";
}

}  // namespace melvit
