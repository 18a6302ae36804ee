#include "melvit/training/trainer.h"

#include "melvit/core/context.h"
#include "melvit/core/error.h"
#include "melvit/core/random.h"
#include "melvit/training/initial_state.h"
#include "melvit/training/metrics.h"
#include "melvit/training/seed_streams.h"
#include "melvit/training/training_data.h"

#include "tests/support/errors.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <numeric>

namespace melvit {
namespace {

constexpr std::size_t kFeatures = 20;

/// Tracks of three genres: noise around a centre of the genre. tracks_rows gives the rows of each track.
FeatureTable noisy_table(std::size_t tracks, std::size_t rows_a_track, float noise) {
    FeatureTable table;
    table.genres = {"a", "b", "c"};
    table.first_row = {0};
    table.rows = Matrix(tracks * rows_a_track, kFeatures);
    for (std::size_t track = 0; track < tracks; ++track) {
        table.labels.push_back(track % 3);
        table.files.push_back("track" + std::to_string(track) + ".wav");
        table.first_row.push_back(table.first_row.back() + rows_a_track);
        for (std::size_t row = table.first_row[track]; row < table.first_row[track + 1]; ++row) {
            Random centre(1, table.labels[track]);
            Random random(2, row);
            for (float& value : table.rows.row(row)) value = centre.normal() + noise * random.normal();
        }
    }
    return table;
}

/// The first 60 % of the tracks train, the next 20 % validate, the rest tests.
Split split_of(const FeatureTable& table) {
    Split split;
    for (std::size_t track = 0; track < table.tracks(); ++track) {
        auto& subset = track * 5 < table.tracks() * 3   ? split.train
                       : track * 5 < table.tracks() * 4 ? split.validation
                                                        : split.test;
        subset.push_back(track);
    }
    return split;
}

TrainConfig small_config() {
    TrainConfig config;
    config.head = {.hidden = 16, .shape = "mlp"};
    config.lr = 0.01F;
    config.batch = 16;
    config.epochs = 6;
    return config;
}

Trained train_small(const FeatureTable& table, const TrainConfig& config, std::uint64_t seed = 1,
                    const Context& context = {}) {
    return train(table, split_of(table), config, seed, {}, context);
}

std::vector<std::size_t> labels_of(const FeatureTable& table, const std::vector<std::size_t>& tracks) {
    std::vector<std::size_t> labels;
    for (const std::size_t track : tracks) labels.push_back(table.labels[track]);
    return labels;
}

void expect_same_heads(const HeadSet& a, const HeadSet& b) {
    ASSERT_EQ(a.heads.size(), b.heads.size());
    for (std::size_t i = 0; i < a.heads.size(); ++i) {
        for (std::size_t j = 0; j < a.heads[i].layers.size(); ++j) {
            EXPECT_EQ(a.heads[i].layers[j].weight, b.heads[i].layers[j].weight);
            EXPECT_EQ(a.heads[i].layers[j].bias, b.heads[i].layers[j].bias);
        }
    }
}

TEST(Train, LearnsGenresThatCanBeToldApart) {
    const FeatureTable table = noisy_table(150, 1, 0.5F);
    const Split split = split_of(table);
    const Trained trained = train(table, split, small_config(), 1, {});
    const Matrix probabilities = predict_tracks(trained.heads, table, split.test);
    EXPECT_GE(metrics_of(probabilities, labels_of(table, split.test)).accuracy, 0.95);
    ASSERT_EQ(trained.history.size(), 6U);
    EXPECT_LT(trained.history.back().train_loss, trained.history.front().train_loss);
}

TEST(Train, LearnsNothingFromNoise) {
    FeatureTable table = noisy_table(300, 1, 0.5F);
    Random random(9);
    for (float& value : table.rows.values()) value = random.normal();
    const Split split = split_of(table);
    const Matrix probabilities = predict_tracks(train_small(table, small_config()).heads, table, split.test);
    EXPECT_LT(metrics_of(probabilities, labels_of(table, split.test)).accuracy, 0.6) << "chance is a third";
}

TEST(Train, KeepsTheHeadOfTheLowestValidationLoss) {
    const FeatureTable table = noisy_table(100, 1, 6.0F);
    const Split split = split_of(table);
    TrainConfig config = small_config();
    config.epochs = 30;
    const Trained trained = train(table, split, config, 1, {});
    const auto best = std::ranges::min_element(trained.history, {}, &EpochMetrics::validation_loss);
    EXPECT_EQ(trained.best_epoch, best->epoch);
    ASSERT_LT(trained.best_epoch, 30) << "so noisy a table is learned by heart";
    const Matrix probabilities = predict_tracks(trained.heads, table, split.validation);
    const Metrics measured = metrics_of(probabilities, labels_of(table, split.validation));
    EXPECT_DOUBLE_EQ(measured.loss, best->validation_loss);
    EXPECT_DOUBLE_EQ(measured.accuracy, best->validation_accuracy);
}

Trained train_selecting(const std::string& select, int epochs, const FeatureTable& table) {
    TrainConfig config = small_config();
    config.select = select;
    config.epochs = epochs;
    return train_small(table, config);
}

TEST(Train, KeepsTheEarliestHeadOfTheHighestValidationAccuracy) {
    const FeatureTable table = noisy_table(100, 1, 0.3F);
    const Trained trained = train_selecting("accuracy", 12, table);
    const auto& history = trained.history;
    const auto best =
        std::ranges::max_element(history, {}, &EpochMetrics::validation_accuracy);  // the first of equal ones
    EXPECT_EQ(trained.best_epoch, best->epoch);
    EXPECT_EQ(history.back().validation_accuracy, best->validation_accuracy) << "the test needs a tie";
}

TEST(Train, KeepsTheLastHeadWhereItIsToldTo) {
    const FeatureTable table = noisy_table(100, 1, 6.0F);
    const Trained trained = train_selecting("last", 30, table);
    EXPECT_EQ(trained.best_epoch, 30);
    EXPECT_GT(trained.history.back().validation_loss,
              std::ranges::min(trained.history, {}, &EpochMetrics::validation_loss).validation_loss)
        << "the last is not the best here, so it is kept for being the last";
}

TEST(Train, GoesOnAlikeWhicheverEpochIsKept) {
    const FeatureTable table = noisy_table(100, 1, 6.0F);
    const Trained last = train_selecting("last", 30, table);
    const Trained best = train_selecting("loss", 30, table);
    ASSERT_LT(best.best_epoch, 30);
    for (std::size_t epoch = 0; epoch < 30; ++epoch) {
        EXPECT_EQ(best.history[epoch].batch_losses, last.history[epoch].batch_losses) << epoch;
        EXPECT_EQ(best.history[epoch].validation_loss, last.history[epoch].validation_loss) << epoch;
    }
}

TEST(Train, ValidatesTheMeanOfATracksRows) {
    const FeatureTable table = noisy_table(60, 5, 3.0F);
    const Split split = split_of(table);
    TrainConfig config = small_config();
    config.epochs = 1;
    const Trained trained = train(table, split, config, 1, {});
    double loss = 0.0;
    for (const std::size_t track : split.validation) {
        double probability = 0.0;
        for (std::size_t row = table.first_row[track]; row < table.first_row[track + 1]; ++row) {
            Matrix one(1, kFeatures);
            std::ranges::copy(table.rows.row(row), one.row(0).begin());
            probability += predict_rows(trained.heads, one)(0, table.labels[track]) / 5.0;
        }
        loss -= std::log(probability) / static_cast<double>(split.validation.size());
    }
    EXPECT_NEAR(trained.history[0].validation_loss, loss, 1e-5);
    EXPECT_EQ(trained.history[0].batch_losses.size(), 12U)
        << "36 tracks of 5 rows in batches of 16, the last of 4";
}

TEST(Train, CountsARowOfTheLastSmallerBatchAsMuchAsAnyOther) {
    const FeatureTable table = noisy_table(50, 1, 1.0F);  // 30 rows: batches of 16 and 14
    const EpochMetrics epoch = train_small(table, small_config()).history[0];
    ASSERT_EQ(epoch.batch_losses.size(), 2U);
    EXPECT_NEAR(epoch.train_loss, (16 * epoch.batch_losses[0] + 14 * epoch.batch_losses[1]) / 30, 1e-12);
    EXPECT_NEAR(epoch.train_accuracy, (16 * epoch.batch_accuracies[0] + 14 * epoch.batch_accuracies[1]) / 30,
                1e-12);
}

class TrainWithBatches : public testing::TestWithParam<bool> {};

INSTANTIATE_TEST_SUITE_P(FixedOrNot, TrainWithBatches, testing::Bool());

TEST_P(TrainWithBatches, GivesTheSameBitsOnOneTwoAndThreeThreadsAndInsideATask) {
    const FeatureTable table = noisy_table(60, 2, 1.0F);
    const bool fixed_batches = GetParam();
    TrainConfig config = small_config();
    config.head.dropout = 0.2F;
    config.ensemble = fixed_batches ? 1 : 3;
    config.fixed_batches = fixed_batches;
    ThreadPool one_thread(1);
    const Trained one = train_small(table, config, 1, {.pool = one_thread});
    for (const std::size_t threads : {2U, 3U}) {
        ThreadPool pool(threads);
        const Trained more = train_small(table, config, 1, {.pool = pool});
        expect_same_heads(more.heads, one.heads);
        EXPECT_EQ(more.history[3].validation_loss, one.history[3].validation_loss);
    }
    std::vector<Trained> side_by_side(2);
    ThreadPool pool(3);
    pool.for_each(2, [&](std::size_t i) { side_by_side[i] = train_small(table, config, 1, {.pool = pool}); });
    expect_same_heads(side_by_side[0].heads, one.heads);
    expect_same_heads(side_by_side[1].heads, one.heads);
}

TEST(Train, MixupMixesRowsAndTheLossesOfTheirLabels) {
    const FeatureTable table = noisy_table(60, 1, 1.0F);
    const std::vector<std::size_t> train_side = split_of(table).train;
    TrainConfig config = small_config();
    config.batch = static_cast<int>(train_side.size());
    config.mixup = 0.4F;
    constexpr std::uint64_t kSeed = 5;

    const auto order = Random(stream_seed(kSeed, Stream::shuffle), 1).permutation(train_side.size());
    Random random(stream_seed(kSeed, Stream::mixup), 0);
    const float share = random.symmetric_beta(config.mixup);
    const auto partners = random.permutation(train_side.size());
    ASSERT_TRUE(share > 0.01F && share < 0.99F) << "the draw mixes nothing, take another seed";
    Matrix mixed(train_side.size(), kFeatures);
    for (std::size_t i = 0; i < order.size(); ++i) {
        for (std::size_t c = 0; c < kFeatures; ++c) {
            mixed(i, c) = share * table.rows(train_side[order[i]], c) +
                          (1.0F - share) * table.rows(train_side[order[partners[i]]], c);
        }
    }
    const Matrix probabilities = softmax(apply_head(make_head(config.head, kFeatures, 3, kSeed), mixed));
    double loss = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        loss -= share * std::log(probabilities(i, table.labels[train_side[order[i]]]));
        loss -= (1.0 - share) * std::log(probabilities(i, table.labels[train_side[order[partners[i]]]]));
    }
    EXPECT_NEAR(train_small(table, config, kSeed).history[0].train_loss,
                loss / static_cast<double>(order.size()), 1e-5);
}

TEST(Train, DependsOnTheSeed) {
    const FeatureTable table = noisy_table(60, 1, 1.0F);
    EXPECT_NE(train_small(table, small_config(), 1).history[0].train_loss,
              train_small(table, small_config(), 2).history[0].train_loss);
}

TEST(Train, StartsAnEnsembleWithTheHeadThatIsTrainedAlone) {
    const FeatureTable table = noisy_table(60, 1, 1.0F);
    TrainConfig config = small_config();
    config.select = "last";
    const Trained alone = train_small(table, config);
    config.ensemble = 2;
    const Trained both = train_small(table, config);
    ASSERT_EQ(both.heads.heads.size(), 2U);
    EXPECT_EQ(both.heads.heads[0].layers[0].weight, alone.heads.heads[0].layers[0].weight);
    EXPECT_NE(both.heads.heads[1].layers[0].weight, alone.heads.heads[0].layers[0].weight);
    EXPECT_EQ(both.history.size(), alone.history.size());
}

/// The loss of each mini-batch, epoch after epoch, of a head that hardly learns: they tell which rows were in
/// the batch.
std::vector<double> batch_losses(bool fixed_batches) {
    TrainConfig config = small_config();
    config.lr = 1e-12F;
    config.weight_decay = 0.0F;
    config.epochs = 2;
    config.fixed_batches = fixed_batches;
    std::vector<double> losses;
    for (const EpochMetrics& epoch : train_small(noisy_table(60, 1, 1.0F), config).history) {
        losses.insert(losses.end(), epoch.batch_losses.begin(), epoch.batch_losses.end());
    }
    return losses;
}

TEST(Train, TakesTheSameMiniBatchesEachEpochOrNewOnes) {
    const auto fixed = batch_losses(true);
    const auto fresh = batch_losses(false);
    ASSERT_EQ(fixed.size(), 6U);  // 36 rows in batches of 16, 16 and 4
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_NEAR(fixed[i], fixed[i + 3], 1e-6);
        EXPECT_EQ(fresh[i], fixed[i]);
        EXPECT_GT(std::abs(fresh[i] - fresh[i + 3]), 1e-4);
    }
}

