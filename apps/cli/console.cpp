#include "console.h"

#include "streams.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <memory>
#include <mutex>
#include <unistd.h>

namespace melvit::cli {
namespace {

using Clock = std::chrono::steady_clock;

/// Whether the terminal's cursor stands behind an unfinished progress line.
std::atomic<bool> g_line_is_open{false};

/// What a progress callback remembers between its calls.
class ProgressLine {
public:
    void show(std::string_view what, std::size_t done, std::size_t total) {
        const std::lock_guard lock(mutex_);
        if (what != what_ || (said_finish_ && done < done_)) restart(what, done);
        if (done < done_) return;  // threads count in order, but need not arrive in it
        done_ = done;
        const bool finished = total != 0 && done >= total;
        const auto now = Clock::now();
        if (!finished && now - last_ < interval_) return;
        // A piped log of a short job needs no progress at all.
        if (finished && (said_finish_ || (!terminal_ && now - start_ < interval_))) return;
        last_ = now;
        said_finish_ = finished;
        g_line_is_open = terminal_ && !finished;
        const std::string text = line(done, total, std::chrono::duration<double>(now - start_).count());
        say(fmt::format("{}{}{}", terminal_ ? "\r\033[K" : "", text, finished || !terminal_ ? "\n" : ""));
    }

private:
    void restart(std::string_view what, std::size_t done) {
        what_ = what;
        done_ = 0;
        first_done_ = done;
        start_ = Clock::now();
        last_ = terminal_ ? Clock::time_point{} : start_;
        said_finish_ = false;
    }

    std::string line(std::size_t done, std::size_t total, double seconds) const {
        const bool bytes = what_ == "bytes";
        const double unit = bytes ? 1e6 : 1.0;
        const std::string name = bytes ? "MB" : what_;
        // What was there before the first call (a download or a sweep that goes on) took no time of this one.
        const double rate = seconds > 0 ? static_cast<double>(done - first_done_) / seconds : 0.0;
        std::string text = fmt::format("{:.0f}", static_cast<double>(done) / unit);
        if (total != 0) text += fmt::format(" of {:.0f}", static_cast<double>(total) / unit);
        text += " " + name;
        if (rate > 0) text += fmt::format(", {:.{}f} a second", rate / unit, rate / unit < 1 ? 2 : 1);
        if (total > done && rate > 0) {
            text += fmt::format(", {} left", duration_text(static_cast<double>(total - done) / rate));
        }
        return text;
    }

    const bool terminal_ = ::isatty(STDERR_FILENO) == 1;
    const Clock::duration interval_ = terminal_ ? Clock::duration(std::chrono::milliseconds(200))
                                                : Clock::duration(std::chrono::seconds(10));
    std::mutex mutex_;
    std::string what_;
    std::size_t done_ = 0;
    std::size_t first_done_ = 0;
    Clock::time_point start_;
    Clock::time_point last_;
    bool said_finish_ = false;
};

}  // namespace

void clear_progress() {
    if (!g_line_is_open.exchange(false)) return;
    say("\r\033[K");
}

void Console::print(std::string_view line) const {
    clear_progress();
    if (!flags_.json) write_result(line);
}

void Console::note(std::string_view line) const {
    clear_progress();
    if (!flags_.quiet) say(fmt::format("{}\n", line));
}

void Console::document(const nlohmann::ordered_json& json) const {
    if (!flags_.json) return;
    // File names need not be UTF-8; JSON must be.
    constexpr auto kReplace = nlohmann::ordered_json::error_handler_t::replace;
    write_result(json.dump(2, ' ', false, kReplace));
}

ProgressCallback Console::progress() const {
    if (flags_.quiet) return {};
    return [line = std::make_shared<ProgressLine>()](std::string_view what, std::size_t done,
                                                     std::size_t total) { line->show(what, done, total); };
}

int Console::list_skipped(std::span<const Skipped> skipped) const {
    clear_progress();
    if (skipped.empty()) return kDone;
    say(fmt::format("skipped {}:\n", skipped.size()));
    for (const auto& [file, reason] : skipped) say(fmt::format("  {}: {}\n", file, reason));
    return kSomeSkipped;
}

std::string duration_text(double seconds) {
    if (seconds < 60) return fmt::format("{:.{}f} s", seconds, seconds < 10 ? 1 : 0);
    const auto whole = static_cast<long>(std::lround(seconds));
    if (whole < 3600) return fmt::format("{} min {} s", whole / 60, whole % 60);
    return fmt::format("{} h {} min", whole / 3600, whole % 3600 / 60);
}

std::size_t text_width(std::string_view text) {
    // Bytes 10xxxxxx continue a character.
    return static_cast<std::size_t>(
        std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string table_text(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], text_width(row[c]));
    }
    std::string text;
    for (const auto& row : rows) {
        std::string line;
        for (std::size_t c = 0; c < row.size(); ++c) {
            const std::string blank(widths[c] - text_width(row[c]), ' ');
            line += (c == 0 ? row[c] + blank : "  " + blank + row[c]);
        }
        line.erase(line.find_last_not_of(' ') + 1);
        text += line + "\n";
    }
    if (!text.empty()) text.pop_back();
    return text;
}

}  // namespace melvit::cli
