#include "melvit/kernels/processor.h"

#include "melvit/core/error.h"
#include "melvit/core/text.h"

#include <array>
#include <cstdlib>
#include <fmt/format.h>
#include <string>
#include <vector>

#if defined(__x86_64__)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace melvit {
namespace {

constexpr std::array kLevels{IsaLevel::baseline, IsaLevel::avx2,        IsaLevel::avx2_vnni,
                             IsaLevel::avx512,   IsaLevel::avx512_vnni, IsaLevel::avx512_bf16,
                             IsaLevel::amx};

#if defined(__x86_64__)
/// One bit of CPUID's leaf 7.
/// source  Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2A, CPUID
bool has_leaf7(unsigned subleaf, unsigned (*word)(const std::array<unsigned, 4>&), unsigned bit) {
    std::array<unsigned, 4> r{};
    if (__get_cpuid_count(7, subleaf, r.data(), &r[1], &r[2], &r[3]) == 0) return false;
    return (word(r) >> bit & 1U) != 0;
}

/// AVX-VNNI, which g++ 12 has no name for in __builtin_cpu_supports.
bool has_avx_vnni() {
    return has_leaf7(
        1, [](const std::array<unsigned, 4>& r) { return r[0]; }, 4);
}

/// AMX, and Linux's leave to use its tiles, which a process has to ask for.
/// source  Linux, Documentation/x86/xstate.rst: ARCH_REQ_XCOMP_PERM of XFEATURE_XTILEDATA
bool has_amx() {
    constexpr unsigned kBf16 = 22;
    constexpr unsigned kTile = 24;
    constexpr unsigned kInt8 = 25;
    constexpr long kRequestPermission = 0x1023;
    constexpr long kTileData = 18;
    for (const unsigned bit : {kBf16, kTile, kInt8}) {
        if (!has_leaf7(
                0, [](const std::array<unsigned, 4>& r) { return r[3]; }, bit))
            return false;
    }
    static const bool allowed = ::syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
    return allowed;
}
#endif

}  // namespace

std::string_view name_of(IsaLevel level) {
    switch (level) {
        case IsaLevel::avx2:
            return "avx2";
        case IsaLevel::avx2_vnni:
            return "avx2_vnni";
        case IsaLevel::avx512:
            return "avx512";
        case IsaLevel::avx512_vnni:
            return "avx512_vnni";
        case IsaLevel::avx512_bf16:
            return "avx512_bf16";
        case IsaLevel::amx:
            return "amx";
        default:
#if defined(__x86_64__)
            return "x86-64-v2";
#else
            return "armv8";
#endif
    }
}

bool runs(IsaLevel level) {
#if defined(__x86_64__)
    // These ask for the operating system's support of the registers as well.
    const auto avx2 = [] { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); };
    const auto avx512 = [&] {
        return avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
               __builtin_cpu_supports("avx512vl");
    };
    switch (level) {
        case IsaLevel::avx2:
            return avx2();
        case IsaLevel::avx2_vnni:
            return avx2() && has_avx_vnni();
        case IsaLevel::avx512:
            return avx512();
        case IsaLevel::avx512_vnni:
            return avx512() && __builtin_cpu_supports("avx512vnni");
        case IsaLevel::avx512_bf16:
            return runs(IsaLevel::avx512_vnni) && __builtin_cpu_supports("avx512bf16");
        case IsaLevel::amx:
            return runs(IsaLevel::avx512_bf16) && has_amx();
        default:
            return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt") &&
                   __builtin_cpu_supports("ssse3");
    }
#else
    return level == IsaLevel::baseline;
#endif
}

IsaLevel highest_level(std::optional<std::string_view> most) {
    if (!runs(IsaLevel::baseline)) {
        throw Error("processor", fmt::format("needs the instructions of {}", name_of(IsaLevel::baseline)),
                    "this one lacks some");
    }
    IsaLevel highest = IsaLevel::baseline;
    bool is_known = !most || most->empty();
    std::vector<std::string_view> names;
    for (const IsaLevel level : kLevels) {
        names.push_back(name_of(level));
        if (!(most && is_known && !most->empty()) && runs(level)) highest = level;
        if (most && *most == name_of(level)) is_known = true;
    }
    if (!is_known) {
        throw Error("MELVIT_MAX_ISA", fmt::format("needs to be one of {}", joined(names)),
                    fmt::format("it is \"{}\"", printable(std::string(*most))));
    }
    return highest;
}

IsaLevel isa_level() {
    static const IsaLevel level = [] {
        const char* most = std::getenv("MELVIT_MAX_ISA");
        return highest_level(most == nullptr ? std::nullopt : std::optional<std::string_view>(most));
    }();
    return level;
}

bool s16_steps_pay() {
#if defined(__x86_64__)
    return !__builtin_cpu_is("znver1");
#else
    return false;
#endif
}

bool bf16_steps_pay() {
#if defined(__x86_64__)
    return !__builtin_cpu_is("intel");
#else
    return true;
#endif
}

}  // namespace melvit
