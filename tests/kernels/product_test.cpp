#include "melvit/core/random.h"
#include "melvit/core/rounding.h"

#include "tests/kernels/levels.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <optional>

namespace melvit::kernels::test {
namespace {

/// A factor's numbers, and what they stand for: the rows of A, or the columns of B, `words` each.
struct Factor {
    std::vector<Word> words;
    std::vector<double> values;  ///< [count x inner]
};

std::size_t numbers_in_word(ElementFormat format) {
    switch (format) {
        case ElementFormat::f32:
            return 1;
        case ElementFormat::u8:
            return 4;
        default:
            return 2;
    }
}

/// One number of a format: its bits, and what they stand for.
std::pair<std::uint32_t, double> drawn(ElementFormat format, bool is_b, Random& random) {
    if (format == ElementFormat::f32) {
        const float x = random.uniform(-1.0F, 1.0F);
        return {std::bit_cast<std::uint32_t>(x), static_cast<double>(x)};
    }
    if (format == ElementFormat::bf16) {
        const auto bits = std::bit_cast<std::uint32_t>(random.uniform(-1.0F, 1.0F)) >> 16U;
        return {bits, static_cast<double>(std::bit_cast<float>(bits << 16U))};
    }
    const int value = is_b ? static_cast<int>(random.uniform(-127.0F, 127.9F))
                           : static_cast<int>(random.uniform(0.0F, 255.9F));
    const std::uint32_t mask = format == ElementFormat::u8 ? 0xFFU : 0xFFFFU;
    return {static_cast<std::uint32_t>(value) & mask, value};
}

Factor factor(ElementFormat format, bool is_b, std::size_t count, std::size_t inner, std::size_t words) {
    Random random(is_b ? 2 : 1, inner);
    const std::size_t together = numbers_in_word(format);
    Factor result{std::vector<Word>(count * words), std::vector<double>(count * inner)};
    for (std::size_t row = 0; row < count; ++row) {
        for (std::size_t k = 0; k < inner; ++k) {
            const auto [bits, value] = drawn(format, is_b, random);
            result.words[row * words + k / together] |= bits << (32 / together * (k % together)) % 32;
            result.values[row * inner + k] = value;
        }
    }
    return result;
}

double gelu_of(double x) {
    return 0.5 * x * (1.0 + std::erf(x / std::sqrt(2.0)));
}

struct Sizes {
    std::size_t rows, inner, columns;
};

/// A product and all that it reads and writes.
class Case {
public:
    Case(const Kernels& table, ElementFormat format, const Sizes& sizes)
        : table_(table), format_(format), sizes_(sizes) {
        const std::size_t step =
            format == ElementFormat::bf16 || format == ElementFormat::u8 ? table.word_step : 1;
        words_ = divided_up(divided_up(sizes.inner, numbers_in_word(format)), step) * step;
        a_ = factor(format, false, sizes.rows, sizes.inner, words_);
        b_ = factor(format, true, sizes.columns, sizes.inner, words_);
        const std::size_t padded = divided_up(sizes.columns, table.panel_columns) * table.panel_columns;
        panels_.resize(padded * words_ + 16);
        table.pack_panels(b_.words.data(), words_ * sizeof(Word), words_, sizes.columns, panels());
        Random random(3, 0);
        for (std::size_t i = 0; i < padded; ++i) {
            bias_.push_back(random.uniform(-1.0F, 1.0F));
            scale_.push_back(random.uniform(0.5F, 1.0F) / 127.0F);
        }
        sums_.resize(padded);
        for (std::size_t c = 0; c < sizes.columns && is_quantised(); ++c) {
            for (std::size_t k = 0; k < sizes.inner; ++k)
                sums_[c] += static_cast<std::int32_t>(b_.values[c * sizes.inner + k]);
        }
        for (std::size_t r = 0; r < sizes.rows; ++r)
            params_.push_back({random.uniform(0.5F, 1.0F) / 255.0F, static_cast<std::int32_t>(r * 7 % 256)});
    }

