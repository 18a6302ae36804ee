#include "streams.h"

#include "melvit/core/error.h"

#include "signals.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace melvit::cli {
namespace {

/// Cuts the last `count` bytes off a regular file that ends where the descriptor stands.
void take_back(int descriptor, std::size_t count) {
    struct stat file {};
    const off_t here = ::lseek(descriptor, 0, SEEK_CUR);
    if (here < 0 || ::fstat(descriptor, &file) != 0 || !S_ISREG(file.st_mode) || file.st_size != here) return;
    const off_t start = here - static_cast<off_t>(count);
    if (::ftruncate(descriptor, start) == 0) ::lseek(descriptor, start, SEEK_SET);
}

void write_to_stdout(std::string_view text) {
    const int refusal = write_whole(STDOUT_FILENO, text);
    if (refusal != 0) throw Error("standard output", "cannot be written", std::strerror(refusal));
}

}  // namespace

void keep_streams_apart() {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
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

int write_whole(int descriptor, std::string_view text) {
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t wrote = ::write(descriptor, text.data() + done, text.size() - done);
        if (wrote >= 0) {
            done += static_cast<std::size_t>(wrote);
        } else if (errno == EAGAIN) {
            pollfd reader{descriptor, POLLOUT, 0};
            ::poll(&reader, 1, -1);
        } else if (errno != EINTR) {
            const int refusal = errno;
            if (done > 0) take_back(descriptor, done);
            return refusal;
        }
    }
    return 0;
}

void write_result(std::string_view line) {
    write_to_stdout(std::string(line) + '\n');
}

void write_rows(std::string_view text) {
    constexpr int kPatienceMs = 100;  // a signal between the check and the wait is seen after this
    pollfd reader{STDOUT_FILENO, POLLOUT, 0};
    do {
        throw_if_signalled();
    } while (::poll(&reader, 1, kPatienceMs) == 0);
    write_to_stdout(text);
}

}  // namespace melvit::cli
