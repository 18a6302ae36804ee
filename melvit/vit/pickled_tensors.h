#pragma once

#include "melvit/vit/pickle.h"

#include <string>
#include <vector>

namespace melvit {

/// A tensor of a pickle under the path that leads to it: keys of dicts and places in lists with dots between
/// them ("model.cls_token", "optimizer.state.0.exp_avg"). Of a module that was pickled whole the path is that of
/// its state dict.
struct PickledTensor {
    std::string name;
    const PickleTensor* tensor = nullptr;  ///< in the pickle
};

/// All tensors that lie in dicts, lists and modules, in the pickle's order; a dict that lies in several places
/// under its first path only.
///
/// throws  Error when there are more than 65 536
std::vector<PickledTensor> pickled_tensors(const std::filesystem::path& file, const Pickle& pickle);

}  // namespace melvit
