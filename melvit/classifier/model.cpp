#include "melvit/classifier/model.h"

#include "melvit/core/config.h"
#include "melvit/core/error.h"
#include "melvit/core/json.h"
#include "melvit/core/safetensors.h"
#include "melvit/head/head_file.h"
#include "melvit/vit/checkpoint.h"

#include <fmt/format.h>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kKey = "melvit";
constexpr int kFormat = 1;
constexpr std::string_view kBodyPrefix = "body.";

/// A body's spec that holds whatever the working folder; empty where it names no file.
std::string absolute_spec(const std::string& spec) {
    std::error_code error;
    const bool is_file = std::filesystem::is_regular_file(spec.substr(0, spec.rfind('#')), error);
    return is_file ? std::filesystem::absolute(spec, error).string() : "";
}

Json description_of(const Model& model) {
    return {{"format", kFormat},
            {"genres", model.genres},
            {"front_end", config_to_json(model.front_end)},
            {"features", config_to_json(model.features)},
            {"head", config_to_json(model.heads.heads.front().config)},
            {"body",
             {{"spec", model.body_spec},
              {"sha256", model.body_sha256},
              {"file", absolute_spec(model.body_spec)}}},
            {"facts", model.facts}};
}

/// A value of the description; a missing or wrong one is an Error that names the file.
template <class Value>
Value value_at(const Json& json, const std::string& key, const std::filesystem::path& file) {
    try {
        return json.at(key).get<Value>();
    } catch (const nlohmann::json::exception& error) {
        throw Error(file, "needs a fitting \"" + key + "\" in its model description", error.what());
    }
}

Json read_description(const SafetensorsFile& file) {
    const auto found = file.metadata().find(kKey);
    if (found == file.metadata().end()) {
        throw Error(file.path(), "needs to be a model of melvit train", "its metadata has no \"melvit\"");
    }
    Json json = parse_json(found->second, file.path().string() + "'s model description");
    if (const int format = value_at<int>(json, "format", file.path()); format != kFormat) {
        throw Error(file.path(), fmt::format("needs model format {}", kFormat),
                    fmt::format("it has {}", format));
    }
    return json;
}

/// The body's tensors under their own names, without the prefix.
std::map<std::string, TensorView> embedded_tensors(const SafetensorsFile& file) {
    std::map<std::string, TensorView> tensors;
    for (const auto& [name, tensor] : file.tensors()) {
        if (name.starts_with(kBodyPrefix)) tensors.emplace(name.substr(kBodyPrefix.size()), tensor);
    }
    return tensors;
}

std::optional<Body> read_embedded_body(const SafetensorsFile& file, const std::string& sha256) {
    const auto tensors = embedded_tensors(file);
    if (tensors.empty()) return std::nullopt;
    CheckpointVit vit = vit_of_checkpoint(file.path(), tensors, file.metadata());
    Body body{"embedded", sha256_of_weights(vit.config, vit.parameters), vit.config,
              std::move(vit.parameters)};
    if (body.sha256 != sha256) {
        throw Error(file.path(), "needs the body it was trained with",
                    "the embedded weights have another digest");
    }
    return body;
}

}  // namespace

void write_model(const std::filesystem::path& target, const Model& model) {
    // Paths among the facts need not be UTF-8; JSON must be.
    const std::string description =
        description_of(model).dump(-1, ' ', false, Json::error_handler_t::replace);
    std::map<std::string, std::string> metadata = {{kKey, description}};
    std::vector<TensorToWrite> tensors = head_tensors(model.heads);
    if (model.embedded_body) {
        metadata.merge(body_metadata(model.embedded_body->config));
        for (TensorToWrite tensor : body_tensors(model.embedded_body->parameters)) {
            tensor.name.insert(0, kBodyPrefix);
            tensors.push_back(std::move(tensor));
        }
    }
    write_safetensors(target, tensors, metadata);
}

Model read_model(const std::filesystem::path& path) {
    const SafetensorsFile file(path);
    const Json json = read_description(file);
    Model model;
    model.genres = value_at<std::vector<std::string>>(json, "genres", path);
    model.front_end = config_from_json<FrontEnd>(value_at<Json>(json, "front_end", path), path.string());
    model.features = config_from_json<FeatureConfig>(value_at<Json>(json, "features", path), path.string());
    const auto head = config_from_json<HeadConfig>(value_at<Json>(json, "head", path), path.string());
    model.heads = read_head_set(file, head);
    const Json body = value_at<Json>(json, "body", path);
    model.body_spec = value_at<std::string>(body, "spec", path);
    model.body_sha256 = value_at<std::string>(body, "sha256", path);
    // Models of melvit 0.1 do not say where the body was.
    if (body.contains("file")) model.body_file = value_at<std::string>(body, "file", path);
    model.file = path;
    model.embedded_body = read_embedded_body(file, model.body_sha256);
    model.facts = value_at<Json>(json, "facts", path);
    if (model.genres.size() != model.heads.outputs()) {
        throw Error(path,
                    fmt::format("needs a genre for each of the head's {} outputs", model.heads.outputs()),
                    fmt::format("it names {}", model.genres.size()));
    }
    return model;
}

}  // namespace melvit
