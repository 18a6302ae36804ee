#include "stdin_lines.h"

#include "melvit/core/error.h"
#include "melvit/core/stop.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <poll.h>
#include <span>
#include <string_view>
#include <unistd.h>

namespace melvit::cli {
namespace {

/// Waits until stdin has something to give. A read alone would go on waiting after a Ctrl-C.
void wait_for_stdin() {
    constexpr int kPatienceMs = 100;  // a signal between the check and the wait is seen after this
    pollfd stdin_poll{STDIN_FILENO, POLLIN, 0};
    do {
        throw_if_stopped();
    } while (::poll(&stdin_poll, 1, kPatienceMs) <= 0);
}

/// returns  what stdin has now; empty at its end
std::string_view read_piece(std::span<char> piece) {
    while (true) {
        wait_for_stdin();
        const ssize_t got = ::read(STDIN_FILENO, piece.data(), piece.size());
        if (got >= 0) return {piece.data(), static_cast<std::size_t>(got)};
        if (errno != EINTR && errno != EAGAIN)
            throw Error("stdin", "needs to be readable", std::strerror(errno));
    }
}

}  // namespace

void for_each_line_of_stdin(const std::function<void(const std::string&)>& take) {
    std::string line;
    const auto take_line = [&] {
        if (line.ends_with('\r')) line.pop_back();
        if (!line.empty()) take(line);
        line.clear();
    };
    std::array<char, 4096> buffer{};
    for (std::string_view piece = read_piece(buffer); !piece.empty(); piece = read_piece(buffer)) {
        for (const char letter : piece) {
            if (letter == '\n') {
                take_line();
            } else {
                line += letter;
            }
        }
    }
    take_line();
}

}  // namespace melvit::cli
