#pragma once

#include <string>
#include <string_view>

namespace melvit {

/// The setting of training that a parameter's name stands for, as melvit calls it: "lr", "weight_decay",
/// "batch" ... The case does not matter, "-" is "_", "training." or "head." may stand before it, and what
/// other programs say is known: learning_rate, wd, batch_size. Any other name comes back in lower case.
std::string setting_name(std::string_view parameter);

/// Lower case, and "_" for "-": names that differ in nothing else are one name.
std::string plain_name(std::string_view name);

}  // namespace melvit
