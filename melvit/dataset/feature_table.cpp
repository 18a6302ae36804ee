#include "melvit/dataset/feature_table.h"

#include "melvit/core/error.h"
#include "melvit/core/json.h"
#include "melvit/core/safetensors.h"
#include "melvit/core/source.h"
#include "melvit/core/unicode.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace melvit {
namespace {

constexpr const char* kFormat = "melvit features 1";

std::string list_text(const std::vector<std::string>& list) {
    nlohmann::json json = nlohmann::json::array();
    for (const std::string& item : list) json.push_back(utf8_text(item));
    return json.dump();
}

/// A list of texts in the metadata.
///
/// count  how many there must be; 0 = any number
std::vector<std::string> read_list(const SafetensorsFile& file, const std::string& key, std::size_t count) {
    const auto json = parse_json(file.metadata_at(key), utf8_name(file.path()));
    const auto is_text = [](const nlohmann::ordered_json& item) { return item.is_string(); };
    if (!json.is_array() || !std::ranges::all_of(json, is_text) || (count != 0 && json.size() != count)) {
        throw Error(utf8_name(file.path()), fmt::format("needs a list of {} texts as \"{}\"", count, key),
                    "its metadata holds something else");
    }
    return json.get<std::vector<std::string>>();
}

std::vector<std::int64_t> to_integers(const std::vector<std::size_t>& numbers) {
    return {numbers.begin(), numbers.end()};
}

std::vector<std::size_t> read_integers(const SafetensorsFile& file, const std::string& name) {
    const TensorView& tensor = file.at(name);
    if (tensor.type != ElementType::i64 || tensor.shape.size() != 1) {
        throw Error(
            utf8_name(file.path()), fmt::format("needs \"{}\" as a row of I64", name),
            fmt::format("it is {} of {} dimensions", element_type_name(tensor.type), tensor.shape.size()));
    }
    std::vector<std::int64_t> values(tensor.shape[0]);
    if (!values.empty()) std::memcpy(values.data(), tensor.bytes.data(), tensor.bytes.size());
    // A negative number becomes a huge one, which the checks below refuse.
    return {values.begin(), values.end()};
}

TensorToWrite tensor_of_integers(std::string name, const std::vector<std::int64_t>& values) {
    return {.name = std::move(name),
            .type = ElementType::i64,
            .shape = {values.size()},
            .bytes = std::as_bytes(std::span(values))};
}

/// throws  Error when the parts do not fit each other
void check(const FeatureTable& table, const std::string& name) {
    const auto need = [&](bool holds, const char* what, const char* finding) {
        if (!holds) throw Error(name, what, finding);
    };
    need(table.first_row.size() == table.tracks() + 1, "needs one first row for each track and the end",
         "the numbers differ");
    need(table.first_row.front() == 0 && table.first_row.back() == table.rows.rows() &&
             std::ranges::adjacent_find(table.first_row, std::greater_equal<>()) == table.first_row.end(),
         "needs at least one row for each track, in order", "its first rows are others");
    need(std::ranges::all_of(table.labels, [&](std::size_t label) { return label < table.genres.size(); }),
         "needs labels that count its genres", "one is beyond them");
    need(std::ranges::all_of(table.rows.values(), [](float value) { return std::isfinite(value); }),
         "needs finite features", "one is not");
}

}  // namespace

void write_feature_table(const std::filesystem::path& target, const FeatureTable& table) {
    const std::vector<std::int64_t> labels = to_integers(table.labels),
                                    first_row = to_integers(table.first_row);
    const std::vector<TensorToWrite> tensors = {tensor_of("rows", table.rows),
                                                tensor_of_integers("labels", labels),
                                                tensor_of_integers("first_row", first_row)};
    write_safetensors(target, tensors,
                      {{"format", kFormat},
                       {"genres", list_text(table.genres)},
                       {"files", list_text(table.files)},
                       {"file_sha256", list_text(table.file_sha256)},
                       {"artists", list_text(table.artists)},
                       {"parts", list_text(table.split_column)}});
}

// The header alone: the tensors of a library's features may not fit into memory twice.
bool holds_features(const std::filesystem::path& file) {
    try {
        const Source source(file);
        std::uint64_t length = 0;
        const std::vector<std::uint8_t> start = source.bytes_at(0, sizeof length);
        if (start.size() < sizeof length) return false;
        std::memcpy(&length, start.data(), sizeof length);
        if (length > static_cast<std::uint64_t>(source.size()) - sizeof length) return false;
        const std::vector<std::uint8_t> header = source.bytes_at(sizeof length, length);
        const std::string_view text(reinterpret_cast<const char*>(header.data()), header.size());
        return parse_json(text, utf8_name(file)).at("__metadata__").at("format") == kFormat;
    } catch (const Error&) {
        return false;
    } catch (const nlohmann::json::exception&) {
        return false;
    }
}

FeatureTable read_feature_table(const std::filesystem::path& path) {
    const SafetensorsFile file(path);
    if (const std::string& format = file.metadata_at("format"); format != kFormat) {
        throw Error(utf8_name(path), fmt::format("needs to be a file of \"{}\"", kFormat),
                    fmt::format("it says \"{}\"", utf8_text(format)));
    }
    FeatureTable table;
    table.labels = read_integers(file, "labels");
    if (table.labels.empty()) throw Error(utf8_name(path), "needs at least one track", "it holds none");
    table.first_row = read_integers(file, "first_row");
    table.rows = file.matrix("rows");
    table.genres = read_list(file, "genres", 0);
    table.files = read_list(file, "files", table.tracks());
    table.file_sha256 = read_list(file, "file_sha256", table.tracks());
    table.artists = read_list(file, "artists", table.tracks());
    table.split_column = read_list(file, "parts", table.tracks());
    check(table, utf8_name(path));
    return table;
}

}  // namespace melvit
