#include "answer_file.h"

#include "melvit/core/file_lock.h"
#include "melvit/core/json.h"
#include "melvit/core/text.h"

#include "streams.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>
#include <utility>

namespace melvit::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMostBytes = std::uint64_t{16} << 30U;

fs::path settings_file_of(const fs::path& file) {
    return file.native() + ".melvit.json";
}

void refuse_existing(const fs::path& file, Existing existing) {
    std::error_code ignored;
    if (existing != Existing::refuse || !fs::exists(fs::symlink_status(file, ignored))) return;
    throw Error(file, "needs --resume to go on or --overwrite to begin again", "the file is there already");
}

}  // namespace

AnswerForm form_of_file(const fs::path& file) {
    if (file.extension() == ".csv") return AnswerForm::csv;
    if (file.extension() == ".jsonl") return AnswerForm::json_lines;
    throw Error(file, "needs the ending .csv or .jsonl",
                file.extension().empty() ? "it has none" : "it is " + file.extension().string());
}

void AnswerFile::check(const fs::path& file, Existing existing) {
    refuse_existing(file, existing);
    std::error_code ignored;
    if (fs::exists(file, ignored)) open_regular_file(file);  // no folder, no pipe
    if (existing == Existing::go_on && fs::exists(file, ignored) && fs::file_size(file, ignored) > 0 &&
        !fs::exists(settings_file_of(file), ignored)) {
        throw Error(file, fmt::format("needs {} beside it to go on", settings_file_of(file).string()),
                    "that is missing");
    }
    check_can_be_written(settings_file_of(file));
}

std::optional<NumericIdentity> AnswerFile::begun_with(const fs::path& file, Existing existing) {
    std::error_code error;
    if (existing != Existing::go_on || fs::file_size(file, error) == 0 || error) return std::nullopt;
    const fs::path settings = settings_file_of(file);
    const auto begun = parse_json(read_text_file(settings), settings.string());
    return identity_from_json(begun.is_object() ? begun.value("identity", nlohmann::ordered_json()) : nullptr,
                              settings.string());
}

AnswerFile::AnswerFile(fs::path file, Existing existing, const nlohmann::ordered_json& settings,
                       const AnswerRows& rows)
    : file_(std::move(file)), settings_file_(settings_file_of(file_)), lock_(open_lock(settings_file_)) {
    if (!take_lock(lock_, LOCK_EX | LOCK_NB, settings_file_))
        throw Error(file_, "needs to be written by one program at a time", "another melvit writes it now");
    check(file_, existing);
    descriptor_ = FileDescriptor(::open(file_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
    if (descriptor_.number() < 0) throw Error(file_, "cannot be written", std::strerror(errno));
    const std::string text = existing == Existing::go_on ? read_text_file(file_, kMostBytes) : "";
    if (!text.empty()) {
        check_settings(settings);
        earlier_ = read_written_rows(text, rows, file_);
    }
    if (::ftruncate(descriptor_.number(), static_cast<off_t>(earlier_.whole_bytes)) != 0)
        throw Error(file_, "cannot be written", std::strerror(errno));
    if (text.empty()) note_settings(settings);
    if (earlier_.whole_bytes == 0) append(rows.header());
}

void AnswerFile::append(std::string_view rows) {
    const int refusal = write_whole(descriptor_.number(), rows);
    if (refusal == 0) return;
    throw Error(file_, "needs room for the next row, those before it are kept", std::strerror(refusal));
}

void AnswerFile::sync() {
    if (::fsync(descriptor_.number()) != 0) throw Error(file_, "cannot be written", std::strerror(errno));
    sync_folder(file_);
}

void AnswerFile::check_settings(const nlohmann::ordered_json& settings) const {
    const std::string text = read_text_file(settings_file_);
    if (text.empty()) {
        throw Error(settings_file_, fmt::format("needs to say what {} was begun with", file_.string()),
                    "it says nothing");
    }
    const auto begun = parse_json(text, settings_file_.string());
    for (const auto& [name, now] : settings.items()) {
        const auto then = begun.is_object() ? begun.value(name, nlohmann::ordered_json()) : begun;
        if (then == now) continue;
        throw Error(file_, "needs --resume with what it was begun with",
                    fmt::format("{} was {} and is {}", name, visible(then.dump()), visible(now.dump())));
    }
}

void AnswerFile::note_settings(const nlohmann::ordered_json& settings) const {
    // In place, because the lock is on this very file. A kill in between finds no rows yet.
    const int refusal =
        ::ftruncate(lock_.number(), 0) != 0 ? errno : write_whole(lock_.number(), json_text(settings));
    if (refusal != 0) throw Error(settings_file_, "cannot be written", std::strerror(refusal));
}

}  // namespace melvit::cli
