#include "melvit/sweep/sweep.h"

#include "melvit/classifier/model.h"
#include "melvit/core/file.h"
#include "melvit/core/thread_pool.h"
#include "melvit/sweep/sweep_results.h"
#include "melvit/sweep/trial_settings.h"

#include "tests/support/errors.h"
#include "tests/sweep/small_sweep.h"

#include <algorithm>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace melvit {
namespace {

namespace fs = std::filesystem;
using test::SmallSweep;

/// A sweep without its times and its run's facts: what must be the same bits.
nlohmann::ordered_json lasting(const SweepRecord& record) {
    auto json = record.result;
    for (const char* key : {"seconds", "extract_seconds"}) json.erase(key);
    for (const TrialRecord& trial : record.trials) {
        json["all"].push_back({trial.id, static_cast<int>(trial.status), trial.parameters, trial.best_epoch,
                               trial.score, trial.validation_loss, trial.validation_accuracy, trial.error});
        for (const EpochMetrics& epoch : trial.history) {
            json["all"].back().push_back({epoch.train_loss, epoch.validation_loss, epoch.validation_accuracy,
                                          epoch.batch_losses, epoch.batch_accuracies});
        }
    }
    return json;
}

void expect_same_sweep(const SweepRecord& a, const SweepRecord& b) {
    EXPECT_EQ(lasting(a), lasting(b));
}

HeadSet best_heads(const fs::path& folder) {
    return read_model(folder / "best" / "model.safetensors").heads;
}

class SweepTest : public testing::Test {
protected:
    test::TempFolder temp_;
    SmallSweep sweep_{temp_ / "sweep"};
};

TEST_F(SweepTest, RunsEveryPointOnceAndChoosesTheLowestLoss) {
    std::vector<std::size_t> ids = sweep_.ids_that_run();
    std::ranges::sort(ids);
    EXPECT_EQ(ids, (std::vector<std::size_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}));
    const SweepRecord record = read_sweep(sweep_.config.folder);
    ASSERT_EQ(record.trials.size(), 12U);
    EXPECT_EQ(record.trials[4].parameters.dump(), R"({"lr":0.003,"weight_decay":0.1})");
    const TrialRecord& best = *std::ranges::min_element(record.trials, {}, &TrialRecord::validation_loss);
    EXPECT_EQ(record.result.at("best").at("id"), best.id);
    EXPECT_EQ(record.result.at("best").at("validation").at("loss"), best.validation_loss);
    EXPECT_EQ(record.result.at("finished"), 12);
}

TEST_F(SweepTest, ATrialEqualsTrainWithItsSettingsBitByBit) {
    const SweepRecord record = sweep_.run();
    const TrialRecord& trial = record.trials[7];
    TrainConfig config = sweep_.config.experiment.recipe.training;
    config.lr = 0.01F;
    config.weight_decay = 0.1F;
    const Trained trained = train(sweep_.extracted.table, sweep_.split, config, 7, {});
    ASSERT_EQ(trial.history.size(), trained.history.size());
    for (std::size_t i = 0; i < trial.history.size(); ++i) {
        EXPECT_EQ(trial.history[i].validation_loss, trained.history[i].validation_loss);
        EXPECT_EQ(trial.history[i].batch_losses, trained.history[i].batch_losses);
    }
    EXPECT_EQ(trial.best_epoch, trained.best_epoch);
}

TEST_F(SweepTest, TheModelInBestIsTheBestTrialsAndIsTestedOnce) {
    const SweepRecord record = sweep_.run();
    const TrialRecord& best = *ranked(record).front();
    const TrialSettings settings =
        trial_settings(best.parameters, sweep_.config.experiment.recipe.training, 7);
    const Trained trained = train(sweep_.extracted.table, sweep_.split, settings.training, 7, {});
    const HeadSet heads = best_heads(sweep_.config.folder);
    EXPECT_EQ(heads.heads.front().layers.front().weight, trained.heads.heads.front().layers.front().weight);
    const Metrics test = measure(trained.heads, sweep_.extracted.table, sweep_.split.test);
    EXPECT_EQ(record.result.at("best").at("test").at("loss"), test.loss);
    EXPECT_EQ(record.result.at("best").at("test").at("reliability").size(), 15U);
    const std::string csv = test::bytes_of(sweep_.config.folder / "trials.csv");
    EXPECT_TRUE(
        csv.starts_with("trial,status,lr,weight_decay,best_epoch,epochs_trained,validation_loss,validation_"
                        "accuracy,test_loss,"
                        "test_accuracy,seconds,error\n1,finished,0.001,0.0,"))
        << csv;
    const std::string log = test::bytes_of(sweep_.config.folder / "Train_Validation.txt");
    EXPECT_TRUE(log.starts_with("LR:0.001,Weight_Decay:0.0\t[")) << log;
    EXPECT_EQ(std::ranges::count(log, '\n'), 12);
    const std::string tests = test::bytes_of(sweep_.config.folder / "Test.txt");
    EXPECT_EQ(std::ranges::count(tests, '\n'), 1);
}

