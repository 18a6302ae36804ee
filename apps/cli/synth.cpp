#include "apps/synth/synth.h"

#include "shown.h"
#include "verbs.h"

#include <fmt/format.h>
#include <memory>

namespace melvit::cli {
namespace {

int run(const SynthJob& job, const Console& console) {
    const std::size_t songs = write_songs(job, console.context());
    console.print(fmt::format("{}: {} songs in {} genres", shown(job.folder), songs, synth_genres().size()));
    console.document({{"songs", songs}, {"genres", synth_genres()}});
    return kDone;
}

}  // namespace

Verb add_synth(CLI::App& program, CommonFlags& common) {
    auto job = std::make_shared<SynthJob>();
    CLI::App* verb = program.add_subcommand("synth", "makes the built-in songs, ten genres by rule");
    verb->add_option("--out", job->folder, "folder of the genre folders")->required();
    verb->add_option("--per-genre", job->per_genre, "songs in a genre")->check(whole_number(1, 100000));
    verb->add_option("--seconds", job->seconds, "length of a song")->check(number_range(0.1, 3600.0));
    verb->footer("Example: melvit synth --out songs --per-genre 20 --seed 1");
    return {verb,
            [job, &common](const Console& console) {
                SynthJob seeded = *job;
                seeded.seed = common.seed.value_or(1);
                return run(seeded, console);
            },
            "songs that were made are kept"};
}

}  // namespace melvit::cli
