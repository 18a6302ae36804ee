#pragma once

#include "melvit/core/export.h"

#include <concepts>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace melvit {

/// What went wrong with data from outside, in one sentence: "<thing>: <need>, <finding>".
///
/// thing    the file, flag or key, as the user named it
/// need     what melvit needs there ("needs at least one window of 2048 samples")
/// finding  what is there instead ("it has 12")
class MELVIT_API Error : public std::runtime_error {
public:
    Error(std::string_view thing, std::string_view need, std::string_view finding);

    /// For a file: the path as the thing. A template, so that text does not turn into a path here.
    template <std::same_as<std::filesystem::path> Path>
    Error(const Path& file, std::string_view need, std::string_view finding)
        : Error(std::string_view(file.native()), need, finding) {}

    const std::string& need() const { return need_; }
    const std::string& finding() const { return finding_; }

    /// "need, finding": the sentence without the thing, for lists that name the thing in a column of its own.
    std::string reason() const { return need_ + ", " + finding_; }

private:
    std::string need_, finding_;
};

/// An input that a long job passed over, and why; the job goes on and lists these at its end.
struct Skipped {
    std::string file;
    std::string reason;
};

/// `{"file", "reason"}`, found by nlohmann::json: a list of them goes into a document as it is.
template <class Json>
void to_json(Json& json, const Skipped& skipped) {
    json = Json{{"file", skipped.file}, {"reason", skipped.reason}};
}

/// Whoever called asked the work to stop; see core/context.h.
class MELVIT_API Stopped : public std::runtime_error {
public:
    Stopped() : std::runtime_error("stopped") {}
};

}  // namespace melvit
