#include "melvit/audio/packet_digest.h"

#include "melvit/audio/container.h"
#include "melvit/audio/ffmpeg.h"
#include "melvit/core/error.h"
#include "melvit/core/sha256.h"

#include <fmt/format.h>
#include <span>

namespace melvit {

std::string packet_digest(const Source& source, const Context& context) {
    Container container(source, context.stop);
    const AVCodecParameters& codec = *container.track().codecpar;
    Sha256 digest;
    // Without these the bytes of plain PCM mean nothing. The header of the coding is left out: that of Vorbis
    // holds the tags.
    digest.add(fmt::format("{} {} {}\n", ffmpeg().avcodec_get_name(codec.codec_id), codec.sample_rate,
                           codec.ch_layout.nb_channels));
    bool any_packet = false;
    while (const AVPacket* packet = container.next()) {
        if (!container.is_music(*packet)) continue;
        any_packet = true;
        digest.add(std::as_bytes(std::span(packet->data, static_cast<std::size_t>(packet->size))));
    }
    if (!any_packet) throw Error(source.name(), "needs a sound track", "its track is empty");
    return digest.hex();
}

}  // namespace melvit
