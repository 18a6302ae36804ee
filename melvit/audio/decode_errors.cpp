#include "melvit/audio/decode_errors.h"

#include <fmt/format.h>

namespace melvit {

void DecodeErrors::refused(double at_seconds, double packet_seconds) {
    if (!any_decoded_) return;
    if (run_.packets == 0) run_.first_seconds = at_seconds;
    ++run_.packets;
    run_.seconds += packet_seconds;
}

void DecodeErrors::decoded() {
    any_decoded_ = true;
    count_run();
}

void DecodeErrors::ended() {
    if (run_.seconds >= 1.0) count_run();
}

void DecodeErrors::count_run() {
    if (run_.packets == 0) return;
    if (lost_.packets == 0) lost_.first_seconds = run_.first_seconds;
    lost_.packets += run_.packets;
    run_ = {};
}

std::string DecodeErrors::sentence() const {
    if (lost_.packets == 0) return {};
    return fmt::format("{} packet{} could not be decoded, the first at {:.1f} s", lost_.packets,
                       lost_.packets == 1 ? "" : "s", lost_.first_seconds);
}

}  // namespace melvit
