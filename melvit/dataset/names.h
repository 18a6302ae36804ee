#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace melvit {

/// Text as valid UTF-8: every byte that is not part of a character becomes \xNN. Names on old discs are
/// Latin-1; JSON, safetensors and pages take UTF-8 alone.
std::string utf8_text(std::string_view bytes);

/// A path as it stands in tables, lists and JSON.
std::string utf8_name(const std::filesystem::path& file);

/// The order in which people count: "song 2" before "song 10".
bool natural_less(std::string_view left, std::string_view right);

/// The text without white space at its ends.
std::string trimmed(std::string_view text);

/// The name of a side as melvit writes it, of the names in use: train, training; validation, valid, val, dev;
/// test.
///
/// returns  "train", "validation" or "test"; nothing for another name
std::optional<std::string> side_name(std::string_view name);

}  // namespace melvit
