#include "melvit/vit/feature_extractor.h"

#include "melvit/core/cores.h"
#include "melvit/core/error.h"
#include "melvit/core/parallel.h"
#include "melvit/vit/vit.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

namespace melvit {
namespace {

/// About how many times sooner an image is done on so many threads, each with a core, than on one; more
/// images than that are done sooner side by side. An estimate from how many tasks a layer has, not measured
/// on so many cores: some threads wait for the longest task, and layers are too short for many.
constexpr std::size_t speedup_of_image(std::size_t threads) {
    return std::min<std::size_t>(threads * 2 / 3, 8);
}

enum class Pooling { class_token, time_mean, time_mean_std };

Pooling pooling_of(const std::string& tokens) {
    if (tokens == "class") return Pooling::class_token;
    if (tokens == "time_mean") return Pooling::time_mean;
    if (tokens == "time_mean_std") return Pooling::time_mean_std;
    throw Error("tokens", "needs class, time_mean or time_mean_std", fmt::format("it is \"{}\"", tokens));
}

/// The blocks whose tokens are features, counted from 1.
std::vector<int> blocks_of(const FeatureConfig& config, const Body& body) {
    const int depth = body.config.depth;
    if (config.blocks.empty()) return {depth};
    for (auto block = config.blocks.begin(); block != config.blocks.end(); ++block) {
        const bool again = std::find(config.blocks.begin(), block, *block) != block;
        if (*block >= 1 && *block <= depth && !again) continue;
        throw Error("blocks",
                    fmt::format("needs different numbers from 1 to {}, the blocks of {}", depth, body.name),
                    fmt::format("it holds {}{}", *block, again ? " twice" : ""));
    }
    return config.blocks;
}

/// Mean of patch tokens over time, and if wanted their standard deviation, for each row of patches: frequencies.
///
/// token  gives the numbers [D] of a patch's token, by its number, row by row
/// out    [rows x D] means, then [rows x D] standard deviations of the whole population
template <class Token>
void pool_over_time(const Token& token, const PatchGrid& grid, bool with_sd, std::span<float> out) {
    const std::size_t D = token(0).size();
    const auto count = static_cast<float>(grid.columns);
    for (std::size_t frequency = 0; frequency < grid.rows; ++frequency) {
        const std::size_t first = frequency * grid.columns;
        const std::span<float> mean = out.subspan(frequency * D, D);
        std::ranges::fill(mean, 0.0F);
        for (std::size_t time = 0; time < grid.columns; ++time) {
            for (std::size_t i = 0; i < D; ++i) mean[i] += token(first + time)[i] / count;
        }
        if (!with_sd) continue;
        const std::span<float> spread = out.subspan((grid.rows + frequency) * D, D);
        std::ranges::fill(spread, 0.0F);
        for (std::size_t time = 0; time < grid.columns; ++time) {
            for (std::size_t i = 0; i < D; ++i) {
                const float off = token(first + time)[i] - mean[i];
                spread[i] += off * off / count;
            }
        }
        for (float& value : spread) value = std::sqrt(value);
    }
}

/// The mean of the prefix tokens.
///
/// token  gives the numbers [D] of one by its number, 0 ... count - 1
template <class Token>
void pool_prefix(const Token& token, std::size_t count, std::span<float> out) {
    std::ranges::copy(token(0), out.begin());
    if (count == 1) return;
    for (std::size_t number = 1; number < count; ++number) {
        for (std::size_t i = 0; i < out.size(); ++i) out[i] += token(number)[i];
    }
    for (float& value : out) value /= static_cast<float>(count);
}

class CpuFeatureExtractor final : public FeatureExtractor {
public:
    CpuFeatureExtractor(const Body& body, const FeatureConfig& config, Precision precision)
        : body_name_(body.name),
          pooling_(pooling_of(config.tokens)),
          blocks_(blocks_of(config, body)),
          final_norm_(config.final_norm),
          vit_config_(body.config),
          vit_(body.config, body.parameters,
               {.blocks = std::ranges::max(blocks_), .prefix_tokens_only = pooling_ == Pooling::class_token},
               precision) {
        if (pooling_ == Pooling::class_token && vit_config_.prefix_tokens == 0) {
            throw Error("tokens", "needs time_mean or time_mean_std for a body without a class token",
                        fmt::format("it is \"class\" for {}", body.name));
        }
    }

