#include "melvit/dataset/media_folder.h"

#include "melvit/core/media_kind.h"
#include "melvit/core/unicode.h"

#include <algorithm>
#include <fmt/format.h>
#include <system_error>

namespace melvit {
namespace {

bool is_passed_over(const std::filesystem::path& file) {
    return file.filename().native().starts_with('.') || file.filename() == "__MACOSX";
}

void collect_files(const std::filesystem::path& folder, MediaFiles& files, std::vector<Skipped>& skipped) {
    for (const std::filesystem::directory_entry& entry : list_folder(folder, skipped)) {
        std::error_code ignored;
        const bool has_a_files_name = media_kind(entry.path()) != MediaKind::other;
        if (!entry.is_directory(ignored)) {
            (has_a_files_name ? files.media : files.others).push_back(entry.path());
        } else if (entry.is_symlink(ignored)) {
            skipped.push_back(
                {utf8_name(entry.path()), "needs to be a folder, a link to one is not followed"});
        } else {
            const std::size_t before = files.media.size();
            collect_files(entry.path(), files, skipped);
            if (!has_a_files_name || files.media.size() > before) continue;
            skipped.push_back({utf8_name(entry.path()), "cannot be read, it is a directory"});
        }
    }
}

}  // namespace

std::vector<std::filesystem::directory_entry> list_folder(const std::filesystem::path& folder,
                                                          std::vector<Skipped>& skipped) {
    std::vector<std::filesystem::directory_entry> entries;
    std::error_code error;
    for (std::filesystem::directory_iterator entry(folder, error);
         !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
        if (!is_passed_over(entry->path())) entries.push_back(*entry);
    }
    if (error) skipped.push_back({utf8_name(folder), "cannot be read, " + error.message()});
    std::ranges::sort(entries, {}, [](const auto& entry) { return entry.path().native(); });
    return entries;
}

MediaFiles files_below(const std::filesystem::path& folder, std::vector<Skipped>& skipped) {
    MediaFiles files;
    collect_files(folder, files, skipped);
    return files;
}

std::string note_on_others(const std::vector<std::filesystem::path>& others) {
    if (others.empty()) return {};
    const std::string first = utf8_name(others.front());
    if (others.size() == 1)
        return fmt::format("{} was passed over, it has not the ending of a song or picture", first);
    return fmt::format("{} files without the ending of a song or picture were passed over, the first is {}",
                       others.size(), first);
}

Skipped empty_folder(const std::filesystem::path& folder) {
    return {utf8_name(folder), "needs songs or pictures in it, it holds none"};
}

}  // namespace melvit
