#include "melvit/dataset/genre_names.h"

#include "melvit/core/text.h"
#include "melvit/core/unicode.h"

#include <cstddef>
#include <fmt/format.h>
#include <map>
#include <string_view>

namespace melvit {
namespace {

/// What two names of one folded name differ in.
std::string_view difference(std::string_view a, std::string_view b) {
    if (normal_form(a) == normal_form(b)) return "the Unicode form";
    const auto without_blanks = [](std::string_view name) {
        std::string text;
        for (std::size_t at = 0, bytes = 0; at < name.size(); at += bytes) {
            bytes = character_bytes(name.substr(at));
            if (bytes == 0) bytes = 1;
            text += without_outer_blanks(name.substr(at, bytes));
        }
        return normal_form(text);
    };
    const std::string bare_a = without_blanks(a), bare_b = without_blanks(b);
    if (bare_a == bare_b) return "blanks";
    return bare_a.size() + bare_b.size() == a.size() + b.size() ? "case" : "case or blanks";
}

/// The name with each blank that is not the plain one written out.
std::string with_visible_blanks(std::string_view name) {
    std::string text;
    for (std::size_t at = 0; at < name.size(); ++at) {
        if (name.substr(at).starts_with("\xC2\xA0")) {
            text += "\\xa0";
            ++at;
        } else {
            text += name[at];
        }
    }
    return visible(text);
}

}  // namespace

std::vector<std::string> notes_on_alike_genres(const std::vector<std::string>& genres) {
    std::vector<std::string> notes;
    std::map<std::string, std::string_view> first;
    for (const std::string& genre : genres) {
        const auto [other, is_new] = first.try_emplace(folded_name(genre), genre);
        if (is_new) continue;
        notes.push_back(fmt::format("\"{}\" and \"{}\" are taken for two genres, they differ in {} alone",
                                    with_visible_blanks(other->second), with_visible_blanks(genre),
                                    difference(other->second, genre)));
    }
    return notes;
}

}  // namespace melvit