TEST(Train, LowersTheLearningRateAlongACosine) {
    TrainConfig config = small_config();
    config.schedule = "cosine";
    config.epochs = 4;
    const auto history = train_small(noisy_table(60, 1, 1.0F), config).history;
    EXPECT_NEAR(history[0].lr, config.lr, 1e-9);
    EXPECT_NEAR(history[2].lr, config.lr / 2, 1e-9);
    EXPECT_NEAR(history[3].lr, config.lr * (1 - std::sqrt(0.5)) / 2, 1e-9);
    config.schedule = "constant";
    EXPECT_NEAR(train_small(noisy_table(60, 1, 1.0F), config).history[3].lr, config.lr, 1e-9);
}

TEST(Train, StandardisesByTheTrainingRowsOnly) {
    FeatureTable table = noisy_table(60, 1, 1.0F);
    for (float& value : table.rows.values()) value = 1000.0F + 1e-2F * value;
    TrainConfig config = small_config();
    config.standardise = true;
    const Trained trained = train_small(table, config);
    EXPECT_GT(trained.history.back().validation_accuracy, 0.9);
    for (std::size_t row = 36; row < 60; ++row) std::ranges::fill(table.rows.row(row), 7.0F);
    EXPECT_EQ(train_small(table, config).heads.standardisation.mean, trained.heads.standardisation.mean);
}