TEST_F(SweepTest, GivesTheSameBitsForAnyNumberOfJobs) {
    const SweepRecord one = sweep_.run();
    const HeadSet heads = best_heads(sweep_.config.folder);
    for (const std::size_t jobs : {2U, 3U}) {
        ThreadPool pool(jobs);
        SmallSweep other(temp_ / fmt::format("jobs{}", jobs));
        other.config.jobs = jobs;
        expect_same_sweep(one, other.run({}, {.pool = pool}));
        const HeadSet other_heads = best_heads(other.config.folder);
        EXPECT_EQ(heads.heads.front().layers.back().weight, other_heads.heads.front().layers.back().weight);
    }
}

/// A search that learns, with trials that end early: each looks at others.
void make_it_learn(SmallSweep& sweep) {
    sweep.config.file.method = SearchMethod::bayes;
    sweep.config.file.parameters = {SmallSweep::range("lr", 1e-4, 0.1),
                                    SmallSweep::range("weight_decay", 1e-3, 1)};
    sweep.config.file.run_cap = 24;
    sweep.config.file.early.kind = EarlyTermination::Kind::median;
    sweep.config.file.early.min_iter = 1;
}

TEST_F(SweepTest, ASweepWhoseTrialsLookAtOthersGivesTheSameBitsForAnyNumberOfJobs) {
    make_it_learn(sweep_);
    const SweepRecord one = sweep_.run();
    EXPECT_EQ(one.trials.size(), 24U);
    EXPECT_GT(one.result.at("stopped").get<int>(), 0);
    for (const std::size_t jobs : {3U, 12U}) {
        ThreadPool pool(jobs);
        SmallSweep other(temp_ / fmt::format("jobs{}", jobs));
        make_it_learn(other);
        other.config.jobs = jobs;
        expect_same_sweep(one, other.run({}, {.pool = pool}));
    }
}

TEST_F(SweepTest, ATrialThatDivergesIsRecordedAndTheSweepGoesOn) {
    sweep_.config.file.parameters = {SmallSweep::listed("lr", {1e30, 0.01})};
    const SweepRecord record = sweep_.run();
    ASSERT_EQ(record.trials.size(), 2U);
    EXPECT_EQ(record.trials[0].status, TrialStatus::failed);
    EXPECT_TRUE(test::holds(record.trials[0].error, "finite"));
    EXPECT_EQ(record.trials[1].status, TrialStatus::finished);
    EXPECT_EQ(record.result.at("best").at("id"), 2);
    EXPECT_EQ(record.result.at("failed"), 1);
}

TEST_F(SweepTest, ASweepWhoseTrialsAllDivergeHasNoBestOne) {
    sweep_.config.file.parameters = {SmallSweep::listed("lr", {1e30})};
    const SweepRecord record = sweep_.run();
    EXPECT_TRUE(record.result.at("best").is_null());
    EXPECT_EQ(read_sweep(sweep_.config.folder).trials.size(), 1U);
}

TEST_F(SweepTest, AReachedTargetStopsNewTrials) {
    sweep_.config.file.metric.target =
        100.0;  // the first trial reaches it; up to seven more may be under way
    const SweepRecord record = sweep_.run();
    EXPECT_EQ(record.trials.size(), 8U);
    EXPECT_FALSE(record.result.is_null());
}

