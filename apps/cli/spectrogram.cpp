#include "melvit/audio/clips.h"
#include "melvit/core/file.h"
#include "melvit/core/parallel.h"
#include "melvit/core/stop.h"
#include "melvit/spectrum/mel_spectrogram.h"
#include "melvit/spectrum/picture.h"

#include "inputs.h"
#include "verbs.h"

#include <atomic>
#include <fmt/format.h>
#include <memory>

namespace melvit::cli {
namespace {

struct SpectrogramFlags {
    std::vector<std::string> inputs;
    std::string out;
    std::string style = "study";
    std::string colours = "magma";
    double seconds = 30.0;
};

/// The picture of the song's middle `seconds`.
Picture picture_of(const std::filesystem::path& song, const SpectrogramFlags& flags) {
    const MelConfig mel;
    const ClipConfig clips{
        .sample_rate_hz = mel.sample_rate_hz, .clip_seconds = flags.seconds, .middle_only = true};
    Picture picture;
    for_each_clip(song, clips, [&](const Clip& clip) {
        const MelSpectrogram spectrogram = mel_spectrogram(clip.waveform, mel);
        picture = flags.style == "study" ? draw_study_picture(spectrogram, flags.colours, mel.floor_db)
                                         : draw_plain_picture(spectrogram, flags.colours, mel.floor_db);
    });
    return picture;
}

int run(const SpectrogramFlags& flags, const Console& console) {
    make_folder(flags.out);
    std::vector<Skipped> skipped;
    const std::vector<std::filesystem::path> songs = list_inputs(flags.inputs, {.pictures = false}, skipped);
    const std::vector<std::filesystem::path> images = distinct_names(songs, flags.out, ".png");
    std::vector<std::string> reasons(songs.size());
    const ProgressCallback progress = console.progress();
    std::atomic<std::size_t> done{0};
    parallel_for(songs.size(), [&](std::size_t i) {
        throw_if_stopped();
        try {
            write_png(images[i], picture_of(songs[i], flags));
        } catch (const Error& error) {
            reasons[i] = error.reason();
        }
        if (progress) progress("pictures", ++done, songs.size());
    });
    auto list = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < songs.size(); ++i) {
        if (!reasons[i].empty()) {
            skipped.push_back({songs[i].string(), reasons[i]});
            continue;
        }
        list.push_back({{"file", songs[i].string()}, {"image", images[i].string()}});
        console.print(fmt::format("{} -> {}", songs[i].string(), images[i].string()));
    }
    for (const auto& [file, reason] : skipped) list.push_back({{"file", file}, {"error", reason}});
    console.document(list);
    return console.list_skipped(skipped);
}

}  // namespace

Verb add_spectrogram(CLI::App& program, CommonFlags&) {
    auto flags = std::make_shared<SpectrogramFlags>();
    CLI::App* verb = program.add_subcommand("spectrogram", "songs to mel-spectrogram pictures (PNG)");
    verb->add_option("IN", flags->inputs, "songs, folders, or - for a list on stdin")->required();
    verb->add_option("--out", flags->out, "folder of the pictures")->required();
    verb->add_option("--style", flags->style, "study: 432 x 288 with its border; plain: one pixel a cell")
        ->check(CLI::IsMember({"study", "plain"}));
    verb->add_option("--colours", flags->colours, "colour map")->check(CLI::IsMember({"magma", "viridis"}));
    verb->add_option("--seconds", flags->seconds,
                     "length of the piece drawn, from the song's middle, seconds")
        ->check(CLI::Range(1.0, 600.0));
    verb->footer("Example: melvit spectrogram song.mp3 --out pictures");
    return {verb, [flags](const Console& console) { return run(*flags, console); }};
}

}  // namespace melvit::cli