TEST(Train, ReportsTheEnsembleInEachEpochAndItsHeadsBesideIt) {
    const FeatureTable table = noisy_table(60, 1, 1.0F);
    const Split split = split_of(table);
    TrainConfig config = small_config();
    config.lr = 0.1F;  // the loss goes up and down, so that another epoch would be another number
    const Trained alone = train_small(table, config);
    config.ensemble = 3;
    std::vector<EpochMetrics> epochs;
    const Trained trained =
        train(table, split, config, 1, [&](const EpochMetrics& epoch) { epochs.push_back(epoch); });
    ASSERT_EQ(epochs.size(), 6U);
    const Metrics validation = metrics_of(predict_tracks(trained.heads, table, split.validation),
                                          labels_of(table, split.validation));
    EXPECT_NEAR(trained.kept().validation_loss, validation.loss, 1e-6) << "of the heads that are returned";
    EXPECT_EQ(trained.kept().validation_accuracy, validation.accuracy);
    for (std::size_t e = 0; e < epochs.size(); ++e) {
        EXPECT_GE(epochs[e].validation_loss, trained.kept().validation_loss) << "the lowest is kept";
        ASSERT_EQ(epochs[e].members.size(), 3U);
        double loss = 0;
        for (const MemberMetrics& member : epochs[e].members) loss += member.train_loss / 3;
        EXPECT_NEAR(epochs[e].train_loss, loss, 1e-12);
    }
    EXPECT_TRUE(alone.history.front().members.empty());
}

