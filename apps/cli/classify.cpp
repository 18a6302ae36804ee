#include "melvit/classifier/classifier.h"
#include "melvit/core/parallel.h"
#include "melvit/core/stop.h"
#include "melvit/core/text.h"
#include "melvit/dataset/names.h"

#include "experiment_flags.h"
#include "inputs.h"
#include "shown.h"
#include "verbs.h"

#include <atomic>
#include <cmath>
#include <fmt/format.h>
#include <memory>
#include <variant>

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
    bool zero_ends = false;
};

/// A prediction, or why there is none.
using Answer = std::variant<Prediction, std::string>;

Answer answer_for(const Classifier& classifier, const fs::path& file, double segment_seconds) {
    throw_if_stopped();
    try {
        return classifier.classify(file, segment_seconds);
    } catch (const Error& error) {
        return utf8_text(error.reason());
    }
}

nlohmann::ordered_json to_json(const fs::path& file, const Prediction& prediction,
                               const std::vector<std::string>& genres) {
    auto probabilities = nlohmann::ordered_json::object();
    for (const std::size_t g : top_genres(prediction.probabilities, genres.size())) {
        probabilities[genres[g]] = prediction.probabilities[g];
    }
    auto segments = nlohmann::ordered_json::array();
    for (const Segment& segment : prediction.segments) {
        segments.push_back({{"start", segment.start_seconds}, {"end", segment.end_seconds}});
        if (segment.is_silent()) {
            segments.back()["genre"] = nullptr;
            continue;
        }
        const std::size_t g = top_genres(segment.probabilities, 1).front();
        segments.back()["genre"] = genres[g];
        segments.back()["probability"] = segment.probabilities[g];
    }
    nlohmann::ordered_json json = {{"file", utf8_name(file)},
                                   {"genre", genres[top_genres(prediction.probabilities, 1).front()]},
                                   {"probabilities", probabilities},
                                   {"duration_seconds", prediction.duration_seconds},
                                   {"segments", segments}};
    if (!prediction.warning.empty()) json["warning"] = prediction.warning;
    return json;
}

void print_segments(const Prediction& prediction, const std::vector<std::string>& genres,
                    const Console& console) {
    for (const Segment& segment : prediction.segments) {
        const std::string time =
            fmt::format("  {:7.1f} - {:7.1f} s  ", segment.start_seconds, segment.end_seconds);
        if (segment.is_silent()) {
            console.print(time + "-");
            continue;
        }
        const std::size_t g = top_genres(segment.probabilities, 1).front();
        console.print(time + fmt::format("{} {:.0f} %", genres[g], 100 * segment.probabilities[g]));
    }
}

/// A line for one song of many.
void print_line(const fs::path& file, const Prediction& prediction, const std::vector<std::string>& genres,
                std::size_t top, const Console& console) {
    std::string line = fmt::format("{}:", shown(file));
    for (const std::size_t g : top_genres(prediction.probabilities, top)) {
        line += fmt::format("  {} {:.0f} %", genres[g], 100 * prediction.probabilities[g]);
    }
    console.print(line);
    print_segments(prediction, genres, console);
}

/// A table with bars for the only song.
void print_table(const fs::path& file, const Prediction& prediction, const std::vector<std::string>& genres,
                 std::size_t top, const Console& console) {
    constexpr double kBarLength = 40;
    console.print(fmt::format("{} ({})", shown(file), duration_text(prediction.duration_seconds)));
    for (const std::size_t g : top_genres(prediction.probabilities, top)) {
        const double p = prediction.probabilities[g];
        std::string bar;
        for (int i = 0; i < static_cast<int>(std::lround(kBarLength * p)); ++i) bar += "█";
        console.print(fmt::format("  {:<12}{:5.1f} %  {}", genres[g], 100 * p, bar));
    }
    print_segments(prediction, genres, console);
}

/// The answers in the form that the flags ask for, one file after the other.
class Answers {
public:
    Answers(const ClassifyFlags& flags, const Console& console, const std::vector<std::string>& genres,
            bool only_one)
        : flags_(flags), console_(console), genres_(genres), only_one_(only_one) {
        if (!flags_.csv) return;
        std::vector<std::string> header = {"file", "genre", "duration_seconds"};
        header.insert(header.end(), genres_.begin(), genres_.end());
        header.push_back("error");
        console_.print(csv_line(header));
    }

