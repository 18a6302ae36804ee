#pragma once

#include "melvit/core/context.h"
#include "melvit/core/error.h"

#include "exit_codes.h"

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace melvit::cli {

/// The flags that every subcommand has.
struct CommonFlags {
    bool json = false;
    bool quiet = false;
    std::size_t threads = 0;            ///< 0 = usable_cores()
    std::optional<std::uint64_t> seed;  ///< every subcommand has its own default
};

/// What a subcommand works with. Results go to stdout, everything a person only watches goes to stderr.
class Console {
public:
    /// pool, stop  of the context
    Console(const CommonFlags& flags, ThreadPool& pool, std::stop_token stop)
        : flags_(flags), pool_(pool), stop_(std::move(stop)) {}

    bool json() const { return flags_.json; }

    /// A line for people on stdout; nothing with --json.
    ///
    /// throws  Error of write_result
    void print(std::string_view line) const;

    /// A line on stderr; nothing with --quiet.
    void note(std::string_view line) const;

    /// The one JSON document of --json; nothing without it.
    ///
    /// throws  Error of write_result
    void document(const nlohmann::ordered_json& json) const;

    /// For one long job: the program's threads, its stop, and a callback that shows the job's progress on stderr
    /// with rate and time left: in place on a terminal, a line every ten seconds when piped.
    Context context() const { return {pool_, stop_, progress()}; }

    /// Lists what was passed over on stderr, also with --quiet: nobody should miss a lost file.
    ///
    /// returns  kSomeSkipped when there was something, else kDone
    int list_skipped(std::span<const Skipped> skipped) const;

private:
    ProgressCallback progress() const;

    CommonFlags flags_;
    ThreadPool& pool_;
    std::stop_token stop_;
};

/// Takes an unfinished progress line off the terminal, before something else is written there.
void clear_progress();

/// "3.2 s", "4 min 10 s", "2 h 5 min".
std::string duration_text(double seconds);

/// Columns lined up, the first to the left, the others to the right.
std::string table_text(const std::vector<std::vector<std::string>>& rows);

/// The width of a UTF-8 text in characters.
std::size_t text_width(std::string_view text);

}  // namespace melvit::cli
