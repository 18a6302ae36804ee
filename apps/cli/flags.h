#pragma once

#include "melvit/core/config.h"
#include "melvit/core/text.h"

#include "console.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <functional>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

namespace melvit::cli {

/// --json --quiet --threads --seed, on every subcommand.
void add_common_flags(CLI::App& subcommand, CommonFlags& common);

/// A number from `least` to `most`. Unlike CLI::Range it refuses NaN, which is neither below nor above
/// anything.
CLI::Validator number_range(double least, double most);

/// A whole number from `least` to `most`.
CLI::Validator whole_number(std::int64_t least, std::int64_t most);

/// A number, whatever its size: the recipe knows its range.
CLI::Validator any_number();

/// Whether or not.
CLI::Validator true_or_false();

/// One of some names; the refusal of another one tells the nearest.
CLI::Validator one_of(const std::vector<std::string>& names);

/// What a flag may hold for a setting of this type.
template <class Value>
CLI::Validator value_of_kind() {
    if constexpr (std::is_same_v<Value, bool>) {
        return true_or_false();
    } else if constexpr (std::is_floating_point_v<Value>) {
        return any_number();
    } else if constexpr (std::is_same_v<Value, int> || std::is_same_v<Value, std::vector<int>>) {
        return whole_number(std::numeric_limits<int>::min(), std::numeric_limits<int>::max());
    } else {
        return {};
    }
}

/// What the command line changed of a config, to be applied to a recipe's settings once these are known.
template <ConfigStruct Config>
class Overrides {
public:
    /// Makes one flag of each setting of `Config`: its name with dashes, its help, its type. The help shows the
    /// values that the two recipes `best` and `study` have there.
    void add_flags(CLI::App& subcommand, const std::string& group, const Config& best, const Config& study) {
        best_ = best;
        study_ = study;
        add_nested<Config>(subcommand, group, [](Config& config) -> Config& { return config; });
    }

    void apply_to(Config& config) const {
        for (const auto& change : changes_) change(config);
    }

private:
    template <ConfigStruct Part, class Reach>
    void add_nested(CLI::App& subcommand, const std::string& group, Reach reach) {
        for_each_field<Part>([&](const auto& field) {
            using Value = std::decay_t<decltype(std::declval<Part&>().*field.member)>;
            auto member = field.member;
            auto reach_value = [reach, member](Config& config) -> Value& { return reach(config).*member; };
            if constexpr (ConfigStruct<Value>) {
                add_nested<Value>(subcommand, group, reach_value);
            } else {
                add_flag<Value>(subcommand, group, field.name, field.help, reach_value);
            }
        });
    }

    template <class Value, class Reach>
    void add_flag(CLI::App& subcommand, const std::string& group, std::string name, const char* help,
                  Reach reach) {
        std::replace(name.begin(), name.end(), '_', '-');
        subcommand
            .add_option_function<Value>(
                "--" + name,
                [this, reach](const Value& value) {
                    changes_.push_back([reach, value](Config& config) { reach(config) = value; });
                },
                help)
            ->group(group)
            ->check(value_of_kind<Value>())
            ->default_str(default_text(reach(best_), reach(study_)));
    }

    template <class Value>
    static std::string default_text(const Value& best, const Value& study) {
        if (best == study) return setting_text(best);
        return "best " + setting_text(best) + ", study " + setting_text(study);
    }

    template <class Value>
    static std::string setting_text(const Value& value) {
        if constexpr (std::is_same_v<Value, std::vector<int>>) {
            return value.empty() ? "[]" : joined(value);
        } else {
            return fmt::format("{}", value);
        }
    }

    Config best_;
    Config study_;
    std::vector<std::function<void(Config&)>> changes_;
};

}  // namespace melvit::cli
