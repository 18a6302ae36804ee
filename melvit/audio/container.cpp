#include "melvit/audio/container.h"

#include "melvit/audio/ffmpeg.h"
#include "melvit/audio/ffmpeg_limits.h"
#include "melvit/audio/file_end.h"
#include "melvit/audio/formats.h"
#include "melvit/audio/riff.h"
#include "melvit/audio/tags.h"
#include "melvit/core/error.h"
#include "melvit/core/resource.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <fmt/format.h>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace melvit {
namespace {

constexpr const char* kNeed = "needs to be a sound file";

void close_format(AVFormatContext* context) {
    ffmpeg().avformat_close_input(&context);
}
void free_packet(AVPacket* packet) {
    ffmpeg().av_packet_free(&packet);
}

/// A source as the byte stream that FFmpeg reads: our own callbacks, so that no protocol is ever opened, whatever
/// a file names. Stays at one place in memory, because FFmpeg keeps a pointer to it.
class AvioStream {
public:
    explicit AvioStream(Source source) : source_(std::move(source)) {
        constexpr int kBufferBytes = 1 << 16;
        auto* buffer = static_cast<unsigned char*>(ffmpeg().av_malloc(kBufferBytes));
        context_ = ffmpeg().avio_alloc_context(buffer, kBufferBytes, 0, this, &AvioStream::read, nullptr,
                                               &AvioStream::seek);
        if (context_ == nullptr) {
            ffmpeg().av_free(buffer);
            throw std::bad_alloc();
        }
    }
    ~AvioStream() {
        ffmpeg().av_freep(&context_->buffer);  // not the one given above when FFmpeg has grown it
        ffmpeg().avio_context_free(&context_);
    }
    AvioStream(const AvioStream&) = delete;
    AvioStream& operator=(const AvioStream&) = delete;

    AVIOContext* context() { return context_; }
    const Source& source() const { return source_; }

    void leave_out_end_tags() { source_ = without_end_tags(source_); }

    /// FFmpeg gets these bytes in place of as many of the source's first.
    void begin_with(std::vector<std::uint8_t> bytes) { beginning_ = std::move(bytes); }

private:
    static int read(void* self, std::uint8_t* bytes, int count) {
        auto& stream = *static_cast<AvioStream*>(self);
        const std::span<std::uint8_t> target(bytes, static_cast<std::size_t>(count));
        const std::ptrdiff_t got = stream.source_.read_at(stream.position_, std::as_writable_bytes(target));
        if (got < 0) return AVERROR(errno);
        if (got == 0) return AVERROR_EOF;
        const auto& beginning = stream.beginning_;
        for (std::int64_t i = stream.position_; i < std::min(stream.position_ + got, std::ssize(beginning));
             ++i)
            bytes[i - stream.position_] = beginning[static_cast<std::size_t>(i)];
        stream.position_ += got;
        return static_cast<int>(got);
    }

    static std::int64_t seek(void* self, std::int64_t offset, int whence) {
        auto& stream = *static_cast<AvioStream*>(self);
        std::int64_t origin = 0;
        switch (whence & ~AVSEEK_FORCE) {
            case AVSEEK_SIZE:
                return stream.source_.size();
            case SEEK_SET:
                break;
            case SEEK_CUR:
                origin = stream.position_;
                break;
            case SEEK_END:
                origin = stream.source_.size();
                break;
            default:
                return AVERROR(EINVAL);
        }
        std::int64_t target = 0;
        if (__builtin_add_overflow(origin, offset, &target) || target < 0) return AVERROR(EINVAL);
        return stream.position_ = target;
    }

    Source source_;
    std::int64_t position_ = 0;
    std::vector<std::uint8_t> beginning_;
    AVIOContext* context_ = nullptr;
};

int refuse_further_files(AVFormatContext*, AVIOContext**, const char*, int, AVDictionary**) {
    return AVERROR(EPERM);
}

std::string ffmpeg_says(int error_number) {
    std::string text(AV_ERROR_MAX_STRING_SIZE, '\0');
    ffmpeg().av_strerror(error_number, text.data(), text.size());
    text.resize(text.find('\0'));
    return text;
}

/// The format by the file's content alone: its name may lie.
const AVInputFormat* probe(AvioStream& stream) {
    const std::filesystem::path& name = stream.source().name();
    if (stream.source().size() == 0) throw Error(name, kNeed, "it is empty");
    const AVInputFormat* format = nullptr;
    const int score = ffmpeg().av_probe_input_buffer2(stream.context(), &format, "", nullptr, 0, 0);
    if (score < 0 || format == nullptr) throw Error(name, kNeed, "its content is of no known format");
    if (ffmpeg().av_match_list(format->name, kContainers, ',') <= 0) {
        throw Error(name, kNeed,
                    fmt::format("its content looks like \"{}\", which melvit does not open", format->name));
    }
    return format;
}

}  // namespace