    bool is_quantised() const { return format_ == ElementFormat::u8 || format_ == ElementFormat::s16; }

    Product product(float* c, std::size_t stride) const {
        return {.a = a_.words.data(),
                .a_row_bytes = words_ * sizeof(Word),
                .rows = sizes_.rows,
                .b = panels(),
                .words = words_,
                .columns = sizes_.columns,
                .end_panel = divided_up(sizes_.columns, table_.panel_columns),
                .c = c,
                .c_stride = stride,
                .epilogue = {.bias = bias_.data(),
                             .column_scale = scale_.data(),
                             .column_sums = sums_.data(),
                             .row_params = params_.data()}};
    }

    void run(const Product& product) const { table_.multiply[static_cast<std::size_t>(format_)](product); }

    double sum(std::size_t r, std::size_t c) const {
        double sum = 0;
        const double zero = is_quantised() ? params_[r].zero_point : 0;
        for (std::size_t k = 0; k < sizes_.inner; ++k)
            sum += (a_.values[r * sizes_.inner + k] - zero) * b_.values[c * sizes_.inner + k];
        if (is_quantised()) sum *= static_cast<double>(params_[r].scale) * static_cast<double>(scale_[c]);
        return sum + static_cast<double>(bias_[c]);
    }

private:
    const Word* panels() const {
        auto address = reinterpret_cast<std::uintptr_t>(panels_.data());
        return panels_.data() + (64 - address % 64) % 64 / sizeof(Word);
    }
    Word* panels() { return const_cast<Word*>(std::as_const(*this).panels()); }

