#include "melvit/core/error.h"
#include "melvit/core/parallel.h"
#include "melvit/core/stop.h"
#include "melvit/core/version.h"

#include "verbs.h"

#include <csignal>
#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <vector>

namespace melvit::cli {
namespace {

/// The first Ctrl-C ends the work in order, a second one at once.
void on_interrupt(int signal) {
    request_stop();
    std::signal(signal, SIG_DFL);
}

int run_verb(const Verb& verb, const CommonFlags& common) {
    set_thread_count(common.threads);
    // Goes before any of the sentences below is written.
    struct Progress {
        ~Progress() { clear_progress(); }
    };
    try {
        const Progress progress;
        const int code = verb.run(Console(common));
        if (std::fflush(stdout) != 0)
            throw Error("stdout", "needs to take the results", "it is closed or full");
        return code;
    } catch (const Stopped&) {
        fmt::print(stderr, "stopped; what was finished is kept\n");
        return kStopped;
    } catch (const Error& error) {
        fmt::print(stderr, "error: {}\n", error.what());
    } catch (const std::bad_alloc&) {
        fmt::print(stderr, "error: memory: needs more than this machine gives, allocation failed\n");
    } catch (const std::exception& error) {
        fmt::print(stderr, "error: melvit: needs to work, unexpectedly {}\n", error.what());
    }
    return kError;
}

int main(int count, char** arguments) {
    CLI::App program{
        "melvit: music genre classification by transfer learning. Songs become mel-spectrogram pictures, a\n"
        "pretrained Vision Transformer turns each into features, a small head names the genre."};
    program.name("melvit");
    program.set_version_flag("--version", fmt::format("melvit {}", kVersion));
    program.require_subcommand(1);
    program.footer(
        "Start: melvit synth --out songs && melvit train --data songs --body random:vit_ti_16 --out run");
    CommonFlags common;
    const std::vector<Verb> verbs = {
        add_fetch(program, common),    add_synth(program, common),  add_spectrogram(program, common),
        add_extract(program, common),  add_train(program, common),  add_evaluate(program, common),
        add_classify(program, common), add_bench(program, common),  add_sweep(program, common),
        add_splits(program, common),   add_report(program, common), add_export(program, common)};
    for (const Verb& verb : verbs) add_common_flags(*verb.app, common);
    try {
        program.parse(count, arguments);
    } catch (const CLI::ParseError& error) {
        return program.exit(error) == 0 ? kDone : kUsage;
    }
    std::signal(SIGINT, on_interrupt);
    std::signal(SIGTERM, on_interrupt);
    for (const Verb& verb : verbs) {
        if (verb.app->parsed()) return run_verb(verb, common);
    }
    return kUsage;
}

}  // namespace
}  // namespace melvit::cli

int main(int count, char** arguments) {
    return melvit::cli::main(count, arguments);
}