TEST_F(SweepTest, ResumeRunsExactlyTheMissingAndTheFailedTrials) {
    sweep_.config.file.parameters = {SmallSweep::listed("lr", {1e30, 0.001, 0.01, 0.02, 0.03})};
    const SweepRecord whole = sweep_.run();
    fs::remove(sweep_.config.folder / "trials/3/trial.json");
    test::write_quickly(sweep_.config.folder / "trials/5/metrics.jsonl", "{\"epoch\"");  // torn
    sweep_.config.resume = true;
    std::vector<std::size_t> ids = sweep_.ids_that_run();
    std::ranges::sort(ids);
    EXPECT_EQ(ids, (std::vector<std::size_t>{1, 3, 5}));
    expect_same_sweep(whole, read_sweep(sweep_.config.folder));
}

TEST_F(SweepTest, AFolderWithASweepInItNeedsResume) {
    sweep_.run();
    EXPECT_TRUE(test::holds(test::error_of([&] { sweep_.run(); }), "--resume"));
    EXPECT_EQ(read_sweep(sweep_.config.folder).trials.size(), 12U);
}

TEST_F(SweepTest, AnotherSweepsFolderIsRefusedWithWhatDiffers) {
    sweep_.run();
    sweep_.config.resume = true;
    SmallSweep other = sweep_;
    other.config.file.parameters.pop_back();
    EXPECT_TRUE(test::holds(test::error_of([&] { other.run(); }), "same parameters"));
    other = sweep_;
    other.config.experiment.seed = 8;
    EXPECT_TRUE(test::holds(test::error_of([&] { other.run(); }), "same seed"));
    other = sweep_;
    other.extracted.table.file_sha256[3] = "changed";
    EXPECT_TRUE(test::holds(test::error_of([&] { other.run(); }), "same data_sha256"));
    other = sweep_;
    std::swap(other.split.validation[0], other.split.test[0]);
    EXPECT_TRUE(test::holds(test::error_of([&] { other.run(); }), "same split_sha256"));
    other = sweep_;
    other.body.sha256 = "1";
    EXPECT_TRUE(test::holds(test::error_of([&] { other.run(); }), "same body"));
}

TEST_F(SweepTest, AnOlderVersionsFolderAndForeignFilesAreRefused) {
    test::write_quickly(temp_ / "old/sweep.json", R"({"format": 0})");
    SmallSweep old(temp_ / "old");
    old.config.resume = true;
    EXPECT_TRUE(test::holds(test::error_of([&] { old.run(); }), "format 0"));
    test::write_quickly(temp_ / "mine/letter.txt", "dear");
    SmallSweep mine(temp_ / "mine");
    EXPECT_TRUE(test::holds(test::error_of([&] { mine.run(); }), "letter.txt"));
    EXPECT_TRUE(test::holds(test::error_of([&] { read_sweep(temp_ / "mine"); }), "sweep.json"));
}

/// Runs `task` in a process of its own. returns what waitpid says of its end
int in_a_process(const std::function<void()>& task) {
    const pid_t child = ::fork();
    if (child == 0) {
        task();
        ::_exit(0);
    }
    int status = -1;
    ::waitpid(child, &status, 0);
    return status;
}

TEST_F(SweepTest, AfterAKillResumeGivesWhatAnUninterruptedSweepGives) {
    for (const int trials : {1, 4}) {
        const int status = in_a_process([&] {
            ThreadPool one_thread(1);  // the parent's threads do not live here
            int ended = 0;
            SmallSweep killed = sweep_;
            killed.config.resume = trials > 1;
            const auto kill = [&](const SweepProgress&) {
                if (++ended == trials) ::kill(::getpid(), SIGKILL);
            };
            killed.run(kill, {.pool = one_thread});
        });
        ASSERT_TRUE(WIFSIGNALED(status));
    }
    const std::size_t before = read_sweep(sweep_.config.folder).trials.size();
    EXPECT_GE(before, 5U);
    EXPECT_LT(before, 12U);
    sweep_.config.resume = true;
    EXPECT_EQ(sweep_.ids_that_run().size(), 12U - before);
    SmallSweep whole(temp_ / "whole");
    expect_same_sweep(read_sweep(sweep_.config.folder), whole.run());
    EXPECT_EQ(best_heads(sweep_.config.folder).heads.front().layers.front().weight,
              best_heads(whole.config.folder).heads.front().layers.front().weight);
}

