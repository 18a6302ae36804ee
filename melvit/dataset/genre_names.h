#pragma once

#include <string>
#include <vector>

namespace melvit {

/// A sentence for each two genres that people take for one: "Blues" and "blues", "hip hop" with a no-break space
/// or a second blank, "é" in two Unicode normal forms.
std::vector<std::string> notes_on_alike_genres(const std::vector<std::string>& genres);

}  // namespace melvit
