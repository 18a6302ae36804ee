// melvit classify from outside, and what a model file needs.

#include "melvit/vit/body.h"

#include "tests/cli/cli_fixture.h"

#include <algorithm>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>

namespace melvit::test {
namespace {

namespace fs = std::filesystem;

TEST_F(CliTest, ClassifyAnswersWithTheKeysOfTheContract) {
    const Ran ran = program()({"classify", "--model", model(), song(), "--segments", "2", "--json"});
    ASSERT_EQ(ran.code, 0) << ran.err;
    const auto answer = ran.json().at(0);
    EXPECT_EQ(answer.at("file"), song());
    double sum = 0;
    for (const auto& [genre, p] : answer.at("probabilities").items()) sum += p.get<double>();
    EXPECT_NEAR(sum, 1.0, 1e-6);
    EXPECT_NEAR(answer.at("duration_seconds").get<double>(), 6.0, 0.01);
    ASSERT_EQ(answer.at("segments").size(), 3U);
    EXPECT_EQ(answer.at("segments")[1].at("start"), 2.0);
    EXPECT_EQ(answer.at("segments")[1].at("end"), 4.0);
    EXPECT_TRUE(answer.at("segments")[1].contains("genre"));
    EXPECT_TRUE(answer.at("segments")[1].contains("probability"));
}

TEST_F(CliTest, ClassifyGoesOnPastBrokenFilesAndListsThem) {
    const fs::path folder = at("broken");
    write_quickly(folder / "empty.mp3", "");
    write_quickly(folder / "one.mp3", "x");
    write_quickly(folder / "text.mp3", "This is no music at all, only words that go on for a while.");
    write_quickly(folder / "short.wav", bytes_of(song()).substr(0, 60));
    write_quickly(folder / "text.png", "not a picture");
    fs::create_directories(folder / "hollow");
    fs::create_symlink("nowhere", folder / "link.wav");
    ::mkfifo((folder / "pipe.wav").c_str(), 0600);
    fs::copy_file(song(), folder / "fine.wav");
    const Ran ran = program()({"classify", "--model", model(), folder.string(), (folder / "hollow").string(),
                               (folder / "missing.mp3").string(), "--json"});
    EXPECT_EQ(ran.code, 3);
    std::size_t good = 0;
    std::size_t bad = 0;
    for (const auto& answer : ran.json()) {
        answer.contains("error") ? ++bad : ++good;
        EXPECT_NE(answer.value("error", "none"), "");
    }
    EXPECT_EQ(good, 1U);
    EXPECT_EQ(bad, 9U);
    EXPECT_NE(ran.err.find("skipped 9"), std::string::npos) << ran.err;
}

TEST_F(CliTest, ClassifyReadsAListOnStdinAndWritesCsv) {
    const Ran ran =
        program()({"classify", "--model", model(), "-", "--csv"}, song() + "\r\n" + song() + "\n");
    ASSERT_EQ(ran.code, 0) << ran.err;
    EXPECT_TRUE(ran.out.starts_with("file,genre,duration_seconds,blues,")) << ran.out;
    EXPECT_EQ(std::count(ran.out.begin(), ran.out.end(), '\n'), 3);
    EXPECT_EQ(program()({"classify", "--model", model(), "-"}, "").code, 1);
}

TEST_F(CliTest, AnEmbeddedBodyMakesTheModelSelfContained) {
    const std::string body = at("body.safetensors");
    write_body(body, load_body("random:vit_ti_16:1"));
    auto arguments = train_arguments(at("embedded"));
    arguments[4] = body;
    ASSERT_EQ(program()(arguments).code, 0);  // a small one goes in unasked
    arguments = train_arguments(at("leaning"));
    arguments[4] = body;
    arguments.push_back("--no-embed-body");
    ASSERT_EQ(program()(arguments).code, 0);
    fs::remove(body);
    const std::string embedded = at("embedded") + "/model.safetensors";
    const std::string leaning = at("leaning") + "/model.safetensors";
    EXPECT_GT(fs::file_size(embedded), fs::file_size(leaning) + (20U << 20U));
    const Ran with = program()({"classify", "--model", embedded, song(), "--json"});
    const Ran without = program()({"classify", "--model", leaning, song(), "--json"});
    EXPECT_EQ(with.code, 0) << with.err;
    EXPECT_EQ(without.code, 1);
    EXPECT_NE(without.err.find("train with --embed-body"), std::string::npos) << without.err;
    // The same weights by their rule.
    EXPECT_EQ(with.out, program()({"classify", "--model", model(), song(), "--json"}).out);
}

TEST_F(CliTest, AnotherBodyThanTrainingsIsRefused) {
    const Ran ran = program()({"classify", "--model", model(), "--body", "random:vit_ti_16:2", song()});
    EXPECT_EQ(ran.code, 1);
    EXPECT_NE(ran.err.find("SHA-256"), std::string::npos) << ran.err;
}

TEST_F(CliTest, ABrokenModelIsOneSentence) {
    const std::string bytes = bytes_of(model());
    write_quickly(at("cut.safetensors"), bytes.substr(0, bytes.size() / 2));
    write_quickly(at("text.safetensors"), "hello");
    for (const char* name : {"cut.safetensors", "text.safetensors", "absent.safetensors"}) {
        const Ran ran = program()({"classify", "--model", at(name), song()});
        EXPECT_EQ(ran.code, 1) << name;
        EXPECT_TRUE(ran.err.starts_with("error: ")) << ran.err;
    }
}

}  // namespace
}  // namespace melvit::test