TEST_F(SweepTest, TwoProcessesNeverRunAPointTwice) {
    sweep_.config.file.parameters = {SmallSweep::listed("lr", {0.001, 0.002, 0.003, 0.004, 0.005, 0.006}),
                                     SmallSweep::listed("weight_decay", {0.0, 0.1, 0.2, 0.3, 0.4})};
    sweep_.config.resume = true;  // whoever comes first begins
    std::vector<pid_t> children;
    for (int process = 0; process < 2; ++process) {
        children.push_back(::fork());
        if (children.back() != 0) continue;
        ThreadPool one_thread(1);
        const auto write_down = [&](const SweepProgress& progress) {
            append_line(temp_ / "ran.txt", fmt::format("{}", progress.trial->id));
        };
        sweep_.run(write_down, {.pool = one_thread});
        ::_exit(0);
    }
    for (const pid_t child : children) {
        int status = -1;
        ::waitpid(child, &status, 0);
        EXPECT_EQ(status, 0);
    }
    std::vector<std::string> ran;
    std::ifstream file(temp_ / "ran.txt");
    for (std::string line; std::getline(file, line);) ran.push_back(line);
    std::ranges::sort(ran);
    EXPECT_EQ(ran.size(), 30U);
    EXPECT_EQ(std::ranges::adjacent_find(ran), ran.end());
    EXPECT_FALSE(read_sweep(sweep_.config.folder).result.is_null());
}

TEST_F(SweepTest, AFullDiskEndsWithASentenceAndResumeGoesOn) {
    const int status = in_a_process([&] {
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{600, 600};  // sweep.json is longer: like a full disk
        ::setrlimit(RLIMIT_FSIZE, &limit);
        try {
            sweep_.run();
        } catch (const Error& error) {
            ::_exit(std::string(error.what()).find("cannot be written") != std::string::npos ? 3 : 4);
        }
    });
    EXPECT_EQ(WEXITSTATUS(status), 3);
    sweep_.config.resume = true;
    EXPECT_EQ(sweep_.run().trials.size(), 12U);
}

TEST(TrialSettings, TakeOtherProgramsNames) {
    const TrainConfig recipe;
    const TrialSettings settings = trial_settings(
        {{"Learning-Rate", 0.5}, {"batch_size", 32.0}, {"head.hidden", 64}, {"seed", 9}, {"recipe", "study"}},
        recipe, 1);
    EXPECT_EQ(settings.training.lr, 0.5F);
    EXPECT_EQ(settings.training.batch, 32);
    EXPECT_EQ(settings.training.head.hidden, 64);
    EXPECT_EQ(settings.seed, 9U);
}

TEST(TrialSettings, RefuseWhatIsNoSettingAndWhatDoesNotFit) {
    const TrainConfig recipe;
    const auto error = [&](const Point& point) {
        return test::error_of([&] { trial_settings(point, recipe, 1); });
    };
    EXPECT_TRUE(test::holds(error({{"crop_count", 3}}), "crop_count"));
    EXPECT_TRUE(test::holds(error({{"hidden", 10.5}}), "hidden"));
    EXPECT_TRUE(test::holds(error({{"lr", "fast"}}), "lr"));
    EXPECT_TRUE(test::holds(error({{"lr", -1.0}}), "lr"));
    EXPECT_TRUE(test::holds(error({{"head", 1}}), "head"));
    EXPECT_TRUE(test::holds(error({{"seed", -1}}), "seed"));
}

