#include "melvit/audio/riff.h"

#include "melvit/audio/ffmpeg.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <fmt/format.h>
#include <initializer_list>
#include <span>
#include <string_view>

namespace melvit {
namespace {

using Header = std::vector<std::uint8_t>;

constexpr std::size_t kFirstChunk = 12;  // behind "RIFF", a size and "WAVE"
constexpr std::size_t kChunkStart = 8;   // a name and a size
constexpr std::size_t kExtensibleBytes = 40;

std::string_view text_of(std::span<const std::uint8_t> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool names(const Header& header, std::size_t at, std::string_view name) {
    return at <= header.size() && text_of(std::span(header).subspan(at)).starts_with(name);
}

/// The four bytes at a place, the lowest or the highest first.
std::uint32_t number_at(const Header& header, std::size_t at, bool big_endian) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) number = number << 8U | header[at + (big_endian ? i : 3 - i)];
    return number;
}

/// Reverses the bytes of numbers of these sizes that follow each other, as far as they lie before `end`.
void reverse_numbers(Header& header, std::size_t at, std::size_t end,
                     std::initializer_list<std::size_t> sizes) {
    for (const std::size_t size : sizes) {
        if (at + size > end) return;
        const auto first = header.begin() + static_cast<std::ptrdiff_t>(at);
        std::reverse(first, first + static_cast<std::ptrdiff_t>(size));
        at += size;
    }
}

/// The coding in an extended header is the first number of a GUID: four bytes, of which SoX reverses the first
/// two by themselves.
void reverse_coding(Header& header, std::size_t at) {
    const std::size_t high = header[at] == 0 && header[at + 1] == 0 ? at + 2 : at;
    const std::uint8_t code_high = header[high];
    const std::uint8_t code_low = header[high + 1];
    constexpr std::array<std::uint8_t, 14> kRest{0,    0,    0x00, 0x00, 0x10, 0x00, 0x80,
                                                 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71};
    header[at] = code_low;
    header[at + 1] = code_high;
    std::ranges::copy(kRest, header.begin() + static_cast<std::ptrdiff_t>(at) + 2);
}

}  // namespace

std::optional<WavData> find_wav_data(const Source& file) {
    constexpr int kMostChunks = 1000;
    const Header start = file.bytes_at(0, kFirstChunk);
    const bool is_rifx = names(start, 0, "RIFX");
    if ((!is_rifx && !names(start, 0, "RIFF")) || !names(start, 8, "WAVE")) return std::nullopt;
    std::int64_t offset = kFirstChunk;
    for (int chunks = 0; chunks < kMostChunks; ++chunks) {
        const Header chunk = file.bytes_at(offset, kChunkStart);
        if (chunk.size() < kChunkStart) break;
        const std::uint32_t bytes = number_at(chunk, 4, is_rifx);
        offset += kChunkStart;
        if (names(chunk, 0, "data")) return WavData{offset, bytes};
        offset += std::int64_t{bytes} + bytes % 2;
    }
    return std::nullopt;
}

bool may_be_dts(const Source& file) {
    constexpr std::size_t kProbed = std::size_t{32} * 4096;
    constexpr std::array<std::string_view, 5> kSyncWords{{"\x7F\xFE\x80\x01",
                                                          "\xFE\x7F\x01\x80",
                                                          {"\x1F\xFF\xE8\x00", 4},
                                                          {"\xFF\x1F\x00\xE8", 4},
                                                          "\x64\x58\x20\x25"}};
    const std::optional<WavData> data = find_wav_data(file);
    if (!data) return true;
    const std::vector<std::uint8_t> bytes = file.bytes_at(data->offset, kProbed);
    return std::ranges::any_of(kSyncWords, [&](std::string_view word) {
        return text_of(bytes).find(word) != std::string_view::npos;
    });
}

Header little_endian_header(const Source& file) {
    constexpr std::size_t kMostBytes = std::size_t{1} << 20U;
    Header header = file.bytes_at(0, kFirstChunk);
    if (!names(header, 0, "RIFX") || !names(header, 8, "WAVE")) return {};
    header = file.bytes_at(0, kMostBytes);
    if (header.size() < kFirstChunk) return {};  // it got shorter
    header[3] = 'F';
    reverse_numbers(header, 4, kChunkStart, {4});
    for (std::size_t at = kFirstChunk; at + kChunkStart <= header.size();) {
        const std::size_t bytes = number_at(header, at + 4, true);
        reverse_numbers(header, at + 4, at + kChunkStart, {4});
        const std::size_t body = at + kChunkStart;
        if (names(header, at, "data")) {
            header.resize(body);
            return header;
        }
        const std::size_t end = std::min(header.size(), body + bytes);
        if (names(header, at, "fmt ")) {
            reverse_numbers(header, body, end, {2, 2, 4, 4, 2, 2, 2, 2, 4});
            if (end >= body + kExtensibleBytes) reverse_coding(header, body + 24);
        }
        if (names(header, at, "fact")) reverse_numbers(header, body, end, {4});
        at = body + bytes + bytes % 2;
    }
    return {};
}

void read_big_endian(const std::filesystem::path& file, AVCodecParameters& codec) {
    switch (codec.codec_id) {
        case AV_CODEC_ID_PCM_U8:
        case AV_CODEC_ID_PCM_ALAW:
        case AV_CODEC_ID_PCM_MULAW:
            return;  // a sample is one byte
        case AV_CODEC_ID_PCM_S16LE:
            codec.codec_id = AV_CODEC_ID_PCM_S16BE;
            return;
        case AV_CODEC_ID_PCM_S24LE:
            codec.codec_id = AV_CODEC_ID_PCM_S24BE;
            return;
        case AV_CODEC_ID_PCM_S32LE:
            codec.codec_id = AV_CODEC_ID_PCM_S32BE;
            return;
        case AV_CODEC_ID_PCM_F32LE:
            codec.codec_id = AV_CODEC_ID_PCM_F32BE;
            return;
        case AV_CODEC_ID_PCM_F64LE:
            codec.codec_id = AV_CODEC_ID_PCM_F64BE;
            return;
        default:
            throw Error(file, "needs plain PCM, being a big-endian WAV file (RIFX)",
                        fmt::format("it is coded as \"{}\"", ffmpeg().avcodec_get_name(codec.codec_id)));
    }
}

}  // namespace melvit
