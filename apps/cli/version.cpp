#include "version.h"

#include "melvit/core/version.h"
#include "melvit/dataset/identity.h"

namespace melvit::cli {

nlohmann::ordered_json version_json() {
    nlohmann::ordered_json json = {{"version", std::string(kVersion)}, {"commit", std::string(kCommit)}};
    for (const Precision precision : kPrecisions) {
        json["identity"][std::string(name_of(precision))] = config_to_json(numeric_identity(precision));
    }
    return json;
}

}  // namespace melvit::cli
