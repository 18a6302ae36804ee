#include "melvit/core/version.h"

namespace melvit {

const std::string_view kVersion = MELVIT_VERSION;
const std::string_view kCommit = MELVIT_COMMIT;

}  // namespace melvit
