#pragma once

#include "melvit/core/context.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace melvit {

/// A file that can be downloaded by name.
struct KnownDownload {
    std::string name;  ///< "vit_b_16"
    std::string url;
    /// 64 hex digits, or the first 8 where only these are known (torchvision's file names); empty when not
    /// known: then only the length that the server states is checked.
    std::string sha256;
    std::uint64_t bytes = 0;  ///< 0 when not known
    std::string what;         ///< one sentence: what it is and its licence
    bool is_body = true;      ///< a .pth to be turned into safetensors, else a data set, kept as it is
    std::string size{};       ///< of a body, as vit_config_of names it; empty when any will do
};

/// The bodies (torchvision's vit_b_16, ...; DeiT's) and data sets that melvit knows.
const std::vector<KnownDownload>& known_downloads();

/// How patient a download is, and how much it takes.
struct FetchLimits {
    long connect_seconds = 30;
    long stall_seconds = 60;  ///< without a byte
    int attempts = 5;         ///< connections that may break off midway, each further than the one before
    std::uint64_t most_bytes = std::uint64_t{64} << 30U;  ///< for a download whose length is not known
};

/// What comes after a URL's last slash, without query and fragment.
std::string file_name_of(const std::string& url);

struct Fetched {
    std::string name;
    std::filesystem::path file;
    std::uint64_t bytes = 0;
    std::string sha256;
};

/// Downloads a file over http(s): resumes a broken download from its `.part` file when the server says that
/// the file is still the same, checks the length and the SHA-256, and gives the file its name only then.
/// Bodies, whether .pth or .safetensors, become NAME.safetensors with timm's names; a data set keeps the file
/// name of its URL. What is there already is not downloaded again, unless its digest is known and another.
///
/// context   progress in "bytes"
/// throws    Error: no network, HTTP status, wrong length, wrong digest or body (the part is deleted),
///           another process at the same download; Stopped
Fetched fetch(const KnownDownload& download, const std::filesystem::path& folder, const Context& context = {},
              const FetchLimits& limits = {});

}  // namespace melvit
