#include "melvit/audio/ffmpeg_limits.h"

#include "melvit/audio/decode.h"
#include "melvit/audio/ffmpeg.h"
#include "melvit/audio/wav.h"

#include "tests/support/test_files.h"

#include <cstddef>
#include <cstdlib>
#include <dlfcn.h>
#include <gtest/gtest.h>

namespace melvit {
namespace {

/// Of FFmpeg as the library loaded it.
int log_level() {
    Dl_info library{};
    ::dladdr(reinterpret_cast<void*>(ffmpeg().av_log_set_level), &library);
    void* handle = ::dlopen(library.dli_fname, RTLD_NOW | RTLD_NOLOAD);
    const auto level = reinterpret_cast<int (*)()>(::dlsym(handle, "av_log_get_level"));
    return level();
}

bool gives(std::size_t bytes) {
    void* memory = ffmpeg().av_malloc(bytes);
    const bool gave = memory != nullptr;
    ffmpeg().av_free(memory);
    return gave;
}

TEST(FfmpegLimits, AreTheProgramsToSetAndTheLibraryLeavesThemAlone) {
    const test::TempFolder folder;
    write_wav(folder / "a.wav", {.samples = std::vector<float>(22050, 0.5F), .sample_rate_hz = 22050});
    constexpr std::size_t kMiB = std::size_t{1} << 20U;
    const auto settings_change = [&] {
        decode(folder / "a.wav");
        if (log_level() != AV_LOG_INFO || !gives(256 * kMiB)) std::exit(1);  // as FFmpeg begins
        limit_ffmpeg();
        decode(folder / "a.wav");
        if (log_level() != AV_LOG_QUIET || gives(256 * kMiB) || !gives(100 * kMiB)) std::exit(2);
        std::exit(0);
    };
    EXPECT_EXIT(settings_change(), testing::ExitedWithCode(0), "");  // of a process of its own
}

}  // namespace
}  // namespace melvit
