#include "melvit/audio/ffmpeg_limits.h"

#include "melvit/audio/ffmpeg.h"

#include <atomic>
#include <cstddef>

namespace melvit {
namespace {
std::atomic<bool> g_limits_are_wanted{false};
}  // namespace

void limit_ffmpeg() {
    g_limits_are_wanted = true;
}

void apply_ffmpeg_limits() {
    if (!g_limits_are_wanted) return;
    static const bool once = [] {
        ffmpeg().av_log_set_level(AV_LOG_QUIET);
        ffmpeg().av_max_alloc(std::size_t{128} << 20U);
        return true;
    }();
    static_cast<void>(once);
}

}  // namespace melvit
