#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace melvit {

/// The bytes of one protocol buffer message, field by field in the order of the calls. Readers take any
/// order; equal bytes to those of the protobuf library need the order of the field numbers.
///
/// source  https://protobuf.dev/programming-guides/encoding/
class ProtobufMessage {
public:
    void varint(std::uint32_t field, std::uint64_t value);
    void number(std::uint32_t field, double value);  ///< a "double" field
    void single(std::uint32_t field, float value);   ///< a "float" field
    void bytes(std::uint32_t field, std::string_view value);
    void message(std::uint32_t field, const ProtobufMessage& value) { bytes(field, value.bytes_); }

    /// As proto3 writes fields that have no presence: the empty text is left out.
    void text(std::uint32_t field, std::string_view value) {
        if (!value.empty()) bytes(field, value);
    }

    const std::string& serialized() const { return bytes_; }

private:
    void raw_varint(std::uint64_t value);
    void tag(std::uint32_t field, unsigned wire_type);

    std::string bytes_;
};

}  // namespace melvit
