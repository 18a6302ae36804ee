#include "melvit/fetch/transfer.h"

#include "melvit/core/error.h"
#include "melvit/core/resource.h"
#include "melvit/core/text.h"
#include "melvit/core/version.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <curl/curl.h>
#include <exception>
#include <fmt/format.h>
#include <memory>
#include <string_view>

namespace melvit {
namespace {

using CurlHandle = std::unique_ptr<CURL, ReleasedBy<curl_easy_cleanup>>;
using CurlList = std::unique_ptr<curl_slist, ReleasedBy<curl_slist_free_all>>;

constexpr long kMostRedirects = 10;

std::uint64_t number_in(std::string_view text) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// The state of one transfer while libcurl runs it.
class Transfer {
public:
    Transfer(const TransferRequest& request, const FetchLimits& limits, TransferSink& sink,
             std::stop_token stop)
        : request_(request), limits_(limits), sink_(sink), stop_(std::move(stop)), curl_(curl_easy_init()) {
        if (!curl_)
            throw Error(std::string_view(request.url), "needs libcurl to download it", "it would not start");
    }

    TransferEnd run() {
        set_up();
        const CURLcode code = curl_easy_perform(curl_.get());
        if (failure_) std::rethrow_exception(failure_);
        if (code == CURLE_OK && !has_begun_) begin();  // an empty file
        if (failure_) std::rethrow_exception(failure_);
        return end_of(code);
    }

private:
    template <class Value>
    void set(CURLoption option, Value value) {
        curl_easy_setopt(curl_.get(), option, value);
    }

    void set_up() {
        const bool is_secure = request_.url.starts_with("https:");
        set(CURLOPT_URL, request_.url.c_str());
        set(CURLOPT_PROTOCOLS_STR, "http,https");
        set(CURLOPT_REDIR_PROTOCOLS_STR, is_secure ? "https" : "http,https");
        set(CURLOPT_FOLLOWLOCATION, 1L);
        set(CURLOPT_MAXREDIRS, kMostRedirects);
        set(CURLOPT_FAILONERROR, 1L);
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_CONNECTTIMEOUT, limits_.connect_seconds);
        set(CURLOPT_LOW_SPEED_LIMIT, 1L);
        set(CURLOPT_LOW_SPEED_TIME, limits_.stall_seconds);
        set(CURLOPT_USERAGENT, user_agent_.c_str());
        set(CURLOPT_ERRORBUFFER, message_.data());
        if (request_.begin > 0) {
            range_ = fmt::format("{}-", request_.begin);
            set(CURLOPT_RANGE, range_.c_str());
            headers_.reset(
                curl_slist_append(nullptr, fmt::format("If-Range: {}", request_.validator).c_str()));
            set(CURLOPT_HTTPHEADER, headers_.get());
        }
        set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
        set(CURLOPT_HEADERDATA, this);
        set(CURLOPT_WRITEFUNCTION, &Transfer::on_bytes);
        set(CURLOPT_WRITEDATA, this);
        set(CURLOPT_NOPROGRESS, 0L);
        set(CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
        set(CURLOPT_XFERINFODATA, this);
    }

    // libcurl is C: no exception may pass through it, so they wait in failure_.
    template <class Action>
    bool guarded(Action action) noexcept {
        try {
            action();
            return true;
        } catch (...) {
            failure_ = std::current_exception();
            return false;
        }
    }

    static std::size_t on_header(char* text, std::size_t, std::size_t length, void* self) {
        auto& transfer = *static_cast<Transfer*>(self);
        return transfer.guarded([&] { transfer.header({text, length}); }) ? length : 0;
    }

    static std::size_t on_bytes(char* bytes, std::size_t, std::size_t length, void* self) {
        auto& transfer = *static_cast<Transfer*>(self);
        const auto take = [&] {
            if (!transfer.has_begun_) transfer.begin();
            if (!transfer.failure_) transfer.sink_.take(std::as_bytes(std::span(bytes, length)));
        };
        return transfer.guarded(take) && !transfer.failure_ ? length : 0;
    }

    static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
        return static_cast<Transfer*>(self)->stop_.stop_requested() ? 1 : 0;
    }

    void header(std::string_view line) {
        if (line.starts_with("HTTP/")) head_ = {};  // the head of the next redirect
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) return;
        const std::string name = lower_case(line.substr(0, colon));
        const std::string_view value = trimmed(line.substr(colon + 1));
        if (name == "content-range") content_range(value);
        if (name == "etag" && !value.starts_with("W/")) head_.validator = value;
        if (name == "last-modified" && head_.validator.empty()) head_.validator = value;
    }

    /// "bytes 100-199/200"; the total may be *.
    void content_range(std::string_view value) {
        const std::size_t digits = value.find_first_of("0123456789");
        const std::size_t slash = value.find('/');
        if (digits != std::string_view::npos) head_.begin = number_in(value.substr(digits));
        if (slash != std::string_view::npos) head_.total = number_in(value.substr(slash + 1));
    }

    void begin() {
        has_begun_ = true;
        curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &head_.status);
        curl_off_t length = -1;
        curl_easy_getinfo(curl_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
        if (head_.status != 206) head_.begin = 0;
        if (length >= 0 && head_.total == 0) head_.total = head_.begin + static_cast<std::uint64_t>(length);
        guarded([&] { sink_.begin(head_); });
    }

    TransferEnd end_of(CURLcode code) {
        long status = 0;
        curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status);
        switch (code) {
            case CURLE_OK:
                return TransferEnd::complete;
            case CURLE_ABORTED_BY_CALLBACK:
                throw Stopped();
            case CURLE_HTTP_RETURNED_ERROR:
                if (status == 416)
                    return head_.total == request_.begin ? TransferEnd::complete : TransferEnd::out_of_range;
                fail("needs a server that has it", fmt::format("the answer is HTTP status {}", status));
            case CURLE_COULDNT_RESOLVE_HOST:
            case CURLE_COULDNT_RESOLVE_PROXY:
            case CURLE_COULDNT_CONNECT:
                fail("needs a network connection", message());
            case CURLE_TOO_MANY_REDIRECTS:
                fail(fmt::format("needs at most {} redirects", kMostRedirects), "there are more");
            case CURLE_UNSUPPORTED_PROTOCOL:
                fail("needs http or https all the way", message());
            default:
                break;
        }
        if (has_begun_ || is_interruption(code)) return TransferEnd::broken_off;
        fail("needs a server that answers", message());
    }

    static bool is_interruption(CURLcode code) {
        return code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING;
    }

    [[noreturn]] void fail(std::string_view need, std::string_view finding) const {
        throw Error(std::string_view(request_.url), need, finding);
    }

    std::string message() const {
        return printable(message_.front() == '\0' ? "it failed" : message_.data());
    }

    const TransferRequest& request_;
    const FetchLimits& limits_;
    TransferSink& sink_;
    std::stop_token stop_;
    CurlHandle curl_;
    CurlList headers_;
    std::string range_;
    std::string user_agent_ = fmt::format("melvit/{}", kVersion);
    std::array<char, CURL_ERROR_SIZE> message_{};
    TransferHead head_;
    bool has_begun_ = false;
    std::exception_ptr failure_;
};

}  // namespace

TransferEnd transfer(const TransferRequest& request, const FetchLimits& limits, TransferSink& sink,
                     std::stop_token stop) {
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK)
        throw Error(std::string_view(request.url), "needs libcurl", curl_easy_strerror(started));
    return Transfer(request, limits, sink, std::move(stop)).run();
}

}  // namespace melvit
