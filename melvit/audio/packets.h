#pragma once

#include "melvit/audio/ffmpeg.h"

#include <filesystem>

namespace melvit {

/// False for tags in the middle of an MP3, which come as packets of their own.
bool is_music(const AVPacket& packet, AVCodecID codec);

/// A RIFX file is a WAV file with its numbers the other way round. FFmpeg 5.1 reads the header so but not the
/// samples: this names the coding they really have.
///
/// throws  Error for a coding other than plain PCM
void read_big_endian(const std::filesystem::path& file, AVCodecParameters& codec);

}  // namespace melvit
