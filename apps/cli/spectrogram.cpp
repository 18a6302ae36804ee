#include "melvit/audio/clips.h"
#include "melvit/core/file_lock.h"
#include "melvit/core/text.h"
#include "melvit/core/unicode.h"
#include "melvit/spectrum/mel_spectrogram.h"
#include "melvit/spectrum/picture.h"
#include "melvit/spectrum/preprocess.h"

#include "inputs.h"
#include "shown.h"
#include "subcommands.h"

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
    bool zero_ends = false;
};

/// What became of a song.
struct Drawn {
    std::string warning;  ///< empty, or what could not be decoded
    std::string problem;  ///< empty, or why there is no picture
};

/// Draws the song's middle `seconds`.
///
/// returns  what could not be decoded; empty when nothing is missing
std::string draw(const std::filesystem::path& song, const SpectrogramFlags& flags,
                 const std::filesystem::path& image, const Context& context) {
    const Source source(song);
    const MelConfig mel;
    const ClipConfig clips{
        .sample_rate_hz = mel.sample_rate_hz, .clip_seconds = flags.seconds, .middle_only = true};
    Picture picture;
    const auto draw_clip = [&](const Clip& clip) {
        check_length(source, clip, mel);
        const MelSpectrogram spectrogram = mel_spectrogram(clip.waveform, mel);
        picture = flags.style == "study" ? draw_study_picture(spectrogram, flags.colours, mel.floor_db)
                                         : draw_plain_picture(spectrogram, flags.colours, mel.floor_db);
    };
    const TrackFacts track = for_each_clip(source, clips, draw_clip, context);
    write_png(image, picture);
    return track.warning;
}

/// Draws all songs, each into the image of the same place.
std::vector<Drawn> draw_all(const std::vector<std::filesystem::path>& songs, const SpectrogramFlags& flags,
                            const std::vector<std::filesystem::path>& images, const Context& context) {
    std::vector<Drawn> drawn(songs.size());
    std::atomic<std::size_t> done{0};
    context.pool.for_each(songs.size(), [&](std::size_t i) {
        context.throw_if_stopped();
        try {
            drawn[i].warning = draw(songs[i], flags, images[i], context);
        } catch (const Error& error) {
            drawn[i].problem = utf8_text(error.reason());
        }
        context.report("pictures", ++done, songs.size());
    });
    return drawn;
}

int run(const SpectrogramFlags& flags, const Console& console) {
    const FolderLock only_writer(flags.out);
    auto [songs, skipped, notes] =
        list_inputs(flags.inputs, {.pictures = false, .zero_ends = flags.zero_ends});
    for (const std::string& note : notes) console.note("note: " + visible(note));
    const std::vector<std::filesystem::path> images = distinct_names(songs, flags.out, ".png");
    const std::vector<Drawn> drawn = draw_all(songs, flags, images, console.context());
    auto list = nlohmann::ordered_json::array();
    for (std::size_t i = 0; i < songs.size(); ++i) {
        if (!drawn[i].problem.empty()) {
            skipped.push_back({utf8_name(songs[i]), drawn[i].problem});
            continue;
        }
        list.push_back({{"file", utf8_name(songs[i])}, {"image", utf8_name(images[i])}});
        console.print(fmt::format("{} -> {}", shown(songs[i]), shown(images[i])));
        if (drawn[i].warning.empty()) continue;
        list.back()["warning"] = drawn[i].warning;
        console.note(fmt::format("note: {}: {}", shown(songs[i]), drawn[i].warning));
    }
    for (const auto& [file, reason] : skipped) list.push_back({{"file", file}, {"error", reason}});
    console.document(list);
    return console.list_skipped(shown(skipped));
}

}  // namespace

Subcommand add_spectrogram(CLI::App& program, CommonFlags&) {
    auto flags = std::make_shared<SpectrogramFlags>();
    CLI::App* subcommand = program.add_subcommand("spectrogram", "songs to mel-spectrogram pictures (PNG)");
    subcommand->add_option("IN", flags->inputs, "songs, folders, or - for a list on stdin")->required();
    add_null_flag(*subcommand, flags->zero_ends);
    subcommand->add_option("--out", flags->out, "folder of the pictures")->required();
    subcommand
        ->add_option("--style", flags->style, "study: 432 x 288 with its border; plain: one pixel a cell")
        ->check(one_of({"study", "plain"}));
    subcommand->add_option("--colours", flags->colours, "colour map")->check(one_of({"magma", "viridis"}));
    subcommand
        ->add_option("--seconds", flags->seconds,
                     "length of the piece drawn, from the song's middle, seconds")
        ->check(number_range(1.0, 600.0));
    subcommand->footer("Example: melvit spectrogram song.mp3 --out pictures");
    return {subcommand, [flags](const Console& console) { return run(*flags, console); },
            "pictures that were drawn are kept"};
}

}  // namespace melvit::cli
