#include "shown.h"

#include "melvit/core/text.h"
#include "melvit/core/unicode.h"

namespace melvit::cli {

std::string shown(const std::filesystem::path& file) {
    return visible(utf8_name(file));
}

std::vector<Skipped> shown(std::span<const Skipped> skipped) {
    std::vector<Skipped> list;
    for (const auto& [file, reason] : skipped)
        list.push_back({visible(utf8_text(file)), visible(utf8_text(reason))});
    return list;
}

}  // namespace melvit::cli
