#include "melvit/vit/weight_file.h"

#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/core/foreign_file.h"
#include "melvit/core/json.h"
#include "melvit/core/text.h"

#include <fmt/format.h>
#include <regex>
#include <set>
#include <string_view>

namespace melvit {
namespace {

namespace fs = std::filesystem;

/// The parts of a checkpoint are called "model-00001-of-00003.safetensors".
void refuse_single_part(const fs::path& file) {
    static const std::regex pattern("(.*)-0*([0-9]{1,6})-of-0*([0-9]{1,6})\\.[a-z]+");
    const std::string name = file.filename().string();
    std::smatch parts;
    if (!std::regex_match(name, parts, pattern) || parts[3] == "1") return;
    throw Error(
        file, "needs all parts of its checkpoint: give the .index.json that lies beside them and lists them",
        fmt::format("it is part {} of {}", parts[2].str(), parts[3].str()));
}

/// The files of a Hugging Face index, {"weight_map": {tensor: file}}; they lie in the index's folder.
std::set<std::string> parts_of(const fs::path& index) {
    const auto json = parse_json(read_text_file(index), index.string());
    const auto map = json.is_object() ? json.find("weight_map") : json.end();
    if (map == json.end() || !map->is_object())
        throw Error(index, "needs \"weight_map\" to be an index of weight files", "it has none");
    std::set<std::string> parts;
    for (const auto& [tensor, file] : map->items()) {
        const auto* name = file.template get_ptr<const std::string*>();
        if (name == nullptr || fs::path(*name).filename() != *name || *name == "." || *name == "..") {
            throw Error(index, "needs names of files in its own folder as parts",
                        fmt::format("of \"{}\" it is {}", printable(tensor), printable(file.dump())));
        }
        parts.insert(*name);
    }
    return parts;
}

bool is_index(std::string_view text) {
    return text.starts_with('{') &&
           text.substr(0, 100'000'000).find("\"weight_map\"") != std::string_view::npos;
}

/// A length below 2^56, then the header.
bool is_safetensors(std::string_view text) {
    return text.size() > 8 && text[7] == '\0' && text[8] == '{';
}

}  // namespace

WeightFile::WeightFile(const fs::path& file) {
    FileBytes bytes(file);
    if (is_index(bytes.text())) {
        add_parts(file);
    } else {
        refuse_single_part(file);
        add(std::move(bytes));
    }
}

void WeightFile::add_parts(const fs::path& index) {
    for (const std::string& part : parts_of(index)) add(FileBytes(index.parent_path() / part));
}

void WeightFile::add(FileBytes bytes) {
    const fs::path file = bytes.path();
    const auto merge = [&](const std::map<std::string, TensorView>& tensors) {
        for (const auto& [name, tensor] : tensors) {
            if (tensors_.emplace(name, tensor).second) continue;
            throw Error(file, "needs names that no other part has",
                        fmt::format("\"{}\" stands in two", printable(name)));
        }
    };
    const std::string_view text = bytes.text();
    if (text.starts_with("PK")) return merge(torch_.emplace_back(std::move(bytes)).tensors());
    if (const std::string kind = is_safetensors(text) ? "" : foreign_kind(bytes.bytes()); !kind.empty())
        throw Error(file, "needs to be a .safetensors or .pth file of weights", "it is " + kind);
    const SafetensorsFile& opened = safetensors_.emplace_back(std::move(bytes));
    merge(opened.tensors());
    metadata_.insert(opened.metadata().begin(), opened.metadata().end());
}

}  // namespace melvit