struct Container::Handles {
    explicit Handles(const Source& source)
        : stream(without_front_tags(source)), packet(ffmpeg().av_packet_alloc()) {}

    AvioStream stream;
    std::unique_ptr<AVFormatContext, ReleasedBy<close_format>> format;  // closed before its stream
    std::unique_ptr<AVPacket, ReleasedBy<free_packet>> packet;
    AVStream* track = nullptr;
};

Container::Container(const Source& source, std::stop_token stop) : stop_(std::move(stop)) {
    apply_ffmpeg_limits();
    handles_ = std::make_unique<Handles>(source);
    AvioStream& stream = handles_->stream;
    std::vector<std::uint8_t> little_endian = little_endian_header(stream.source());
    const bool is_rifx = !little_endian.empty();
    stream.begin_with(std::move(little_endian));
    const AVInputFormat* input_format = probe(stream);
    if (ffmpeg().av_match_list(input_format->name, kFrameStreams, ',') > 0) stream.leave_out_end_tags();
    const bool is_plain_wav = std::string_view(input_format->name) == "wav" && !may_be_dts(stream.source());

    AVFormatContext* context = ffmpeg().avformat_alloc_context();
    if (context == nullptr || handles_->packet == nullptr) throw std::bad_alloc();
    context->pb = stream.context();
    context->io_open = refuse_further_files;
    context->format_whitelist = ffmpeg().av_strdup(kContainers);
    context->codec_whitelist = ffmpeg().av_strdup(kDecoders);
    if (is_plain_wav) context->max_probe_packets = 0;
    // On failure avformat_open_input frees the context itself.
    const int opened = ffmpeg().avformat_open_input(&context, "", input_format, nullptr);
    if (opened < 0) {
        throw Error(
            name(), kNeed,
            fmt::format("FFmpeg reads it as \"{}\" and says: {}", input_format->name, ffmpeg_says(opened)));
    }
    handles_->format.reset(context);

    ffmpeg().avformat_find_stream_info(context, nullptr);  // what it does not find, the decoder may
    const int best = ffmpeg().av_find_best_stream(context, AVMEDIA_TYPE_AUDIO, -1, -1, nullptr, 0);
    if (best < 0) throw Error(name(), "needs a sound track", "it has none");
    for (unsigned i = 0; i < context->nb_streams; ++i) {
        if (static_cast<int>(i) != best) context->streams[i]->discard = AVDISCARD_ALL;
    }
    handles_->track = context->streams[best];
    if (is_rifx) read_big_endian(name(), *handles_->track->codecpar);
}

Container::~Container() = default;
Container::Container(Container&&) noexcept = default;
Container& Container::operator=(Container&&) noexcept = default;

const std::filesystem::path& Container::name() const {
    return handles_->stream.source().name();
}

const AVStream& Container::track() const {
    return *handles_->track;
}

// repeat
//     read the next packet of any stream
//     at the end of the file: the track ends
//     "again", a thousand times at most: once more
//     another error, or more of "again": the track is torn and ends
//     a packet of the track: give it; of another stream: go on
const AVPacket* Container::next() {
    constexpr int kMostRetries = 1000;  // a demuxer that only ever says "again" counts as torn
    AVPacket* packet = handles_->packet.get();
    for (int retries = 0; retries < kMostRetries;) {
        if (stop_.stop_requested()) throw Stopped();
        ffmpeg().av_packet_unref(packet);
        const int result = ffmpeg().av_read_frame(handles_->format.get(), packet);
        if (result == AVERROR_EOF) return nullptr;
        if (result == AVERROR(EAGAIN)) {
            ++retries;
        } else if (result < 0) {
            break;
        } else if (packet->stream_index == handles_->track->index) {
            return packet;
        }
    }
    is_torn_ = true;
    return nullptr;
}