    void add(const fs::path& file, const Answer& answer) {
        if (const auto* reason = std::get_if<std::string>(&answer))
            return add_error({utf8_name(file), *reason});
        const auto& prediction = std::get<Prediction>(answer);
        if (!prediction.warning.empty())
            console_.note(fmt::format("note: {}: {}", shown(file), prediction.warning));
        if (console_.json()) return document_.push_back(to_json(file, prediction, genres_));
        if (!flags_.csv) {
            return (only_one_ ? print_table : print_line)(file, prediction, genres_, flags_.top, console_);
        }
        std::vector<std::string> row = {utf8_name(file),
                                        genres_[top_genres(prediction.probabilities, 1).front()],
                                        fmt::format("{:.2f}", prediction.duration_seconds)};
        for (const double p : prediction.probabilities) row.push_back(fmt::format("{:.4f}", p));
        row.emplace_back();
        console_.print(csv_line(row));
    }

    void add_error(const Skipped& skipped) {
        skipped_.push_back(skipped);
        if (console_.json()) return document_.push_back({{"file", skipped.file}, {"error", skipped.reason}});
        if (!flags_.csv) return;
        std::vector<std::string> row(genres_.size() + 3);
        row.front() = skipped.file;
        row.push_back(skipped.reason);
        console_.print(csv_line(row));
    }

    int finish() const {
        console_.document(document_);
        return console_.list_skipped(shown(skipped_));
    }

private:
    const ClassifyFlags& flags_;
    const Console& console_;
    const std::vector<std::string>& genres_;
    const bool only_one_;
    nlohmann::ordered_json document_ = nlohmann::ordered_json::array();
    std::vector<Skipped> skipped_;
};

int run(const ClassifyFlags& flags, const Console& console) {
    const Inputs inputs = list_inputs(flags.inputs, {.zero_ends = flags.zero_ends});
    const std::vector<fs::path>& files = inputs.files;
    for (const std::string& note : inputs.notes) console.note("note: " + visible(note));
    Model model = read_model(flags.model);
    const Body body = noted(body_of(model, flags.body), console);
    const Precision precision = chosen_precision(flags.precision, body, model.features, console);
    const Classifier classifier(std::move(model), body, precision);
    Answers answers(flags, console, classifier.genres(), files.size() == 1);
    for (const Skipped& skipped : inputs.skipped) answers.add_error(skipped);
    const ProgressCallback progress = console.progress();
    std::atomic<std::size_t> done{0};
    // In chunks, so that a long list is answered as it goes and in its order.
    constexpr std::size_t kChunk = 64;
    for (std::size_t start = 0; start < files.size(); start += kChunk) {
        const std::size_t count = std::min(kChunk, files.size() - start);
        std::vector<Answer> chunk(count);
        parallel_for(count, [&](std::size_t i) {
            chunk[i] = answer_for(classifier, files[start + i], flags.segment_seconds);
            if (progress) progress("files", ++done, files.size());
        });
        for (std::size_t i = 0; i < count; ++i) answers.add(files[start + i], chunk[i]);
    }
    return answers.finish();
}

}  // namespace

Verb add_classify(CLI::App& program, CommonFlags&) {
    auto flags = std::make_shared<ClassifyFlags>();
    CLI::App* verb = program.add_subcommand("classify", "names the genre of songs and pictures");
    verb->add_option("--model", flags->model, "a model.safetensors of melvit train")->required();
    verb->add_option("PATH", flags->inputs, "songs, pictures, folders, or - for a list on stdin")->required();
    add_null_flag(*verb, flags->zero_ends);
    add_body_flag(*verb, flags->body);
    add_precision_flag(*verb, flags->precision);
    verb->add_option("--top", flags->top, "genres to print for each file")->check(CLI::Range(1, 1000));
    verb->add_option("--segments", flags->segment_seconds, "also a genre for each piece of so many seconds")
        ->check(number_range(1.0, 3600.0));
    verb->add_flag("--csv", flags->csv, "a CSV table on stdout");
    verb->footer("Example: melvit classify --model run/model.safetensors song.mp3 --segments 10");
    return {verb, [flags](const Console& console) { return run(*flags, console); }};
}

}  // namespace melvit::cli
