#include "melvit/dataset/split_lists.h"

#include "melvit/core/csv.h"
#include "melvit/core/error.h"
#include "melvit/core/text.h"
#include "melvit/core/unicode.h"
#include "melvit/dataset/file_finder.h"
#include "melvit/dataset/gtzan_lists.h"
#include "melvit/dataset/names.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fmt/format.h>
#include <map>
#include <optional>

namespace melvit {
namespace {

namespace fs = std::filesystem;

void add(Split& split, std::string_view subset, std::size_t track) {
    (subset == "train"        ? split.train
     : subset == "validation" ? split.validation
                              : split.test)
        .push_back(track);
}

void note_left_out(Split& split, std::size_t tracks) {
    const std::size_t used = split.train.size() + split.validation.size() + split.test.size();
    if (used < tracks)
        split.notes.push_back(fmt::format("{} of {} tracks are in no subset", tracks - used, tracks));
}

/// Letters and digits in lower case: "Hip-Hop" is "hiphop".
std::string plain_name(std::string_view name) {
    std::string plain = lower_case(name);
    std::erase_if(plain, [](unsigned char letter) { return std::isalnum(letter) == 0; });
    return plain;
}

/// The track's number in its genre: the digits that end its stem, before which only the genre's name may
/// stand.
std::optional<std::size_t> gtzan_number(const fs::path& file, std::string_view genre) {
    const std::string stem = file.stem().string();
    const std::size_t first = stem.find_last_not_of("0123456789") + 1;  // npos + 1 is 0
    const std::string name = plain_name(stem.substr(0, first));
    if (!name.empty() && name != genre) return std::nullopt;
    std::size_t number = 0;
    const auto [end, error] = std::from_chars(stem.data() + first, stem.data() + stem.size(), number);
    if (error != std::errc() || number >= kGtzanGenres[0].filtered.size()) return std::nullopt;
    return number;
}

/// The letter of gtzan_lists.h for a track; nothing for a track that is none of GTZAN's.
std::optional<char> gtzan_letter(const std::string& genre, const fs::path& file, bool filtered) {
    const auto found = std::ranges::find(kGtzanGenres, plain_name(genre), &GtzanGenre::name);
    if (found == kGtzanGenres.end()) return std::nullopt;
    const std::optional<std::size_t> number = gtzan_number(file, found->name);
    if (!number) return std::nullopt;
    return (filtered ? found->filtered : found->stratified)[*number];
}

/// Finds tracks by the ends of their paths, whatever their Unicode normal form.
class TrackFinder {
public:
    explicit TrackFinder(const std::vector<std::string>& files) : files_(files) {
        for (std::size_t track = 0; track < files.size(); ++track) {
            const fs::path whole = fs::absolute(files[track]).lexically_normal();
            fs::path end;
            for (auto part = whole.end(); part != whole.begin();) {
                end = *--part / end;
                // An empty path behind the last part would leave a slash at the end.
                std::string key = normal_form(end.native());
                if (key.ends_with('/') && key.size() > 1) key.pop_back();
                ends_[key].push_back(track);
            }
        }
    }

    /// The tracks that a row's file may mean: the file seen from the CSV's folder, else the end of a path.
    const std::vector<std::size_t>& find(const fs::path& folder, const std::string& written) const {
        static const std::vector<std::size_t> kNone;
        for (const std::string& file : readings_of_path(written)) {
            const fs::path from_folder = fs::absolute(folder / file).lexically_normal();
            for (const fs::path& path : {from_folder, fs::path(file).lexically_normal()}) {
                const auto found = ends_.find(normal_form(utf8_name(path)));
                if (found != ends_.end()) return found->second;
            }
        }
        return kNone;
    }

    const std::string& name(std::size_t track) const { return files_[track]; }

private:
    const std::vector<std::string>& files_;
    std::map<std::string, std::vector<std::size_t>> ends_;
};

}  // namespace

Split gtzan_split(const FeatureTable& table, const std::string& spec) {
    Split split;
    std::size_t known = 0, excluded = 0;
    for (std::size_t track = 0; track < table.tracks(); ++track) {
        const std::optional<char> letter =
            gtzan_letter(table.genres[table.labels[track]], table.files[track], spec == "gtzan-filtered");
        if (!letter) continue;
        ++known;
        if (*letter == 't') add(split, "train", track);
        if (*letter == 'v') add(split, "validation", track);
        if (*letter == 'e') add(split, "test", track);
        if (*letter == '-') ++excluded;
    }
    if (known == 0) {
        throw Error(
            spec, "needs tracks of GTZAN, such as blues/blues.00012.wav or blues/blues00012.png",
            fmt::format("none of {} has such a name, the first is {}", table.tracks(), table.files.at(0)));
    }
    if (excluded > 0) split.notes.push_back(fmt::format("{} leaves out {} faulty tracks", spec, excluded));
    if (known < table.tracks()) {
        split.notes.push_back(
            fmt::format("{} of {} tracks are none of GTZAN's", table.tracks() - known, table.tracks()));
    }
    return split;
}

Split csv_split(const FeatureTable& table, const fs::path& file) {
    const CsvTable csv = read_csv(file, {"file", "split"});
    const TrackFinder finder(table.files);
    const std::size_t file_column = *csv.find("file"), split_column = *csv.find("split");
    std::map<std::size_t, std::pair<std::string, std::size_t>> placed;  // track -> subset, line
    std::size_t unknown = 0;
    for (const CsvRow& row : csv.rows) {
        const std::string place = fmt::format("{} line {}", utf8_name(file), row.line);
        if (const std::string problem = row_problem(csv, row); !problem.empty()) {
            throw Error(place, "needs to be a whole row", problem);
        }
        const std::string& name = row.cells[file_column];
        const std::optional<std::string> subset = subset_name(without_outer_blanks(row.cells[split_column]));
        if (!subset) {
            throw Error(place, "needs train, validation or test as split",
                        fmt::format("it is \"{}\"", utf8_text(row.cells[split_column])));
        }
        const std::vector<std::size_t>& tracks = finder.find(file.parent_path(), name);
        if (tracks.size() > 1) {
            throw Error(place, fmt::format("needs more of the path than \"{}\"", utf8_text(name)),
                        fmt::format("it may be {} or {}", finder.name(tracks[0]), finder.name(tracks[1])));
        }
        if (tracks.empty()) {
            ++unknown;
            continue;
        }
        const auto [earlier, is_new] = placed.try_emplace(tracks[0], *subset, row.line);
        if (!is_new && earlier->second.first != *subset) {
            throw Error(place, "needs each track in one subset",
                        fmt::format("line {} puts it in {}", earlier->second.second, earlier->second.first));
        }
    }
    if (placed.empty() && !csv.rows.empty()) {
        throw Error(utf8_name(file), "needs rows that name tracks of the data",
                    fmt::format("none of {} does; the first is \"{}\", the first track {}", csv.rows.size(),
                                utf8_text(printable(csv.rows[0].cells[file_column])), table.files.at(0)));
    }
    Split split;
    for (const auto& [track, subset] : placed) add(split, subset.first, track);
    if (unknown > 0) {
        split.notes.push_back(
            fmt::format("{}: {} of {} rows name no track", utf8_name(file), unknown, csv.rows.size()));
    }
    note_left_out(split, table.tracks());
    return split;
}

Split column_split(const FeatureTable& table) {
    Split split;
    for (std::size_t track = 0; track < table.tracks(); ++track) {
        if (!table.split_column[track].empty()) add(split, table.split_column[track], track);
    }
    note_left_out(split, table.tracks());
    return split;
}

}  // namespace melvit
