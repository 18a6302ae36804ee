#include "inputs.h"

#include "melvit/core/file.h"
#include "melvit/core/media_kind.h"
#include "melvit/core/unicode.h"
#include "melvit/core/user_text.h"
#include "melvit/dataset/file_finder.h"
#include "melvit/dataset/media_folder.h"
#include "melvit/dataset/song_list.h"

#include "stdin_text.h"

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <set>
#include <utility>

namespace melvit::cli {
namespace {

namespace fs = std::filesystem;

bool is_wanted(const fs::path& file, const InputOptions& kinds) {
    const MediaKind kind = media_kind(file);
    return (kind == MediaKind::song && kinds.songs) || (is_picture(kind) && kinds.pictures);
}

/// Skips the folders in a folder that hold nothing, as a catalog does with genre folders.
void skip_empty_folders(const fs::path& folder, std::vector<Skipped>& skipped) {
    for (const fs::directory_entry& entry : list_folder(folder, skipped)) {
        std::error_code ignored;
        if (!entry.is_directory(ignored) || entry.is_symlink(ignored)) continue;
        if (media_kind(entry.path()) != MediaKind::other) continue;
        std::vector<Skipped> known;
        if (files_below(entry.path(), known).media.empty() && known.empty())
            skipped.push_back(empty_folder(entry.path()));
    }
}

void add_folder(const fs::path& folder, const InputOptions& kinds, std::vector<fs::path>& files,
                std::vector<Skipped>& skipped, std::vector<fs::path>& others) {
    const std::size_t skipped_before = skipped.size();
    MediaFiles below = files_below(folder, skipped);
    std::vector<fs::path>& found = below.media;
    others.insert(others.end(), below.others.begin(), below.others.end());
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

constexpr std::uint64_t kLongestList = std::uint64_t{1} << 30U;  // bytes

/// Where the files of a command line gather.
class InputCollector {
public:
    explicit InputCollector(const InputOptions& options) : options_(options) {}

    void add_argument(const std::string& argument) {
        FileFinder finder("");
        if (argument != "-") return add_written(argument, finder, false);
        for (const std::string& song : songs_of_stdin()) add_written(song, finder, false);
    }

    Inputs finish() && {
        drop_repeated(inputs_.skipped);
        if (!others_.empty())
            inputs_.notes.push_back(note_on_others(others_) +
                                    "; a file given by name is read whatever its ending");
        return std::move(inputs_);
    }

private:
    std::vector<std::string> songs_of_stdin() const {
        std::string text = read_stdin();
        const bool has_zeros = text.find('\0') != std::string::npos;
        if (options_.zero_ends) {
            if (has_zeros || text.find('\n') == std::string::npos) return songs_of_zero_list(text);
            throw Error("--null", "needs a zero byte behind each name on stdin", "there is none");
        }
        text = decode_text(std::move(text), "stdin");
        if (text.find('\0') == std::string::npos) return songs_of_list(text);
        throw Error("stdin", "needs one path a line, or --null for a list of find -print0",
                    "it holds zero bytes");
    }

    void add_written(const std::string& written, FileFinder& finder, bool is_in_playlist) {
        const FileFinder::Found found = finder.find(written);
        std::error_code ignored;
        if (!found.cause.empty()) {
            inputs_.skipped.push_back({utf8_text(written), found.cause});
        } else if (fs::is_directory(found.file, ignored)) {
            add_folder(found.file, options_, inputs_.files, inputs_.skipped, others_);
        } else if (is_playlist(found.file)) {
            add_playlist(found.file, is_in_playlist);
        } else if (found.file.extension() == ".cue") {
            add_cue_sheet(found.file);
        } else {
            inputs_.files.push_back(found.file);
        }
    }

    void add_playlist(const fs::path& file, bool is_in_playlist) {
        const std::string name = utf8_name(file);
        if (is_in_playlist) {
            inputs_.skipped.push_back({name, "needs to be given by itself, it is a playlist in a playlist"});
            return;
        }
        try {
            const std::vector<std::string> songs =
                songs_of_list(decode_text(read_text_file(file, kLongestList), name));
            if (songs.empty()) inputs_.skipped.push_back({name, "needs songs in it, it names none"});
            FileFinder finder(file.parent_path());
            for (const std::string& song : songs) add_written(song, finder, true);
        } catch (const Error& error) {
            inputs_.skipped.push_back({name, utf8_text(error.reason())});
        }
    }

    void add_cue_sheet(const fs::path& file) {
        const std::string name = utf8_name(file);
        try {
            inputs_.skipped.push_back({name, problem_of_cue_sheet(decode_text(read_text_file(file), name))});
        } catch (const Error& error) {
            inputs_.skipped.push_back({name, utf8_text(error.reason())});
        }
    }

    const InputOptions& options_;
    Inputs inputs_;
    std::vector<fs::path> others_;
};

}  // namespace

Inputs list_inputs(std::span<const std::string> arguments, const InputOptions& options) {
    InputCollector collector(options);
    for (const std::string& argument : arguments) collector.add_argument(argument);
    Inputs inputs = std::move(collector).finish();
    if (inputs.files.empty() && inputs.skipped.empty())
        throw Error("-", "needs a list of paths on stdin", "it is empty");
    return inputs;
}

void add_null_flag(CLI::App& subcommand, bool& zero_ends) {
    subcommand.add_flag("-0,--null", zero_ends,
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
