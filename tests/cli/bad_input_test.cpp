// Every bad input of one list, met by extract, train and classify: each is listed or refused with a sentence,
// nothing else is lost.

#include "melvit/audio/wav.h"
#include "melvit/spectrum/picture.h"

#include "tests/support/errors.h"
#include "tests/support/program.h"
#include "tests/support/test_files.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <limits>
#include <sys/stat.h>

namespace melvit::test {
namespace {

namespace fs = std::filesystem;

/// A WAV file of 32-bit floats, all the same.
void write_float_wav(const fs::path& file, float value) {
    constexpr std::uint32_t kSamples = 44100;
    std::string bytes = "RIFF....WAVEfmt ";
    const auto add = [&](auto number) {
        bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
    };
    add(std::uint32_t{16});
    add(std::uint16_t{3});  // IEEE float
    add(std::uint16_t{1});
    add(std::uint32_t{22050});
    add(std::uint32_t{22050 * 4});
    add(std::uint16_t{4});
    add(std::uint16_t{32});
    bytes += "data";
    add(kSamples * 4);
    for (std::uint32_t i = 0; i < kSamples; ++i) add(value);
    write_quickly(file, bytes);
}

/// Ten hours of 8-bit sound at 8 kHz: a header and a hole in the disk.
void write_ten_hours(const fs::path& file) {
    std::string bytes = "RIFF....WAVEfmt ";
    const auto add = [&](auto number) {
        bytes.append(reinterpret_cast<const char*>(&number), sizeof number);
    };
    add(std::uint32_t{16});
    add(std::uint16_t{1});
    add(std::uint16_t{1});
    add(std::uint32_t{8000});
    add(std::uint32_t{8000});
    add(std::uint16_t{1});
    add(std::uint16_t{8});
    bytes += "data";
    add(std::uint32_t{36000U * 8000U});
    write_quickly(file, bytes);
    fs::resize_file(file, bytes.size() + std::uintmax_t{36000U} * 8000U);
}

/// The start of a PNG that says it has 20 000 x 20 000 pixels.
std::string huge_png() {
    static constexpr unsigned char kStart[] = {0x89, 'P',  'N', 'G', '\r', '\n', 0x1A, '\n', 0,    0,    0,
                                               13,   'I',  'H', 'D', 'R',  0,    0,    0x4E, 0x20, 0,    0,
                                               0x4E, 0x20, 8,   2,   0,    0,    0,    0x6C, 0x12, 0xD1, 0x6E,
                                               0,    0,    0,   0,   'I',  'D',  'A',  'T'};
    return {reinterpret_cast<const char*>(kStart), sizeof kStart};
}

/// Two genres of good songs, and the bad ones among them.
class CliBadInput : public ::testing::Test {
protected:
    void SetUp() override {
        ASSERT_EQ(program_({"synth", "--out", songs_.string(), "--per-genre", "5", "--seconds", "3"}).code,
                  0);
        for (const auto& genre : fs::directory_iterator(songs_)) {
            const std::string name = genre.path().filename();
            if (name != "jazz" && name != "metal") fs::remove_all(genre.path());
        }
        const fs::path jazz = songs_ / "jazz";
        const std::string good = bytes_of(jazz / "jazz.00000.wav");
        bad("zero.wav", [&](const fs::path& file) { write_quickly(file, ""); });
        bad("one.wav", [&](const fs::path& file) { write_quickly(file, "R"); });
        bad("text.mp3", [&](const fs::path& file) { write_quickly(file, "words, words, words"); });
        bad("cut.wav", [&](const fs::path& file) { write_quickly(file, good.substr(0, 40)); });
        bad("pipe.wav", [&](const fs::path& file) { ::mkfifo(file.c_str(), 0600); });
        bad("link.wav", [&](const fs::path& file) { fs::create_symlink("nowhere.wav", file); });
        bad("nan.wav",
            [&](const fs::path& file) { write_float_wav(file, std::numeric_limits<float>::quiet_NaN()); });
        bad("inf.wav",
            [&](const fs::path& file) { write_float_wav(file, std::numeric_limits<float>::infinity()); });
        bad("silence.wav", [&](const fs::path& file) { write_float_wav(file, 0.0F); });
        bad("short.wav", [&](const fs::path& file) {
            write_wav(file, {std::vector<float>(2047, 0.5F), 22050});
        });
        bad("long.wav", write_ten_hours);
        bad("folder.wav", [&](const fs::path& file) { fs::create_directory(file); });
        if (permissions_can_hold()) {
            program_ = program_.held_by_permissions();
            bad("forbidden.wav", [&](const fs::path& file) {
                write_quickly(file, good);
                fs::permissions(file, fs::perms::none);
            });
        }
        // Good ones that look odd: another ending, the same stem, the end missing.
        fs::copy_file(jazz / "jazz.00000.wav", jazz / "wrong_ending.mp3");
        fs::copy_file(jazz / "jazz.00001.wav", jazz / "jazz.00000.flac");
        write_quickly(jazz / "cut_data.wav", good.substr(0, good.size() / 2));
    }

