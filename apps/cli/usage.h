#pragma once

#include "melvit/core/error.h"

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace melvit::cli {

/// A wrong value on the command line that only a look at the whole finds: ends with kUsage.
class UsageError : public Error {
public:
    using Error::Error;
};

/// What is wrong with a command line that CLI11 refused, in one sentence: the mistyped subcommand or flag first, with
/// the nearest known one, since a flag that seems missing is often one that was mistyped.
std::string complaint(const CLI::App& program, const CLI::ParseError& error);

/// Runs checks of values that flags gave. Their Error becomes a UsageError that names the flag ("lr" is --lr)
/// and the nearest allowed value.
///
/// flag    the flag that gave the value; empty: the thing that the Error names
/// throws  UsageError
void check_flags_with(const std::function<void()>& checks, const std::string& flag = "");

}  // namespace melvit::cli
