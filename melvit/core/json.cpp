#include "melvit/core/json.h"

#include "melvit/core/error.h"

#include <algorithm>
#include <string>

namespace melvit {
namespace {

constexpr int kMostLevels = 64;

using OrderedJson = nlohmann::ordered_json;

/// In one line.
std::string line_of(const OrderedJson& json) {
    return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

bool is_list_of_numbers(const OrderedJson& json) {
    return json.is_array() &&
           std::ranges::all_of(json, [](const OrderedJson& item) { return item.is_number(); });
}

/// Indented, a list of numbers in one line.
void write(const OrderedJson& json, std::size_t depth, std::string& text) {
    if (json.empty() || !json.is_structured()) {
        text += line_of(json);
        return;
    }
    if (is_list_of_numbers(json)) {
        std::string_view before = "[";
        for (const OrderedJson& item : json) {
            text += std::string(before) + line_of(item);
            before = ", ";
        }
        text += ']';
        return;
    }
    const std::string indent(2 * depth + 2, ' ');
    text += json.is_object() ? '{' : '[';
    bool is_first = true;
    for (const auto& item : json.items()) {
        text += (is_first ? "\n" : ",\n") + indent;
        if (json.is_object()) text += line_of(item.key()) + ": ";
        write(item.value(), depth + 1, text);
        is_first = false;
    }
    text += '\n' + indent.substr(2) + (json.is_object() ? '}' : ']');
}

}  // namespace

nlohmann::ordered_json parse_json(std::string_view text, std::string_view thing) {
    const auto check_depth = [&](int depth, OrderedJson::parse_event_t, OrderedJson&) {
        if (depth <= kMostLevels) return true;
        throw Error(thing, "needs JSON of at most " + std::to_string(kMostLevels) + " levels",
                    "it nests deeper");
    };
    OrderedJson json = OrderedJson::parse(text, check_depth, false);
    if (json.is_discarded()) throw Error(thing, "needs to be JSON", "it is cut off or broken");
    return json;
}

std::string json_text(const nlohmann::ordered_json& json) {
    std::string text;
    write(json, 0, text);
    return text + '\n';
}

}  // namespace melvit
