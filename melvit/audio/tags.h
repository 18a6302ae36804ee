#pragma once

#include "melvit/core/source.h"

namespace melvit {

/// The file behind its ID3v2 tags. FFmpeg takes all that stands behind a tag above 1 MB (a large picture of the
/// album) for MP3, be it FLAC or AAC.
///
/// source  id3.org, ID3v2.4.0 section 3.1
Source without_front_tags(const Source& file);

/// The file before the tags at its end, in any order and number: ID3v1 and its extension, Lyrics3, APE, ID3v2
/// with a footer. For streams of frames, where a demuxer would take them for frames.
///
/// source  id3.org, "ID3v1", "Lyrics3 v1", "Lyrics3 v2", "ID3v2.4.0" section 3.4; hydrogenaud.io, "APEv2
///         specification"
Source without_end_tags(const Source& file);

}  // namespace melvit
