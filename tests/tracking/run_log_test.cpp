#include "melvit/tracking/run_log.h"

#include "melvit/core/file.h"
#include "melvit/tracking/run_facts.h"

#include "tests/support/errors.h"
#include "tests/support/test_files.h"

#include <gtest/gtest.h>

namespace melvit {
namespace {

TEST(RunLogTest, GivesBackItsLinesInOrder) {
    const test::TempFolder folder;
    write_file(folder / "metrics.jsonl", "an older run\n");
    RunLog log(folder / "metrics.jsonl");
    EXPECT_TRUE(read_run_log(folder / "metrics.jsonl").empty());
    log.add({{"epoch", 1}, {"loss", 2.5}});
    log.add({{"epoch", 2}, {"loss", 0.5}});
    const auto lines = read_run_log(folder / "metrics.jsonl");
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[1].at("epoch"), 2);
    EXPECT_EQ(lines[1].at("loss"), 0.5);
}

TEST(RunLogTest, ATornLastLineIsDroppedAndABrokenOneBeforeItIsNamed) {
    const test::TempFolder folder;
    write_file(folder / "torn.jsonl", "{\"epoch\":1}\n{\"epo");
    EXPECT_EQ(read_run_log(folder / "torn.jsonl").size(), 1U);
    write_file(folder / "broken.jsonl", "{\"epoch\":1}\n{\"epo\n{\"epoch\":3}\n");
    EXPECT_TRUE(test::holds(test::error_of([&] { read_run_log(folder / "broken.jsonl"); }), "line 2"));
}

TEST(RunLogTest, GoesOnFromTheSoundLinesOfATornOne) {
    const test::TempFolder folder;
    const std::filesystem::path file = folder / "runs.jsonl";
    write_file(file, std::string("{\"run\":1}\n{\"ru\n\0\0\n{\"run\":3}\n{\"run\":4}", 36));
    const auto sound = read_sound_lines(file);
    ASSERT_EQ(sound.size(), 2U);
    RunLog log(file, sound);
    log.add({{"run", 5}});
    EXPECT_EQ(test::bytes_of(file), "{\"run\":1}\n{\"run\":3}\n{\"run\":5}\n");
}

TEST(RunFacts, NameTheProgramTheTimeAndTheMachine) {
    const auto facts = run_facts(3);
    EXPECT_TRUE(facts.at("melvit").get<std::string>().starts_with("0."));
    EXPECT_EQ(facts.at("time").get<std::string>().size(), std::string("2026-01-01T00:00:00Z").size());
    EXPECT_EQ(facts.at("threads"), 3);
    EXPECT_FALSE(facts.at("processor").get<std::string>().empty());
}

}  // namespace
}  // namespace melvit
