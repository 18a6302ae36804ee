#pragma once

#include "melvit/core/source.h"

#include <cstdint>
#include <optional>
#include <vector>

struct AVCodecParameters;

namespace melvit {

/// Where the samples of a WAV file are.
struct WavData {
    std::int64_t offset = 0;
    std::uint32_t stated_bytes = 0;  ///< what the header says
};

/// returns  nothing for a file that is no RIFF or RIFX WAVE or ends before its samples
/// source   Microsoft, "Multimedia Programming Interface and Data Specifications 1.0", RIFF
std::optional<WavData> find_wav_data(const Source& file);

/// Whether a WAV file's first 128 KB of samples could be DTS passed off as PCM. FFmpeg 5.1 looks for other
/// formats in 32 packets of 4 KB by trying all its own on them, 8 ms of work; where no frame of DTS begins,
/// it looks into the first packet alone.
///
/// source  ETSI TS 102 114, clause 5.4.1: the sync word, here in words of 16 and of 14 bits of either order;
///         clause 7.4.1: that of streams of extensions alone
bool may_be_dts(const Source& file);

/// The bytes of a big-endian WAV file (RIFX) up to its first sample, with all their numbers little-endian, as a
/// WAV file has them. FFmpeg reads no RIFX header of more than 16 bytes: SoX writes longer ones for all but 8
/// and 16 bits.
///
/// returns  nothing of what is no RIFX file, or has no samples within 1 MiB
/// source   Microsoft, "Multimedia Programming Interface and Data Specifications 1.0"; WAVEFORMATEXTENSIBLE
std::vector<std::uint8_t> little_endian_header(const Source& file);

/// The samples of a RIFX file stay as they are: this names the coding that they really have.
///
/// file    its name, for errors
/// throws  Error for a coding other than plain PCM
void read_big_endian(const std::filesystem::path& file, AVCodecParameters& codec);

}  // namespace melvit
