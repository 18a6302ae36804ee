#pragma once

#include "melvit/audio/wav.h"
#include "melvit/core/context.h"
#include "melvit/core/file.h"
#include "melvit/core/sha256.h"
#include "melvit/dataset/extract.h"
#include "melvit/spectrum/picture.h"

#include "tests/support/errors.h"
#include "tests/support/test_files.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <fmt/format.h>
#include <fstream>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace melvit {

namespace fs = std::filesystem;

/// Stands in for a ViT: the means of the image's colours, cheap and exact.
class MeanColours final : public FeatureExtractor {
public:
    std::size_t width() const override { return 3; }
    InputShape input() const override { return {}; }

    Matrix extract(std::span<const Image> images) const override {
        images_seen += images.size();
        largest_batch = std::max(largest_batch.load(), images.size());
        Matrix rows(images.size(), 3);
        for (std::size_t i = 0; i < images.size(); ++i) {
            for (std::size_t p = 0; p < images[i].values.size(); ++p) {
                rows(i, p / (images[i].values.size() / 3)) += images[i].values[p] * 1e-3F;
            }
        }
        if (trouble) throw Error("body", "needs weights that give finite features", "image 1 gives nan");
        if (die_after != 0 && images_seen >= die_after) ::kill(::getpid(), SIGKILL);
        return rows;
    }

    mutable std::atomic<std::size_t> images_seen{0};
    mutable std::atomic<std::size_t> largest_batch{0};
    std::size_t die_after = 0;
    bool trouble = false;
};

inline Picture picture_of(std::uint8_t shade) {
    Picture picture{40, 30, std::vector<std::uint8_t>(3 * 40 * 30, shade)};
    for (std::size_t i = 0; i < picture.rgb.size(); i += 7)
        picture.rgb[i] = static_cast<std::uint8_t>(i + shade);
    return picture;
}

inline Waveform tone(double seconds, float hertz) {
    Waveform waveform;
    waveform.samples.resize(static_cast<std::size_t>(seconds * 22050));
    for (std::size_t i = 0; i < waveform.samples.size(); ++i) {
        waveform.samples[i] = 0.5F * std::sin(6.2832F * hertz * static_cast<float>(i) / 22050);
    }
    return waveform;
}

class Extract : public testing::Test {
protected:
    /// Two genres of `each` pictures.
    void make_pictures(int each) {
        for (const char* genre : {"jazz", "rock"}) {
            make_folder(folder_ / "data" / genre);
            for (int i = 0; i < each; ++i) {
                write_png(folder_ / "data" / genre / fmt::format("{}.png", i),
                          picture_of(static_cast<std::uint8_t>(2 * i + (genre[0] == 'r'))));
            }
        }
    }

    ExtractResult run(const FeatureExtractor& extractor, const std::string& cache = "cache",
                      const std::string& name = "body") {
        const Catalog catalog = read_catalog(folder_ / "data");
        ExtractJob job = job_;
        if (!cache.empty()) job.cache_folder = folder_ / cache;
        return extract_features(catalog, extractor, name, job, {.pool = *pool_, .progress = progress_});
    }

    ExtractResult run() { return run(extractor_); }

    test::TempFolder folder_;
    MeanColours extractor_;
    ExtractJob job_;
    ThreadPool* pool_ = &default_pool();
    ProgressCallback progress_;
};

inline void expect_equal(const FeatureTable& a, const FeatureTable& b) {
    EXPECT_EQ(a.files, b.files);
    EXPECT_EQ(a.labels, b.labels);
    EXPECT_EQ(a.first_row, b.first_row);
    EXPECT_EQ(a.rows, b.rows);
    EXPECT_EQ(a.file_sha256, b.file_sha256);
}

}  // namespace melvit