TEST(CheckSweep, FindsBeforeTrainingWhatWouldFailInIt) {
    SmallSweep sweep("unused");
    SweepFile& file = sweep.config.file;
    const TrainConfig training;
    const auto error = [&] { return test::error_of([&] { check_sweep(file, training); }); };
    EXPECT_NO_THROW(check_sweep(file, training));
    file.metric = {"validation_accuracy", false, std::nullopt};
    EXPECT_TRUE(test::holds(error(), "maximize"));
    file.metric = {"f1", true, std::nullopt};
    EXPECT_TRUE(test::holds(error(), "validation_loss or validation_accuracy"));
    file.metric = {"Validation_Accuracy", true, std::nullopt};
    EXPECT_NO_THROW(check_sweep(file, training));
    file.parameters = {SmallSweep::listed("hidden", {64, 0})};
    EXPECT_TRUE(test::holds(error(), "hidden"));
    file.parameters = {SmallSweep::range("nonsense", 1, 2)};
    EXPECT_TRUE(test::holds(error(), "nonsense"));
    file.parameters = {SmallSweep::range("dropout", 0.1, 2)};
    EXPECT_TRUE(test::holds(error(), "dropout"));
    file.parameters = {SmallSweep::listed("lr", {0.1}), SmallSweep::listed("learning_rate", {0.1})};
    EXPECT_TRUE(test::holds(error(), "learning_rate: needs to be the only parameter of its setting"));
    file.parameters = {SmallSweep::listed("ensemble", {1, 5})};
    EXPECT_NO_THROW(check_sweep(file, training));
    file.parameters = {SmallSweep::listed("recipe", {"study", "best"})};
    EXPECT_TRUE(test::holds(test::error_of([&] { recipe_of(file); }), "one recipe"));
    file.parameters = {SmallSweep::listed("select", {"loss"})};
    EXPECT_TRUE(test::holds(error(), "select"));
}

TEST(CheckSweep, NamesTheFileAndTheLineOfTheKey) {
    const auto error = [](const std::string& metric, const std::string& parameters) {
        return test::error_of([&] {
            const SweepFile file = parse_sweep_file(
                "method: grid\nmetric:\n  " + metric + "\nparameters:\n  epochs: {value: 3}\n  " + parameters,
                "s.yaml");
            recipe_of(file);
            check_sweep(file, {});
        });
    };
    const std::string loss = "name: validation_loss", lr = "lr: {values: [0.1]}\n";
    EXPECT_EQ(error("name: f1", lr),
              "s.yaml:3: metric.name needs to be validation_loss or validation_accuracy, it is \"f1\"");
    EXPECT_EQ(error(loss + "\n  goal: maximize", lr),
              "s.yaml:4: metric.goal needs to be minimize for a loss, it is maximize");
    EXPECT_TRUE(test::holds(error("name: validation_accuracy", lr),
                            "s.yaml:2: metric.goal needs to be maximize for an accuracy"));
    EXPECT_EQ(error(loss, "speed: {values: [1, 2]}\n"),
              "s.yaml:6: parameters.speed needs to be a setting of training (melvit train --help), there is "
              "none of that name");
    EXPECT_EQ(error(loss, lr + "  batch: {values: [8, 0]}\n"),
              "s.yaml:7: parameters.batch needs 1 to 65536 rows, it is 0");
    EXPECT_EQ(error(loss, "batch: {value: 0}\n"),
              "s.yaml:6: parameters.batch needs 1 to 65536 rows, it is 0");
    EXPECT_EQ(error(loss, lr + "  hidden: {values: [64, many]}\n"),
              "s.yaml:7: parameters.hidden needs a fitting value for \"hidden\", it holds \"many\"");
    EXPECT_EQ(error(loss, "seed: {values: [0, -1]}\n"),
              "s.yaml:6: parameters.seed needs whole numbers of 0 or more, it is -1");
    EXPECT_EQ(
        error(loss, lr + "  learning_rate: {value: 0.1}\n"),
        "s.yaml:6: parameters.lr needs to be the only parameter of its setting, learning_rate is the same "
        "one");
    EXPECT_EQ(error(loss, "recipe: {value: fastest}\n"),
              "s.yaml:6: parameters.recipe needs to be study, best or a .json file, it is \"fastest\"");
    EXPECT_TRUE(test::holds(error(loss, "recipe: {values: [study, best]}\n"), "s.yaml:6: parameters.recipe"));
    EXPECT_NO_THROW(
        check_sweep(parse_sweep_file("method: grid\nmetric: {name: validation_loss}\n"
                                     "parameters: {ensemble: {value: 5}}\nearly_terminate: {type: median}\n",
                                     "s.yaml"),
                    {}))
        << "an ensemble trains epoch by epoch and can end early";
}

TEST(CheckSweep, AFlagOutOfRangeIsNoMistakeOfTheFile) {
    const SweepFile file = parse_sweep_file("method: grid\nparameters: {lr: {values: [0.1]}}\n", "s.yaml");
    TrainConfig recipe;
    recipe.batch = 0;
    EXPECT_TRUE(test::error_of([&] { check_sweep(file, recipe); }).starts_with("batch: needs"));
}

}  // namespace
}  // namespace melvit
