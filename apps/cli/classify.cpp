#include "melvit/classifier/classifier.h"
#include "melvit/core/sha256.h"
#include "melvit/core/text.h"
#include "melvit/core/unicode.h"
#include "melvit/dataset/identity.h"

#include "answers.h"
#include "experiment_flags.h"
#include "in_order.h"
#include "inputs.h"
#include "shown.h"
#include "subcommands.h"

#include <algorithm>
#include <atomic>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <unordered_set>

namespace melvit::cli {
namespace {

namespace fs = std::filesystem;

struct ClassifyFlags {
    std::string model;
    std::string body;
    std::string precision = "auto";
    std::vector<std::string> inputs;
    std::size_t top = 3;
    double segment_seconds = 0.0;
    bool csv = false;
    bool json_lines = false;
    std::string out;
    bool resume = false;
    bool overwrite = false;
    bool zero_ends = false;
};

AnswerForm form_of(const ClassifyFlags& flags, bool json) {
    if (!flags.out.empty()) return form_of_file(flags.out);
    if (flags.csv) return AnswerForm::csv;
    if (flags.json_lines) return AnswerForm::json_lines;
    return json ? AnswerForm::json : AnswerForm::text;
}

/// throws  CLI::ValidationError for flags that contradict each other
void check_flags(const ClassifyFlags& flags, bool json) {
    const auto refuse = [](const std::string& sentence) { throw CLI::ValidationError(sentence); };
    if (int{flags.csv} + int{flags.json_lines} + int{json && flags.out.empty()} > 1)
        refuse("--csv, --json-lines, --json: needs one form of rows on stdout, several are asked for");
    if (flags.out.empty()) return;
    try {
        const AnswerForm form = form_of_file(flags.out);
        if ((flags.csv && form != AnswerForm::csv) || (flags.json_lines && form != AnswerForm::json_lines))
            refuse("--out " + flags.out + ": needs the form of its ending, another one is asked for");
    } catch (const Error& error) {
        refuse(fmt::format("--out {}", visible(error.what())));
    }
}

Existing existing_of(const ClassifyFlags& flags) {
    if (flags.resume) return Existing::go_on;
    return flags.overwrite ? Existing::replace : Existing::refuse;
}

/// Longer clips than segments would look like a finer picture than the model sees.
void note_resolution(const FrontEnd& front_end, double segment_seconds, const Console& console) {
    if (segment_seconds <= 0) return;
    const double step = seconds_between_rows(front_end);
    if (step <= segment_seconds * 1.05) return;
    console.note(
        fmt::format("note: this model hears {:.3g} s at a time: pieces of {:.3g} s within one such stretch "
                    "have the same probabilities",
                    step, segment_seconds));
}

Answer answer_for(const Classifier& classifier, const fs::path& file, double segment_seconds,
                  const Context& context) {
    context.throw_if_stopped();
    try {
        return classifier.classify(file, segment_seconds, context);
    } catch (const SilentTrack& silence) {
        return NoAnswer{utf8_text(silence.reason()), true};
    } catch (const Error& error) {
        return NoAnswer{utf8_text(error.reason())};
    }
}

/// What the rows of a file depend on, besides the songs.
nlohmann::ordered_json settings_of(const ClassifyFlags& flags, Precision precision) {
    return {{"model_sha256", sha256_of_file(flags.model)},
            {"segments", flags.segment_seconds},
            {"identity", config_to_json(numeric_identity(precision))}};
}

/// In a file each name has its rows once, and those of an earlier run stay.
void drop_written(std::vector<fs::path>& files, const Answers& answers) {
    std::unordered_set<std::string> seen;
    std::erase_if(files, [&](const fs::path& file) {
        return answers.has(file) || !seen.insert(utf8_name(file)).second;
    });
}

void answer_all(const std::vector<fs::path>& files, const Classifier& classifier, double segment_seconds,
                Answers& answers, const Console& console) {
    const Context context = console.context();
    std::atomic<std::size_t> done{0};
    // Enough that all go on during one long song; a stop loses no more than these.
    const std::size_t most_ahead = std::max<std::size_t>(64, 4 * context.pool.threads());
    for_each_in_order<Answer>(
        context.pool, files.size(), most_ahead,
        [&](std::size_t i) {
            Answer answer = answer_for(classifier, files[i], segment_seconds, context);
            context.report("files", ++done, files.size());
            return answer;
        },
        [&](std::size_t i, const Answer& answer) { answers.add(files[i], answer); });
}

/// Answers all that the flags name. `answers` is there from the first row on.
void classify(const ClassifyFlags& flags, const Console& console, std::optional<Answers>& answers) {
    if (!flags.out.empty()) AnswerFile::check(flags.out, existing_of(flags));
    Model model = read_model(flags.model);
    const Body body = noted(body_of(model, flags.body), model.front_end, console);
    const auto begun = AnswerFile::begun_with(flags.out, existing_of(flags));
    const Precision precision =
        resumed_precision(flags.precision, begun, flags.out, body, model.features, console);
    const Classifier classifier(std::move(model), body, precision);
    note_resolution(classifier.model().front_end, flags.segment_seconds, console);
    Inputs inputs = list_inputs(flags.inputs, {.zero_ends = flags.zero_ends});
    for (const std::string& note : inputs.notes) console.note("note: " + visible(note));

    const AnswerRows rows{form_of(flags, console.json()), classifier.genres(), flags.top,
                          flags.segment_seconds > 0, inputs.files.size() == 1};
    std::unique_ptr<AnswerFile> file;
    if (!flags.out.empty()) {
        file =
            std::make_unique<AnswerFile>(flags.out, existing_of(flags), settings_of(flags, precision), rows);
    }
    answers.emplace(rows, std::move(file), console);
    for (const Skipped& skipped : inputs.skipped) {
        if (!answers->has(skipped.file)) answers->add(skipped.file, NoAnswer{skipped.reason});
    }
    if (!flags.out.empty()) drop_written(inputs.files, *answers);
    answer_all(inputs.files, classifier, flags.segment_seconds, *answers, console);
}

/// The document of --json for a run that was stopped before its first row.
nlohmann::ordered_json empty_document(const ClassifyFlags& flags) {
    if (flags.out.empty()) return nlohmann::ordered_json::array();
    return {{"written", 0}, {"file", flags.out}};
}

int run(const ClassifyFlags& flags, const Console& console) {
    std::optional<Answers> answers;
    try {
        classify(flags, console, answers);
        answers->close(flags.out);
        return answers->list_skipped();
    } catch (const Stopped&) {
        if (!answers) console.document(empty_document(flags));
        if (answers) answers->close(flags.out);
        throw;
    } catch (const Error&) {
        if (answers) answers->close_after_error(flags.out);
        throw;
    }
}

}  // namespace

Subcommand add_classify(CLI::App& program, CommonFlags& common) {
    auto flags = std::make_shared<ClassifyFlags>();
    CLI::App* subcommand = program.add_subcommand("classify", "names the genre of songs and pictures");
    subcommand->add_option("--model", flags->model, "a model.safetensors of melvit train")->required();
    subcommand->add_option("PATH", flags->inputs, "songs, pictures, folders, or - for a list on stdin")
        ->required();
    add_null_flag(*subcommand, flags->zero_ends);
    add_body_flag(*subcommand, flags->body);
    add_precision_flag(*subcommand, flags->precision);
    subcommand->add_option("--top", flags->top, "genres to print for each file")
        ->check(whole_number(1, 1000));
    subcommand
        ->add_option("--segments", flags->segment_seconds, "also a genre for each piece of so many seconds")
        ->check(number_range(1.0, 3600.0));
    subcommand->add_flag("--csv", flags->csv, "a CSV table on stdout; with --segments a row a piece");
    subcommand->add_flag("--json-lines", flags->json_lines, "a JSON object a line on stdout");
    CLI::Option* out =
        subcommand->add_option("--out", flags->out, "rows into a .csv or .jsonl file, not to stdout");
    CLI::Option* resume =
        subcommand->add_flag("--resume", flags->resume, "goes on in the file of --out where a run stopped")
            ->needs(out);
    subcommand->add_flag("--overwrite", flags->overwrite, "begins the file of --out again")
        ->needs(out)
        ->excludes(resume);
    subcommand->final_callback([flags, &common] { check_flags(*flags, common.json); });
    subcommand->footer("Example: melvit classify --model run/model.safetensors song.mp3 --segments 10");
    return {subcommand, [flags](const Console& console) { return run(*flags, console); },
            "rows that were written are whole, and --out FILE with --resume goes on"};
}

}  // namespace melvit::cli
