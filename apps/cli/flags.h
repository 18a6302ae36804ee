#pragma once

#include "melvit/core/config.h"

#include "console.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <functional>
#include <string>
#include <type_traits>
#include <vector>

namespace melvit::cli {

/// --json --quiet --threads --seed, on every verb.
void add_common_flags(CLI::App& verb, CommonFlags& common);

/// A number from `least` to `most`. Unlike CLI::Range it refuses NaN, which is neither below nor above
/// anything.
CLI::Validator number_range(double least, double most);

/// What the command line changed of a config, to be applied to a recipe's settings once these are known.
template <ConfigStruct Config>
class Overrides {
public:
    /// Makes one flag of each setting of `Config`: its name with dashes, its help, its type.
    void add_flags(CLI::App& verb, const std::string& group) {
        add_nested<Config>(verb, group, [](Config& config) -> Config& { return config; });
    }

    void apply_to(Config& config) const {
        for (const auto& change : changes_) change(config);
    }

private:
    template <ConfigStruct Part, class Reach>
    void add_nested(CLI::App& verb, const std::string& group, Reach reach) {
        for_each_field<Part>([&](const auto& field) {
            using Value = std::decay_t<decltype(std::declval<Part&>().*field.member)>;
            auto member = field.member;
            auto reach_value = [reach, member](Config& config) -> Value& { return reach(config).*member; };
            if constexpr (ConfigStruct<Value>) {
                add_nested<Value>(verb, group, reach_value);
            } else {
                add_flag<Value>(verb, group, field.name, field.help, reach_value);
            }
        });
    }

    template <class Value, class Reach>
    void add_flag(CLI::App& verb, const std::string& group, std::string name, const char* help, Reach reach) {
        std::replace(name.begin(), name.end(), '_', '-');
        verb.add_option_function<Value>(
                "--" + name,
                [this, reach](const Value& value) {
                    changes_.push_back([reach, value](Config& config) { reach(config) = value; });
                },
                help)
            ->group(group);
    }

    std::vector<std::function<void(Config&)>> changes_;
};

}  // namespace melvit::cli
