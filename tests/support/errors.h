#pragma once

#include "melvit/core/error.h"

#include <gtest/gtest.h>
#include <string>
#include <string_view>

namespace melvit::test {

/// The sentence of the Error that `action` throws; "" and a failure when it throws none.
template <class Action>
std::string error_of(Action&& action) {
    try {
        action();
    } catch (const Error& error) {
        return error.what();
    }
    ADD_FAILURE() << "no Error was thrown";
    return "";
}

/// Whether `text` holds `part`; a failure shows both.
inline testing::AssertionResult holds(std::string_view text, std::string_view part) {
    if (text.find(part) != std::string_view::npos) return testing::AssertionSuccess();
    return testing::AssertionFailure() << '"' << text << "\" does not hold \"" << part << '"';
}

/// Whether a sentence says what is needed, or what cannot be done.
inline bool states_a_need(std::string_view sentence) {
    return sentence.find("needs ") != std::string_view::npos ||
           sentence.find("cannot be ") != std::string_view::npos;
}

}  // namespace melvit::test
