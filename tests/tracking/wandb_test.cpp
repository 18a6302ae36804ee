#include "melvit/tracking/wandb.h"

#include "melvit/core/file.h"
#include "melvit/tracking/wandb_frames.h"
#include "melvit/tracking/wandb_records.h"

#include "golden_run.h"
#include "peer.h"
#include "tests/support/errors.h"
#include "tests/support/test_files.h"

#include <cstring>
#include <limits>
#include <sstream>

namespace melvit {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlock = 32768;

/// The checksum of chunks, bit by bit: nothing of melvit's is in it.
std::uint32_t slow_crc32(std::string_view bytes) {
    std::uint32_t rest = 0xFFFFFFFFU;
    for (const char c : bytes) {
        rest ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1U) ^ ((rest & 1U) != 0 ? 0xEDB88320U : 0U);
    }
    return ~rest;
}

/// A strict reader of a .wandb file: every chunk must stand where the format says, and none may be shorter
/// than it must.
class FrameReader {
public:
    explicit FrameReader(std::string_view bytes) : bytes_(bytes) {
        EXPECT_EQ(take(7), std::string_view("\x3A\x57\x26\x42\xE1\xBE\x00", 7));
    }

    std::vector<std::string> records() {
        std::vector<std::string> records;
        while (at_ < bytes_.size() && !testing::Test::HasFailure()) records.push_back(record());
        return records;
    }

private:
    std::size_t room() const { return kBlock - at_ % kBlock; }

    std::string_view take(std::size_t count) {
        EXPECT_LE(count, bytes_.size() - at_) << "the file ends in a chunk";
        const std::string_view piece = bytes_.substr(at_, count);
        at_ += piece.size();
        return piece;
    }

    std::string record() {
        std::string record;
        for (bool first = true;; first = false) {
            if (room() < 7) {
                EXPECT_TRUE(first) << "padding inside a record";
                for (const char c : take(room())) EXPECT_EQ(c, 0);
            }
            const std::size_t room_before = room();
            const std::string_view header = take(7);
            if (header.size() < 7) return record;
            std::uint16_t length = 0;
            std::memcpy(&length, &header[4], sizeof length);
            const char type = header[6];
            EXPECT_LE(7U + length, room_before) << "a chunk crosses a block";
            const std::string_view payload = take(length);
            std::uint32_t checksum = 0;
            std::memcpy(&checksum, header.data(), sizeof checksum);
            EXPECT_EQ(checksum, slow_crc32(std::string(1, type) + std::string(payload)));
            record += payload;
            if (first && type == 1) {
                EXPECT_GT(length, 0U);
                return record;
            }
            if (!first && type == 4) {
                EXPECT_GT(length, 0U);
                return record;
            }
            EXPECT_EQ(type, first ? 2 : 3);
            EXPECT_EQ(room(), kBlock) << "a chunk that goes on ends before its block does";
            if (testing::Test::HasFailure()) return record;
        }
    }

    std::string_view bytes_;
    std::size_t at_ = 0;
};

/// As read_back_wandb.py makes them.
std::string record_bytes(std::size_t index, std::size_t size) {
    std::string bytes;
    for (std::size_t j = 0; j < size; ++j) bytes.push_back(static_cast<char>((index + 7 * j) % 251));
    return bytes;
}

/// The record sizes of one file: the first leaves `room` bytes in its block, the second is the case, the
/// third shows that what follows is in step.
std::vector<std::size_t> boundary_case(std::size_t room, std::size_t size) {
    return {kBlock - 7 - 7 - room, size, 5};
}

/// 0 ... 14 bytes left in the block x six sizes: 90 cases. A chunk's header has 7 bytes, so these are a
/// record that ends at, before and after the block's end, and records of exactly a block and of three.
std::vector<std::vector<std::size_t>> boundary_cases() {
    std::vector<std::vector<std::size_t>> cases;
    for (std::size_t room = 0; room < 15; ++room) {
        for (const std::size_t size : {1U, 4U, 7U, 8U, 32761U, 70000U})
            cases.push_back(boundary_case(room, size));
    }
    return cases;
}

