#include "melvit/tracking/protobuf.h"

#include "melvit/tracking/crc32.h"
#include "melvit/tracking/crc32c.h"

#include <gtest/gtest.h>
#include <limits>

namespace melvit {
namespace {

using std::string_literals::operator""s;

TEST(ProtobufTest, FieldsAreTheEncodingGuidesExamples) {
    ProtobufMessage one;
    one.varint(1, 150);
    EXPECT_EQ(one.serialized(), "\x08\x96\x01"s);
    ProtobufMessage text;
    text.text(2, "testing");
    EXPECT_EQ(text.serialized(), "\x12\x07testing"s);
    ProtobufMessage nested;
    nested.message(3, one);
    EXPECT_EQ(nested.serialized(), "\x1a\x03\x08\x96\x01"s);
}

TEST(ProtobufTest, LargeFieldNumbersAndValuesTakeMoreBytes) {
    ProtobufMessage message;
    message.varint(16, std::numeric_limits<std::uint64_t>::max());
    EXPECT_EQ(message.serialized(), "\x80\x01" + std::string(9, '\xFF') + "\x01");
    ProtobufMessage zero;
    zero.varint(1, 0);
    EXPECT_EQ(zero.serialized(), "\x08\x00"s);
}

TEST(ProtobufTest, FloatsAreLittleEndianAndEmptyTextIsLeftOut) {
    ProtobufMessage message;
    message.number(1, 1.0);
    message.single(2, -2.0F);
    message.text(3, "");
    message.bytes(4, "");
    EXPECT_EQ(message.serialized(), "\x09\x00\x00\x00\x00\x00\x00\xF0\x3F\x15\x00\x00\x00\xC0\x22\x00"s);
}

TEST(ChecksumTest, EqualThePublishedCheckValues) {
    EXPECT_EQ(crc32_of("123456789"), 0xCBF43926U);
    EXPECT_EQ(crc32_of("6789", crc32_of("12345")), 0xCBF43926U);
    EXPECT_EQ(crc32c_of("123456789"), 0xE3069283U);
    EXPECT_EQ(crc32c_of(std::string(32, '\0')), 0x8A9136AAU);  // RFC 3720, B.4
}

TEST(ChecksumTest, TheMaskIsThatOfTfRecords) {
    // The first eight bytes of a file whose first event has 24 bytes, and their checksum in that file.
    EXPECT_EQ(masked_crc32c_of("\x18\0\0\0\0\0\0\0"s), 0x224B7FA3U);
}

}  // namespace
}  // namespace melvit
