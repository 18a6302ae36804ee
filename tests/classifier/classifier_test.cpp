#include "melvit/classifier/classifier.h"

#include "melvit/audio/wav.h"
#include "melvit/core/parallel.h"

#include "tests/support/meeting.h"
#include "tests/support/test_files.h"

#include <atomic>
#include <cmath>
#include <functional>
#include <gtest/gtest.h>
#include <memory>
#include <stop_token>
#include <thread>
#include <vector>

namespace melvit {
namespace {

/// Three genres on the features of three colours.
Model colour_model() {
    Model model;
    model.genres = {"blues", "jazz", "rock"};
    model.heads.heads = {make_head({.hidden = 8, .layers = 1, .shape = "mlp"}, 3, 3, 1)};
    model.front_end = PictureFrontEnd{.clip_seconds = 1, .middle_only = false, .most_clips = 0};
    return model;
}

/// A ViT's stand-in: the means of an image's colours. Like a ViT it shares one image's work out to the pool.
class MeanOfColours final : public FeatureExtractor {
public:
    /// on_image  called once for each image, from inside a task
    explicit MeanOfColours(std::function<void()> on_image = [] {}) : on_image_(std::move(on_image)) {}

    std::size_t width() const override { return 3; }
    InputShape input() const override { return {}; }

    Matrix extract(std::span<const Image> images) const override {
        Matrix rows(images.size(), 3);
        for (std::size_t i = 0; i < images.size(); ++i) {
            parallel_for(3, [&](std::size_t channel) {
                if (channel == 0) on_image_();
                const std::size_t values = images[i].values.size() / 3;
                float sum = 0;
                for (std::size_t p = 0; p < values; ++p) sum += images[i].values[channel * values + p];
                rows(i, channel) = sum / static_cast<float>(values);
            });
        }
        return rows;
    }

private:
    std::function<void()> on_image_;
};

class ClassifierThreads : public testing::Test {
protected:
    ClassifierThreads() {
        Waveform song{.samples = std::vector<float>(3 * 22050), .sample_rate_hz = 22050};
        for (std::size_t i = 0; i < song.samples.size(); ++i)
            song.samples[i] = 0.5F * std::sin(static_cast<float>(i * (1 + i / 22050)) / 10);
        write_wav(song_, song);
    }

    static Classifier classifier(std::function<void()> on_image = [] {}) {
        return {colour_model(), std::make_unique<MeanOfColours>(std::move(on_image))};
    }

    std::vector<double> expected() const { return classifier().classify(song_).probabilities; }

    test::TempFolder folder_;
    std::filesystem::path song_ = folder_ / "song.wav";
};

TEST_F(ClassifierThreads, EightCallersOfOneClassifierAreInItsBodyAtTheSameTime) {
    const std::vector<double> alone = expected();
    for (const std::size_t threads : {1U, 4U}) {
        ThreadPool pool(threads);
        test::Meeting meeting(8);
        const Classifier shared = classifier([&] {
            // Each caller's first image waits for those of the other seven.
            EXPECT_TRUE(meeting.wait_for_all());
        });
        test::on_threads(
            8, [&](std::size_t) { EXPECT_EQ(shared.classify(song_, {.pool = pool}).probabilities, alone); });
    }
}

TEST_F(ClassifierThreads, AStopEndsItsOwnCallAloneAndNoLaterOne) {
    const std::vector<double> alone = expected();
    ThreadPool pool(3);
    std::stop_source cancel;
    test::Meeting meeting(2);
    const Classifier shared = classifier([&] {
        EXPECT_TRUE(meeting.wait_for_all());  // both are on their way
        cancel.request_stop();
    });
    test::on_threads(2, [&](std::size_t caller) {
        if (caller == 0) {
            EXPECT_THROW(shared.classify(song_, {.pool = pool, .stop = cancel.get_token()}), Stopped);
        } else {
            EXPECT_EQ(shared.classify(song_, {.pool = pool}).probabilities, alone);
        }
    });
    EXPECT_EQ(shared.classify(song_, {.pool = pool}).probabilities, alone);
    EXPECT_EQ(shared.classify(song_).probabilities, alone);
}

TEST_F(ClassifierThreads, WorksOnTheThreadsOfItsContext) {
    const auto most_threads_in_body = [&](ThreadPool& pool) {
        std::atomic<std::size_t> most{0};
        const Classifier one =
            classifier([&] { most = std::max(most.load(), pool_of_this_thread().threads()); });
        one.classify(song_, {.pool = pool});
        return most.load();
    };
    ThreadPool one_thread(1);
    ThreadPool five_threads(5);
    EXPECT_EQ(most_threads_in_body(one_thread), 1U);
    EXPECT_EQ(most_threads_in_body(five_threads), 5U);
}

TEST_F(ClassifierThreads, ASongInMemoryAndOneWhoseNameIsGoneAreClassifiedAsTheFileIs) {
    const Prediction file = classifier().classify(song_, 0.5);
    ASSERT_EQ(file.segments.size(), 6U);
    const std::string bytes = test::bytes_of(song_);
    const Source opened(song_);
    std::filesystem::remove(song_);
    const Classifier one = classifier();
    for (const Source& source : {opened, Source(std::as_bytes(std::span(bytes)), "song.wav")}) {
        const Prediction prediction = one.classify(source, 0.5);
        EXPECT_EQ(prediction.probabilities, file.probabilities);
        ASSERT_EQ(prediction.segments.size(), file.segments.size());
        for (std::size_t i = 0; i < file.segments.size(); ++i)
            EXPECT_EQ(prediction.segments[i].probabilities, file.segments[i].probabilities);
    }
}

}  // namespace
}  // namespace melvit
