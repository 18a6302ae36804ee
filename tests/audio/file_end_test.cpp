#include "melvit/audio/file_end.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace melvit {
namespace {

using Bytes = std::vector<std::uint8_t>;

/// An Ogg page with a body of 300 bytes.
Bytes ogg_page(std::uint8_t flags) {
    Bytes page = {'O', 'g', 'g', 'S', 0, flags};
    page.resize(26);
    page.insert(page.end(), {2, 255, 45});
    page.resize(page.size() + 300, 'x');
    return page;
}

/// An ADTS frame: AAC LC at 44.1 kHz, stereo.
Bytes adts_frame(std::size_t bytes) {
    Bytes frame = {0xFF,
                   0xF1,
                   0x50,
                   static_cast<std::uint8_t>(0x80U | bytes >> 11U),
                   static_cast<std::uint8_t>(bytes >> 3U),
                   static_cast<std::uint8_t>((bytes & 7U) << 5U | 0x1FU),
                   0xFC};
    frame.resize(bytes, 0x21);
    return frame;
}

Bytes joined_bytes(const std::vector<Bytes>& parts) {
    Bytes whole;
    for (const Bytes& part : parts) whole.insert(whole.end(), part.begin(), part.end());
    return whole;
}

TEST(OggEnd, IsThePageThatSaysSoAndAllOfIt) {
    const Bytes whole = joined_bytes({ogg_page(2), ogg_page(0), ogg_page(4)});
    EXPECT_FALSE(ogg_is_cut(whole));
    for (std::size_t length = 0; length < whole.size(); ++length) {
        EXPECT_TRUE(ogg_is_cut(std::span(whole).first(length))) << length;
    }
    EXPECT_FALSE(ogg_is_cut(joined_bytes({whole, {'T', 'A', 'G', 0, 0}})));
}

TEST(AdtsEnd, IsAWholeFrame) {
    const Bytes whole = joined_bytes({adts_frame(300), adts_frame(411), adts_frame(280), adts_frame(355)});
    EXPECT_FALSE(adts_is_cut(whole));
    EXPECT_FALSE(adts_is_cut(joined_bytes({whole, {'T', 'A', 'G', 0, 0}})));
    EXPECT_FALSE(adts_is_cut(std::span(whole).first(300 + 411 + 280)));
    EXPECT_FALSE(adts_is_cut(std::span(whole).subspan(17)));
    for (const std::size_t lost : {1U, 100U, 348U, 354U}) {
        EXPECT_TRUE(adts_is_cut(std::span(whole).first(whole.size() - lost))) << lost;
    }
    EXPECT_FALSE(adts_is_cut({}));
    EXPECT_FALSE(adts_is_cut(Bytes(5000, 0xFF)));
}

}  // namespace
}  // namespace melvit