TEST(Train, AnEnsembleMayEndEarly) {
    const FeatureTable table = noisy_table(60, 1, 1.0F);
    TrainConfig config = small_config();
    config.ensemble = 2;
    const TrainingData data = training_data(table, split_of(table), config.standardise);
    const Trained trained =
        train(data, config, 1, InitialStates(), [](const EpochMetrics& epoch) { return epoch.epoch < 2; });
    EXPECT_EQ(trained.history.size(), 2U);
    EXPECT_EQ(trained.heads.heads.size(), 2U);
}

TEST(TrainErrors, NameTheFileWhoseFeaturesAreNotFinite) {
    FeatureTable table = noisy_table(60, 2, 1.0F);
    table.rows(15, 3) = std::numeric_limits<float>::quiet_NaN();
    const std::string error = test::error_of([&] { train_small(table, small_config()); });
    EXPECT_EQ(error, "track7.wav: needs finite features, feature 3 is nan");
}

TEST(TrainErrors, NameTheEpochAndTheLearningRateOfALossThatIsNotFinite) {
    TrainConfig config = small_config();
    config.lr = 1e30F;
    const std::string error = test::error_of([&] { train_small(noisy_table(60, 1, 1.0F), config); });
    EXPECT_TRUE(test::holds(error, "needs a finite loss"));
    EXPECT_TRUE(test::holds(error, "epoch 1 "));
    EXPECT_TRUE(test::holds(error, "learning rate 1e+30"));
}

