#pragma once

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avstring.h>
#include <libavutil/channel_layout.h>
#include <libavutil/log.h>
#include <libavutil/mem.h>
#include <libavutil/opt.h>
#include <libavutil/samplefmt.h>
#include <libswresample/swresample.h>
}

#include <string>

namespace melvit {

// The functions of FFmpeg that melvit calls, by library.
// clang-format off
#define MELVIT_AVFORMAT_FUNCTIONS(X)                                                             \
    X(av_find_best_stream) X(av_probe_input_buffer2) X(av_read_frame) X(avformat_alloc_context)  \
    X(avformat_close_input) X(avformat_find_stream_info) X(avformat_open_input)                  \
    X(avformat_version) X(avio_alloc_context) X(avio_context_free)
#define MELVIT_AVCODEC_FUNCTIONS(X)                                                              \
    X(av_get_exact_bits_per_sample) X(av_packet_alloc) X(av_packet_free) X(av_packet_unref)      \
    X(avcodec_alloc_context3) X(avcodec_find_decoder) X(avcodec_free_context)                    \
    X(avcodec_get_name) X(avcodec_open2) X(avcodec_parameters_to_context)                        \
    X(avcodec_receive_frame) X(avcodec_send_packet) X(avcodec_version)
#define MELVIT_AVUTIL_FUNCTIONS(X)                                                               \
    X(av_frame_alloc) X(av_frame_free) X(av_free) X(av_freep) X(av_get_packed_sample_fmt)        \
    X(av_log_set_level) X(av_malloc) X(av_match_list) X(av_max_alloc) X(av_opt_set_double)       \
    X(av_opt_set_int) X(av_sample_fmt_is_planar) X(av_strdup) X(av_strerror)
#define MELVIT_SWRESAMPLE_FUNCTIONS(X)                                                           \
    X(swr_alloc_set_opts2) X(swr_convert) X(swr_free) X(swr_get_out_samples) X(swr_init)         \
    X(swresample_version)
// clang-format on

/// FFmpeg, loaded when the first sound file is opened. Its libraries bring a hundred others with them;
/// loading these takes several times as long as all the rest of a program's start, and `melvit --version` or
/// a folder of pictures needs none.
struct Ffmpeg {
#define MELVIT_MEMBER(name) decltype(&::name) name = nullptr;  // NOLINT(bugprone-macro-parentheses)
    MELVIT_AVFORMAT_FUNCTIONS(MELVIT_MEMBER)
    MELVIT_AVCODEC_FUNCTIONS(MELVIT_MEMBER)
    MELVIT_AVUTIL_FUNCTIONS(MELVIT_MEMBER)
    MELVIT_SWRESAMPLE_FUNCTIONS(MELVIT_MEMBER)
#undef MELVIT_MEMBER
};

/// "59.27.100", as FFmpeg's libraries count their versions.
std::string ffmpeg_version(unsigned number);

/// throws  Error that names the library or function that this machine lacks
const Ffmpeg& ffmpeg();

}  // namespace melvit
