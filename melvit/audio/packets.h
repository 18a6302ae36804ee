#pragma once

#include "melvit/audio/ffmpeg.h"

#include <filesystem>

namespace melvit {

/// False for tags in the middle of an MP3, which come as packets of their own.
bool is_music(const AVPacket& packet, AVCodecID codec);

/// A RIFX file is a WAV file with its numbers the other way round. Its header is turned (rifx.h), its samples
/// are not: this names the coding they really have.
///
/// throws  Error for a coding other than plain PCM
void read_big_endian(const std::filesystem::path& file, AVCodecParameters& codec);

}  // namespace melvit
