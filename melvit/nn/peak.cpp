#include "melvit/nn/peak.h"

#include "melvit/nn/matrix_unit.h"
#include "melvit/nn/processor.h"
#include "melvit/nn/vector.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

namespace melvit::nn {
namespace {

/// Sums that grow side by side: more than the processor has multiply-adds under way, fewer than it has
/// registers.
constexpr std::size_t kSums = 12;
constexpr int kSteps = 1 << 16;
constexpr int kRounds = 400;  // of 0.05 - 0.6 ms by processor: a busy machine leaves some alone

/// Keeps a value where it is, so that the compiler cannot see what it was.
template <class T>
void hide(T& value) {
#if defined(__x86_64__)
    asm volatile("" : "+x"(value));
#else
    asm volatile("" : "+w"(value));
#endif
}

/// 10^9 operations a second of the best round; work() returns the operations it did.
template <class Work>
double best_of(const Work& work) {
    double best = 0;
    for (int round = 0; round < kRounds; ++round) {
        const auto start = std::chrono::steady_clock::now();
        const double operations = work();
        const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - start;
        best = std::max(best, operations / spent.count());
    }
    return best / 1e9;
}

/// The rate of step(sum), which does `operations`.
template <class Sum, class Step>
double best_rate(double operations, const Step& step) {
    return best_of([&] {
        std::array<Sum, kSums> sums{};
        for (Sum& sum : sums) hide(sum);
        for (int i = 0; i < kSteps; ++i) {
#pragma GCC unroll 16
            for (std::size_t s = 0; s < kSums; ++s) step(sums[s]);
        }
        for (Sum& sum : sums) hide(sum);
        return operations * kSteps * static_cast<double>(kSums);
    });
}

double fp32_rate() {
    Vector a = Vector{} + 1e-3F;
    Vector b = Vector{} + 1.0F;
    hide(a);
    hide(b);
    return best_rate<Vector>(2 * kLanes, [&](Vector& sum) { sum = sum * a + b; });
}

/// Of the matrix unit; nothing where there is none or the build does not know it.
template <class Arithmetic>
std::optional<double> matrix_unit_rate() {
    if constexpr (kBuiltForMatrixUnit) {
        if (!this_processor().matrix_unit) return {};
        // Four sums of 16 cycles a step, where registers have twelve of half a cycle.
        constexpr int kUnitSteps = kSteps * 3 / 32;
        MatrixUnitProduct<Arithmetic> product;
        return best_of([&] { return 2 * product.multiply_registers_only(kUnitSteps); });
    } else {
        return {};
    }
}

double bf16_rate() {
    if (const auto rate = matrix_unit_rate<Bf16Pairs>()) return *rate;
    const auto steps = this_processor().bf16_products ? measure_bf16_steps_gops() : std::nullopt;
    return steps ? *steps : fp32_rate();
}

double int8_rate() {
    if (const auto rate = matrix_unit_rate<CodeQuads>()) return *rate;
    Integers a{};
    hide(a);
#if defined(__AVX512VNNI__)
    if (this_processor().int8_products) {
        return best_rate<__m512i>(8 * kLanes, [&](__m512i& sum) {
            sum = _mm512_dpbusd_epi32(sum, reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(a));
        });
    }
#endif
    // As add_products of CodePairs does it.
#if defined(__AVX512BW__)
    return best_rate<__m512i>(4 * kLanes, [&](__m512i& sum) {
        sum = _mm512_add_epi32(sum, _mm512_madd_epi16(reinterpret_cast<__m512i>(a), sum));
    });
#elif defined(__AVX2__)
    return best_rate<__m256i>(4 * kLanes, [&](__m256i& sum) {
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(reinterpret_cast<__m256i>(a), sum));
    });
#else
    return best_rate<Integers>(2 * kLanes, [&](Integers& sum) { sum = sum * a + a; });
#endif
}

}  // namespace

std::optional<double> measure_bf16_steps_gops() {
#if defined(__AVX512BF16__)
    if (!__builtin_cpu_supports("avx512bf16")) return {};
    Integers a{};
    hide(a);
    return best_rate<__m512>(4 * kLanes, [&](__m512& sum) {
        sum = _mm512_dpbf16_ps(sum, reinterpret_cast<__m512bh>(a), reinterpret_cast<__m512bh>(a));
    });
#else
    return {};
#endif
}

double measure_peak_gops(Precision precision) {
    switch (precision) {
        case Precision::bf16:
            return bf16_rate();
        case Precision::int8:
            return int8_rate();
        default:
            return fp32_rate();
    }
}

}  // namespace melvit::nn
