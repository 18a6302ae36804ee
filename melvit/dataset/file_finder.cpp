#include "melvit/dataset/file_finder.h"

#include "melvit/core/text.h"
#include "melvit/core/unicode.h"
#include "melvit/core/user_text.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <fmt/format.h>
#include <optional>
#include <system_error>

namespace melvit {
namespace {

namespace fs = std::filesystem;

bool is_there(const fs::path& file) {
    std::error_code ignored;
    return fs::exists(fs::symlink_status(file, ignored));
}

/// "C:\music\a.wav", "C:/music/a.wav", "\\server\music\a.wav"
bool is_of_windows(std::string_view path) {
    const bool has_drive = path.size() >= 3 && std::isalpha(static_cast<unsigned char>(path[0])) != 0 &&
                           path[1] == ':' && (path[2] == '\\' || path[2] == '/');
    return has_drive || path.starts_with("\\\\");
}

/// The scheme of an address: "https" of "https://host/a.mp3"; nothing for a path.
std::optional<std::string> scheme_of(std::string_view written) {
    const std::size_t end = written.find(':');
    if (end == std::string_view::npos || end < 2) return std::nullopt;
    const std::string scheme = lower_case(written.substr(0, end));
    const auto is_of_scheme = [](unsigned char c) { return std::isalnum(c) != 0 || c == '+' || c == '-'; };
    if (!std::ranges::all_of(scheme, is_of_scheme)) return std::nullopt;
    const bool is_address = scheme == "file" ? written.substr(end + 1).starts_with('/')
                                             : written.substr(end + 1).starts_with("//");
    return is_address ? std::optional(scheme) : std::nullopt;
}

/// "%20" becomes a blank; what is no such code stays.
///
/// source  RFC 3986, 2.1
std::string percent_decoded(std::string_view text) {
    std::string decoded;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned char byte = 0;
        const char* first = text.data() + i + 1;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(first, first + 2, byte, 16).ptr == first + 2) {
            decoded += static_cast<char>(byte);
            i += 2;
        } else {
            decoded += text[i];
        }
    }
    return decoded;
}

/// The path of file:///a.mp3, file://localhost/a.mp3 or file:/a.mp3; of Windows: "C:/a.mp3" of file:///C:/a.mp3.
std::string path_of_file_address(std::string_view address) {
    address.remove_prefix(address.find(':') + 1);
    if (address.starts_with("//")) address.remove_prefix(std::min(address.find('/', 2), address.size()));
    std::string path = percent_decoded(address);
    if (is_of_windows(std::string_view(path).substr(std::min<std::size_t>(1, path.size())))) path.erase(0, 1);
    return path;
}

}  // namespace

std::vector<std::string> readings_of_path(std::string_view written) {
    std::vector<std::string> readings;
    const auto add = [&](std::string reading) {
        if (std::ranges::find(readings, reading) == readings.end()) readings.push_back(std::move(reading));
    };
    add(std::string(written));
    add(without_outer_blanks(written));
    if (const std::string& bare = readings.back();
        bare.size() > 2 && bare.front() == '"' && bare.back() == '"')
        add(bare.substr(1, bare.size() - 2));
    if (written.find('\\') != std::string_view::npos) {
        std::string slashed = readings.back();
        std::ranges::replace(slashed, '\\', '/');
        add(std::move(slashed));
    }
    if (!is_utf8(written)) {
        for (const std::string& reading : std::vector<std::string>(readings))
            add(utf8_of_spreadsheet(reading));
    }
    return readings;
}

FileFinder::Found FileFinder::find(std::string_view written) {
    std::vector<std::string> readings = readings_of_path(written);
    const std::string plain = without_outer_blanks(written);
    if (const auto scheme = scheme_of(plain); scheme && !is_there(folder_ / written)) {
        if (*scheme != "file")
            return {fs::path(written), "needs to be a file, it is an address of the network"};
        readings = {path_of_file_address(plain)};
    } else if (written.find('%') != std::string_view::npos) {
        readings.push_back(percent_decoded(plain));
    }
    if (std::ranges::any_of(readings, [](const auto& r) { return r.find('\0') != std::string::npos; }))
        return {fs::path(written), "needs the name of a file, it holds a zero byte"};
    for (const std::string& reading : readings) {
        if (is_there(folder_ / reading)) return {folder_ / reading, {}};
    }
    for (const std::string& reading : readings) {
        if (fs::path file = alike(folder_ / reading, false); !file.empty()) return {std::move(file), {}};
    }
    fs::path file = folder_ / readings.front();
    std::string cause = cause_of(folder_ / readings.back(), readings.front());
    return {std::move(file), std::move(cause)};
}

std::string FileFinder::cause_of(const fs::path& file, std::string_view written) {
    if (is_of_windows(without_outer_blanks(written)))
        return fmt::format("needs a path of this system, {} is one of Windows", utf8_text(written));
    const fs::path other = alike(file, true);
    if (other.empty()) return {};
    return fmt::format("needs a file that exists, {} does not; {} does, which differs in case or blanks",
                       utf8_name(file), utf8_name(other));
}

fs::path FileFinder::alike(const fs::path& file, bool folded) {
    fs::path found;
    for (const fs::path& part : file) {
        if (is_there(found / part)) {
            found /= part;
            continue;
        }
        const Names& names = names_in_folder(found);
        const auto [first, last] = names.equal_range(folded_name(part.native()));
        const auto same = std::find_if(first, last, [&](const auto& name) {
            return folded || normal_form(name.second) == normal_form(part.native());
        });
        if (same == last) return {};
        found /= same->second;
    }
    return found;
}

const FileFinder::Names& FileFinder::names_in_folder(const fs::path& folder) {
    const auto [known, is_new] = known_folders_.try_emplace(folder);
    std::error_code error;
    if (!is_new) return known->second;
    for (fs::directory_iterator entry(folder.empty() ? "." : folder, error);
         !error && entry != fs::directory_iterator(); entry.increment(error)) {
        const std::string name = entry->path().filename().native();
        known->second.emplace(folded_name(name), name);
    }
    return known->second;
}

}  // namespace melvit
