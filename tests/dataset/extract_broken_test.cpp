// Files that cannot be read, or only just: each is listed or kept, the others go on.

#include "tests/dataset/extract_fixture.h"

namespace melvit {
namespace {

TEST_F(Extract, BrokenFilesAreListedAndTheOthersGoOn) {
    make_pictures(2);
    const fs::path jazz = folder_ / "data/jazz";
    std::ofstream(jazz / "empty.png");
    std::ofstream(jazz / "one byte.png") << 'x';
    std::ofstream(jazz / "text.png") << "This is not a picture, whatever its name says.";
    const std::string whole = read_text_file(jazz / "0.png");
    std::ofstream(jazz / "cut.png") << whole.substr(0, whole.size() / 2);
    fs::create_symlink("nowhere.png", jazz / "link.png");
    ASSERT_EQ(::mkfifo((jazz / "fifo.png").c_str(), 0600), 0);
    std::ofstream(jazz / "Bj\xF6rk.png") << "x";
    const ExtractResult result = run();
    EXPECT_EQ(result.table.tracks(), 4U);
    ASSERT_EQ(result.skipped.size(), 7U);
    for (const Skipped& item : result.skipped) {
        EXPECT_NE(item.file.find("data/jazz/"), std::string::npos);
        EXPECT_TRUE(test::states_a_need(item.reason)) << item.file << ": " << item.reason;
    }
    EXPECT_TRUE(std::ranges::any_of(
        result.skipped, [](const Skipped& item) { return item.file.ends_with("Bj\\xF6rk.png"); }));
    EXPECT_EQ(run().skipped.size(), 7U);  // a broken file is not cached
}

TEST_F(Extract, BrokenSongsAreListedAndTheOthersGoOn) {
    for (const char* genre : {"jazz", "rock"}) make_folder(folder_ / "data" / genre);
    write_wav(folder_ / "data/jazz/good.wav", tone(2, 440));
    write_wav(folder_ / "data/rock/good.wav", tone(2, 220));
    write_wav(folder_ / "data/rock/silence.wav", tone(2, 0));
    std::ofstream(folder_ / "data/rock/empty.mp3");
    std::ofstream(folder_ / "data/rock/text.mp3") << "This is not a song.";
    fs::copy_file(folder_ / "data/rock/good.wav", folder_ / "data/rock/wrong ending.mp3");
    const ExtractResult result = run();
    EXPECT_EQ(result.table.tracks(), 3U);
    EXPECT_EQ(result.skipped.size(), 3U);
    for (const Skipped& item : result.skipped) EXPECT_TRUE(test::states_a_need(item.reason)) << item.reason;
}

/// The header of a mono WAV file.
///
/// format  1 = integers, 3 = floats
std::string wav_header(std::uint16_t format, std::uint16_t bits, std::uint32_t rate_hz,
                       std::uint32_t data_bytes) {
    std::string bytes;
    const auto add = [&](std::uint32_t value, int count) {
        for (int i = 0; i < count; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFFU);
    };
    bytes += "RIFF";
    add(36 + data_bytes, 4);
    bytes += "WAVEfmt ";
    add(16, 4);
    add(format, 2);
    add(1, 2);
    add(rate_hz, 4);
    add(rate_hz * bits / 8, 4);
    add(bits / 8U, 2);
    add(bits, 2);
    bytes += "data";
    add(data_bytes, 4);
    return bytes;
}

TEST_F(Extract, SongsOfOddSoundAreListedOrKeptAndTheOthersGoOn) {
    for (const char* genre : {"jazz", "rock"}) make_folder(folder_ / "data" / genre);
    write_wav(folder_ / "data/jazz/good.wav", tone(2, 440));
    write_wav(folder_ / "data/rock/five samples.wav", tone(5.0 / 22050, 440));
    const std::string nan("\x00\x00\xC0\x7F", 4);
    std::ofstream not_a_number(folder_ / "data/rock/not a number.wav", std::ios::binary);
    not_a_number << wav_header(3, 32, 22050, 40000);
    for (int i = 0; i < 10000; ++i) not_a_number << nan;
    not_a_number.close();
    constexpr std::uint32_t kTenHours = 36000 * 4000;
    std::ofstream(folder_ / "data/rock/ten hours.wav", std::ios::binary) << wav_header(1, 8, 4000, kTenHours);
    fs::resize_file(folder_ / "data/rock/ten hours.wav", 44 + kTenHours);
    write_wav(folder_ / "data/jazz/cut.wav", tone(20, 330));
    fs::resize_file(folder_ / "data/jazz/cut.wav", 300001);

    const ExtractResult result = run();
    const auto is_skipped = [&](const std::string& name) {
        return std::ranges::any_of(result.skipped,
                                   [&](const Skipped& item) { return item.file.ends_with(name); });
    };
    EXPECT_TRUE(is_skipped("not a number.wav"));
    EXPECT_TRUE(is_skipped("ten hours.wav"));
    EXPECT_FALSE(is_skipped("cut.wav"));
    EXPECT_FALSE(is_skipped("good.wav"));
    EXPECT_EQ(result.table.tracks() + result.skipped.size(), 5U);
}

TEST_F(Extract, PicturesOfOddSizesAreListedOrKeptAndTheOthersGoOn) {
    make_pictures(1);
    write_png(folder_ / "data/jazz/one pixel.png", {1, 1, {10, 20, 30}});
    const std::string one = read_text_file(folder_ / "data/jazz/one pixel.png");
    std::string huge = one;  // the same file that says it is 20 000 x 20 000
    for (const std::size_t at : {std::size_t{16}, std::size_t{20}})
        huge.replace(at, 4, std::string("\0\0\x4E\x20", 4));
    std::ofstream(folder_ / "data/rock/huge.png", std::ios::binary) << huge;
    const ExtractResult result = run();
    EXPECT_EQ(result.table.tracks(), 3U);
    ASSERT_EQ(result.skipped.size(), 1U);
    EXPECT_TRUE(result.skipped[0].file.ends_with("huge.png"));
}

TEST_F(Extract, ADataSetWithoutAReadableFileIsAnError) {
    for (const char* genre : {"jazz", "rock"}) {
        make_folder(folder_ / "data" / genre);
        std::ofstream(folder_ / "data" / genre / "a.png");
    }
    EXPECT_THROW(run(), Error);
}

}  // namespace
}  // namespace melvit
