#include "melvit/core/same_run.h"

#include "melvit/core/error.h"
#include "melvit/core/numeric_identity.h"
#include "melvit/core/text.h"

#include <fmt/format.h>
#include <string>

namespace melvit {
namespace {

using Document = nlohmann::ordered_json;

/// The value of a key; null where there is none.
Document value_of(const Document& json, const std::string& key) {
    return json.is_object() ? json.value(key, Document()) : Document();
}

void check_numbers(const Document& begun, const Document& now, const std::string& file) {
    check_same_identity(identity_from_json(begun, file), identity_from_json(now, file), file);
}

}  // namespace

void SameRun::check(std::span<const std::string_view> keys) const {
    for (const std::string_view key : keys) {
        const Document before = value_of(begun, std::string(key));
        if (before == value_of(now, std::string(key))) continue;
        throw Error(file, fmt::format("needs the same {} to go on", key),
                    fmt::format("another {} is there, with {}", kind, printable(before.dump())));
    }
}

void SameRun::check_body() const {
    const Document body = value_of(begun, "body");
    if (value_of(body, "sha256") == now.at("body").at("sha256")) return;
    throw Error(file, "needs the same body to go on", "it is of " + printable(body.dump()));
}

void SameRun::check_identity() const {
    const Document before = value_of(begun, "identity");
    const Document after = value_of(now, "identity");
    if (before == after) return;
    const bool has_several = after.is_object() && !after.empty() && after.front().is_object();
    if (!has_several) return check_numbers(before, after, file.string());
    for (const auto& [name, identity] : after.items()) {
        check_numbers(value_of(before, name), identity, file.string());
    }
}

}  // namespace melvit
