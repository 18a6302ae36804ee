#pragma once

#include "melvit/core/error.h"
#include "melvit/core/text.h"

#include <algorithm>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace melvit {

/// One setting of a config struct: flags, JSON, help and the cache's fingerprint derive from this list.
///
/// name    as in JSON; the flag is the same with dashes for underscores
/// help    one sentence with the unit
template <class Config, class Value>
struct Field {
    const char* name;
    Value Config::*member;
    const char* help;
};

template <class Config, class Value>
Field(const char*, Value Config::*, const char*) -> Field<Config, Value>;

/// A struct with `static constexpr auto fields()` that returns a tuple of Field.
template <class T>
concept ConfigStruct = requires {
    T::fields();
};

template <class T>
struct IsConfigChoice : std::false_type {};
template <ConfigStruct... Kinds>
struct IsConfigChoice<std::variant<Kinds...>> : std::true_type {};

/// A setting that is a config of one of several kinds: a std::variant of config structs that each have a
/// `static constexpr const char* kKind`. In JSON that stands under "kind"; without it the first is meant.
template <class T>
concept ConfigChoice = IsConfigChoice<T>::value;

template <ConfigStruct Config>
nlohmann::ordered_json config_to_json(const Config& config);
template <ConfigChoice Choice>
nlohmann::ordered_json config_to_json(const Choice& choice);
template <ConfigStruct Config>
Config config_from_json(const nlohmann::ordered_json& json, const std::string& thing);
template <ConfigChoice Choice>
Choice config_from_json(const nlohmann::ordered_json& json, const std::string& thing);

/// Calls visit(field) for each setting, in the order of the list.
template <ConfigStruct Config, class Visitor>
constexpr void for_each_field(Visitor&& visit) {
    std::apply([&](const auto&... field) { (visit(field), ...); }, Config::fields());
}

/// A config as a JSON object, nested configs as nested objects.
template <ConfigStruct Config>
nlohmann::ordered_json config_to_json(const Config& config) {
    nlohmann::ordered_json json = nlohmann::ordered_json::object();
    for_each_field<Config>([&](const auto& field) {
        const auto& value = config.*field.member;
        using Value = std::decay_t<decltype(value)>;
        if constexpr (ConfigStruct<Value> || ConfigChoice<Value>) {
            json[field.name] = config_to_json(value);
        } else if constexpr (std::is_same_v<Value, float>) {
            json[field.name] = decimal_of(value);
        } else {
            json[field.name] = value;
        }
    });
    return json;
}

/// Whether a JSON value is of a setting's own kind. nlohmann's get would turn 10.9 into 10, true into 1 and
/// 2^32 into 0.
template <class Value>
bool fits(const nlohmann::ordered_json& json) {
    if constexpr (std::is_same_v<Value, bool>) {
        return json.is_boolean();
    } else if constexpr (std::is_integral_v<Value>) {
        if (json.is_number_unsigned()) return std::in_range<Value>(json.get<std::uint64_t>());
        return json.is_number_integer() && std::in_range<Value>(json.get<std::int64_t>());
    } else if constexpr (std::is_floating_point_v<Value>) {
        return json.is_number();
    } else if constexpr (std::is_same_v<Value, std::string>) {
        return json.is_string();
    } else if constexpr (std::is_enum_v<Value>) {  // whose names NLOHMANN_JSON_SERIALIZE_ENUM lists
        return json.is_string() && nlohmann::ordered_json(json.get<Value>()) == json;
    } else {  // a list
        return json.is_array() && std::ranges::all_of(json, fits<typename Value::value_type>);
    }
}

/// A config from JSON; settings that the JSON leaves out keep their defaults.
///
/// thing   what the JSON came from, for the error
/// throws  Error for a value of the wrong type and for a key that is no setting
template <ConfigStruct Config>
Config config_from_json(const nlohmann::ordered_json& json, const std::string& thing) {
    Config config;
    if (!json.is_object())
        throw Error(thing, "needs a JSON object of settings", "it holds " + printable(json.dump()));
    std::size_t known = 0;
    for_each_field<Config>([&](const auto& field) {
        const auto found = json.find(field.name);
        if (found == json.end()) return;
        ++known;
        auto& value = config.*field.member;
        using Value = std::decay_t<decltype(value)>;
        if constexpr (ConfigStruct<Value> || ConfigChoice<Value>) {
            value = config_from_json<Value>(*found, thing + "." + field.name);
        } else {
            if (!fits<Value>(*found)) {
                throw Error(thing, std::string("needs a fitting value for \"") + field.name + '"',
                            "it holds " + printable(found->dump()));
            }
            value = found->template get<Value>();
        }
    });
    if (known == json.size()) return config;
    for (const auto& item : json.items()) {
        const std::string& key = item.key();
        bool is_field = false;
        for_each_field<Config>([&](const auto& field) { is_field = is_field || key == field.name; });
        if (!is_field) throw Error(thing, "needs known settings only", "it holds \"" + printable(key) + '"');
    }
    return config;
}

/// A choice as a JSON object: its "kind", then that kind's settings.
template <ConfigChoice Choice>
nlohmann::ordered_json config_to_json(const Choice& choice) {
    return std::visit(
        []<class Kind>(const Kind& config) {
            nlohmann::ordered_json json = {{"kind", Kind::kKind}};
            json.update(config_to_json(config));
            return json;
        },
        choice);
}

/// A choice from JSON.
///
/// throws  Error as for the kind's config, and for an unknown kind
template <ConfigChoice Choice>
Choice config_from_json(const nlohmann::ordered_json& json, const std::string& thing) {
    nlohmann::ordered_json settings = json;
    const nlohmann::ordered_json kind =
        json.is_object() ? json.value("kind", nlohmann::ordered_json()) : nullptr;
    if (json.is_object()) settings.erase("kind");
    std::optional<Choice> choice;
    std::vector<std::string_view> known;
    [&]<class... Kinds>(std::type_identity<std::variant<Kinds...>>) {
        const auto try_kind = [&]<class Kind>(std::type_identity<Kind>) {
            const bool is_meant = kind.is_null() ? known.empty() : kind == Kind::kKind;
            known.push_back(Kind::kKind);
            if (is_meant) choice = config_from_json<Kind>(settings, thing);
        };
        (try_kind(std::type_identity<Kinds>{}), ...);
    }(std::type_identity<Choice>{});
    if (choice) return *choice;
    throw Error(thing, "needs a \"kind\" of " + joined(known), "it is " + printable(kind.dump()));
}

/// The JSON text of a config: equal texts mean equal settings, so caches are keyed with it.
template <class Config>
std::string config_text(const Config& config) {
    return config_to_json(config).dump();
}

}  // namespace melvit
