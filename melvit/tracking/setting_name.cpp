#include "melvit/tracking/setting_name.h"

#include "melvit/core/text.h"

#include <algorithm>
#include <array>
#include <utility>

namespace melvit {
namespace {

/// Names of other programs, after the case and the dashes are gone.
constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kOtherNames = {
    {{"learning_rate", "lr"},
     {"wd", "weight_decay"},
     {"batch_size", "batch"},
     {"num_epochs", "epochs"},
     {"hidden_size", "hidden"},
     {"neurons", "hidden"},
     {"numberoflayers", "layers"}}};

}  // namespace

std::string plain_name(std::string_view name) {
    std::string plain = lower_case(name);
    std::ranges::replace(plain, '-', '_');
    return plain;
}

std::string setting_name(std::string_view parameter) {
    std::string name = plain_name(parameter);
    for (const std::string_view folder : {"training.", "head."}) {
        if (name.starts_with(folder)) name.erase(0, folder.size());
    }
    const auto known =
        std::ranges::find(kOtherNames, name, &std::pair<std::string_view, std::string_view>::first);
    return known == kOtherNames.end() ? name : std::string(known->second);
}

}  // namespace melvit