bool Container::is_music(const AVPacket& packet) const {
    const AVCodecID codec = track().codecpar->codec_id;
    const bool is_mpeg = codec == AV_CODEC_ID_MP1 || codec == AV_CODEC_ID_MP2 || codec == AV_CODEC_ID_MP3;
    return !is_mpeg || (packet.size >= 4 && packet.data[0] == 0xFF && packet.data[1] >= 0xE0);
}

double Container::seconds_of(const AVPacket& packet) const {
    return is_music(packet) ? static_cast<double>(packet.duration) * av_q2d(track().time_base) : 0;
}

/// What the header says, be it possible or not.
double Container::written_duration_seconds() const {
    const AVFormatContext& format = *handles_->format;
    const AVStream& stream = *handles_->track;
    // These count frames, and of ADPCM and GSM their writers take samples, blocks or bytes for that.
    const std::string_view kind = format.iformat->name;
    if ((kind == "w64" || kind == "aiff") && pcm_bytes_per_second() <= 0) return 0;
    if (format.duration_estimation_method == AVFMT_DURATION_FROM_BITRATE) return 0;
    if (stream.duration > 0) return static_cast<double>(stream.duration) * av_q2d(stream.time_base);
    return format.duration > 0 ? static_cast<double>(format.duration) / AV_TIME_BASE : 0;
}

/// 0 for all that is not plain PCM.
double Container::pcm_bytes_per_second() const {
    const AVCodecParameters& codec = *handles_->track->codecpar;
    const int bits = ffmpeg().av_get_exact_bits_per_sample(codec.codec_id);
    return static_cast<double>(bits) / 8 * codec.sample_rate * codec.ch_layout.nb_channels;
}

double Container::stated_duration_seconds() const {
    const double seconds = written_duration_seconds();
    const double bytes_per_second = pcm_bytes_per_second();
    if (bytes_per_second <= 0) return seconds;
    return std::min(seconds, static_cast<double>(handles_->stream.source().size()) / bytes_per_second);
}

double Container::pcm_duration_seconds() const {
    return pcm_bytes_per_second() > 0 ? stated_duration_seconds() : 0;
}

std::string Container::missing_end() const {
    const std::string format = handles_->format->iformat->name;
    const Source& source = handles_->stream.source();
    const auto end = [&] {
        const std::int64_t start = source.size() - static_cast<std::int64_t>(kFileEndBytes);
        return source.bytes_at(std::max<std::int64_t>(0, start), kFileEndBytes);
    };
    if (format == "ogg" && ogg_is_cut(end())) return "its stream has no last page, so its end is missing";
    if (format == "aac" && adts_is_cut(end())) return "its last frame is torn, so its end is missing";
    return pcm_bytes_per_second() > 0 ? missing_pcm() : "";
}

std::string Container::missing_pcm() const {
    constexpr double kSlackSeconds = 0.1;
    // Who writes into a pipe cannot know the length and states 2 or 4 GiB, or a little less (SoX for AIFF:
    // 0x7F000000).
    constexpr double kPlaceholderBytes = 0x7E000000;
    const Source& source = handles_->stream.source();
    double written = written_duration_seconds() * pcm_bytes_per_second();
    auto there = static_cast<double>(source.size());
    // Of a WAV file that is cut FFmpeg forgets what the header says.
    if (const std::optional<WavData> data = find_wav_data(source)) {
        written = static_cast<double>(data->stated_bytes);
        there -= static_cast<double>(data->offset);
    }
    const double missing = written - there;
    if (missing <= kSlackSeconds * pcm_bytes_per_second() || written >= kPlaceholderBytes) return {};
    return fmt::format("it states {:.1f} s of sound, the file holds {:.1f} s",
                       written / pcm_bytes_per_second(), there / pcm_bytes_per_second());
}

double counted_duration_seconds(const Source& source, std::stop_token stop) {
    Container container(source, std::move(stop));
    double seconds = 0;
    while (const AVPacket* packet = container.next()) {
        if (packet->duration <= 0) return 0;
        seconds += container.seconds_of(*packet);
    }
    return seconds;
}

}  // namespace melvit
