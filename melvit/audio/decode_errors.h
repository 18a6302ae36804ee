#pragma once

#include <cstddef>
#include <string>

namespace melvit {

/// Keeps count of the packets that a decoder refused, and tells holes in the music from what merely lies
/// around it: tags and pictures in front of the first good packet are no loss, nor is up to a second of them
/// behind the last one.
class DecodeErrors {
public:
    /// at_seconds       how much was decoded before it
    /// packet_seconds   how long the packet would have played; 0 when unknown
    void refused(double at_seconds, double packet_seconds);

    void decoded();

    /// The stream is over: a long run of refused packets at its end was music too.
    void ended();

    /// Empty, or "3 packets could not be decoded, the first at 12.3 s".
    std::string sentence() const;

private:
    struct Run {
        std::size_t packets = 0;
        double seconds = 0;
        double first_seconds = 0;
    };
    void count_run();

    bool any_decoded_ = false;
    Run run_;   ///< refused since the last good packet
    Run lost_;  ///< known to be holes
};

}  // namespace melvit