WandbFrames frames_of(const std::vector<std::size_t>& sizes) {
    WandbFrames frames;
    for (std::size_t i = 0; i < sizes.size(); ++i) frames.add(record_bytes(i, sizes[i]));
    return frames;
}

TEST(GoldenWandb, TheFileEqualsThatOfThePackage) {
    const std::string file = wandb_file(test::golden_run(), "melvit-0.1");
    EXPECT_EQ(file.size(), 760U);
    EXPECT_EQ(file, test::bytes_of(test::golden("run.wandb")));
}

TEST(WandbFramesTest, NinetyWaysToMeetABlocksEndAreReadBack) {
    for (const auto& sizes : boundary_cases()) {
        const WandbFrames frames = frames_of(sizes);
        const std::vector<std::string> records = FrameReader(frames.bytes()).records();
        ASSERT_EQ(records.size(), sizes.size());
        for (std::size_t i = 0; i < sizes.size(); ++i) {
            ASSERT_EQ(records[i], record_bytes(i, sizes[i])) << "record " << i << " of " << sizes[1];
        }
    }
}

TEST(WandbFramesTest, FewerThanSevenBytesAreZerosAndExactlySevenAnEmptyFirstChunk) {
    const std::string padded = frames_of(boundary_case(6, 3)).bytes();
    EXPECT_EQ(padded.substr(kBlock - 6, 6), std::string(6, '\0'));
    EXPECT_EQ(padded[kBlock + 6], 1);
    const std::string empty_first = frames_of(boundary_case(7, 3)).bytes();
    EXPECT_EQ(empty_first.substr(kBlock - 3, 3), std::string("\0\0\2", 3));  // length 0, type "first"
    EXPECT_EQ(empty_first[kBlock + 6], 4);
}

TEST(WandbFramesTest, ThePackagesDataStoreReadsAndWritesTheSameBytes) {
    const test::TempFolder folder;
    const auto cases = boundary_cases();
    for (std::size_t i = 0; i < cases.size(); ++i) {
        test::write_quickly(folder / (std::to_string(i) + ".wandb"), frames_of(cases[i]).bytes());
        std::string sizes;
        for (const std::size_t size : cases[i]) sizes += std::to_string(size) + " ";
        test::write_quickly(folder / (std::to_string(i) + ".sizes"), sizes);
    }
    const test::PeerSays says = test::ask_peer("read_back_wandb.py", {"frames", folder.path().string()});
    MELVIT_NEEDS_PEER(says);
    EXPECT_EQ(says.code, 0);
    EXPECT_EQ(says.out, "90\n");
}

/// A run that uses every field that melvit writes.
TrackedRun full_run() {
    TrackedRun run = test::golden_run();
    run.entity = "group";
    run.notes = "a \"note\" with \xC3\xA9";
    run.failed = true;
    run.start_time = 1.7e9 + 0.5;
    run.config["recipe"] = {{"name", "study"}, {"layers", {1, 2}}};
    run.metrics.push_back({"train/loss", "epoch", TrackedMetric::Goal::minimise});
    run.history.back().values["train/loss"] = std::numeric_limits<double>::quiet_NaN();
    run.output = {"the loss is no longer finite"};
    return run;
}

std::vector<nlohmann::json> lines_of(const std::string& text) {
    std::vector<nlohmann::json> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
}

/// The text of an item of a message that the package printed.
std::string item(const nlohmann::json& items, const std::string& key) {
    for (const auto& one : items) {
        if (one.at("key") == key) return one.at("value_json");
    }
    return "no " + key;
}

