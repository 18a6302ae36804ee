#pragma once

#include "melvit/core/context.h"
#include "melvit/core/source.h"

#include <string>

namespace melvit {

/// SHA-256 of a file's sound as it is coded: the coding's name, rate and channels, then the bytes of all
/// packets of the sound track, one after the other. Tags, pictures, the order of a container's parts, the
/// layout of its pages and MP3's frame of information are outside the packets: files that differ only in
/// these have one digest. Another encoding of the same music has another.
///
/// returns  64 lower-case hex digits
/// throws   Error of Container, and when the track has no packet; Stopped
std::string packet_digest(const Source& source, const Context& context = {});

}  // namespace melvit
