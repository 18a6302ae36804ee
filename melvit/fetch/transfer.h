#pragma once

#include "melvit/fetch/fetch.h"

#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <string>

namespace melvit {

/// One GET.
struct TransferRequest {
    std::string url;          ///< http or https; https is never left for http
    std::uint64_t begin = 0;  ///< bytes that are there already, asked for with Range
    std::string validator;    ///< the ETag or date that the rest must still have, asked for with If-Range
};

/// What the server says before it sends.
struct TransferHead {
    long status = 0;
    std::uint64_t begin = 0;  ///< where the bytes that follow belong; 0 when the server starts over
    std::uint64_t total = 0;  ///< bytes of the whole file; 0 when not said
    std::string validator;    ///< a strong ETag, else the date of the last change, else nothing
};

/// Where a transfer's bytes go. What it throws ends the transfer and reaches the caller.
class TransferSink {
public:
    virtual ~TransferSink() = default;

    /// Once, before the first bytes, for a status of 200 or 206.
    virtual void begin(const TransferHead& head) = 0;
    virtual void take(std::span<const std::byte> bytes) = 0;
};

/// How a transfer ended, other than by an error.
enum class TransferEnd {
    complete,
    broken_off,    ///< the connection ended or stalled before the stated length
    out_of_range,  ///< HTTP 416: the server's file is shorter than `begin`
};

/// stop    ends it
/// throws  Error: no connection, another HTTP status, too many redirects or one to another protocol; Stopped
TransferEnd transfer(const TransferRequest& request, const FetchLimits& limits, TransferSink& sink,
                     std::stop_token stop = {});

}  // namespace melvit
