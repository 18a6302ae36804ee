#pragma once

namespace melvit {

/// From now on FFmpeg prints nothing, and no piece of memory that it asks for is larger than 128 MiB, whatever a
/// file says of itself. Both settings are the whole process's: a program calls this that has FFmpeg to itself, as
/// `melvit` has. The library does not, since its host may use FFmpeg too.
void limit_ffmpeg();

/// Before FFmpeg is used, since that loads it: does what limit_ffmpeg asked for, if it was called.
void apply_ffmpeg_limits();

}  // namespace melvit
