#include "melvit/report/template.h"

#include "melvit/core/error.h"

#include <algorithm>
#include <fmt/format.h>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

/// What stands between braces, and where.
struct Tag {
    /// "if", "each", "else", "end", "," or empty for a value; "none" at the text's end
    std::string_view word;
    std::string_view name;
    std::size_t begin = 0, end = 0;
};

/// The names that can be used in a part of a template.
struct Scope {
    const Json& values;
    const Scope* outer = nullptr;
    bool is_last = true;  ///< of a list

    const Json* find(std::string_view name) const {
        if (const auto found = values.find(name); found != values.end()) return &*found;
        return outer == nullptr ? nullptr : outer->find(name);
    }
};

/// Takes in the line of a tag that stands alone on it.
///
/// starts_line  whether the text begins where a line does
Tag with_line(Tag tag, std::string_view text, bool starts_line) {
    const std::size_t before = text.substr(0, tag.begin).find_last_not_of(' ');
    const bool begins = before == std::string_view::npos ? starts_line : text[before] == '\n';
    if (!begins || tag.end >= text.size() || text[tag.end] != '\n') return tag;
    tag.begin = before == std::string_view::npos ? 0 : before + 1;
    ++tag.end;
    return tag;
}

/// Whether a line begins with a text that stands behind a tag.
bool follows_line_break(std::string_view text) {
    return text.data()[-1] == '\n';
}

Tag next_tag(std::string_view text, bool starts_line) {
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz_0123456789";
    for (std::size_t at = text.find('{'); at != text.npos; at = text.find('{', at + 1)) {
        const std::size_t end = text.find('}', at);
        if (end == text.npos) break;
        const std::string_view inside = text.substr(at + 1, end - at - 1);
        const std::size_t blank = inside.find(' ');
        const std::string_view first = inside.substr(0, blank);
        if (inside == ",") return {inside, "", at, end + 1};
        if (inside == "else" || inside == "end")
            return with_line({inside, "", at, end + 1}, text, starts_line);
        if (first.empty() || first.find_first_not_of(kLetters) != first.npos) continue;
        if (blank == inside.npos) return {"", inside, at, end + 1};
        if (first == "if" || first == "each")
            return with_line({first, inside.substr(blank + 1), at, end + 1}, text, starts_line);
    }
    return {"none", "", text.size(), text.size()};
}

/// What stands between a tag that begins a block and its end.
struct Block {
    std::string_view body, otherwise;
};

/// Takes a block off the text behind its first tag.
Block take_block(std::string_view& text) {
    Block block;
    std::size_t at = 0, body_end = text.npos, otherwise = 0;
    for (int depth = 0;;) {
        const Tag tag = next_tag(text.substr(at), follows_line_break(text.substr(at)));
        if (tag.word == "none") throw Error("template", "needs an end for each block", "one is missing");
        if (tag.word == "else" && depth == 0) {
            body_end = at + tag.begin;
            otherwise = at + tag.end;
        }
        if (tag.word == "end" && depth-- == 0) {
            const std::size_t end = at + tag.begin;
            block.body = text.substr(0, std::min(body_end, end));
            if (body_end != text.npos) block.otherwise = text.substr(otherwise, end - otherwise);
            text.remove_prefix(at + tag.end);
            return block;
        }
        if (tag.word == "if" || tag.word == "each") ++depth;
        at += tag.end;
    }
}

bool is_something(const Json* value) {
    if (value == nullptr || value->is_null() || *value == false || *value == 0 || *value == "") return false;
    return !value->is_array() || !value->empty();
}

std::string text_of(const Json* value, std::string_view name) {
    if (value == nullptr) throw Error("template", fmt::format("needs a value for {}", name), "there is none");
    if (value->is_string()) return value->get<std::string>();
    return value->is_number_float() ? fmt::format("{}", value->get<double>()) : value->dump();
}

std::string rendered(std::string_view text, const Scope& scope, bool starts_line) {
    std::string result;
    for (;; starts_line = follows_line_break(text)) {
        const Tag tag = next_tag(text, starts_line);
        result += text.substr(0, tag.begin);
        if (tag.word == "none") return result;
        if (tag.word == "end" || tag.word == "else")
            throw Error("template", "needs if or each before an end", "there is none");
        text.remove_prefix(tag.end);
        if (tag.word.empty()) result += text_of(scope.find(tag.name), tag.name);
        if (tag.word == "," && !scope.is_last) result += ", \\";
        if (tag.word != "if" && tag.word != "each") continue;
        const Json* value = scope.find(tag.name);
        const Block block = take_block(text);
        if (tag.word == "if") {
            const std::string_view chosen = is_something(value) ? block.body : block.otherwise;
            if (!chosen.empty()) result += rendered(chosen, scope, follows_line_break(chosen));
        } else if (value != nullptr) {
            for (const Json& item : *value)
                result += rendered(block.body, {item, &scope, &item == &value->back()},
                                   follows_line_break(block.body));
        }
    }
}

}  // namespace

std::string fill(std::string_view text, const Json& values) {
    return rendered(text, {values}, true);
}

std::string filled(std::string_view file, const Json& values) {
    std::string text = fill(template_text(file), values);
    if (text.ends_with('\n')) text.pop_back();
    return text;
}

}  // namespace melvit