TEST(TrainErrors, NameAnEmptySideAndATrackWithoutRows) {
    FeatureTable table = noisy_table(60, 1, 1.0F);
    Split split = split_of(table);
    split.validation.clear();
    EXPECT_TRUE(
        test::holds(test::error_of([&] { train(table, split, small_config(), 1, {}); }), "validation set"));
    split = split_of(table);
    split.train.clear();
    EXPECT_TRUE(
        test::holds(test::error_of([&] { train(table, split, small_config(), 1, {}); }), "training set"));
    table.first_row[1] = 0;
    EXPECT_TRUE(test::holds(test::error_of([&] { train_small(table, small_config()); }), "track0.wav"));
}

TEST(TrainErrors, NameTheSettingThatIsOutOfRange) {
    const auto refused = [](auto change) {
        TrainConfig config;
        change(config);
        return test::error_of([&] { check(config); });
    };
    EXPECT_EQ(refused([](auto& c) { c.lr = 0.0F; }), "lr: needs a learning rate above 0, it is 0");
    EXPECT_TRUE(test::holds(refused([](auto& c) { c.lr = std::nanf(""); }), "lr:"));
    EXPECT_TRUE(test::holds(refused([](auto& c) { c.weight_decay = -1.0F; }), "weight_decay:"));
    EXPECT_TRUE(test::holds(refused([](auto& c) { c.batch = 0; }), "batch:"));
    EXPECT_TRUE(test::holds(refused([](auto& c) { c.epochs = 0; }), "epochs:"));
    EXPECT_TRUE(test::holds(refused([](auto& c) { c.ensemble = 0; }), "ensemble:"));
    EXPECT_TRUE(test::holds(refused([](auto& c) { c.label_smoothing = 1.0F; }), "label_smoothing:"));
    EXPECT_TRUE(test::holds(refused([](auto& c) { c.head.dropout = -0.1F; }), "dropout:"));
    EXPECT_EQ(refused([](auto& c) { c.select = "luck"; }),
              "select: needs one of loss, accuracy, last, it is \"luck\"");
    EXPECT_TRUE(test::holds(refused([](auto& c) { c.schedule = "stairs"; }), "schedule:"));
    const TrainConfig study;
    EXPECT_NO_THROW(check(study));
}

}  // namespace
}  // namespace melvit
