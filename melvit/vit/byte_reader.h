#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>

namespace melvit {

/// Reads little-endian numbers and text from bytes of unknown origin; nothing is read beyond their end.
class ByteReader {
public:
    explicit ByteReader(std::span<const std::byte> bytes, std::size_t position = 0)
        : bytes_(bytes), position_(position < bytes.size() ? position : bytes.size()) {}

    std::size_t position() const { return position_; }
    std::size_t left() const { return bytes_.size() - position_; }

    /// The next `count` bytes, or nothing when fewer are left.
    std::optional<std::span<const std::byte>> take(std::size_t count) {
        if (count > left()) return std::nullopt;
        position_ += count;
        return bytes_.subspan(position_ - count, count);
    }

    std::optional<std::string_view> text(std::size_t count) {
        const auto taken = take(count);
        if (!taken) return std::nullopt;
        return std::string_view(reinterpret_cast<const char*>(taken->data()), count);
    }

    template <class Number>
    std::optional<Number> number() {
        static_assert(std::is_trivially_copyable_v<Number>);
        const auto taken = take(sizeof(Number));
        if (!taken) return std::nullopt;
        Number value;
        std::memcpy(&value, taken->data(), sizeof(Number));
        return value;
    }

private:
    std::span<const std::byte> bytes_;
    std::size_t position_ = 0;
};

}  // namespace melvit
