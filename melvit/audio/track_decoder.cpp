#include "melvit/audio/track_decoder.h"

#include "melvit/audio/container.h"
#include "melvit/audio/decode_errors.h"
#include "melvit/audio/ffmpeg.h"
#include "melvit/audio/formats.h"
#include "melvit/audio/mono.h"
#include "melvit/core/error.h"
#include "melvit/core/resource.h"

#include <cmath>
#include <fmt/format.h>
#include <new>
#include <utility>
#include <vector>

namespace melvit {
namespace {

constexpr int kMostChannels = 8;
constexpr int kLowestRateHz = 4000;
constexpr int kHighestRateHz = 192000;

void free_decoder(AVCodecContext* context) {
    ffmpeg().avcodec_free_context(&context);
}
void free_frame(AVFrame* frame) {
    ffmpeg().av_frame_free(&frame);
}
using DecoderHandle = std::unique_ptr<AVCodecContext, ReleasedBy<free_decoder>>;

/// The 1-bit samples of DSD reach us as bytes of 8, at 352.8 kHz and its doubles; that is no PCM rate.
int highest_rate_hz(AVCodecID codec) {
    switch (codec) {
        case AV_CODEC_ID_DSD_LSBF_PLANAR:
        case AV_CODEC_ID_DSD_MSBF_PLANAR:
            return 8 * 44100 * 4;
        default:
            return kHighestRateHz;
    }
}

void check_shape(const std::filesystem::path& name, int channels, int rate_hz, AVCodecID codec) {
    if (channels > kMostChannels) {
        throw Error(name, fmt::format("needs at most {} channels", kMostChannels),
                    fmt::format("it has {}", channels));
    }
    if (rate_hz < kLowestRateHz || rate_hz > highest_rate_hz(codec)) {
        throw Error(name, fmt::format("needs a sample rate from {} to {} Hz", kLowestRateHz, kHighestRateHz),
                    fmt::format("it has {} Hz", rate_hz));
    }
}

/// FFmpeg reads ALAC of 20 bits as noise; libsndfile gives back what was written.
void check_alac(const std::filesystem::path& name, const AVCodecParameters& codec) {
    constexpr int kBitsAt = 17;  // in an 'alac' atom, behind its 12 bytes of name and version
    if (codec.codec_id != AV_CODEC_ID_ALAC || codec.extradata_size <= kBitsAt) return;
    if (codec.extradata[kBitsAt] == 20) throw Error(name, "needs ALAC of 16, 24 or 32 bits", "it has 20");
}

DecoderHandle open_decoder(const Container& container) {
    const AVStream& track = container.track();
    check_alac(container.name(), *track.codecpar);
    const AVCodec* codec = ffmpeg().avcodec_find_decoder(track.codecpar->codec_id);
    const std::string name = ffmpeg().avcodec_get_name(track.codecpar->codec_id);
    if (codec == nullptr || ffmpeg().av_match_list(codec->name, kDecoders, ',') <= 0) {
        throw Error(container.name(), "needs sound in a known coding",
                    fmt::format("it is coded as \"{}\"", name));
    }
    DecoderHandle decoder(ffmpeg().avcodec_alloc_context3(codec));
    if (!decoder || ffmpeg().avcodec_parameters_to_context(decoder.get(), track.codecpar) < 0)
        throw std::bad_alloc();
    decoder->pkt_timebase = track.time_base;  // places the samples that gapless MP3 and AAC leave out
    if (ffmpeg().avcodec_open2(decoder.get(), codec, nullptr) < 0) {
        throw Error(container.name(), "needs sound that FFmpeg can decode",
                    fmt::format("its \"{}\" decoder refuses the stream's header", name));
    }
    return decoder;
}

}  // namespace

struct TrackDecoder::State {
    State(const Source& source, std::stop_token stop)
        : container(source, std::move(stop)),
          decoder(open_decoder(container)),
          frame(ffmpeg().av_frame_alloc()) {
        if (!frame) throw std::bad_alloc();
    }

    bool next_frame();
    void feed_decoder();
    void take_frame();

