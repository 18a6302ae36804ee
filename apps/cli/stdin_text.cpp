#include "stdin_text.h"

#include "melvit/core/error.h"

#include "signals.h"

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
        throw_if_signalled();
    } while (::poll(&stdin_poll, 1, kPatienceMs) <= 0);
}

/// returns  what stdin has now; empty at its end
std::string_view read_piece(std::span<char> piece) {
    while (true) {
        wait_for_stdin();
        const ssize_t got = ::read(STDIN_FILENO, piece.data(), piece.size());
        if (got >= 0) return {piece.data(), static_cast<std::size_t>(got)};
        if (errno != EINTR && errno != EAGAIN) throw Error("stdin", "cannot be read", std::strerror(errno));
    }
}

}  // namespace

std::string read_stdin() {
    constexpr std::size_t kMostBytes = std::size_t{1} << 30U;
    std::string text;
    std::array<char, 65536> buffer{};
    for (std::string_view piece = read_piece(buffer); !piece.empty(); piece = read_piece(buffer)) {
        if (text.size() + piece.size() > kMostBytes)
            throw Error("stdin", "needs at most 1 GiB", "it gives more");
        text += piece;
    }
    return text;
}

}  // namespace melvit::cli