    std::size_t width() const override { return blocks_.size() * width_of_block(); }

    InputShape input() const override { return vit_config_.input; }

    Matrix extract(std::span<const Image> images) const override {
        for (const Image& image : images) check_shape(image);
        Matrix features(images.size(), width());
        // Whole images for each core as long as they last; the few left over have all threads, one after the
        // other.
        const std::size_t cores = std::min(free_threads(), usable_cores());
        const std::size_t left_over = images.size() % cores;
        const bool side_by_side = left_over > speedup_of_image(cores);
        const std::size_t whole = side_by_side ? images.size() : images.size() - left_over;
        parallel_for(whole, [&](std::size_t i) { extract_one(images[i], features.row(i)); });
        for (std::size_t i = whole; i < images.size(); ++i) extract_one(images[i], features.row(i));
        check_finite(features);
        return features;
    }

private:
    std::size_t width_of_block() const {
        const auto token_width = static_cast<std::size_t>(vit_config_.width);
        switch (pooling_) {
            case Pooling::time_mean:
                return vit_config_.grid().rows * token_width;
            case Pooling::time_mean_std:
                return 2 * vit_config_.grid().rows * token_width;
            default:
                return token_width;
        }
    }

    void extract_one(const Image& image, std::span<float> out) const {
        vit_(image, [&](int block, nn::Tokens& x) {
            for (std::size_t i = 0; i < blocks_.size(); ++i) {
                if (blocks_[i] == block) pool(x, out.subspan(i * width_of_block(), width_of_block()));
            }
        });
    }

    /// x  what comes out of a block
    void pool(nn::Tokens& x, std::span<float> out) const {
        const auto prefix = static_cast<std::size_t>(vit_config_.prefix_tokens);
        const nn::Rows wanted =
            x.slice(pooling_ == Pooling::class_token ? Range{0, prefix} : Range{prefix, x.rows()});
        if (final_norm_) {
            const nn::Operand normed = vit_.norm(wanted);
            pool_tokens([&](std::size_t t) { return normed.all().fp32(t); }, out);
        } else {
            pool_tokens([&](std::size_t t) { return wanted.row(t); }, out);
        }
    }

    void pool_tokens(const auto& token, std::span<float> out) const {
        if (pooling_ == Pooling::class_token)
            return pool_prefix(token, static_cast<std::size_t>(vit_config_.prefix_tokens), out);
        pool_over_time(token, vit_config_.grid(), pooling_ == Pooling::time_mean_std, out);
    }

    void check_shape(const Image& image) const {
        const InputShape& needed = vit_config_.input;
        if (image.shape == needed && image.values.size() == needed.size()) return;
        throw Error("image", fmt::format("needs {} values ({})", needed.size(), text_of(needed)),
                    fmt::format("it has {} ({})", image.values.size(), text_of(image.shape)));
    }

    void check_finite(const Matrix& features) const {
        for (std::size_t image = 0; image < features.rows(); ++image) {
            for (const float value : features.row(image)) {
                if (std::isfinite(value)) continue;
                throw Error(body_name_, "needs weights that give finite features",
                            fmt::format("image {} gives {}", image + 1, value));
            }
        }
    }

    std::string body_name_;
    Pooling pooling_;
    std::vector<int> blocks_;
    bool final_norm_;
    VitConfig vit_config_;
    Vit vit_;
};

}  // namespace

void check(const FeatureConfig& config) {
    pooling_of(config.tokens);
    for (const int block : config.blocks) {
        if (block < 1) throw Error("blocks", "needs numbers from 1", fmt::format("it holds {}", block));
    }
}

FeatureConfig plain_features(const Body& body) {
    return {.tokens = body.config.prefix_tokens > 0 ? "class" : "time_mean"};
}

std::unique_ptr<FeatureExtractor> make_feature_extractor(const Body& body, const FeatureConfig& config,
                                                         Precision precision) {
    return std::make_unique<CpuFeatureExtractor>(body, config, precision);
}

}  // namespace melvit
