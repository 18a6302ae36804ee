#include "melvit/tracking/tensorboard.h"

#include "melvit/core/file.h"

#include "golden_run.h"
#include "peer.h"
#include "tests/support/test_files.h"

#include <nlohmann/json.hpp>

namespace melvit {
namespace {

namespace fs = std::filesystem;

TEST(GoldenTensorboard, TheFileEqualsThatOfThePackage) {
    EXPECT_EQ(tensorboard_file(test::golden_session(), "grp"),
              test::bytes_of(test::golden("events.tfevents")));
}

TEST(TensorboardTest, TheNameOfTheFileHasTimeAndHost) {
    const test::TempFolder folder;
    TrackedRun run = test::golden_session();
    run.host = "my/host";
    run.name = "optimiser=adam w/o decay";
    const fs::path target = write_tensorboard_run(run, folder.path());
    EXPECT_EQ(target, folder / "optimiser=adam_w_o_decay-ab12cd34");
    EXPECT_TRUE(fs::exists(target / "events.out.tfevents.1700000000.my_host.1.0"));
}

TEST(TensorboardTest, RunsWithTheSameLongNameKeepFoldersOfTheirOwn) {
    const test::TempFolder folder;
    TrackedRun run = test::golden_session();
    run.name = std::string(120, 'x');
    const fs::path first = write_tensorboard_run(run, folder.path());
    run.id = "zz99zz99";
    EXPECT_NE(write_tensorboard_run(run, folder.path()), first);
    EXPECT_TRUE(fs::exists(first));
}

TEST(TensorboardTest, ASecondExportReplacesTheFirst) {
    const test::TempFolder folder;
    TrackedRun run = test::golden_session();
    run.host = "one";
    write_tensorboard_run(run, folder.path());
    run.host = "two";
    const fs::path target = write_tensorboard_run(run, folder.path());
    EXPECT_FALSE(fs::exists(target / "events.out.tfevents.1700000000.one.1.0"));
    EXPECT_TRUE(fs::exists(target / "events.out.tfevents.1700000000.two.1.0"));
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1) << "something was left behind";
}

TEST(TensorboardTest, ThePackageReadsEveryValueBack) {
    const test::TempFolder folder;
    TrackedRun run = test::golden_run();
    run.start_time += 0.25;
    const fs::path target = write_tensorboard_run(run, folder.path());
    const test::PeerSays says = test::ask_peer("read_back_tensorboard.py", {"scalars", target.string()});
    MELVIT_NEEDS_PEER(says);
    ASSERT_EQ(says.code, 0);
    const auto scalars = nlohmann::json::parse(says.out);
    EXPECT_EQ(scalars.at("epoch"),
              nlohmann::json({{0, 1.0, 1700000000.25}, {1, 2.0, 1700000010.25}, {2, 3.0, 1700000020.25}}));
    EXPECT_EQ(scalars.at("val/acc")[2][1], 0.7F);
    EXPECT_EQ(scalars.at("summary/val/acc")[0][0], 2);
    EXPECT_EQ(scalars.size(), 4U);
}

TEST(TensorboardTest, ThePackagesHparamsTableHasARowForEachTrial) {
    const test::TempFolder folder;
    TrackedRun run = test::golden_session();
    run.config["optimiser"] = "adamw";
    run.config["standardise"] = true;
    run.config["recipe"] = {{"name", "study"}};
    write_tensorboard_run(run, folder.path());
    run.id = "failed01";
    run.failed = true;
    run.config["lr"] = 0.5;
    write_tensorboard_run(run, folder.path());
    const test::PeerSays says =
        test::ask_peer("read_back_tensorboard.py", {"hparams", folder.path().string()});
    MELVIT_NEEDS_PEER(says);
    ASSERT_EQ(says.code, 0);
    const auto sessions = nlohmann::json::parse(says.out);
    ASSERT_EQ(sessions.size(), 2U) << says.out;
    const auto& first = sessions.at("lr0.001-ab12cd34");
    EXPECT_EQ(first.at("hparams"),
              nlohmann::json(
                  {{"lr", 0.001}, {"weight_decay", 0.01}, {"optimiser", "adamw"}, {"standardise", true}}));
    EXPECT_EQ(first.at("status"), nlohmann::json::array({"STATUS_SUCCESS"}));
    EXPECT_EQ(first.at("seconds"), nlohmann::json::array({20.0}));
    EXPECT_EQ(first.at("metrics").at("val/acc"), 0.6F);
    EXPECT_EQ(sessions.at("lr0.001-failed01").at("status"), nlohmann::json::array({"STATUS_FAILURE"}));
}

}  // namespace
}  // namespace melvit