    template <class Make>
    void bad(const std::string& name, const Make& make) {
        make(songs_ / "jazz" / name);
        bad_.push_back(name);
    }

    /// Every bad file is in the list, with a reason, and no good one.
    void expect_all_listed(const nlohmann::ordered_json& list, const char* reason_key) const {
        std::vector<std::string> listed;
        for (const auto& entry : list) {
            if (!entry.contains(reason_key)) continue;
            listed.push_back(fs::path(entry.at("file").get<std::string>()).filename());
            EXPECT_TRUE(states_a_need(entry.at(reason_key).get<std::string>())) << entry.dump();
        }
        std::vector<std::string> expected = bad_;
        std::ranges::sort(expected);
        std::ranges::sort(listed);
        EXPECT_EQ(listed, expected);
    }

    TempFolder folder_;
    fs::path songs_ = folder_ / "songs";
    Program program_{(folder_ / "home").string()};
    std::vector<std::string> bad_;
};

constexpr int kGoodSongs = 13;

TEST_F(CliBadInput, ExtractReplacesNoFileThatHoldsNoFeatures) {
    const fs::path other = folder_ / "body.safetensors";
    std::ofstream(other) << "somebody's weights";
    const Ran ran = program_(
        {"extract", "--data", songs_.string(), "--body", "random:vit_ti_16", "--out", other.string()});
    EXPECT_EQ(ran.code, 1);
    EXPECT_NE(ran.err.find("needs to be a new file, or features to be replaced"), std::string::npos)
        << ran.err;
    std::ifstream left(other);
    EXPECT_EQ(std::string(std::istreambuf_iterator(left), {}), "somebody's weights");
}

TEST_F(CliBadInput, ExtractListsEveryBadSongAndKeepsTheOthers) {
    const Ran ran = program_({"extract", "--data", songs_.string(), "--body", "random:vit_ti_16", "--recipe",
                              "study", "--out", (folder_ / "f.safetensors").string(), "--json"});
    EXPECT_EQ(ran.code, 3) << ran.err;
    expect_all_listed(ran.json().at("skipped"), "reason");
    EXPECT_EQ(ran.json().at("tracks"), kGoodSongs);
    EXPECT_NE(
        ran.json().at("notes").dump().find("cut_data.wav: it states 3.0 s of sound, the file holds 1.5 s"),
        std::string::npos)
        << ran.out;
}

TEST_F(CliBadInput, TrainListsEveryBadSongAndKeepsTheOthers) {
    const Ran ran =
        program_({"train", "--data", songs_.string(), "--body", "random:vit_ti_16", "--recipe", "study",
                  "--hidden", "16", "--epochs", "2", "--out", (folder_ / "run").string(), "--json"});
    EXPECT_EQ(ran.code, 3) << ran.err;
    expect_all_listed(ran.json().at("skipped"), "reason");
    const auto counts = ran.json().at("counts");
    EXPECT_EQ(
        counts.at("train").get<int>() + counts.at("validation").get<int>() + counts.at("test").get<int>(),
        kGoodSongs);
}

TEST_F(CliBadInput, ClassifyListsEveryBadSongAndNamesTheOthers) {
    const std::string run = (folder_ / "run").string();
    program_({"train", "--data", songs_.string(), "--body", "random:vit_ti_16", "--recipe", "study",
              "--hidden", "16", "--epochs", "2", "--out", run});
    const Ran ran = program_({"classify", "--model", run + "/model.safetensors", songs_.string(), "--json"});
    EXPECT_EQ(ran.code, 3) << ran.err;
    expect_all_listed(ran.json(), "error");
    EXPECT_EQ(ran.json().size(), bad_.size() + kGoodSongs);
}

/// A picture of stripes, told apart by their width.
Picture stripes(int width) {
    Picture picture{432, 288, {}};
    for (int pixel = 0; pixel < 432 * 288; ++pixel) {
        const auto shade = static_cast<std::uint8_t>(pixel / width % 2 == 0 ? 220 : 30);
        picture.rgb.insert(picture.rgb.end(), {shade, static_cast<std::uint8_t>(255 - shade), 90});
    }
    return picture;
}

/// Two genres of good pictures, and the bad ones among them.
class CliBadPictures : public CliBadInput {
protected:
    void SetUp() override {
        songs_ = folder_ / "pictures";
        const fs::path jazz = songs_ / "jazz";
        for (int i = 0; i < 5; ++i) {
            fs::create_directories(jazz);
            fs::create_directories(songs_ / "metal");
            write_png(jazz / ("a" + std::to_string(i) + ".png"), stripes(3 + i));
            write_png(songs_ / "metal" / ("b" + std::to_string(i) + ".png"), stripes(40 + i));
        }
        const std::string good = bytes_of(jazz / "a0.png");
        bad("zero.png", [&](const fs::path& file) { write_quickly(file, ""); });
        bad("one.jpg", [&](const fs::path& file) { write_quickly(file, "\xFF"); });
        bad("text.png", [&](const fs::path& file) { write_quickly(file, "not a picture"); });
        bad("cut.png", [&](const fs::path& file) { write_quickly(file, good.substr(0, good.size() / 2)); });
        bad("huge.png", [&](const fs::path& file) { write_quickly(file, huge_png()); });
        bad("pipe.png", [&](const fs::path& file) { ::mkfifo(file.c_str(), 0600); });
        bad("link.png", [&](const fs::path& file) { fs::create_symlink("nowhere.png", file); });
        bad("folder.png", [&](const fs::path& file) { fs::create_directory(file); });
        if (permissions_can_hold()) {
            program_ = program_.held_by_permissions();
            bad("forbidden.png", [&](const fs::path& file) {
                write_quickly(file, good);
                fs::permissions(file, fs::perms::none);
            });
        }
        write_png(jazz / "tiny.png", {1, 1, {10, 20, 30}});  // a good one
    }
};

constexpr int kGoodPictures = 11;

TEST_F(CliBadPictures, AreListedByEveryVerbAndTheOthersKept) {
    const Ran extracted = program_({"extract", "--data", songs_.string(), "--body", "random:vit_ti_16",
                                    "--out", (folder_ / "f.safetensors").string(), "--json"});
    EXPECT_EQ(extracted.code, 3) << extracted.err;
    expect_all_listed(extracted.json().at("skipped"), "reason");
    EXPECT_EQ(extracted.json().at("tracks"), kGoodPictures);

    const std::string run = (folder_ / "run").string();
    const Ran trained = program_({"train", "--data", songs_.string(), "--body", "random:vit_ti_16",
                                  "--epochs", "2", "--out", run, "--json"});
    EXPECT_EQ(trained.code, 3) << trained.err;
    expect_all_listed(trained.json().at("skipped"), "reason");
    const auto counts = trained.json().at("counts");
    EXPECT_EQ(
        counts.at("train").get<int>() + counts.at("validation").get<int>() + counts.at("test").get<int>(),
        kGoodPictures);

    const Ran classified =
        program_({"classify", "--model", run + "/model.safetensors", songs_.string(), "--json"});
    EXPECT_EQ(classified.code, 3) << classified.err;
    expect_all_listed(classified.json(), "error");
    EXPECT_EQ(classified.json().size(), bad_.size() + kGoodPictures);
}

TEST_F(CliBadPictures, AsABodyAreAsBadAsAnyOtherFile) {
    const fs::path bodies = folder_ / "bodies";
    const std::string run = (folder_ / "run").string();
    ASSERT_EQ(program_({"train", "--data", songs_.string(), "--body", "random:vit_ti_16", "--epochs", "2",
                        "--out", run})
                  .code,
              3);
    const std::string model = bytes_of(run + "/model.safetensors");
    const std::string pth = bytes_of(golden("torch_vit.pth"));
    for (const char* ending : {".safetensors", ".pth"}) {
        write_quickly(bodies / (std::string("zero") + ending), "");
        write_quickly(bodies / (std::string("one") + ending), "P");
        write_quickly(bodies / (std::string("text") + ending), "weights, weights, weights and biases");
        fs::create_directory(bodies / (std::string("folder") + ending));
        fs::create_symlink("nowhere", bodies / (std::string("link") + ending));
        ::mkfifo((bodies / (std::string("pipe") + ending)).c_str(), 0600);
    }
    write_quickly(bodies / "cut.pth", pth.substr(0, pth.size() / 2));
    write_quickly(bodies / "cut.safetensors", model.substr(0, model.size() / 2));
    write_quickly(bodies / "head_only.safetensors", model);
    write_quickly(bodies / "head_only.pth", model);
    write_quickly(bodies / "old.pth", bytes_of(golden("torch_before_1_6.pth")));
    for (const auto& entry : fs::directory_iterator(bodies)) {
        const std::string body = entry.path().string();
        const std::vector<std::vector<std::string>> commands = {
            {"train", "--data", songs_.string(), "--body", body, "--out", (folder_ / "never").string()},
            {"extract", "--data", songs_.string(), "--body", body, "--out", (folder_ / "never.st").string()},
            {"classify", "--model", run + "/model.safetensors", "--body", body,
             (songs_ / "jazz" / "a0.png").string()}};
        for (const auto& command : commands) {
            const Ran ran = program_(command);
            EXPECT_EQ(ran.code, 1) << command[0] << ' ' << body << ran.err;
            EXPECT_TRUE(ran.err.starts_with("error: " + body)) << ran.err;
            EXPECT_TRUE(states_a_need(ran.err)) << ran.err;
            EXPECT_EQ(std::ranges::count(ran.err, '\n'), 1) << ran.err;
        }
    }
}

}  // namespace
}  // namespace melvit::test
