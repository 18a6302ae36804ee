#pragma once

#include "melvit/audio/waveform.h"

#include <filesystem>

namespace melvit {

/// Writes a mono 16-bit PCM WAV file, durably; samples outside [-1, 1] are clipped.
///
/// throws  Error for a NaN, for more than fits the format's 4 GB, and of DurableFile
void write_wav(const std::filesystem::path& target, const Waveform& waveform);

}  // namespace melvit
