#pragma once

#include <array>
#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>
#include <initializer_list>
#include <string>
#include <sys/wait.h>

namespace melvit::test {

/// What a script of this folder printed.
struct PeerSays {
    int code = 0;
    std::string out;
};

/// Runs tests/tracking/<script> with Python: $MELVIT_TEST_PYTHON, else python3.
inline PeerSays ask_peer(const std::string& script, std::initializer_list<std::string> arguments) {
    const char* python = std::getenv("MELVIT_TEST_PYTHON");
    std::string command = std::string("'") + (python != nullptr ? python : "python3") + "' '" +
                          MELVIT_GOLDEN_DIR + "/../tracking/" + script + "'";
    for (const std::string& argument : arguments) command += " '" + argument + "'";
    PeerSays says;
    FILE* pipe = ::popen(command.c_str(), "r");
    std::array<char, 4096> piece{};
    while (const std::size_t got = std::fread(piece.data(), 1, piece.size(), pipe)) {
        says.out.append(piece.data(), got);
    }
    const int status = ::pclose(pipe);
    says.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
    return says;
}

/// What the scripts exit with when the package they read with is not there.
inline constexpr int kNoPeer = 77;

}  // namespace melvit::test

/// Skips a test aloud where the tracker's own package is not at hand.
#define MELVIT_NEEDS_PEER(says)                                                                     \
    if ((says).code == melvit::test::kNoPeer)                                                       \
    GTEST_SKIP() << "needs a Python package that is not on this machine (MELVIT_TEST_PYTHON names " \
                    "the Python): "                                                                 \
                 << (says).out
