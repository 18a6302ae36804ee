#include "apps/synth/rhythm.h"

#include <cstddef>

namespace melvit {

std::vector<Step> read_bar(std::string_view pattern) {
    std::vector<Step> steps;
    const double slot = 1.0 / static_cast<double>(pattern.size());
    bool is_held = false;
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (pattern[i] == '-' && is_held) {
            steps.back().length += slot;
        } else if (pattern[i] != '-' && pattern[i] != '.') {
            steps.push_back({static_cast<double>(i) * slot, slot, pattern[i]});
            is_held = true;
        } else {
            is_held = false;
        }
    }
    return steps;
}

float step_level(char symbol) {
    if (symbol == 'X') return 1.25F;
    if (symbol == 'o') return 0.4F;
    return 0.9F;
}

}  // namespace melvit
