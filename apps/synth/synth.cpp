#include "apps/synth/synth.h"

#include "melvit/audio/wav.h"
#include "melvit/core/error.h"
#include "melvit/core/file_lock.h"
#include "melvit/core/random.h"
#include "melvit/core/text.h"

#include "apps/synth/song.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <mutex>

namespace melvit {
namespace {

constexpr std::size_t kMostSongs = 100'000;  // as many as five digits count

void check_seconds(double seconds) {
    constexpr double kShortest = 0.1, kLongest = 3600;
    if (seconds >= kShortest && seconds <= kLongest) return;
    throw Error("synth seconds", fmt::format("needs {} to {} seconds", kShortest, kLongest),
                fmt::format("it is {}", seconds));
}

}  // namespace

const std::vector<std::string>& synth_genres() {
    static const std::vector<std::string> names = [] {
        std::vector<std::string> list;
        for (const GenreRules& rules : genre_rules()) list.emplace_back(rules.name);
        return list;
    }();
    return names;
}

Waveform make_song(const std::string& genre, std::uint64_t seed, std::size_t index, double seconds) {
    check_seconds(seconds);
    const auto found = std::ranges::find(synth_genres(), genre);
    if (found == synth_genres().end()) {
        throw Error("synth genre", "needs one of " + joined(synth_genres()),
                    fmt::format("it is \"{}\"", genre));
    }
    const auto number = static_cast<std::size_t>(found - synth_genres().begin());
    return play_song(genre_rules()[number], Random(seed, index * synth_genres().size() + number), seconds);
}

std::size_t write_songs(const SynthJob& job, const Context& context) {
    check_seconds(job.seconds);
    if (job.per_genre < 1 || job.per_genre > kMostSongs) {
        throw Error("synth songs of a genre", fmt::format("needs 1 to {}", kMostSongs),
                    fmt::format("it is {}", job.per_genre));
    }
    const FolderLock only_writer(job.folder);
    for (const std::string& genre : synth_genres()) {
        make_folder(job.folder / genre);
        remove_parts(job.folder / genre);
    }
    const std::size_t songs = job.per_genre * synth_genres().size();
    std::mutex progress_mutex;
    std::size_t done = 0;
    context.pool.for_each(songs, [&](std::size_t i) {
        context.throw_if_stopped();
        const std::string& genre = synth_genres()[i % synth_genres().size()];
        const std::size_t index = i / synth_genres().size();
        write_wav(job.folder / genre / fmt::format("{}.{:05}.wav", genre, index),
                  make_song(genre, job.seed, index, job.seconds));
        const std::lock_guard lock(progress_mutex);
        ++done;
        context.report("songs", done, songs);
    });
    return songs;
}

}  // namespace melvit
