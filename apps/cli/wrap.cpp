#include "wrap.h"

#include "console.h"

#include <sstream>

namespace melvit::cli {

std::string wrapped(const std::string& text, std::size_t width, std::size_t indent) {
    std::istringstream words(text);
    std::string lines;
    std::size_t used = 0;
    for (std::string word; words >> word;) {
        const bool fits = used > 0 && used + 1 + text_width(word) <= width;
        if (used > 0) lines += fits ? " " : "\n" + std::string(indent, ' ');
        used = fits ? used + 1 + text_width(word) : text_width(word);
        lines += word;
    }
    return lines;
}

}  // namespace melvit::cli
