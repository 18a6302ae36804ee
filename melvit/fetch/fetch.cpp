#include "melvit/fetch/fetch.h"

#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/core/safetensors.h"
#include "melvit/core/sha256.h"
#include "melvit/core/text.h"
#include "melvit/fetch/part_file.h"
#include "melvit/fetch/transfer.h"
#include "melvit/vit/body.h"

#include <algorithm>
#include <cctype>
#include <fmt/format.h>
#include <string_view>

namespace melvit {
namespace {

namespace fs = std::filesystem;

// Where a converted body came from, in its metadata.
constexpr const char* kSourceUrl = "source_url";
constexpr const char* kSourceSha256 = "source_sha256";

/// Letters that are safe in a file name, and no name that hides.
bool is_plain_name(std::string_view name) {
    const auto is_plain = [](unsigned char letter) {
        return std::isalnum(letter) != 0 || letter == '.' || letter == '_' || letter == '-';
    };
    return !name.empty() && name.front() != '.' && name.size() <= 200 && std::ranges::all_of(name, is_plain);
}

void check(const KnownDownload& download) {
    if (!is_plain_name(download.name)) {
        throw Error(std::string_view(download.name), "needs a name of letters, digits, . _ and -",
                    "it has others");
    }
    if (!download.url.starts_with("http://") && !download.url.starts_with("https://")) {
        throw Error(std::string_view(download.url), "needs an address that begins with http:// or https://",
                    "it begins otherwise");
    }
    const std::string& sha = download.sha256;
    const auto is_hex = [](unsigned char letter) { return std::isxdigit(letter) != 0; };
    if (!sha.empty() && (sha.size() < 8 || sha.size() > 64 || !std::ranges::all_of(sha, is_hex))) {
        throw Error(std::string_view(download.name), "needs a SHA-256 of 8 to 64 hex digits",
                    fmt::format("it is \"{}\"", printable(sha)));
    }
}

fs::path target_of(const KnownDownload& download, const fs::path& folder) {
    if (download.is_body) return folder / (download.name + ".safetensors");
    const std::string file = file_name_of(download.url);
    return folder / (is_plain_name(file) ? file : download.name);
}

/// Whether a digest is the wanted one, or begins as it does where only the beginning is known.
bool fits(const std::string& digest, const std::string& wanted) {
    return digest.starts_with(lower_case(wanted));
}

/// Whether the target is there from an earlier fetch of the same download: by the digest, or, where that is
/// not known, by the name alone, which a file has only once it is complete.
bool is_there(const KnownDownload& download, const fs::path& target) {
    std::error_code ignored;
    if (!fs::is_regular_file(target, ignored)) return false;
    if (!download.is_body) return download.sha256.empty() || fits(sha256_of_file(target), download.sha256);
    try {
        const SafetensorsFile file(target);
        return file.metadata_at(kSourceUrl) == download.url &&
               fits(file.metadata_at(kSourceSha256), download.sha256);
    } catch (const Error&) {
        return false;  // broken, or put there by somebody else: it will be replaced
    }
}

/// Puts the bytes of a transfer into the part.
class PartSink : public TransferSink {
public:
    PartSink(const KnownDownload& download, const FetchLimits& limits, PartFile& part, const Context& context)
        : download_(download), limits_(limits), part_(part), context_(context) {}

    void begin(const TransferHead& head) override {
        total_ = head.total;
        if (download_.bytes != 0 && total_ != 0 && total_ != download_.bytes) {
            fail(fmt::format("needs {} bytes", download_.bytes), fmt::format("the server offers {}", total_));
        }
        if (total_ > most())
            fail(fmt::format("needs at most {} bytes", most()), fmt::format("the server offers {}", total_));
        if (head.begin == part_.size() && head.begin > 0) {
            if (!head.validator.empty() && head.validator != part_.validator())
                fail("needs the file that the part began with", "the server has another by now");
            return;
        }
        if (head.begin != 0)
            fail("needs the bytes that were asked for",
                 fmt::format("the server sends those from {}", head.begin));
        part_.start_over(head.validator);
    }

    void take(std::span<const std::byte> bytes) override {
        if (bytes.size() > most() - part_.size())
            fail(fmt::format("needs at most {} bytes", most()), "the server sends more");
        part_.append(bytes);
        context_.report("bytes", part_.size(), total_);
    }