TEST(WandbTest, ThePackageReadsEveryFieldBack) {
    const test::TempFolder folder;
    const fs::path run = write_wandb_run(full_run(), folder.path());
    const test::PeerSays says =
        test::ask_peer("read_back_wandb.py", {"records", (run / "run-ab12cd34.wandb").string()});
    MELVIT_NEEDS_PEER(says);
    ASSERT_EQ(says.code, 0) << says.out;
    const auto records = lines_of(says.out);
    std::vector<std::string> kinds;
    for (const auto& record : records) {
        for (const auto& field : record.items()) {
            if (field.key() != "num") kinds.push_back(field.key());
        }
    }
    EXPECT_EQ(kinds, (std::vector<std::string>{"header", "run", "metric", "metric", "metric", "history",
                                               "history", "history", "output_raw", "summary", "files", "exit",
                                               "final", "footer"}));
    const auto& head = records[1].at("run");
    EXPECT_EQ(head.at("entity"), "group");
    EXPECT_EQ(head.at("notes"), "a \"note\" with \xC3\xA9");
    EXPECT_EQ(head.at("start_time"), "2023-11-14T22:13:20.500Z");
    EXPECT_EQ(item(head.at("config").at("update"), "recipe"), R"({"name": "study", "layers": [1, 2]})");
    EXPECT_EQ(records[4].at("metric").at("goal"), "GOAL_MINIMIZE");
    EXPECT_EQ(item(records[7].at("history").at("item"), "train/loss"), "NaN");
    EXPECT_EQ(item(records[7].at("history").at("item"), "_timestamp"), "1700000020.5");
    EXPECT_EQ(records[8].at("output_raw").at("line"), "the loss is no longer finite\n");
    EXPECT_EQ(records[11].at("exit").at("exit_code"), 1);
}

TEST(WandbTest, WritesTheFolderThatSyncLooksFor) {
    const test::TempFolder folder;
    const fs::path run = write_wandb_run(test::golden_run(), folder.path());
    EXPECT_EQ(run, folder / "offline-run-20231114_221320-ab12cd34");
    EXPECT_TRUE(fs::is_directory(run / "logs"));
    EXPECT_EQ(test::bytes_of(run / "files" / "train.log"), "three epochs\n");
    EXPECT_GT(fs::file_size(run / "run-ab12cd34.wandb"), 700U);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1) << "something was left behind";
}

TEST(WandbTest, AnEqualRunKeepsItsFolderAndAnotherReplacesIt) {
    const test::TempFolder folder;
    TrackedRun run = test::golden_run();
    const fs::path target = write_wandb_run(run, folder.path());
    write_file(target / "run-ab12cd34.wandb.synced", "");
    write_wandb_run(run, folder.path());
    EXPECT_TRUE(fs::exists(target / "run-ab12cd34.wandb.synced"));
    const std::string before = test::bytes_of(target / "run-ab12cd34.wandb");
    run.summary["best_epoch"] = 2;
    EXPECT_EQ(write_wandb_run(run, folder.path()), target);
    EXPECT_FALSE(fs::exists(target / "run-ab12cd34.wandb.synced"));
    EXPECT_NE(test::bytes_of(target / "run-ab12cd34.wandb"), before);
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
}

TEST(WandbTest, ARunThatStartedAgainIsThereOnce) {
    const test::TempFolder folder;
    TrackedRun run = test::golden_run();
    TrackedRun other = test::golden_run();
    other.id = "other123";
    write_wandb_runs(std::vector<TrackedRun>{run, other}, folder.path());
    run.start_time += 60;
    write_wandb_runs(std::vector<TrackedRun>{run}, folder.path());
    EXPECT_FALSE(fs::exists(folder / "offline-run-20231114_221320-ab12cd34"));
    EXPECT_TRUE(fs::exists(folder / "offline-run-20231114_221420-ab12cd34"));
    EXPECT_TRUE(fs::exists(folder / "offline-run-20231114_221320-other123"));
}

TEST(WandbTest, ARunWithoutAProjectGoesToMelvit) {
    TrackedRun run = test::golden_run();
    run.project.clear();
    EXPECT_EQ(wandb_file(run, "melvit-0.1"), test::bytes_of(test::golden("run.wandb")));
}

TEST(WandbTest, ARowThatTheServiceWouldDropIsRefused) {
    TrackedRun run = test::golden_run();
    run.history[1].values["text"] = std::string(kWandbRowLimit, 'x');
    const std::string error = test::error_of([&] { wandb_records(run, "melvit-0.1"); });
    EXPECT_TRUE(test::holds(error, "step 1 has"));
    run.history[1].values["text"] = std::string(kWandbRowLimit - 1000, 'x');
    EXPECT_NO_THROW(wandb_records(run, "melvit-0.1"));
}

}  // namespace
}  // namespace melvit
