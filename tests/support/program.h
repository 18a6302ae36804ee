#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace melvit::test {

/// What a run of the program left.
struct Ran {
    int code = 0;  ///< exit code; 128 + signal when it was killed
    std::string out;
    std::string err;

    /// stdout as JSON; an invalid one fails the test that asks
    nlohmann::ordered_json json() const { return nlohmann::ordered_json::parse(out); }
};

/// Runs the built melvit, its cache and its bodies in `home`. A run that takes minutes is ended and fails.
class Program {
public:
    explicit Program(std::string home) : home_(std::move(home)) {}

    Ran operator()(const std::vector<std::string>& arguments, const std::string& input = "") const;

    /// No file may grow beyond so many kilobytes, as on a full disk.
    Ran limited_to_kilobytes(int kilobytes, const std::vector<std::string>& arguments) const;

    /// Sends it a SIGINT (Ctrl-C) after some time.
    Ran interrupted_after_seconds(double seconds, const std::vector<std::string>& arguments) const;

    /// Sends it a SIGINT (Ctrl-C) once a file is there.
    Ran interrupted_when_exists(const std::string& file, const std::vector<std::string>& arguments) const;

    /// Sends it a signal ("INT", "KILL") once a file has so many lines.
    Ran signalled_at_line(const std::string& signal, const std::string& file, int lines,
                          const std::vector<std::string>& arguments) const;

    /// The same with the lines of its stdout.
    Ran signalled_at_result(const std::string& signal, int lines,
                            const std::vector<std::string>& arguments) const;

    /// Held by permissions of files even where root runs the tests; see permissions_can_hold.
    Program held_by_permissions() const;

    /// With other redirections: "2>/dev/full", ">&-".
    Ran redirected(const std::string& redirection, const std::vector<std::string>& arguments) const;

    /// Its stdout (1) or stderr (2) is a pipe whose reader has gone.
    Ran into_a_closed_pipe(int stream, const std::vector<std::string>& arguments) const;

private:
    /// `before`: shell words in front of the program; `after`: behind it and its redirections
    Ran run(const std::string& before, const std::vector<std::string>& arguments, const std::string& input,
            const std::string& after = "") const;

    Ran signalled_when(const std::string& signal, const std::string& condition,
                       const std::vector<std::string>& arguments) const;

    std::string home_;
    std::string before_;  ///< shell words in front of the program's name
};

/// Whether held_by_permissions works here: root gives up the right to override permissions, where the system
/// lets it.
bool permissions_can_hold();

}  // namespace melvit::test
