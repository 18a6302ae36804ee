#include "inputs.h"

#include "melvit/dataset/media_folder.h"
#include "melvit/dataset/names.h"
#include "melvit/spectrum/media_kind.h"

#include "stdin_text.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <sstream>
#include <utility>

namespace melvit::cli {
namespace {

namespace fs = std::filesystem;

bool is_wanted(const fs::path& file, const InputOptions& kinds) {
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

/// Skips the folders in a folder that hold nothing, as a catalog does with genre folders.
void skip_empty_folders(const fs::path& folder, std::vector<Skipped>& skipped) {
    for (const fs::directory_entry& entry : list_folder(folder, skipped)) {
        std::error_code ignored;
        if (!entry.is_directory(ignored) || entry.is_symlink(ignored)) continue;
        if (media_kind(entry.path()) != MediaKind::other) continue;
        std::vector<Skipped> known;
        if (media_below(entry.path(), known).empty() && known.empty())
            skipped.push_back(empty_folder(entry.path()));
    }
}

void add_folder(const fs::path& folder, const InputOptions& kinds, std::vector<fs::path>& files,
                std::vector<Skipped>& skipped) {
    const std::size_t skipped_before = skipped.size();
    std::vector<fs::path> found = media_below(folder, skipped);
    if (!found.empty()) skip_empty_folders(folder, skipped);
    std::erase_if(found, [&](const fs::path& file) { return !is_wanted(file, kinds); });
    if (found.empty() && skipped.size() == skipped_before) {
        skipped.push_back(kinds.pictures ? empty_folder(folder)
                                         : Skipped{utf8_name(folder), "needs songs in it, it holds none"});
    }
    files.insert(files.end(), found.begin(), found.end());
}

/// A folder may be named and stand in another one that is named too.
void drop_repeated(std::vector<Skipped>& skipped) {
    std::set<std::pair<std::string, std::string>> listed;
    std::erase_if(skipped, [&](const Skipped& one) { return !listed.emplace(one.file, one.reason).second; });
}

}  // namespace

Inputs list_inputs(std::span<const std::string> arguments, const InputOptions& options) {
    Inputs inputs;
    const auto add = [&](const fs::path& path) {
        std::error_code ignored;
        if (fs::is_directory(path, ignored)) {
            add_folder(path, options, inputs.files, inputs.skipped);
        } else {
            inputs.files.push_back(path);
        }
    };
    for (const std::string& argument : arguments) {
        if (argument == "-") {
            std::istringstream list(read_stdin());
            for (std::string line; std::getline(list, line, options.zero_ends ? '\0' : '\n');) {
                if (!options.zero_ends && line.ends_with('\r')) line.pop_back();
                if (!line.empty()) add(line);
            }
        } else {
            add(argument);
        }
    }
    drop_repeated(inputs.skipped);
    if (inputs.files.empty() && inputs.skipped.empty())
        throw Error("-", "needs a list of paths on stdin", "it is empty");
    return inputs;
}

void add_null_flag(CLI::App& verb, bool& zero_ends) {
    verb.add_flag("-0,--null", zero_ends,
                  "a zero byte ends each name of the list on stdin, as find -print0 writes it");
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
