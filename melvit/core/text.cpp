#include "melvit/core/text.h"

namespace melvit {

std::string printable(std::string_view text) {
    constexpr std::size_t kMost = 80;
    std::string shown;
    for (const char letter : text.substr(0, kMost)) {
        const auto byte = static_cast<unsigned char>(letter);
        if (byte < 0x20 || byte == 0x7F) {
            shown += fmt::format("\\x{:02x}", byte);
        } else {
            shown += letter;
        }
    }
    return text.size() > kMost ? shown + "..." : shown;
}

}  // namespace melvit
