#pragma once

#include "melvit/core/sha256.h"
#include "melvit/fetch/fetch.h"

#include "tests/support/http_server.h"
#include "tests/support/test_files.h"

#include <filesystem>
#include <string>

namespace melvit::test {

inline constexpr FetchLimits kQuick{.connect_seconds = 5, .stall_seconds = 1, .attempts = 5};

inline std::string some_content(std::size_t bytes = 300'000) {
    std::string content(bytes, '\0');
    for (std::size_t i = 0; i < bytes; ++i) content[i] = static_cast<char>(i * 7 + i / 251);
    return content;
}

inline KnownDownload data_set(const std::string& url,
                              const std::string& sha256 = sha256_of_text(some_content())) {
    return {"songs", url, sha256, 0, "", false};
}

inline Fetched fetch_quickly(const KnownDownload& download, const TempFolder& folder,
                             const FetchLimits& limits = kQuick) {
    return fetch(download, folder.path(), {}, limits);
}

inline std::size_t files_in(const TempFolder& folder) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder.path()), {}));
}

inline std::string length_of(std::size_t bytes) {
    return "Content-Length: " + std::to_string(bytes) + "\r\n";
}

}  // namespace melvit::test
