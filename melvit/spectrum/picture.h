#pragma once

#include "melvit/core/export.h"
#include "melvit/core/source.h"
#include "melvit/spectrum/mel_spectrogram.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace melvit {

/// A picture of 8-bit colours, as a PNG holds it.
struct Picture {
    int width = 0;                  ///< pixels
    int height = 0;                 ///< pixels
    std::vector<std::uint8_t> rgb;  ///< [height x width x 3]
};

/// Where the spectrogram stands in a picture of the study: the Kaggle geometry, 432 x 288 with a white
/// border.
///
/// The set's pictures were drawn larger: each pixel of the axes of a 500 x 500 figure shows the cell under
/// its centre, and its whole pixels were then reduced with a box filter, which averages one or two of them
/// (as colour indices). These sizes were found by undoing the colour map of 50 pictures and comparing them
/// with the spectrograms of their tracks: drawn this way, 97 % of the pixels are equal.
struct StudyGeometry {
    static constexpr int kWidth = 432;
    static constexpr int kHeight = 288;
    static constexpr int kAxesLeft = 54;
    static constexpr int kAxesTop = 35;
    static constexpr int kAxesWidth = 335;         ///< columns 54 ... 388
    static constexpr int kAxesHeight = 218;        ///< rows 35 ... 252
    static constexpr double kDrawnWidth = 387.5;   ///< of the axes as drawn, 0.775 of the figure
    static constexpr double kDrawnHeight = 385.0;  ///< 0.77 of the figure
};

/// A spectrogram drawn as the study's pictures were: low frequencies at the bottom, the whole clip across the
/// width, the white border of the Kaggle geometry. The colour map spreads from the quietest cell, but no less
/// than floor_db, to 0 dB, as specshow does when it is given no limits: a track without quiet cells gets
/// brighter ones.
///
/// colours  "magma" (the study) or "viridis"
/// throws   Error for another colour map, and for a spectrogram without cells
/// source   librosa.display.specshow into a matplotlib figure of 432 x 288 pixels
MELVIT_API Picture draw_study_picture(const MelSpectrogram& spectrogram, const std::string& colours,
                                      float floor_db);

/// One pixel a cell, no border, the colour map over [floor_db, 0] dB: [bands rows x frames columns].
MELVIT_API Picture draw_plain_picture(const MelSpectrogram& spectrogram, const std::string& colours,
                                      float floor_db);

/// Decodes a PNG (grey, palette, RGB, with or without alpha, 1 to 16 bits, interlaced or not) or a JPEG file
/// (grey, colour or CMYK). As in PIL's convert("RGB") alpha is dropped, not
/// blended, and of 16 bits the upper 8 count (in grey pictures too, where PIL clips at 255). Gamma, profiles
/// and EXIF are not applied.
///
/// throws  Error when the file is neither, broken, ends early, or is larger than 16384 pixels on a side or
///         2^26 in all
MELVIT_API Picture read_picture(const Source& source);

/// Writes a PNG, durably.
MELVIT_API void write_png(const std::filesystem::path& target, const Picture& picture);

}  // namespace melvit
