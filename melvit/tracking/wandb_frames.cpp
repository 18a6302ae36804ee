#include "melvit/tracking/wandb_frames.h"

#include "melvit/tracking/crc32.h"
#include "melvit/tracking/little_endian.h"

#include <cassert>
#include <cstdint>

namespace melvit {
namespace {

enum ChunkType : char { kFull = 1, kFirst = 2, kMiddle = 3, kLast = 4 };

constexpr std::string_view kFileHeader("\x3A\x57\x26\x42\xE1\xBE\x00", 7);

}  // namespace

WandbFrames::WandbFrames() : bytes_(kFileHeader) {}

void WandbFrames::add(std::string_view record) {
    assert(!record.empty());
    if (room_in_block() < kChunkHeader) bytes_.append(room_in_block(), '\0');
    if (kChunkHeader + record.size() <= room_in_block()) return add_chunk(kFull, record);
    for (char type = kFirst; !record.empty();) {
        // Exactly seven bytes left make a first chunk without payload.
        const std::string_view payload = record.substr(0, room_in_block() - kChunkHeader);
        record.remove_prefix(payload.size());
        add_chunk(record.empty() ? static_cast<char>(kLast) : type, payload);
        type = kMiddle;
    }
}

void WandbFrames::add_chunk(char type, std::string_view payload) {
    const std::uint32_t checksum = crc32_of(payload, crc32_of({&type, 1}));
    append_little_endian(bytes_, checksum);
    append_little_endian(bytes_, static_cast<std::uint16_t>(payload.size()));
    bytes_.push_back(type);
    bytes_ += payload;
}

}  // namespace melvit
