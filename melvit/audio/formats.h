#pragma once

namespace melvit {

/// What melvit lets FFmpeg open, as FFmpeg's own comma-separated names. Everything else is refused, above all
/// what points to other files (hls, concat, sdp, playlists), pictures, subtitles, devices, and the players of
/// game and tracker music (libgme, libopenmpt), whose songs have no end of their own.
///
/// source  ffmpeg -demuxers, ffmpeg -decoders (5.1)
extern const char* const kContainers;
extern const char* const kDecoders;

/// Those of the containers that are nothing but frames, one after the other to the end of the file.
extern const char* const kFrameStreams;

}  // namespace melvit
