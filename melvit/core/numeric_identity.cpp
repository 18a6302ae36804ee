#include "melvit/core/numeric_identity.h"

#include "melvit/core/error.h"
#include "melvit/core/text.h"

#include <fmt/format.h>

namespace melvit {
namespace {

/// "int8 on avx512_core_vnni", and of the other fields those in which it differs from another identity.
std::string distinct_text(const NumericIdentity& identity, const NumericIdentity& other) {
    std::string more;
    for_each_field<NumericIdentity>([&](const auto& field) {
        const std::string& value = identity.*field.member;
        const std::string name = field.name;
        if (value == other.*field.member || name == "precision" || name == "instructions") return;
        more += fmt::format("{}{} {}", more.empty() ? "" : ", ", name, value.empty() ? "none" : value);
    });
    const std::string text = fmt::format("{} on {}", identity.precision, identity.instructions);
    return printable(more.empty() ? text : fmt::format("{} ({})", text, more));
}

}  // namespace

std::string NumericIdentity::text() const {
    return fmt::format("{} on {} {} by {} ({}, attention {}), {}, {}; {}; {}; {}", precision, device,
                       instructions, engine, factors, attention_factors, build, libm, decoder, resampler,
                       pictures);
}

NumericIdentity identity_from_json(const nlohmann::ordered_json& json, const std::string& file) {
    if (json.is_null()) {
        throw Error(file, "needs to say with what its numbers were made, to go on",
                    "an older version wrote it; begin anew in another folder");
    }
    return config_from_json<NumericIdentity>(json, file);
}

void check_same_identity(const NumericIdentity& begun, const NumericIdentity& now, const std::string& thing) {
    if (begun == now) return;
    const std::string need =
        begun.precision == now.precision
            ? "needs the processor and the program that it was begun with to go on"
            : fmt::format("needs the precision that it was begun with to go on (--precision {})",
                          printable(begun.precision));
    throw Error(thing, need,
                fmt::format("it was begun with {}, now it is {}", distinct_text(begun, now),
                            distinct_text(now, begun)));
}

}  // namespace melvit