    const Kernels& table_;
    ElementFormat format_;
    Sizes sizes_;
    std::size_t words_ = 0;
    Factor a_, b_;
    std::vector<Word> panels_;
    std::vector<float> bias_, scale_;
    std::vector<std::int32_t> sums_;
    std::vector<QuantParams> params_;
};

/// The formats that the level multiplies.
std::vector<ElementFormat> formats_of(const Kernels& table) {
    std::vector<ElementFormat> formats;
    for (const auto format :
         {ElementFormat::f32, ElementFormat::bf16, ElementFormat::u8, ElementFormat::s16}) {
        if (table.multiply[static_cast<std::size_t>(format)] != nullptr) formats.push_back(format);
    }
    return formats;
}

/// Fewer than a tile, no multiple of one, several blocks of rows and of K.
constexpr Sizes kSizes[] = {{1, 1, 1},      {5, 3, 15},     {13, 67, 45},
                            {33, 130, 129}, {40, 1100, 20}, {600, 40, 70}};

class Products : public LevelTest {};
INSTANTIATE_TEST_SUITE_P(Levels, Products, ::testing::ValuesIn(levels_here()), level_name);

TEST_P(Products, AreTheSumsOfDoublePrecisionThroughTheEpilogue) {
    for (const ElementFormat format : formats_of(table)) {
        for (const Sizes& sizes : kSizes) {
            const Case one(table, format, sizes);
            const std::size_t stride = sizes.columns + 3;
            std::vector<float> c(sizes.rows * stride, 7.0F);
            std::vector<float> gelu_input(c.size(), 7.0F);
            std::vector<float> y(c.size(), 7.0F);
            Product product = one.product(y.data(), stride);
            one.run(product);
            product.c = c.data();
            product.epilogue.gelu = true;
            product.epilogue.accumulate = true;
            product.epilogue.gelu_input = gelu_input.data();
            one.run(product);
            for (std::size_t r = 0; r < sizes.rows; ++r) {
                for (std::size_t i = 0; i < stride; ++i) {
                    const std::size_t at = r * stride + i;
                    if (i >= sizes.columns) {
                        ASSERT_EQ(c[at], 7.0F);
                        ASSERT_EQ(y[at], 7.0F);
                        continue;
                    }
                    const double expected = one.sum(r, i);
                    const double tolerance = 2e-6 * std::sqrt(static_cast<double>(sizes.inner)) + 1e-5;
                    ASSERT_NEAR(y[at], expected, tolerance) << r << ", " << i << " of " << sizes.inner;
                    ASSERT_EQ(gelu_input[at], y[at]);
                    ASSERT_NEAR(c[at], 7.0 + gelu_of(expected), tolerance);
                }
            }
        }
    }
}

TEST_P(Products, GiveARowTheSameBitsWhateverTheOtherRowsAndWhicheverPanelsAreAskedFor) {
    for (const ElementFormat format : formats_of(table)) {
        const Sizes sizes{37, 70, 150};
        const Case one(table, format, sizes);
        std::vector<float> all(sizes.rows * sizes.columns);
        one.run(one.product(all.data(), sizes.columns));
        std::vector<float> some(all.size(), 7.0F);
        Product product = one.product(some.data(), sizes.columns);
        product.rows = 4;
        product.first_panel = 1;
        one.run(product);
        for (std::size_t i = 0; i < some.size(); ++i) {
            const bool is_asked_for = i < 4 * sizes.columns && i % sizes.columns >= table.panel_columns;
            ASSERT_EQ(some[i], is_asked_for ? all[i] : 7.0F) << i;
        }
    }
}

TEST_P(Products, OfQuantisedValuesLoseNothingWhereEachIsAtItsLimit) {
    for (const auto format : {ElementFormat::u8, ElementFormat::s16}) {
        const auto multiply = table.multiply[static_cast<std::size_t>(format)];
        if (multiply == nullptr) continue;
        constexpr std::size_t kInner = 3072;
        const std::size_t words = kInner / numbers_in_word(format);
        const std::vector<Word> a(words, format == ElementFormat::u8 ? 0xFFFFFFFFU : 0x00FF00FFU);
        const std::vector<Word> column(words, format == ElementFormat::u8 ? 0x7F7F7F7FU : 0x007F007FU);
        std::vector<Word> panels(table.panel_columns * words);
        table.pack_panels(column.data(), words * sizeof(Word), words, 1, panels.data());
        const std::vector<float> bias(table.panel_columns, 0.0F);
        const std::vector<float> scale(table.panel_columns, 1.0F);
        const std::vector<std::int32_t> sums(table.panel_columns, 0);
        const QuantParams params{1.0F, 0};
        float c = 0;
        multiply({.a = a.data(),
                  .a_row_bytes = words * sizeof(Word),
                  .rows = 1,
                  .b = panels.data(),
                  .words = words,
                  .columns = 1,
                  .end_panel = 1,
                  .c = &c,
                  .c_stride = 1,
                  .epilogue = {.bias = bias.data(),
                               .column_scale = scale.data(),
                               .column_sums = sums.data(),
                               .row_params = &params}});
        EXPECT_EQ(c, 3072.0F * 255 * 127);
    }
}

TEST_P(Products, ReadPanelsWithZerosWhereBHasNoColumns) {
    const std::vector<Word> column(3, 5U);
    std::vector<Word> panels(3 * table.panel_columns, 9U);
    table.pack_panels(column.data(), 3 * sizeof(Word), 3, 1, panels.data());
    for (std::size_t i = 0; i < panels.size(); ++i)
        EXPECT_EQ(panels[i], i % table.panel_columns == 0 ? 5U : 0U);
}

TEST_P(Products, HaveStepsThatCountTheirMultiplyAdds) {
    for (const ElementFormat format : formats_of(table)) {
        const double done = table.register_steps[static_cast<std::size_t>(format)](64);
        EXPECT_GT(done, 0);
        EXPECT_EQ(table.register_steps[static_cast<std::size_t>(format)](128), 2 * done);
    }
}

}  // namespace
}  // namespace melvit::kernels::test
