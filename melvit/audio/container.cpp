#include "melvit/audio/container.h"

#include "melvit/audio/ffmpeg.h"
#include "melvit/audio/ffmpeg_limits.h"
#include "melvit/audio/file_end.h"
#include "melvit/audio/file_source.h"
#include "melvit/audio/formats.h"
#include "melvit/audio/packets.h"
#include "melvit/audio/rifx.h"
#include "melvit/core/error.h"
#include "melvit/core/resource.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace melvit {
namespace {

namespace fs = std::filesystem;

constexpr const char* kNeed = "needs to be a sound file";

void close_format(AVFormatContext* context) {
    ffmpeg().avformat_close_input(&context);
}
void free_packet(AVPacket* packet) {
    ffmpeg().av_packet_free(&packet);
}

std::optional<WavData> wav_data_of(const FileSource& source) {
    return find_wav_data(
        [&](std::int64_t offset, std::size_t count) { return source.bytes_at(offset, count); });
}

/// Whether a WAV file's first 128 KB of samples could be DTS passed off as PCM. FFmpeg 5.1 looks for other
/// formats in 32 packets of 4 KB by trying all its own on them, 8 ms of work; where no frame of DTS begins,
/// it looks into the first packet alone.
///
/// source  ETSI TS 102 114, clause 5.4.1: the sync word, here in words of 16 and of 14 bits of either order;
///         clause 7.4.1: that of streams of extensions alone
bool may_be_dts(const FileSource& source) {
    constexpr std::size_t kProbed = std::size_t{32} * 4096;
    constexpr std::array<std::string_view, 5> kSyncWords{{"\x7F\xFE\x80\x01",
                                                          "\xFE\x7F\x01\x80",
                                                          {"\x1F\xFF\xE8\x00", 4},
                                                          {"\xFF\x1F\x00\xE8", 4},
                                                          "\x64\x58\x20\x25"}};
    const std::optional<WavData> data = wav_data_of(source);
    if (!data) return true;
    const std::vector<std::uint8_t> bytes = source.bytes_at(data->offset, kProbed);
    const std::string_view samples(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return std::ranges::any_of(
        kSyncWords, [&](std::string_view word) { return samples.find(word) != std::string_view::npos; });
}

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
const AVInputFormat* probe(FileSource& source, const fs::path& file) {
    if (source.size() == 0) throw Error(file, kNeed, "it is empty");
    const AVInputFormat* format = nullptr;
    const int score = ffmpeg().av_probe_input_buffer2(source.context(), &format, "", nullptr, 0, 0);
    if (score < 0 || format == nullptr) throw Error(file, kNeed, "its content is of no known format");
    if (ffmpeg().av_match_list(format->name, kContainers, ',') <= 0) {
        throw Error(file, kNeed,
                    fmt::format("its content looks like \"{}\", which melvit does not open", format->name));
    }
    return format;
}

}  // namespace

struct Container::Handles {
    explicit Handles(const fs::path& file) : source(file), packet(ffmpeg().av_packet_alloc()) {}

    FileSource source;
    std::unique_ptr<AVFormatContext, ReleasedBy<close_format>> format;  // closed before its source
    std::unique_ptr<AVPacket, ReleasedBy<free_packet>> packet;
    AVStream* track = nullptr;
};

Container::Container(const fs::path& file, std::stop_token stop) : file_(file), stop_(std::move(stop)) {
    apply_ffmpeg_limits();
    handles_ = std::make_unique<Handles>(file);
    std::vector<std::uint8_t> turned = little_endian_header(
        [&](std::int64_t offset, std::size_t count) { return handles_->source.bytes_at(offset, count); });
    const bool is_rifx = !turned.empty();
    handles_->source.begin_with(std::move(turned));
    const AVInputFormat* input_format = probe(handles_->source, file);
    if (ffmpeg().av_match_list(input_format->name, kFrameStreams, ',') > 0)
        handles_->source.leave_out_end_tags();

    AVFormatContext* context = ffmpeg().avformat_alloc_context();
    if (context == nullptr || handles_->packet == nullptr) throw std::bad_alloc();
    context->pb = handles_->source.context();
    context->io_open = refuse_further_files;
    context->format_whitelist = ffmpeg().av_strdup(kContainers);
    context->codec_whitelist = ffmpeg().av_strdup(kDecoders);
    if (std::string_view(input_format->name) == "wav" && !may_be_dts(handles_->source))
        context->max_probe_packets = 0;
    // On failure avformat_open_input frees the context itself.
    const int opened = ffmpeg().avformat_open_input(&context, "", input_format, nullptr);
    if (opened < 0) {
        throw Error(
            file, kNeed,
            fmt::format("FFmpeg reads it as \"{}\" and says: {}", input_format->name, ffmpeg_says(opened)));
    }
    handles_->format.reset(context);

    ffmpeg().avformat_find_stream_info(context, nullptr);  // what it does not find, the decoder may
    const int best = ffmpeg().av_find_best_stream(context, AVMEDIA_TYPE_AUDIO, -1, -1, nullptr, 0);
    if (best < 0) throw Error(file, "needs a sound track", "it has none");
    for (unsigned i = 0; i < context->nb_streams; ++i) {
        if (static_cast<int>(i) != best) context->streams[i]->discard = AVDISCARD_ALL;
    }
    handles_->track = context->streams[best];
    if (is_rifx) read_big_endian(file, *handles_->track->codecpar);
}

Container::~Container() = default;
Container::Container(Container&&) noexcept = default;
Container& Container::operator=(Container&&) noexcept = default;

const AVStream& Container::track() const {
    return *handles_->track;
}

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

double Container::seconds_of(const AVPacket& packet) const {
    if (!is_music(packet, track().codecpar->codec_id)) return 0;
    return static_cast<double>(packet.duration) * av_q2d(track().time_base);
}

FileStamp Container::stamp() const {
    return handles_->source.stamp();
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
    return std::min(seconds, static_cast<double>(handles_->source.size()) / bytes_per_second);
}

double Container::pcm_duration_seconds() const {
    return pcm_bytes_per_second() > 0 ? stated_duration_seconds() : 0;
}

std::string Container::missing_end() const {
    const std::string format = handles_->format->iformat->name;
    const FileSource& source = handles_->source;
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
    const FileSource& source = handles_->source;
    double written = written_duration_seconds() * pcm_bytes_per_second();
    auto there = static_cast<double>(source.size());
    // Of a WAV file that is cut FFmpeg forgets what the header says.
    if (const std::optional<WavData> data = wav_data_of(source)) {
        written = static_cast<double>(data->stated_bytes);
        there -= static_cast<double>(data->offset);
    }
    const double missing = written - there;
    if (missing <= kSlackSeconds * pcm_bytes_per_second() || written >= kPlaceholderBytes) return {};
    return fmt::format("it states {:.1f} s of sound, the file holds {:.1f} s",
                       written / pcm_bytes_per_second(), there / pcm_bytes_per_second());
}

double counted_duration_seconds(const fs::path& file, std::stop_token stop) {
    Container container(file, std::move(stop));
    double seconds = 0;
    while (const AVPacket* packet = container.next()) {
        if (packet->duration <= 0) return 0;
        seconds += container.seconds_of(*packet);
    }
    return seconds;
}

}  // namespace melvit
