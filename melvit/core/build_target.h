#pragma once

#include <array>
#include <cstddef>
#include <string>

namespace melvit {

/// Instructions beyond those of every x86-64 processor, as __builtin_cpu_supports names them.
inline constexpr std::array<const char*, 12> kInstructions{
    "sse4.2",  "avx",      "avx2",     "fma",      "bmi",        "bmi2",
    "avx512f", "avx512bw", "avx512dq", "avx512vl", "avx512vnni", "avx512bf16"};

/// Bit i is set where the compiler may use kInstructions[i] anywhere. A constant, so that it can be read
/// before any code that uses them runs.
extern const unsigned kBuiltFor;

/// "avx2 fma": the names of a set.
std::string instruction_names(unsigned set);

/// "gcc 12.2.0 for avx2 fma": what the program's last bits depend on at the compiler's side.
std::string build_text();

}  // namespace melvit
