#include "melvit/audio/ffmpeg_limits.h"
#include "melvit/core/error.h"
#include "melvit/core/text.h"
#include "melvit/core/thread_pool.h"
#include "melvit/core/unicode.h"
#include "melvit/kernels/processor.h"

#include "arguments.h"
#include "help_format.h"
#include "signals.h"
#include "streams.h"
#include "subcommands.h"
#include "usage.h"
#include "version.h"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace melvit::cli {
namespace {

/// Help and version, or what is wrong with the command line.
int answer_usage(const CLI::App& program, const CLI::ParseError& error) {
    if (error.get_exit_code() != 0) {
        say(fmt::format("error: {}\n", complaint(program, error)));
        return kUsage;
    }
    std::ostringstream help;
    program.exit(error, help, help);
    std::string text = help.str();
    if (!text.empty() && text.back() == '\n') text.pop_back();
    if (!text.empty()) write_result(text);
    return kDone;
}

int run_subcommand(const Subcommand& subcommand, const CommonFlags& common) {
    isa_level();  // ends here where the processor has less than the kernels need
    const StopOnSignals signals;
    ThreadPool pool(common.threads);
    const PoolScope threads(pool);
    limit_ffmpeg();
    // Goes before any sentence on what ended the work is written.
    struct Progress {
        ~Progress() { clear_progress(); }
    };
    try {
        const Progress progress;
        return subcommand.run(Console(common, pool, signals.token()));
    } catch (const Stopped&) {
        say(fmt::format("stopped; {}\n", subcommand.kept));
        return 128 + first_signal();  // kHungUp, kStopped, kTerminated
    }
}

int run_program(int count, char** arguments) {
    CLI::App program{
        "melvit: music genre classification by transfer learning. Songs become mel-spectrogram pictures, a\n"
        "pretrained Vision Transformer turns each into features, a small head names the genre."};
    program.name("melvit");
    program.formatter(std::make_shared<HelpFormat>());
    program.require_subcommand(1);
    program.footer(program_footer());
    CommonFlags common;
    const std::vector<Subcommand> subcommands = {
        add_fetch(program, common),    add_synth(program, common),      add_spectrogram(program, common),
        add_extract(program, common),  add_train(program, common),      add_evaluate(program, common),
        add_classify(program, common), add_bench(program, common),      add_sweep(program, common),
        add_splits(program, common),   add_report(program, common),     add_export(program, common),
        add_help(program, common),     add_completion(program, common), add_man(program, common)};
    add_common_flags(program, common);  // they stand before or behind the subcommand
    for (const Subcommand& subcommand : subcommands) {
        add_common_flags(*subcommand.app, common);
        show_defaults(*subcommand.app);
    }
    try {
        std::vector<std::string> words = with_usual_names(program, {arguments + 1, arguments + count});
        std::ranges::reverse(words);  // as CLI11 takes them
        program.parse(std::move(words));
    } catch (const CLI::CallForVersion& version) {
        const bool as_json =
            std::find(arguments, arguments + count, std::string_view("--json")) != arguments + count;
        if (!as_json) return answer_usage(program, version);
        write_result(version_json().dump(2));
        return kDone;
    } catch (const CLI::ParseError& error) {
        return answer_usage(program, error);
    }
    for (const Subcommand& subcommand : subcommands) {
        if (subcommand.app->parsed()) return run_subcommand(subcommand, common);
    }
    return kUsage;
}

/// Runs the program and says what ended it, where that was an error.
int run_and_say(int count, char** arguments) {
    try {
        return run_program(count, arguments);
    } catch (const UsageError& error) {
        say(fmt::format("error: {}\n", visible(utf8_text(error.what()))));
        return kUsage;
    } catch (const Error& error) {
        say(fmt::format("error: {}\n", visible(utf8_text(error.what()))));
    } catch (const std::filesystem::filesystem_error& error) {
        say(fmt::format("error: {}: cannot be used, {}\n", visible(utf8_name(error.path1())),
                        error.code().message()));
    } catch (const std::bad_alloc&) {
        say("error: memory: this work needs more than the machine gives\n");
    } catch (const std::exception& error) {
        say(fmt::format("error: melvit: a fault of the program, {}\n", error.what()));
    }
    return kError;
}

}  // namespace
}  // namespace melvit::cli

int main(int count, char** arguments) {
    melvit::cli::keep_streams_apart();
    return melvit::cli::run_and_say(count, arguments);
}
