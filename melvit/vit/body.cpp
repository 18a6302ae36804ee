#include "melvit/vit/body.h"

#include "melvit/core/environment.h"
#include "melvit/core/error.h"
#include "melvit/core/safetensors.h"
#include "melvit/core/sha256.h"
#include "melvit/core/text.h"
#include "melvit/vit/checkpoint.h"
#include "melvit/vit/weight_file.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <string_view>
#include <utility>
#include <vector>

namespace melvit {
namespace {

namespace fs = std::filesystem;

/// "random:vit_b_16" or "random:vit_b_16:SEED"; the seed is 0 unless given.
struct RandomSpec {
    std::string size;
    VitConfig config;
    std::uint64_t seed = 0;
};

RandomSpec random_spec_of(const std::string& spec) {
    std::string_view rest = std::string_view(spec).substr(std::string_view("random:").size());
    const std::size_t colon = rest.find(':');
    std::uint64_t seed = 0;
    if (colon != std::string_view::npos) {
        const std::string_view digits = rest.substr(colon + 1);
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seed);
        if (error != std::errc{} || end != digits.data() + digits.size()) {
            throw Error(std::string_view(spec), "needs a seed of 0 to 2^64 - 1 after the last colon",
                        fmt::format("it is \"{}\"", digits));
        }
        rest = rest.substr(0, colon);
    }
    return {std::string(rest), vit_config_of(std::string(rest)), seed};
}

Body random_body(const RandomSpec& spec) {
    Body body;
    body.name = fmt::format("random:{}:{}", spec.size, spec.seed);
    body.config = spec.config;
    body.parameters = random_vit_parameters(spec.config, spec.seed);
    return body;
}

bool is_random(const std::string& spec) {
    return spec.starts_with("random:");
}

Body body_of_file(const fs::path& file, const std::string& key) {
    const WeightFile opened(file);
    CheckpointVit vit = vit_of_checkpoint(file, opened.tensors(), opened.metadata(), key);
    return {file.stem().string(), "", vit.config, std::move(vit.parameters), std::move(vit.notes)};
}

/// Whether `melvit fetch` gets a body of that name.
bool is_fetched_name(const std::string& name) {
    const auto known = fetched_body_names();
    return std::ranges::find(known, name) != known.end();
}

/// The file of a name that `melvit fetch` gave.
fs::path fetched_file(const std::string& name) {
    fs::path file = body_folder() / (name + ".safetensors");
    std::error_code ignored;
    if (fs::exists(file, ignored)) return file;
    if (is_fetched_name(name)) {
        throw Error(std::string_view(name),
                    fmt::format("needs to be fetched first with `melvit fetch {}`", name),
                    fmt::format("{} does not exist", file.native()));
    }
    throw Error(std::string_view(name),
                fmt::format("needs a .safetensors or .pth file, random:vit_b_16[:SEED] or one of {}",
                            joined(fetched_body_names())),
                fmt::format("it is \"{}\", no file and no body of such a name", name));
}

bool exists(const std::string& path) {
    std::error_code ignored;
    return fs::exists(path, ignored);
}

bool looks_like_file(const std::string& spec) {
    const fs::path path(spec);
    const std::string ending = path.extension().string();
    return path.has_parent_path() || ending == ".safetensors" || ending == ".pth" || ending == ".pt" ||
           exists(spec);
}

/// A spec as the file or name and the key behind its last #, unless that is part of a file's name.
std::pair<std::string, std::string> name_and_key(const std::string& spec) {
    const std::size_t mark = spec.rfind('#');
    if (mark == std::string::npos || exists(spec)) return {spec, ""};
    return {spec.substr(0, mark), spec.substr(mark + 1)};
}

}  // namespace

std::vector<std::string> fetched_body_names() {
    return {"vit_b_16", "vit_l_16", "vit_b_16_swag", "vit_l_16_swag", "deit_ti_16", "deit_s_16", "deit_b_16"};
}

std::string body_spec(const std::string& body, const std::string& key) {
    return key.empty() ? body : fmt::format("{}#{}", body, key);
}

void check_body_spec(const std::string& spec) {
    if (is_random(spec)) {
        (void)random_spec_of(spec);
        return;
    }
    const std::string name = name_and_key(spec).first;
    if (!looks_like_file(name) && !is_fetched_name(name)) (void)fetched_file(name);
}

const Body& fitting(const Body& body, const FrontEnd& front_end) {
    check_input("body " + body.name, body.config.input, front_end);
    return body;
}

Body load_body(const std::string& spec) {
    Body body;
    if (is_random(spec)) {
        body = random_body(random_spec_of(spec));
    } else {
        const auto [name, key] = name_and_key(spec);
        body = body_of_file(looks_like_file(name) ? fs::path(name) : fetched_file(name), key);
    }
    body.sha256 = sha256_of_weights(body.config, body.parameters);
    return body;
}

fs::path body_folder() {
    if (const fs::path home = environment_path("MELVIT_HOME"); !home.empty()) return home / "bodies";
    if (const fs::path data = environment_path("XDG_DATA_HOME"); !data.empty())
        return data / "melvit" / "bodies";
    return environment_path("HOME") / ".local" / "share" / "melvit" / "bodies";
}

std::string sha256_of_weights(const VitConfig& config, const ParameterSet& parameters) {
    Sha256 sha;
    sha.add(std::as_bytes(parameters.values()));
    const VitConfig plain{
        .width = config.width, .depth = config.depth, .heads = config.heads, .mlp_width = config.mlp_width};
    if (config != plain) {
        const std::string text = config_text(config);
        sha.add(std::as_bytes(std::span(text)));
    }
    return sha.hex();
}

std::vector<TensorToWrite> body_tensors(const ParameterSet& parameters) {
    std::vector<TensorToWrite> tensors;
    for (const ParameterSpec& spec : parameters.table().specs()) {
        tensors.push_back({spec.name, ElementType::f32, spec.shape,
                           std::as_bytes(parameters.values().subspan(spec.offset, spec.size()))});
    }
    return tensors;
}

std::map<std::string, std::string> body_metadata(const VitConfig& config) {
    return {{"vit", config_text(config)}, {"heads", std::to_string(config.heads)}};
}

void write_body(const fs::path& target, const Body& body, const std::map<std::string, std::string>& origin) {
    std::map<std::string, std::string> metadata = origin;
    metadata.merge(body_metadata(body.config));
    metadata.insert({{"format", "pt"}, {"name", body.name}});
    write_safetensors(target, body_tensors(body.parameters), metadata);
}

}  // namespace melvit
