#include "apps/synth/synth.h"

#include "shown.h"
#include "subcommands.h"

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

Subcommand add_synth(CLI::App& program, CommonFlags& common) {
    auto job = std::make_shared<SynthJob>();
    CLI::App* subcommand = program.add_subcommand("synth", "makes the built-in songs, ten genres by rule");
    subcommand->add_option("--out", job->folder, "folder of the genre folders")->required();
    subcommand->add_option("--per-genre", job->per_genre, "songs in a genre")->check(whole_number(1, 100000));
    subcommand->add_option("--seconds", job->seconds, "length of a song")->check(number_range(0.1, 3600.0));
    subcommand->footer("Example: melvit synth --out songs --per-genre 20 --seed 1");
    return {subcommand,
            [job, &common](const Console& console) {
                SynthJob seeded = *job;
                seeded.seed = common.seed.value_or(1);
                return run(seeded, console);
            },
            "songs that were made are kept"};
}

}  // namespace melvit::cli
