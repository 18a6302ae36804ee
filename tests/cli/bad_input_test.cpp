// Every bad input of one list, met by extract, train and classify: each is listed with a sentence, nothing else is lost.

#include "melvit/audio/wav.h"
#include "melvit/spectrum/picture.h"

#include "tests/support/program.h"
#include "tests/support/test_files.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <gtest/gtest.h>
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
        if (permissions_can_hold()) {
            program_ = program_.held_by_permissions();
            bad("forbidden.wav", [&](const fs::path& file) {
                write_quickly(file, good);
                fs::permissions(file, fs::perms::none);
            });
        }
        // Good ones that look odd: another ending, the same stem.
        fs::copy_file(jazz / "jazz.00000.wav", jazz / "wrong_ending.mp3");
        fs::copy_file(jazz / "jazz.00001.wav", jazz / "jazz.00000.flac");
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
            EXPECT_NE(entry.at(reason_key).get<std::string>().find("needs"), std::string::npos)
                << entry.dump();
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

TEST_F(CliBadInput, ExtractListsEveryBadSongAndKeepsTheOthers) {
    const Ran ran = program_({"extract", "--data", songs_.string(), "--body", "random:vit_ti_16", "--recipe",
                              "study", "--out", (folder_ / "f.safetensors").string(), "--json"});
    EXPECT_EQ(ran.code, 3) << ran.err;
    expect_all_listed(ran.json().at("skipped"), "reason");
    EXPECT_EQ(ran.json().at("tracks"), 12);
}

TEST_F(CliBadInput, TrainListsEveryBadSongAndKeepsTheOthers) {
    const Ran ran =
        program_({"train", "--data", songs_.string(), "--body", "random:vit_ti_16", "--recipe", "study",
                  "--hidden", "16", "--epochs", "2", "--out", (folder_ / "run").string(), "--json"});
    EXPECT_EQ(ran.code, 3) << ran.err;
    expect_all_listed(ran.json().at("skipped"), "reason");
}

TEST_F(CliBadInput, ClassifyListsEveryBadSongAndNamesTheOthers) {
    const std::string run = (folder_ / "run").string();
    program_({"train", "--data", songs_.string(), "--body", "random:vit_ti_16", "--recipe", "study",
              "--hidden", "16", "--epochs", "2", "--out", run});
    const Ran ran = program_({"classify", "--model", run + "/model.safetensors", songs_.string(), "--json"});
    EXPECT_EQ(ran.code, 3) << ran.err;
    expect_all_listed(ran.json(), "error");
    EXPECT_EQ(ran.json().size(), bad_.size() + 12);
}

TEST_F(CliBadInput, PicturesOfAnySizeAreReadOrRefusedFromTheirHeader) {
    const fs::path pictures = folder_ / "pictures";
    for (const char* genre : {"jazz", "metal"}) {
        ASSERT_EQ(program_({"spectrogram", (songs_ / genre).string(), "--out", (pictures / genre).string(),
                            "--quiet"})
                      .code,
                  std::string(genre) == "jazz" ? 3 : 0);
    }
    write_png(pictures / "jazz" / "tiny.png", {1, 1, {10, 20, 30}});
    write_quickly(pictures / "jazz" / "huge.png", huge_png());
    write_quickly(pictures / "jazz" / "zero.png", "");
    write_quickly(pictures / "jazz" / "text.png", "not a picture");
    const Ran ran = program_({"extract", "--data", pictures.string(), "--body", "random:vit_ti_16", "--out",
                              (folder_ / "f.safetensors").string(), "--json"});
    EXPECT_EQ(ran.code, 3) << ran.err;
    std::vector<std::string> listed;
    const auto answer = ran.json();
    for (const auto& entry : answer.at("skipped")) {
        listed.push_back(fs::path(entry.at("file").get<std::string>()).filename());
    }
    std::ranges::sort(listed);
    EXPECT_EQ(listed, (std::vector<std::string>{"huge.png", "text.png", "zero.png"})) << ran.out;
}

}  // namespace
}  // namespace melvit::test
