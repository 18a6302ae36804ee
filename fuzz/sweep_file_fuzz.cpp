#include "melvit/core/error.h"
#include "melvit/search/search.h"
#include "melvit/search/sweep_file.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

/// Any bytes as a sweep file: an Error, or a search whose first and last points can be drawn.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const melvit::SweepFile file =
            melvit::parse_sweep_file({reinterpret_cast<const char*>(data), size}, "sweep.yaml");
        const auto search = melvit::make_search(file, 1);
        (void)search->point(0, {}).dump();
        (void)search->point(search->trials() - 1, {}).dump();
    } catch (const melvit::Error&) {
    }
    return 0;
}
