#include "answers.h"

#include "melvit/core/text.h"
#include "melvit/core/unicode.h"

#include "shown.h"
#include "streams.h"

#include <fmt/format.h>
#include <utility>

namespace melvit::cli {

Answers::Answers(AnswerRows rows, std::unique_ptr<AnswerFile> file, const Console& console)
    : rows_(std::move(rows)), file_(std::move(file)), console_(console) {
    if (file_) skipped_ = file_->earlier().skipped;
    if (!file_ && !rows_.header().empty()) write(rows_.header());
}

bool Answers::has(const std::filesystem::path& file) const {
    return file_ && file_->earlier().files.contains(utf8_name(file));
}

void Answers::add(const std::filesystem::path& file, const Answer& answer) {
    if (const auto* prediction = std::get_if<Prediction>(&answer)) {
        if (!prediction->warning.empty())
            console_.note(fmt::format("note: {}: {}", shown(file), visible(prediction->warning)));
    } else {
        skipped_.push_back({utf8_name(file), std::get<NoAnswer>(answer).reason});
    }
    std::string text = rows_.of(file, answer);
    if (rows_.form == AnswerForm::json) text.insert(0, added_ == 0 ? "[\n" : ",\n");
    write(text);
    ++added_;
}

void Answers::write(std::string_view text) {
    if (text.empty()) return;
    if (file_) return file_->append(text);
    clear_progress();
    write_rows(text);
}

void Answers::close(const std::string& out) {
    if (std::exchange(closed_, true)) return;
    clear_progress();
    if (!file_) {
        if (rows_.form == AnswerForm::json) write_result(added_ == 0 ? "[]" : "\n]");
        return;
    }
    file_->sync();
    const std::size_t files = file_->earlier().files.size() + added_;
    console_.note(fmt::format("{}: {} files, {} of them now", shown(out), files, added_));
    console_.document({{"files", files}, {"written", added_}, {"skipped", skipped_}, {"file", out}});
}

void Answers::close_after_error(const std::string& out) {
    try {
        close(out);
    } catch (const Error&) {
    }
}

int Answers::list_skipped() const {
    return console_.list_skipped(shown(skipped_));
}

}  // namespace melvit::cli
