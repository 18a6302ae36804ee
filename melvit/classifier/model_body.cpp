#include "melvit/classifier/model.h"
#include "melvit/core/error.h"
#include "melvit/core/text.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace melvit {
namespace {

namespace fs = std::filesystem;

std::string short_digest(const std::string& sha256) {
    return "SHA-256 " + sha256.substr(0, 12) + "...";
}

/// The bodies of a folder, those of the wanted name first: to digest one of hundreds of megabytes takes a
/// second.
std::vector<std::string> bodies_in(const fs::path& folder, const std::string& wanted_name) {
    std::vector<std::string> files;
    std::error_code error;
    for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
        const fs::path ending = entry->path().extension();
        if (ending == ".safetensors" || ending == ".pth" || ending == ".pt")
            files.push_back(entry->path().string());
    }
    std::sort(files.begin(), files.end());
    std::stable_partition(files.begin(), files.end(), [&](const std::string& file) {
        return fs::path(file).stem() == fs::path(wanted_name).stem();
    });
    return files;
}

/// What may name the body, the likeliest first.
std::vector<std::string> places_of_body(const Model& model) {
    std::vector<std::string> places = {model.body_spec};
    if (model.body_spec.starts_with("random:")) return places;  // it is made, not found
    const std::string name = fs::path(model.body_spec).filename().string();
    const fs::path folder = model.file.empty() ? fs::path() : fs::absolute(model.file).parent_path();
    std::vector<std::string> others = {(folder / name).string(), (folder / (name + ".safetensors")).string(),
                                       model.body_file};
    for (std::string& file : bodies_in(body_folder(), name)) others.push_back(std::move(file));
    for (std::string& other : others) {
        std::error_code ignored;
        if (fs::is_regular_file(other.substr(0, other.rfind('#')), ignored))
            places.push_back(std::move(other));
    }
    return places;
}

}  // namespace

Body body_of(const Model& model, const std::string& override_spec) {
    if (!override_spec.empty()) {
        Body body = load_body(override_spec);
        if (body.sha256 == model.body_sha256) return body;
        throw Error("body " + override_spec,
                    fmt::format("needs the weights that the model was trained with ({})",
                                short_digest(model.body_sha256)),
                    "it has those of " + short_digest(body.sha256));
    }
    if (model.embedded_body) return *model.embedded_body;
    std::vector<std::string> reasons;
    for (const std::string& place : places_of_body(model)) {
        try {
            Body body = load_body(place);
            if (body.sha256 == model.body_sha256) return body;
            reasons.push_back(place + ": has other weights, of " + short_digest(body.sha256));
        } catch (const Error& error) {
            reasons.emplace_back(error.what());
        }
    }
    throw Error(
        "the model's body " + model.body_spec,
        fmt::format("is looked for by its digest ({}) where training had it, beside the model and in {}: "
                    "give its file with --body, fetch it with melvit fetch, or train with --embed-body",
                    short_digest(model.body_sha256), body_folder().string()),
        "none was found; " + joined(reasons, "; "));
}

}  // namespace melvit
