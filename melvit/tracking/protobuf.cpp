#include "melvit/tracking/protobuf.h"

#include "melvit/tracking/little_endian.h"

namespace melvit {
namespace {

enum WireType : unsigned { kVarint = 0, kFixed64 = 1, kLengthDelimited = 2, kFixed32 = 5 };

}  // namespace

void ProtobufMessage::varint(std::uint32_t field, std::uint64_t value) {
    tag(field, kVarint);
    raw_varint(value);
}

void ProtobufMessage::number(std::uint32_t field, double value) {
    tag(field, kFixed64);
    append_little_endian(bytes_, value);
}

void ProtobufMessage::single(std::uint32_t field, float value) {
    tag(field, kFixed32);
    append_little_endian(bytes_, value);
}

void ProtobufMessage::bytes(std::uint32_t field, std::string_view value) {
    tag(field, kLengthDelimited);
    raw_varint(value.size());
    bytes_ += value;
}

void ProtobufMessage::raw_varint(std::uint64_t value) {
    for (; value >= 0x80U; value >>= 7U) bytes_.push_back(static_cast<char>((value & 0x7FU) | 0x80U));
    bytes_.push_back(static_cast<char>(value));
}

void ProtobufMessage::tag(std::uint32_t field, unsigned wire_type) {
    raw_varint(std::uint64_t{field} << 3U | wire_type);
}

}  // namespace melvit