    Container container;
    DecoderHandle decoder;
    std::unique_ptr<AVFrame, ReleasedBy<free_frame>> frame;
    DecodeErrors errors;
    MixedBlock block;
    LevelMeter meter;
    double fed_seconds = 0;   ///< what the packets given to the decoder say of themselves
    double rest_seconds = 0;  ///< of packets that were read without being decoded
    int rate_hz = 0;
    double seconds = 0;
    bool is_draining = false;
};

/// Decodes one frame; false at the end of the stream.
bool TrackDecoder::State::next_frame() {
    while (true) {
        const int result = ffmpeg().avcodec_receive_frame(decoder.get(), frame.get());
        if (result == 0) return true;
        if (result == AVERROR_EOF || (result != AVERROR(EAGAIN) && is_draining)) return false;
        if (result != AVERROR(EAGAIN)) errors.refused(seconds, 0);
        feed_decoder();
    }
}

/// Gives the decoder one more packet, at the end the empty one that makes it give all it still holds.
void TrackDecoder::State::feed_decoder() {
    const AVPacket* packet = container.next();
    is_draining = packet == nullptr;
    if (packet != nullptr) fed_seconds += container.seconds_of(*packet);
    if (ffmpeg().avcodec_send_packet(decoder.get(), packet) < 0 && packet != nullptr) {
        errors.refused(seconds, container.seconds_of(*packet));
    }
}

void TrackDecoder::State::take_frame() {
    rate_hz = frame->sample_rate > 0 ? frame->sample_rate : decoder->sample_rate;
    check_shape(container.name(), frame->ch_layout.nb_channels, rate_hz, decoder->codec_id);
    average_channels(*frame, block);
    const std::vector<float>& mono = block.mono;
    const std::size_t unusable = first_unusable(mono);
    if (unusable < mono.size()) {
        throw Error(container.name(), "needs finite samples",
                    fmt::format("the one at {:.3f} s is NaN, infinite or absurdly large",
                                seconds + static_cast<double>(unusable) / rate_hz));
    }
    errors.decoded();
    meter.add(block.channels, mono, rate_hz);
    seconds += static_cast<double>(mono.size()) / rate_hz;
}

TrackDecoder::TrackDecoder(const Source& source, std::stop_token stop)
    : state_(std::make_unique<State>(source, std::move(stop))) {
    // What the header does not say yet is checked with each frame.
    const AVCodecParameters& codec = *state_->container.track().codecpar;
    check_shape(source.name(), codec.ch_layout.nb_channels,
                codec.sample_rate > 0 ? codec.sample_rate : kLowestRateHz, codec.codec_id);
}

TrackDecoder::~TrackDecoder() = default;
TrackDecoder::TrackDecoder(TrackDecoder&&) noexcept = default;
TrackDecoder& TrackDecoder::operator=(TrackDecoder&&) noexcept = default;

std::span<const float> TrackDecoder::next() {
    while (state_->next_frame()) {
        state_->take_frame();
        if (!state_->block.mono.empty()) return state_->block.mono;
    }
    state_->errors.ended();
    state_->meter.end();
    return {};
}

int TrackDecoder::sample_rate_hz() const {
    return state_->rate_hz;
}

double TrackDecoder::decoded_seconds() const {
    return state_->seconds;
}

const SoundMap& TrackDecoder::sound_map() const {
    return state_->meter.map();
}

double TrackDecoder::measure_to_end() {
    constexpr double kDelaySeconds = 0.15;  // what a decoder holds back or leaves out at the start
    State& state = *state_;
    if (std::abs(state.fed_seconds - state.seconds) > kDelaySeconds) {
        while (!next().empty()) continue;
        return state.seconds;
    }
    while (!state.is_draining) {
        const AVPacket* packet = state.container.next();
        state.is_draining = packet == nullptr;
        if (packet != nullptr) state.rest_seconds += state.container.seconds_of(*packet);
    }
    return state.seconds + state.rest_seconds;
}

double TrackDecoder::stated_duration_seconds() const {
    return state_->container.stated_duration_seconds();
}

double TrackDecoder::pcm_duration_seconds() const {
    return state_->container.pcm_duration_seconds();
}

std::string TrackDecoder::warning() const {
    constexpr double kSlackSeconds = 1.0;  // padding of codecs, rounding of containers
    if (std::string lost = state_->errors.sentence(); !lost.empty()) return lost;
    const double there = state_->seconds + state_->rest_seconds;
    if (state_->container.is_torn()) return fmt::format("it is torn at {:.1f} s", there);
    if (std::string missing = state_->container.missing_end(); !missing.empty()) return missing;
    const double stated = stated_duration_seconds();
    const double tick_seconds = av_q2d(state_->container.track().time_base);  // of Musepack 1.67 s
    if (!state_->is_draining || stated <= 0 || std::abs(stated - there) <= kSlackSeconds + tick_seconds)
        return {};
    return fmt::format("it states {:.1f} s of sound, it holds {:.1f} s", stated, there);
}

}  // namespace melvit
