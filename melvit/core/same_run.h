#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

namespace melvit {

/// What was begun in a folder, as its description says, held against what is to go on there (--resume). What
/// makes the two the same is asked in parts, as some of it is known only once features are made.
struct SameRun {
    std::filesystem::path file;  ///< the description, for errors
    std::string_view kind;       ///< "sweep"
    nlohmann::ordered_json begun;
    const nlohmann::ordered_json& now;

    /// throws  Error unless both have these values
    void check(std::span<const std::string_view> keys) const;

    /// throws  Error unless both have the same body: "sha256" of "body"
    void check_body() const;

    /// Of the processor, the program and the precision: "identity", a NumericIdentity, or several by name.
    ///
    /// throws  Error of check_same_identity
    void check_identity() const;
};

}  // namespace melvit
