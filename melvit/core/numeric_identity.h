#pragma once

#include "melvit/core/config.h"

#include <nlohmann/json.hpp>
#include <string>
#include <tuple>

namespace melvit {

/// All that numbers depend on besides their inputs and settings. Equal identities give equal bits; with
/// different ones features may differ, in the last bits (another order of sums) or far above them (other
/// factors). One identity for songs and pictures, so that it is known before any
/// file is opened.
struct NumericIdentity {
    std::string precision;
    std::string device;
    std::string instructions;
    std::string engine;
    std::string factors;
    std::string attention_factors;
    std::string build;
    std::string libm;
    std::string decoder;
    std::string resampler;
    std::string pictures;

    static constexpr auto fields() {
        using I = NumericIdentity;
        return std::tuple{
            Field{"precision", &I::precision, "of the body's linear layers"},
            Field{"device", &I::device, "that the body runs on"},
            Field{"instructions", &I::instructions, "of the processor, within MELVIT_MAX_ISA"},
            Field{"engine", &I::engine, "whose products the linear layers are, with its version"},
            Field{"factors", &I::factors, "formats of a linear layer's activations and weights"},
            Field{"attention_factors", &I::attention_factors, "format of attention's four factors"},
            Field{"build", &I::build, "the compiler and the instructions it may use anywhere"},
            Field{"libm", &I::libm, "whose logarithms and exponentials these are"},
            Field{"decoder", &I::decoder, "of songs, with versions"},
            Field{"resampler", &I::resampler, "of songs, with its version"},
            Field{"pictures", &I::pictures, "the readers of picture files, with versions"}};
    }

    bool operator==(const NumericIdentity&) const = default;

    /// All of it on one line, for people.
    std::string text() const;
};

/// An identity that config_to_json wrote into a folder's description.
///
/// file    the description's, for the error
/// throws  Error when there is none: an older version's numbers may be any
NumericIdentity identity_from_json(const nlohmann::ordered_json& json, const std::string& file);

/// Says that work which was begun with other numbers cannot go on: half of its results would not compare with
/// the other half.
///
/// thing   what was begun
/// throws  Error that names both precisions and instruction sets, and all else in which the two differ
void check_same_identity(const NumericIdentity& begun, const NumericIdentity& now, const std::string& thing);

}  // namespace melvit