    /// The length of the whole file, 0 when the server has not said.
    std::uint64_t total() const { return total_; }

private:
    std::uint64_t most() const { return download_.bytes != 0 ? download_.bytes : limits_.most_bytes; }

    [[noreturn]] void fail(std::string_view need, std::string_view finding) {
        part_.remove();
        throw Error(std::string_view(download_.url), need, finding);
    }

    const KnownDownload& download_;
    const FetchLimits& limits_;
    PartFile& part_;
    const Context& context_;
    std::uint64_t total_ = 0;
};

/// Fills the part, over several connections if need be.
void fill(PartFile& part, const KnownDownload& download, const Context& context, const FetchLimits& limits) {
    PartSink sink(download, limits, part, context);
    std::uint64_t furthest = 0;
    for (int attempt = 1;; ++attempt) {
        context.throw_if_stopped();
        const TransferEnd end =
            transfer({download.url, part.size(), part.validator()}, limits, sink, context.stop);
        if (end == TransferEnd::complete) break;
        if (end == TransferEnd::out_of_range) part.start_over("");
        if (attempt == limits.attempts || (end == TransferEnd::broken_off && part.size() <= furthest)) {
            const std::string of_total = sink.total() == 0 ? "" : fmt::format(" of {}", sink.total());
            throw Error(std::string_view(download.url),
                        "needs a connection that lasts (another fetch resumes it)",
                        fmt::format("it broke off after {}{} bytes", part.size(), of_total));
        }
        furthest = std::max(furthest, part.size());
        if (part.validator().empty()) part.start_over("");  // the rest could be of another file
    }
    if (download.bytes != 0 && part.size() != download.bytes) {
        const std::uint64_t size = part.size();
        part.remove();
        throw Error(std::string_view(download.url), fmt::format("needs {} bytes", download.bytes),
                    fmt::format("it has {}", size));
    }
}

/// returns  the digest of the part, which is the wanted one
std::string checked_digest(PartFile& part, const KnownDownload& download) {
    part.sync();
    const std::string digest = sha256_of_file(part.path());
    if (fits(digest, download.sha256)) return digest;
    part.remove();
    throw Error(std::string_view(download.url), fmt::format("needs SHA-256 {}", download.sha256),
                fmt::format("it is {}", digest));
}

/// A name that is known stands for one size of ViT, wherever its file came from.
void check_size(const Body& body, const KnownDownload& download) {
    if (download.size.empty()) return;
    const auto text = [](const VitConfig& vit) {
        return fmt::format("{} blocks of width {}", vit.depth, vit.width);
    };
    const VitConfig wanted = vit_config_of(download.size);
    if (body.config == wanted) return;
    throw Error(std::string_view(download.url),
                fmt::format("needs a ViT of {} to be called {}", text(wanted), download.name),
                fmt::format("it has {}", text(body.config)));
}

/// Turns the downloaded checkpoint into a body under its final name.
void convert(PartFile& part, const KnownDownload& download, const std::string& digest,
             const fs::path& target) {
    Body body;
    try {
        body = load_body(part.path().string());
        check_size(body, download);
    } catch (const Error&) {
        part.remove();  // complete and of the right digest, and yet no body: nothing to resume
        throw;
    }
    body.name = download.name;
    write_body(target, body, {{kSourceUrl, download.url}, {kSourceSha256, digest}});
    part.remove();
}

}  // namespace

std::string file_name_of(const std::string& url) {
    const std::string path = url.substr(0, url.find_first_of("?#"));
    return path.substr(path.find_last_of('/') + 1);
}

Fetched fetch(const KnownDownload& download, const fs::path& folder, const Context& context,
              const FetchLimits& limits) {
    check(download);
    make_folder(folder);
    const fs::path target = target_of(download, folder);
    if (!is_there(download, target)) {
        PartFile part(target, download.url);
        try {
            fill(part, download, context, limits);
        } catch (...) {
            if (part.size() == 0) part.remove();  // nothing to go on with
            throw;
        }
        const std::string digest = checked_digest(part, download);
        if (download.is_body) {
            convert(part, download, digest, target);
        } else {
            part.rename_to(target);
        }
    }
    const std::string digest = sha256_of_file(target);
    std::error_code ignored;
    return {download.name, target, fs::file_size(target, ignored), digest};
}

}  // namespace melvit
