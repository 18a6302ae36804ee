#pragma once

// g++ tells by a macro, clang by a question.
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define MELVIT_ADDRESS_SANITIZER 1
#endif
#endif

namespace melvit::test {

#if defined(__SANITIZE_ADDRESS__) || defined(MELVIT_ADDRESS_SANITIZER)
inline constexpr bool kAddressSanitizer = true;
#else
inline constexpr bool kAddressSanitizer = false;
#endif

}  // namespace melvit::test
