// What classify writes, row by row: forms, files, and what a stop or a full disk leaves.

#include "tests/cli/cli_fixture.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace melvit::test {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

class CliClassifyOutput : public CliTest {
protected:
    /// Names enough for a run that a signal meets halfway: links to all songs, under a name each.
    static std::string many_songs() {
        const fs::path folder = at("many");
        if (fs::exists(folder)) return folder.string();
        fs::create_directories(folder);
        int number = 0;
        for (int round = 0; round < 3; ++round) {
            for (const auto& entry : fs::recursive_directory_iterator(songs())) {
                if (entry.is_regular_file())
                    fs::create_hard_link(entry.path(), folder / ("song" + std::to_string(number++) + ".wav"));
            }
        }
        fs::remove(folder / "song3.wav");  // the link, before its song is written over
        write_quickly(folder / "song3.wav", "broken");
        return folder.string();
    }

    static std::vector<std::string> classify(const std::vector<std::string>& more) {
        std::vector<std::string> arguments = {"classify", "--model", model(),
                                              "--quiet",  "--body",  "random:vit_ti_16:1"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return arguments;
    }

    /// All rows of many_songs, without a stop.
    static const std::string& all_rows() {
        static const std::string rows = program()(classify({many_songs(), "--csv"})).out;
        return rows;
    }
};

TEST_F(CliClassifyOutput, ASignalLeavesTheRowsThatWereDoneAndItsOwnCode) {
    for (const auto& [signal, code] :
         std::vector<std::pair<std::string, int>>{{"INT", 130}, {"TERM", 143}, {"HUP", 129}}) {
        const Ran ran = program().signalled_at_result(signal, 5, classify({many_songs(), "--csv"}));
        EXPECT_EQ(ran.code, code) << ran.err;
        EXPECT_GE(lines_of(ran.out).size(), 5U);
        EXPECT_LT(ran.out.size(), all_rows().size());
        EXPECT_TRUE(ran.out.ends_with('\n'));
        EXPECT_TRUE(all_rows().starts_with(ran.out)) << "whole rows, in order";
        EXPECT_NE(ran.err.find("stopped; rows that were written are whole"), std::string::npos) << ran.err;
    }
}

TEST_F(CliClassifyOutput, TheDocumentIsValidAfterAStop) {
    const Ran ran = program().signalled_at_result("TERM", 60, classify({many_songs(), "--json"}));
    EXPECT_EQ(ran.code, 143);
    ASSERT_TRUE(nlohmann::json::accept(ran.out)) << ran.out;
    EXPECT_GE(ran.json().size(), 1U);
    const Ran early = program().signalled_at_result("INT", 0, classify({many_songs(), "--json"}));
    EXPECT_TRUE(early.out.empty() || nlohmann::json::accept(early.out)) << early.out;
}

TEST_F(CliClassifyOutput, ASlowSongHoldsUpNoOtherAndRowsStayInOrder) {
    const std::string slow = at("slow");
    fs::create_directories(slow);
    ASSERT_EQ(program()({"synth", "--out", at("long"), "--per-genre", "1", "--seconds", "120"}).code, 0);
    fs::rename(at("long") + "/jazz/jazz.00000.wav", slow + "/0.wav");
    const Ran one = program()(classify({slow, many_songs(), "--json-lines", "--segments", "1"}));
    const Ran two =
        program()(classify({slow, many_songs(), "--json-lines", "--segments", "1", "--threads", "3"}));
    EXPECT_EQ(one.code, 3) << one.err;
    EXPECT_EQ(lines_of(one.out).size(), lines_of(all_rows()).size());
    EXPECT_EQ(one.out, two.out);
}

TEST_F(CliClassifyOutput, AStoppedFileGoesOnToTheSameBytes) {
    for (const std::string ending : {".csv", ".jsonl"}) {
        const std::string whole = at("whole" + ending);
        const std::string file = at("stopped" + ending);
        ASSERT_EQ(program()(classify({many_songs(), "--out", whole})).code, 3);
        for (const std::string signal : {"KILL", "INT"}) {
            program().signalled_at_line(signal, file, signal == "KILL" ? 5 : 40,
                                        classify({many_songs(), "--out", file, "--resume"}));
            EXPECT_TRUE(bytes_of(whole).starts_with(bytes_of(file))) << signal;
        }
        std::ofstream(file, std::ios::app) << "/a/torn \"row";
        const Ran ran = program()(classify({many_songs(), "--out", file, "--resume", "--json"}));
        EXPECT_EQ(ran.code, 3) << "the broken file of an earlier run counts too";
        EXPECT_EQ(bytes_of(file), bytes_of(whole));
        EXPECT_EQ(ran.json().at("files"), lines_of(all_rows()).size() - 1);
        EXPECT_LT(ran.json().at("written").get<std::size_t>(), lines_of(all_rows()).size() - 39);
        EXPECT_EQ(ran.json().at("skipped").size(), 1U);
        EXPECT_EQ(ran.json().at("file"), file);
    }
    EXPECT_EQ(bytes_of(at("whole.csv")), all_rows());
}

TEST_F(CliClassifyOutput, RowsOfSegmentsGoOnAtAWholeFile) {
    const std::string name = at("a \"quoted\",\nname.wav");
    fs::copy_file(song(), name, fs::copy_options::overwrite_existing);
    const std::vector<std::string> arguments = {song(), name, song(), "--segments", "2", "--out"};
    auto whole = arguments;
    whole.push_back(at("segments.csv"));
    ASSERT_EQ(program()(classify(whole)).code, 0);
    const std::string bytes = bytes_of(at("segments.csv"));
    const auto lines = lines_of(bytes);
    EXPECT_TRUE(lines.front().starts_with("file,start,end,genre,probability,duration_seconds,blues,"));
    EXPECT_TRUE(lines.front().ends_with(",error"));
    EXPECT_TRUE(lines[1].starts_with(song() + ",0.00,2.00,")) << lines[1];
    EXPECT_EQ(lines.size(), 1U + 3U + 3U * 2U) << "a song twice has its rows once; a name of two lines";
    for (std::size_t cut = 0; cut < bytes.size(); cut += 37) {
        write_quickly(at("segments.csv"), bytes.substr(0, cut));
        auto resumed = whole;
        resumed.emplace_back("--resume");
        const Ran ran = program()(classify(resumed));
        ASSERT_EQ(ran.code, 0) << cut << ran.err;
        ASSERT_EQ(bytes_of(at("segments.csv")), bytes) << cut;
    }
}

TEST_F(CliClassifyOutput, AFileIsRefusedBeforeAnyWork) {
    const std::string file = at("refused.csv");
    ASSERT_EQ(program()(classify({song(), "--out", file, "--precision", "fp32"})).code, 0);
    const std::string bytes = bytes_of(file);
    const auto refused = [&](std::vector<std::string> more, int code, const std::string& says) {
        more.insert(more.begin(), song());
        const Ran ran = program()(classify(more));
        EXPECT_EQ(ran.code, code) << says << ": " << ran.err;
        EXPECT_NE(ran.err.find(says), std::string::npos) << ran.err;
        EXPECT_EQ(ran.out, "");
        EXPECT_EQ(bytes_of(file), bytes);
    };
    refused({"--out", file}, 1, "needs --resume to go on or --overwrite to begin again");
    refused({"--out", file, "--resume", "--segments", "2"}, 1, "segments was 0.0 and is 2.0");
    refused({"--out", file, "--resume", "--precision", "bf16"}, 1, "(--precision fp32)");
    refused({"--out", at("nowhere/rows.csv")}, 1, "nowhere");
    refused({"--out", at("rows.txt")}, 2, ".csv or .jsonl");
    refused({"--out", at("rows.jsonl"), "--csv"}, 2, "form of its ending");
    refused({"--resume"}, 2, "--out");
    refused({"--out", file, "--resume", "--overwrite"}, 2, "--resume");
    refused({"--csv", "--json"}, 2, "one form of rows");
    refused({"--csv", "--json-lines"}, 2, "one form of rows");
    fs::copy_file(file, at("moved.csv"));
    refused({"--out", at("moved.csv"), "--resume"}, 1, "moved.csv.melvit.json beside it");
    auto other = train_arguments(at("other"));
    other.insert(other.end(), {"--seed", "7"});
    ASSERT_EQ(program()(other).code, 0);
    const Ran ran = program()(
        {"classify", "--model", at("other") + "/model.safetensors", song(), "--out", file, "--resume"});
    EXPECT_EQ(ran.code, 1);
    EXPECT_NE(ran.err.find("model_sha256 was "), std::string::npos) << ran.err;
    EXPECT_EQ(program()(classify({song(), "--out", file, "--overwrite", "--precision", "fp32"})).code, 0);
    EXPECT_EQ(bytes_of(file), bytes);
}

TEST_F(CliClassifyOutput, AFullDiskLeavesWholeRowsAndTheRunGoesOnLater) {
    const std::string file = at("full.csv");
    const Ran ran = program().limited_to_kilobytes(5, classify({many_songs(), "--out", file}));
    EXPECT_EQ(ran.code, 1);
    EXPECT_NE(ran.err.find("needs room for the next row, those before it are kept"), std::string::npos)
        << ran.err;
    const std::string bytes = bytes_of(file);
    EXPECT_GT(bytes.size(), 3000U);
    EXPECT_TRUE(bytes.ends_with('\n') && all_rows().starts_with(bytes));
    const Ran out = program().limited_to_kilobytes(5, classify({many_songs(), "--csv"}));
    EXPECT_EQ(out.code, 1);
    EXPECT_TRUE(out.out.ends_with('\n') && all_rows().starts_with(out.out)) << out.out;
    EXPECT_EQ(program()(classify({many_songs(), "--out", file, "--resume"})).code, 3);
    EXPECT_EQ(bytes_of(file), all_rows());
}

TEST_F(CliClassifyOutput, SilenceHasNoGenre) {
    std::string wave = bytes_of(song());
    constexpr std::size_t kHeader = 44;
    const std::size_t half = kHeader + (wave.size() - kHeader) / 4 * 2;
    std::fill(wave.begin() + static_cast<std::ptrdiff_t>(half), wave.end(), '\0');
    write_quickly(at("half.wav"), wave);
    std::fill(wave.begin() + kHeader, wave.end(), '\0');
    write_quickly(at("silent.wav"), wave);
    const auto run = [&](const std::string& form) {
        return program()(classify({at("half.wav"), at("silent.wav"), "--segments", "2", form}));
    };
    const auto answers = run("--json").json();
    EXPECT_TRUE(answers[0].at("genre").is_string());
    EXPECT_TRUE(answers[0].at("segments")[0].at("genre").is_string());
    EXPECT_TRUE(answers[0].at("segments")[2].at("genre").is_null());
    EXPECT_TRUE(answers[1].at("genre").is_null());
    EXPECT_NE(answers[1].at("error"), "");
    const auto rows = lines_of(run("--csv").out);
    EXPECT_NE(rows[3].find("half.wav,4.00,6.00,,,6.00,,"), std::string::npos) << rows[3];
    EXPECT_NE(run("--top=1").out.find("4.0 -     6.0 s  -"), std::string::npos);
}

TEST_F(CliClassifyOutput, TheModelsResolutionIsNoted) {
    const auto noted = [&](const std::string& seconds) {
        const Ran ran = program()({"classify", "--model", model(), song(), "--segments", seconds});
        return ran.err.find("this model hears 30 s at a time") != std::string::npos;
    };
    EXPECT_TRUE(noted("2"));
    EXPECT_FALSE(noted("30"));
}

}  // namespace
}  // namespace melvit::test
