#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace melvit {

/// The framing of a .wandb file: records cut into checksummed chunks, none of which crosses a block of
/// 32 768 bytes.
///
/// source  LevelDB's log format with a plain CRC-32 and a header of seven bytes, as
///         wandb.sdk.internal.datastore.DataStore writes it
class WandbFrames {
public:
    static constexpr std::size_t kBlock = 32768;
    static constexpr std::size_t kChunkHeader = 7;

    WandbFrames();

    /// Adds one record.
    /// record  at least one byte: an empty one crashes the uploader
    void add(std::string_view record);

    const std::string& bytes() const { return bytes_; }

private:
    std::size_t room_in_block() const { return kBlock - bytes_.size() % kBlock; }
    void add_chunk(char type, std::string_view payload);

    std::string bytes_;
};

}  // namespace melvit
