#include "inputs.h"

#include "melvit/spectrum/media_kind.h"

#include <algorithm>
#include <fmt/format.h>
#include <iostream>
#include <set>

namespace melvit::cli {
namespace {

namespace fs = std::filesystem;

bool is_wanted(const fs::path& file, const InputKinds& kinds) {
    switch (media_kind(file)) {
        case MediaKind::song:
            return kinds.songs;
        case MediaKind::picture:
            return kinds.pictures;
        case MediaKind::other:
            return false;
    }
    return false;
}

void add_folder(const fs::path& folder, const InputKinds& kinds, std::vector<fs::path>& files,
                std::vector<Skipped>& skipped) {
    std::vector<fs::path> found;
    std::error_code error;
    fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        std::error_code ignored;
        if (!entry->is_directory(ignored) && is_wanted(entry->path(), kinds)) found.push_back(entry->path());
    }
    if (error)
        skipped.push_back({folder.string(), "needs to be a readable folder, " + error.message()});
    else if (found.empty())
        skipped.push_back({folder.string(), "needs songs or pictures in it, it holds none"});
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
}

}  // namespace

std::vector<fs::path> list_inputs(std::span<const std::string> arguments, const InputKinds& kinds,
                                  std::vector<Skipped>& skipped) {
    std::vector<fs::path> files;
    const auto add = [&](const fs::path& path) {
        std::error_code ignored;
        if (fs::is_directory(path, ignored)) {
            add_folder(path, kinds, files, skipped);
        } else {
            files.push_back(path);
        }
    };
    for (const std::string& argument : arguments) {
        if (argument != "-") {
            add(argument);
            continue;
        }
        for (std::string line; std::getline(std::cin, line);) {
            if (!line.empty() && line.back() == '\r') line.pop_back();
            if (!line.empty()) add(line);
        }
    }
    if (files.empty() && skipped.empty()) throw Error("-", "needs a list of paths on stdin", "it is empty");
    return files;
}

std::vector<fs::path> distinct_names(std::span<const fs::path> inputs, const fs::path& folder,
                                     const std::string& ending) {
    std::set<std::string> taken;
    std::vector<fs::path> names;
    for (const fs::path& input : inputs) {
        const std::string stem = input.stem().string();
        std::string name = stem;
        for (int n = 2; !taken.insert(name).second; ++n) name = fmt::format("{}-{}", stem, n);
        names.push_back(folder / (name + ending));
    }
    return names;
}

}  // namespace melvit::cli
