#include "melvit/training/initial_state.h"

#include "tests/support/matrices.h"

#include <gtest/gtest.h>

namespace melvit {
namespace {

constexpr std::size_t kTrainRows = 25;
constexpr std::size_t kInputWidth = 20;

TrainingData data_of_rows() {
    TrainingData data;
    data.train.features = test::random_matrix(kTrainRows, kInputWidth, 5);
    data.train.labels.resize(kTrainRows);
    data.genres = 3;
    return data;
}

TrainConfig config_of_batches() {
    TrainConfig config;
    config.head = {.hidden = 16, .shape = "mlp"};
    config.batch = 10;
    return config;
}

TEST(InitialState, HoldsAFreshHeadAndTheMiniBatchesInTheOrderOfTheEpochs) {
    const TrainingData data = data_of_rows();
    const InitialState start = make_initial_state(data, config_of_batches(), 7);
    EXPECT_EQ(unpack(start.head).layers[1].weight,
              make_head(config_of_batches().head, kInputWidth, 3, 7).layers[1].weight);
    ASSERT_EQ(start.batches.size(), 3U);
    EXPECT_EQ(start.batches[2].panels.rows(), 5U);
    const auto order = order_of_rows(kTrainRows, 7, 1);
    EXPECT_EQ(start.batches[1].panels(4, 6), data.train.features(order[14], 6));
}

TEST(InitialState, HoldsNoMiniBatchesThatChange) {
    const TrainingData data = data_of_rows();
    TrainConfig mixed = config_of_batches();
    mixed.mixup = 0.4F;
    EXPECT_TRUE(make_initial_state(data, mixed, 7).batches.empty());
    TrainConfig ensemble = config_of_batches();
    ensemble.ensemble = 2;
    EXPECT_TRUE(make_initial_state(data, ensemble, 7).batches.empty());
    TrainConfig shuffled = config_of_batches();
    shuffled.fixed_batches = false;
    EXPECT_TRUE(make_initial_state(data, shuffled, 7).batches.empty());
}

TEST(InitialStates, AreMadeOnceForTrainingsOfTheSameDataSeedHeadAndBatch) {
    const TrainingData data = data_of_rows();
    const TrainingData others = data_of_rows();
    const InitialStates initial_states;
    const auto first = initial_states.of(data, config_of_batches(), 7);
    TrainConfig config = config_of_batches();
    config.lr = 0.5F;
    config.weight_decay = 0.5F;
    config.epochs = 99;
    EXPECT_EQ(initial_states.of(data, config, 7), first);

    EXPECT_NE(initial_states.of(data, config, 8), first) << "another seed";
    EXPECT_NE(initial_states.of(others, config, 7), initial_states.of(data, config, 7)) << "other data";
    const auto again = initial_states.of(data, config, 7);
    config.head.hidden = 17;
    EXPECT_NE(initial_states.of(data, config, 7), again) << "another head";
    config.head.dropout = 0.5F;
    EXPECT_EQ(initial_states.of(data, config, 7)->head.config.dropout, 0.5F) << "it stands in the model file";
    config = config_of_batches();
    config.batch = 11;
    EXPECT_EQ(initial_states.of(data, config, 7)->batches[0].panels.rows(), 11U);
    config.mixup = 0.4F;
    EXPECT_TRUE(initial_states.of(data, config, 7)->batches.empty());
}

}  // namespace
}  // namespace melvit
