#include "melvit/core/json.h"

#include "melvit/core/error.h"

#include <string>

namespace melvit {
namespace {

constexpr int kMostLevels = 64;

}  // namespace

nlohmann::ordered_json parse_json(std::string_view text, std::string_view thing) {
    using Json = nlohmann::ordered_json;
    const auto check_depth = [&](int depth, Json::parse_event_t, Json&) {
        if (depth <= kMostLevels) return true;
        throw Error(thing, "needs JSON of at most " + std::to_string(kMostLevels) + " levels",
                    "it nests deeper");
    };
    Json json = Json::parse(text, check_depth, false);
    if (json.is_discarded()) throw Error(thing, "needs to be JSON", "it is not");
    return json;
}

std::string json_text(const nlohmann::ordered_json& json) {
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace melvit
