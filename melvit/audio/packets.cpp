#include "melvit/audio/packets.h"

#include "melvit/core/error.h"

#include <fmt/format.h>

namespace melvit {

bool is_music(const AVPacket& packet, AVCodecID codec) {
    const bool is_mpeg = codec == AV_CODEC_ID_MP1 || codec == AV_CODEC_ID_MP2 || codec == AV_CODEC_ID_MP3;
    if (!is_mpeg) return true;
    return packet.size >= 4 && packet.data[0] == 0xFF && packet.data[1] >= 0xE0;
}

void read_big_endian(const std::filesystem::path& file, AVCodecParameters& codec) {
    switch (codec.codec_id) {
        case AV_CODEC_ID_PCM_U8:
        case AV_CODEC_ID_PCM_ALAW:
        case AV_CODEC_ID_PCM_MULAW:
            return;  // a sample is one byte
        case AV_CODEC_ID_PCM_S16LE:
            codec.codec_id = AV_CODEC_ID_PCM_S16BE;
            return;
        case AV_CODEC_ID_PCM_S24LE:
            codec.codec_id = AV_CODEC_ID_PCM_S24BE;
            return;
        case AV_CODEC_ID_PCM_S32LE:
            codec.codec_id = AV_CODEC_ID_PCM_S32BE;
            return;
        case AV_CODEC_ID_PCM_S64LE:
            codec.codec_id = AV_CODEC_ID_PCM_S64BE;
            return;
        case AV_CODEC_ID_PCM_F32LE:
            codec.codec_id = AV_CODEC_ID_PCM_F32BE;
            return;
        case AV_CODEC_ID_PCM_F64LE:
            codec.codec_id = AV_CODEC_ID_PCM_F64BE;
            return;
        default:
            throw Error(file, "needs plain PCM, being a big-endian WAV file (RIFX)",
                        fmt::format("it is coded as \"{}\"", ffmpeg().avcodec_get_name(codec.codec_id)));
    }
}

}  // namespace melvit
