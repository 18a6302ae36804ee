// Compiled for every x86-64 processor, whatever the other sources are compiled for: it runs where they cannot.

#include "processor_check.h"

#include "melvit/core/build_target.h"

#include <cstring>
#include <unistd.h>

namespace melvit::cli {
namespace {

void say_plainly(const char* text) {
    // There is nobody to tell of a failure.
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text, std::strlen(text));
}

/// Ends a program that was built for another processor with a sentence, where it would end with "Illegal
/// instruction". Runs before the constructors of all other sources, which may use these instructions.
__attribute__((constructor(101))) void check_processor() {
    const unsigned missing = missing_instructions(kBuiltFor);
    if (missing == 0) return;
    say_plainly(
        "error: melvit: needs a processor with the instructions that it was built for, this one lacks");
    for (unsigned i = 0; i < kInstructions.size(); ++i) {
        if ((missing >> i & 1U) == 0) continue;
        say_plainly(" ");
        say_plainly(kInstructions[i]);
    }
    say_plainly("; build it for this one, without -march\n");
    ::_exit(1);
}

}  // namespace

unsigned missing_instructions(unsigned needed) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    // The builtin takes literals only; in the order of kInstructions.
    const bool has[] = {__builtin_cpu_supports("sse4.2") != 0,     __builtin_cpu_supports("avx") != 0,
                        __builtin_cpu_supports("avx2") != 0,       __builtin_cpu_supports("fma") != 0,
                        __builtin_cpu_supports("bmi") != 0,        __builtin_cpu_supports("bmi2") != 0,
                        __builtin_cpu_supports("avx512f") != 0,    __builtin_cpu_supports("avx512bw") != 0,
                        __builtin_cpu_supports("avx512dq") != 0,   __builtin_cpu_supports("avx512vl") != 0,
                        __builtin_cpu_supports("avx512vnni") != 0, __builtin_cpu_supports("avx512bf16") != 0};
    static_assert(sizeof has == kInstructions.size());
    unsigned missing = 0;
    for (unsigned i = 0; i < kInstructions.size(); ++i) missing |= (has[i] ? 0U : 1U << i) & needed;
    return missing;
#else
    return 0 * needed;
#endif
}

}  // namespace melvit::cli
