// decoded_samples FILE...: the sound of each file as melvit mixes it down, float32 mono at the file's own rate, goes to FILE.melvit;
// a line of JSON about each to standard output. For tools/compare_readers.py.

#include "melvit/audio/track_decoder.h"
#include "melvit/core/error.h"

#include <fmt/format.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>
#include <string>

namespace melvit {
namespace {

nlohmann::json write_samples(const std::string& path) {
    TrackDecoder sound(path);
    std::ofstream out(path + ".melvit", std::ios::binary);
    for (auto samples = sound.next(); !samples.empty(); samples = sound.next()) {
        const auto bytes = std::as_bytes(samples);
        out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    }
    if (!out.flush()) throw Error(path + ".melvit", "cannot be written", "the disk refuses it");
    return {{"file", path},
            {"rate_hz", sound.sample_rate_hz()},
            {"seconds", sound.decoded_seconds()},
            {"warning", sound.warning()}};
}

}  // namespace
}  // namespace melvit

int main(int argc, char** argv) {
    for (const std::string path : std::span(argv, static_cast<std::size_t>(argc)).subspan(1)) {
        nlohmann::json facts;
        try {
            facts = melvit::write_samples(path);
        } catch (const melvit::Error& error) {
            facts = {{"file", path}, {"refused", error.reason()}};
        }
        fmt::print("{}\n", facts.dump());
    }
    return 0;
}
