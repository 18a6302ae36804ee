#pragma once

#include <stop_token>
#include <thread>

namespace melvit::cli {

/// While it lives, the first Ctrl-C (SIGINT), SIGTERM or SIGHUP requests a stop, so that the work ends in order; a
/// second one ends the program at once. One in a program.
class StopOnSignals {
public:
    StopOnSignals();
    ~StopOnSignals();
    StopOnSignals(const StopOnSignals&) = delete;
    StopOnSignals& operator=(const StopOnSignals&) = delete;

    std::stop_token token() const { return source_.get_token(); }

private:
    std::stop_source source_;
    std::thread watcher_;
};

/// The signal that came first; 0 while there was none.
int first_signal() noexcept;

/// For waits of the program itself, on stdin and stdout.
///
/// throws  Stopped once a signal came
void throw_if_signalled();

}  // namespace melvit::cli
