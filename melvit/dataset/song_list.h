#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace melvit {

/// Whether a file is a playlist by its ending: .m3u, .m3u8, .pls, .xspf.
bool is_playlist(const std::filesystem::path& file);

/// The paths and addresses that a list of songs names, in its order; what it is shows in its text.
///
/// text  decoded (core/user_text.h): one path a line, blank lines passed over; M3U, told by a line that starts
///       with #EXT, whose # lines are no songs (in another list only those without the ending of a song or
///       picture are none); PLS, whose first line is [playlist]; XSPF, whose first character is <
std::vector<std::string> songs_of_list(std::string_view text);

/// The same of a list that ends each name with a zero byte, as find -print0 writes it.
std::vector<std::string> songs_of_zero_list(std::string_view text);

/// What to say of a cue sheet, which is no sound itself: the file it names is one.
///
/// text  decoded
std::string problem_of_cue_sheet(std::string_view text);

}  // namespace melvit
