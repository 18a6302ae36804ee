#include "melvit/audio/ffmpeg.h"

#include "melvit/core/error.h"

#include <dlfcn.h>
#include <fmt/format.h>
#include <string>

namespace melvit {
namespace {

/// A library of the version whose headers melvit was built with; it stays open.
class Library {
public:
    explicit Library(const char* file) : file_(file), handle_(::dlopen(file, RTLD_NOW | RTLD_LOCAL)) {
        if (handle_ == nullptr)
            throw Error(file_, "needs to be installed (FFmpeg, for sound files)", ::dlerror());
    }

    template <class Function>
    void look_up(const char* name, Function& function) const {
        function = reinterpret_cast<Function>(::dlsym(handle_, name));
        if (function == nullptr) throw Error(file_, std::string("needs the function ") + name, "it lacks it");
    }

private:
    std::string file_;
    void* handle_;
};

Ffmpeg load() {
    Ffmpeg functions;
#define MELVIT_LOOK_UP(name) library.look_up(#name, functions.name);
    {
        const Library library("libavformat.so." AV_STRINGIFY(LIBAVFORMAT_VERSION_MAJOR));
        MELVIT_AVFORMAT_FUNCTIONS(MELVIT_LOOK_UP)
    }
    {
        const Library library("libavcodec.so." AV_STRINGIFY(LIBAVCODEC_VERSION_MAJOR));
        MELVIT_AVCODEC_FUNCTIONS(MELVIT_LOOK_UP)
    }
    {
        const Library library("libavutil.so." AV_STRINGIFY(LIBAVUTIL_VERSION_MAJOR));
        MELVIT_AVUTIL_FUNCTIONS(MELVIT_LOOK_UP)
    }
    {
        const Library library("libswresample.so." AV_STRINGIFY(LIBSWRESAMPLE_VERSION_MAJOR));
        MELVIT_SWRESAMPLE_FUNCTIONS(MELVIT_LOOK_UP)
    }
#undef MELVIT_LOOK_UP
    return functions;
}

}  // namespace

std::string ffmpeg_version(unsigned number) {
    return fmt::format("{}.{}.{}", AV_VERSION_MAJOR(number), AV_VERSION_MINOR(number),
                       AV_VERSION_MICRO(number));
}

const Ffmpeg& ffmpeg() {
    static const Ffmpeg functions = load();
    return functions;
}

}  // namespace melvit
