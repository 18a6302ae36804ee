#include "melvit/core/build_target.h"

#include <fmt/format.h>

namespace melvit {

constinit const unsigned kBuiltFor = 0U
#if defined(__SSE4_2__)
                                     | 1U << 0U
#endif
#if defined(__AVX__)
                                     | 1U << 1U
#endif
#if defined(__AVX2__)
                                     | 1U << 2U
#endif
#if defined(__FMA__)
                                     | 1U << 3U
#endif
#if defined(__BMI__)
                                     | 1U << 4U
#endif
#if defined(__BMI2__)
                                     | 1U << 5U
#endif
#if defined(__AVX512F__)
                                     | 1U << 6U
#endif
#if defined(__AVX512BW__)
                                     | 1U << 7U
#endif
#if defined(__AVX512DQ__)
                                     | 1U << 8U
#endif
#if defined(__AVX512VL__)
                                     | 1U << 9U
#endif
#if defined(__AVX512VNNI__)
                                     | 1U << 10U
#endif
#if defined(__AVX512BF16__)
                                     | 1U << 11U
#endif
    ;

std::string instruction_names(unsigned set) {
    std::string names;
    for (std::size_t i = 0; i < kInstructions.size(); ++i) {
        if ((set >> i & 1U) != 0) names += fmt::format("{}{}", names.empty() ? "" : " ", kInstructions[i]);
    }
    return names;
}

std::string build_text() {
#if defined(__clang__)
    const std::string compiler =
        fmt::format("clang {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#else
    const std::string compiler = fmt::format("gcc {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
    const std::string instructions = instruction_names(kBuiltFor);
    return fmt::format("{} for {}", compiler, instructions.empty() ? "every processor" : instructions);
}

}  // namespace melvit
