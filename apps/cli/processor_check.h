#pragma once

namespace melvit::cli {

/// Of a set of kInstructions, those that this processor lacks.
unsigned missing_instructions(unsigned needed);

}  // namespace melvit::cli
