#include "streams.h"

#include "melvit/core/error.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace melvit::cli {
namespace {

[[noreturn]] void refuse_stdout() {
    throw Error("standard output", "needs to be writable", std::strerror(errno));
}

}  // namespace

void keep_streams_apart() {
    std::signal(SIGPIPE, SIG_IGN);
    for (const int number : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(number, F_GETFD) >= 0) continue;
        // Takes the lowest free number, which is this one. Writing there goes on failing.
        if (::open("/dev/null", O_RDONLY) < 0) return;
    }
}

void say(std::string_view text) {
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fflush(stderr);
}

void write_result(std::string_view line) {
    if (std::fwrite(line.data(), 1, line.size(), stdout) != line.size()) refuse_stdout();
    if (std::fputc('\n', stdout) == EOF) refuse_stdout();
}

void flush_results() {
    if (std::fflush(stdout) != 0) refuse_stdout();
}

}  // namespace melvit::cli
