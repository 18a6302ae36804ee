#include "melvit/core/error.h"
#include "melvit/core/parallel.h"
#include "melvit/core/stop.h"
#include "melvit/core/text.h"
#include "melvit/core/version.h"
#include "melvit/dataset/names.h"

#include "streams.h"
#include "verbs.h"
#include "version.h"

#include <algorithm>
#include <csignal>
#include <exception>
#include <filesystem>
#include <fmt/format.h>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace melvit::cli {
namespace {

volatile std::sig_atomic_t g_stopped_by = 0;

/// The first Ctrl-C ends the work in order, a second one at once.
void on_interrupt(int signal) {
    if (g_stopped_by == 0) g_stopped_by = signal;
    request_stop();
    std::signal(signal, SIG_DFL);
}

void stop_in_order_on_signals() {
    std::signal(SIGINT, on_interrupt);
    std::signal(SIGTERM, on_interrupt);
    // nohup has it ignored.
    if (std::signal(SIGHUP, on_interrupt) == SIG_IGN) std::signal(SIGHUP, SIG_IGN);
}

/// Help and version, or what is wrong with the command line.
int answer_usage(const CLI::App& program, const CLI::ParseError& error) {
    std::ostringstream help;
    std::ostringstream complaint;
    const int code = program.exit(error, help, complaint) == 0 ? kDone : kUsage;
    say(complaint.str());
    std::string text = help.str();
    if (!text.empty() && text.back() == '\n') text.pop_back();
    if (!text.empty()) write_result(text);
    return code;
}

/// Of a mistyped verb CLI11 says only that one is missing.
void refuse_unknown_verb(const std::vector<Verb>& verbs, int count, char** arguments) {
    if (count < 2 || arguments[1][0] == '-') return;
    std::vector<std::string> names;
    names.reserve(verbs.size());
    for (const Verb& verb : verbs) names.push_back(verb.app->get_name());
    if (std::ranges::find(names, arguments[1]) != names.end()) return;
    throw CLI::ExtrasError(fmt::format("{}: needs to be a verb of melvit ({}), it is none",
                                       printable(utf8_text(arguments[1])), joined(names)),
                           CLI::ExitCodes::ExtrasError);
}

int run_verb(const Verb& verb, const CommonFlags& common) {
    set_thread_count(common.threads);
    // Goes before any sentence on what ended the work is written.
    struct Progress {
        ~Progress() { clear_progress(); }
    };
    try {
        const Progress progress;
        return verb.run(Console(common));
    } catch (const Stopped&) {
        say(fmt::format("stopped; {}\n", verb.kept));
        return 128 + g_stopped_by;  // kHungUp, kStopped, kTerminated
    }
}

int run_program(int count, char** arguments) {
    CLI::App program{
        "melvit: music genre classification by transfer learning. Songs become mel-spectrogram pictures, a\n"
        "pretrained Vision Transformer turns each into features, a small head names the genre."};
    program.name("melvit");
    program.failure_message([](const CLI::App* app, const CLI::Error& error) {
        return "error: " + CLI::FailureMessage::simple(app, error);
    });
    program.set_version_flag("--version", fmt::format("melvit {}", kVersion));
    program.require_subcommand(1);
    program.footer(
        "Start: melvit synth --out songs && melvit train --data songs --body random:vit_ti_16 --out run");
    CommonFlags common;
    const std::vector<Verb> verbs = {
        add_fetch(program, common),    add_synth(program, common),      add_spectrogram(program, common),
        add_extract(program, common),  add_train(program, common),      add_evaluate(program, common),
        add_classify(program, common), add_bench(program, common),      add_sweep(program, common),
        add_splits(program, common),   add_report(program, common),     add_export(program, common),
        add_help(program, common),     add_completion(program, common), add_man(program, common)};
    for (const Verb& verb : verbs) add_common_flags(*verb.app, common);
    try {
        refuse_unknown_verb(verbs, count, arguments);
        program.parse(count, arguments);
    } catch (const CLI::CallForVersion& version) {
        const bool as_json =
            std::find(arguments, arguments + count, std::string_view("--json")) != arguments + count;
        if (!as_json) return answer_usage(program, version);
        write_result(version_json().dump(2));
        return kDone;
    } catch (const CLI::ParseError& error) {
        return answer_usage(program, error);
    }
    stop_in_order_on_signals();
    for (const Verb& verb : verbs) {
        if (verb.app->parsed()) return run_verb(verb, common);
    }
    return kUsage;
}

/// Runs the program and says what ended it, where that was an error.
int run_and_say(int count, char** arguments) {
    try {
        return run_program(count, arguments);
    } catch (const Error& error) {
        say(fmt::format("error: {}\n", visible(utf8_text(error.what()))));
    } catch (const std::filesystem::filesystem_error& error) {
        say(fmt::format("error: {}: needs to be usable, {}\n", visible(utf8_name(error.path1())),
                        error.code().message()));
    } catch (const std::bad_alloc&) {
        say("error: memory: needs more than this machine gives, allocation failed\n");
    } catch (const std::exception& error) {
        say(fmt::format("error: melvit: needs to work, unexpectedly {}\n", error.what()));
    }
    return kError;
}

}  // namespace
}  // namespace melvit::cli

int main(int count, char** arguments) {
    melvit::cli::keep_streams_apart();
    return melvit::cli::run_and_say(count, arguments);
}
