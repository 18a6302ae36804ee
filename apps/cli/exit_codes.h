#pragma once

#include <array>

namespace melvit::cli {

/// Exit codes of every subcommand; those of a stop are 128 and the signal's number.
enum ExitCode {
    kDone = 0,
    kError = 1,
    kUsage = 2,
    kSomeSkipped = 3,
    kHungUp = 129,
    kStopped = 130,
    kTerminated = 143
};

struct ExitCodeMeaning {
    int code;
    const char* meaning;
};

/// The table that help, man pages and docs/command_line.md show.
inline constexpr std::array kExitCodes = {
    ExitCodeMeaning{kDone, "done"},
    ExitCodeMeaning{kError, "error: a file, the network or the machine; nothing is left half written"},
    ExitCodeMeaning{kUsage, "the command line is wrong: a flag, a subcommand or a value; nothing was done"},
    ExitCodeMeaning{kSomeSkipped, "done, but some inputs were skipped; stderr lists them"},
    ExitCodeMeaning{kHungUp, "stopped by a closed terminal (SIGHUP); what was finished is kept"},
    ExitCodeMeaning{kStopped, "stopped by Ctrl-C (SIGINT); what was finished is kept"},
    ExitCodeMeaning{kTerminated, "stopped by kill (SIGTERM); what was finished is kept"}};

}  // namespace melvit::cli
