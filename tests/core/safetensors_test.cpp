#include "melvit/core/safetensors.h"

#include "melvit/core/file.h"

#include "tests/support/errors.h"
#include "tests/support/test_files.h"

#include <cstring>
#include <gtest/gtest.h>
#include <numeric>

namespace melvit {
namespace {

using test::TempFolder;

/// A file of this header and data.
std::string file_of(const std::string& header, const std::string& data = "") {
    const std::uint64_t length = header.size();
    return std::string(reinterpret_cast<const char*>(&length), sizeof(length)) + header + data;
}

std::string tensor_entry(const std::string& type, const std::string& shape, const std::string& offsets) {
    return R"({"dtype":")" + type + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets + "}";
}

std::string one_tensor(const std::string& type, const std::string& shape, const std::string& offsets) {
    return R"({"w":)" + tensor_entry(type, shape, offsets) + "}";
}

const std::string kEightBytes = "01234567";

std::vector<float> floats_of(const SafetensorsFile& file, const std::string& name) {
    const AlignedFloats floats = file.at(name).to_floats(name);
    return {floats.begin(), floats.end()};
}

TEST(Safetensors, brings_back_what_was_written) {
    const TempFolder folder;
    Matrix matrix(2, 3);
    std::iota(matrix.values().begin(), matrix.values().end(), 1.0F);
    const std::vector<std::byte> bytes{std::byte{7}, std::byte{255}, std::byte{0}};
    const std::vector<TensorToWrite> tensors{{"bytes", ElementType::u8, {3}, bytes},
                                             tensor_of("matrix", matrix)};
    write_safetensors(folder / "a.safetensors", tensors, {{"key \"1\"", "value\n\xC3\xA4"}});
    const SafetensorsFile file(folder / "a.safetensors");
    EXPECT_EQ(file.tensors().size(), 2U);
    EXPECT_EQ(file.matrix("matrix"), matrix);
    EXPECT_EQ(file.at("bytes").type, ElementType::u8);
    EXPECT_EQ(std::memcmp(file.at("bytes").bytes.data(), bytes.data(), 3), 0);
    EXPECT_EQ(file.metadata_at("key \"1\""), "value\n\xC3\xA4");
    EXPECT_TRUE(file.has("matrix"));
    EXPECT_FALSE(file.has("other"));
}

TEST(Safetensors, begins_its_data_at_a_multiple_of_eight) {
    const TempFolder folder;
    for (const std::string name : {"a", "ab", "abc", "abcd", "abcde"}) {
        write_safetensors(folder / "a.safetensors",
                          std::vector<TensorToWrite>{{name, ElementType::u8, {0}, {}}}, {});
        const std::string text = read_text_file(folder / "a.safetensors");
        EXPECT_EQ(text.size() % 8, 0U);
        EXPECT_EQ(SafetensorsFile(folder / "a.safetensors").at(name).element_count(), 0U);
    }
}

TEST(Safetensors, holds_no_tensor_when_none_was_written) {
    const TempFolder folder;
    write_safetensors(folder / "a.safetensors", {}, {});
    EXPECT_TRUE(SafetensorsFile(folder / "a.safetensors").tensors().empty());
    EXPECT_TRUE(SafetensorsFile(folder / "a.safetensors").metadata().empty());
}

TEST(Safetensors, keeps_its_bytes_where_they_are_when_moved) {
    const TempFolder folder;
    write_safetensors(folder / "a.safetensors", std::vector{tensor_of("m", Matrix(1, 4))}, {});
    SafetensorsFile first(folder / "a.safetensors");
    const SafetensorsFile second = std::move(first);
    EXPECT_EQ(floats_of(second, "m"), std::vector<float>(4));
    EXPECT_EQ(second.path(), folder / "a.safetensors");
}

TEST(Safetensors, turns_bytes_that_are_no_utf8_into_something_readable) {
    const TempFolder folder;
    write_safetensors(folder / "a.safetensors", {}, {{"path", "music\xFF"}});
    EXPECT_EQ(SafetensorsFile(folder / "a.safetensors").metadata_at("path"), "music\xEF\xBF\xBD");
}

TEST(Safetensors, gives_tensors_of_any_shape_as_matrices) {
    const TempFolder folder;
    const std::vector<float> values{1, 2, 3, 4, 5, 6};
    const auto bytes = std::as_bytes(std::span(values));
    const std::vector<TensorToWrite> tensors{{"cube", ElementType::f32, {1, 3, 2}, bytes},
                                             {"list", ElementType::f32, {6}, bytes},
                                             {"scalar", ElementType::f32, {}, bytes.first(4)},
                                             {"nothing", ElementType::f32, {0, 3}, {}}};
    write_safetensors(folder / "a.safetensors", tensors, {});
    const SafetensorsFile file(folder / "a.safetensors");
    EXPECT_EQ(file.matrix("cube").columns(), 6U);
    EXPECT_EQ(file.matrix("list").rows(), 6U);
    EXPECT_EQ(file.matrix("scalar").size(), 1U);
    EXPECT_TRUE(file.matrix("nothing").empty());
}

TEST(Safetensors, names_the_tensor_or_the_key_it_lacks) {
    const TempFolder folder;
    write_safetensors(folder / "a.safetensors", {}, {});
    const SafetensorsFile file(folder / "a.safetensors");
    EXPECT_TRUE(test::holds(test::error_of([&] { (void)file.at("w"); }), "needs a tensor \"w\""));
    EXPECT_TRUE(test::holds(test::error_of([&] { (void)file.matrix("w"); }), "needs a tensor \"w\""));
    EXPECT_TRUE(
        test::holds(test::error_of([&] { (void)file.metadata_at("k"); }), "needs \"k\" in its metadata"));
}

TEST(GoldenSafetensors, reads_each_type_that_the_library_writes) {
    const SafetensorsFile file(test::golden("types.safetensors"));
    const std::vector<float> counting{0, 1, 2, 3, 4, 5};
    for (const char* name : {"float64", "float32", "float16", "bfloat16"})
        EXPECT_EQ(floats_of(file, name), counting);
    EXPECT_EQ(floats_of(file, "scalar"), std::vector<float>{2.5F});
    EXPECT_EQ(file.at("empty").shape, (std::vector<std::size_t>{0, 3}));
    EXPECT_EQ(file.metadata_at("made by"), "safetensors");
    for (const char* name : {"int64", "int32", "int16", "int8", "uint8", "bool"}) {
        EXPECT_TRUE(test::holds(test::error_of([&] { (void)floats_of(file, name); }),
                                "needs floating-point elements"));
        EXPECT_EQ(file.at(name).element_count(), 6U);
    }
}

struct BadFile {
    std::string name;
    std::string bytes;
    std::string error;
};

void PrintTo(const BadFile& bad, std::ostream* out) {
    *out << bad.name;
}

class BadSafetensors : public testing::TestWithParam<BadFile> {};

TEST_P(BadSafetensors, is_refused_with_its_reason) {
    const TempFolder folder;
    const auto path = folder / "bad.safetensors";
    write_file(path, GetParam().bytes);
    const std::string error = test::error_of([&] { SafetensorsFile file(path); });
    EXPECT_TRUE(error.starts_with(path.string() + ": needs ")) << error;
    EXPECT_TRUE(test::holds(error, GetParam().error));
}

std::string number_bytes(std::uint64_t number) {
    return {reinterpret_cast<const char*>(&number), sizeof(number)};
}

std::vector<BadFile> bad_headers() {
    const std::string tensor = tensor_entry("U8", "[8]", "[0,8]");
    return {
        {"empty_file", "", "it is empty"},
        {"seven_bytes", "1234567", "it is a text that begins with"},
        {"text", "this is a text and no tensor at all", "it is a text that begins with"},
        {"header_length_over_100_mb", number_bytes(100'000'001) + "{}", "say 100000001 bytes"},
        {"header_length_of_2_to_64", number_bytes(~0ULL) + "{}", "say 18446744073709551615 bytes"},
        {"header_longer_than_the_file", number_bytes(3) + "{}", "say 3 bytes and 2 follow"},
        {"empty_header", number_bytes(0), "starts with {"},
        {"header_that_starts_with_a_space", file_of(" {}"), "starts with {"},
        {"header_of_an_array", file_of("[]"), "starts with {"},
        {"header_cut_off", file_of(R"({"w":{"dtype":"U8")"), "needs a header of JSON"},
        {"header_with_a_tail", file_of("{}x"), "needs a header of JSON"},
        {"header_with_wrong_utf8", file_of("{\"\xFF\":1}"), "needs a header of JSON"},
        {"header_with_control_bytes", file_of("{\"\x1b[2J\":1}"), "needs a header of JSON"},
        {"nested_deeper", file_of(R"({"w":{"dtype":{"a":1}}})"), "needs a flat header"},
        {"array_in_an_array", file_of(R"({"w":{"shape":[[1]]}})"), "needs a flat header"},
        {"array_for_a_tensor", file_of(R"({"w":[1]})"), "needs a flat header"},
        {"a_million_arrays", file_of(R"({"w":)" + std::string(1'000'000, '[')), "needs a flat header"},
        {"a_million_objects",
         file_of("{" +
                 [] {
                     std::string deep;
                     for (int i = 0; i < 1'000'000; ++i) deep += "\"a\":{";
                     return deep;
                 }()),
         "needs a flat header"},
        {"number_for_a_tensor", file_of(R"({"w":1})"), "needs an object for each tensor"},
        {"same_name_twice", file_of(R"({"w":)" + tensor + R"(,"w":)" + tensor + "}", kEightBytes),
         "distinct names"},
        {"same_key_twice",
         file_of(R"({"w":{"dtype":"U8","shape":[8],"shape":[8],"data_offsets":[0,8]}})", kEightBytes),
         "distinct names"},
        {"metadata_of_numbers", file_of(R"({"__metadata__":{"a":1}})"), "needs strings as metadata"},
        {"metadata_twice", file_of(R"({"__metadata__":{},"__metadata__":{}})"), "distinct names"},
        {"no_dtype", file_of(R"({"w":{"shape":[8],"data_offsets":[0,8]}})", kEightBytes),
         "needs dtype, shape and data_offsets"},
        {"extra_key", file_of(R"({"w":{"dtype":"U8","shape":[8],"data_offsets":[0,8],"x":1}})", kEightBytes),
         "needs dtype, shape"},
        {"unknown_dtype", file_of(one_tensor("F4", "[8]", "[0,8]"), kEightBytes), "\"w\" is of type \"F4\""},
        {"dtype_of_a_number", file_of(R"({"w":{"dtype":1,"shape":[8],"data_offsets":[0,8]}})", kEightBytes),
         "needs dtype, shape"},
    };
}

std::vector<BadFile> bad_tensors() {
    const auto two = [](const std::string& first, const std::string& second) {
        return file_of(R"({"a":)" + tensor_entry("U8", "[4]", first) + R"(,"b":)" +
                           tensor_entry("U8", "[4]", second) + "}",
                       kEightBytes);
    };
    return {
        {"negative_size", file_of(one_tensor("U8", "[-8]", "[0,8]"), kEightBytes),
         "needs dtype, shape and data_offsets"},
        {"fraction_of_a_size", file_of(one_tensor("U8", "[8.0]", "[0,8]"), kEightBytes),
         "needs dtype, shape"},
        {"size_over_64_bits", file_of(one_tensor("U8", "[18446744073709551616]", "[0,8]"), kEightBytes),
         "needs dtype, shape"},
        {"text_as_a_size", file_of(one_tensor("U8", "[\"8\"]", "[0,8]"), kEightBytes), "needs dtype, shape"},
        {"shape_that_overflows", file_of(one_tensor("U8", "[4294967296,4294967296]", "[0,0]")),
         "less than 2^64 bytes"},
        {"bytes_that_overflow", file_of(one_tensor("F64", "[2305843009213693952]", "[0,0]")),
         "less than 2^64 bytes"},
        {"33_dimensions",
         file_of(one_tensor(
                     "U8",
                     "[1" +
                         [] {
                             std::string ones;
                             for (int i = 0; i < 32; ++i) ones += ",1";
                             return ones;
                         }() +
                         "]",
                     "[0,1]"),
                 "x"),
         "at most 32 dimensions"},
        {"one_offset", file_of(one_tensor("U8", "[8]", "[8]"), kEightBytes), "needs dtype, shape"},
        {"three_offsets", file_of(one_tensor("U8", "[8]", "[0,8,8]"), kEightBytes), "needs dtype, shape"},
        {"offsets_reversed", file_of(one_tensor("U8", "[8]", "[8,0]"), kEightBytes), "lies at 8 to 0"},
        {"offsets_outside", file_of(one_tensor("U8", "[8]", "[1,9]"), kEightBytes), "lies at 1 to 9"},
        {"offsets_far_outside",
         file_of(one_tensor("U8", "[8]", "[18446744073709551607,18446744073709551615]"), kEightBytes),
         "needs offsets within its 8 bytes"},
        {"too_few_bytes", file_of(one_tensor("F32", "[4]", "[0,8]"), kEightBytes), "asks for 16 and has 8"},
        {"too_many_bytes", file_of(one_tensor("U8", "[4]", "[0,8]"), kEightBytes), "asks for 4 and has 8"},
        {"overlap", two("[0,4]", "[0,4]"), "there is an overlap at byte 0"},
        {"partial_overlap", two("[0,4]", "[2,6]"), "there is an overlap at byte 2"},
        {"hole_at_the_start", file_of(one_tensor("U8", "[4]", "[4,8]"), kEightBytes),
         "there is a hole at byte 0"},
        {"bytes_left_over", file_of(one_tensor("U8", "[4]", "[0,4]"), kEightBytes),
         "needs 4 bytes of data, it has 8"},
        {"data_without_a_tensor", file_of("{}", kEightBytes), "needs 0 bytes of data, it has 8"},
    };
}

const auto kName = [](const testing::TestParamInfo<BadFile>& info) { return info.param.name; };
INSTANTIATE_TEST_SUITE_P(Header, BadSafetensors, testing::ValuesIn(bad_headers()), kName);
INSTANTIATE_TEST_SUITE_P(Tensor, BadSafetensors, testing::ValuesIn(bad_tensors()), kName);

TEST(Safetensors, refuses_a_file_cut_off_at_any_byte) {
    const TempFolder folder;
    write_safetensors(folder / "whole", std::vector{tensor_of("m", Matrix(1, 4))}, {{"a", "b"}});
    const std::string whole = read_text_file(folder / "whole");
    for (std::size_t length = 0; length < whole.size(); ++length) {
        test::write_quickly(folder / "cut", whole.substr(0, length));
        EXPECT_THROW(SafetensorsFile{folder / "cut"}, Error) << length << " of " << whole.size() << " bytes";
    }
}

TEST(Safetensors, survives_a_wrong_byte_anywhere) {
    const TempFolder folder;
    write_safetensors(folder / "whole", std::vector{tensor_of("m", Matrix(1, 4))}, {{"a", "b"}});
    const std::string whole = read_text_file(folder / "whole");
    std::size_t refused = 0;
    for (std::size_t i = 0; i + 16 < whole.size(); ++i) {
        for (const int flip : {0x01, 0x80, 0xFF}) {
            std::string broken = whole;
            broken[i] = static_cast<char>(broken[i] ^ flip);
            test::write_quickly(folder / "broken", broken);
            try {
                const SafetensorsFile file(folder / "broken");
                for (const auto& [name, tensor] : file.tensors()) EXPECT_LE(tensor.bytes.size(), 16U);
            } catch (const Error&) {
                ++refused;
            }
        }
    }
    EXPECT_GT(refused, whole.size());
}

TEST(Safetensors, refuses_what_is_no_regular_file) {
    const TempFolder folder;
    EXPECT_TRUE(
        test::holds(test::error_of([&] { SafetensorsFile file(folder.path()); }), "it is a directory"));
    EXPECT_TRUE(test::holds(test::error_of([&] { SafetensorsFile file(folder / "none"); }), "No such file"));
}

TEST(Safetensors, leaves_nothing_behind_when_its_folder_is_missing) {
    const TempFolder folder;
    EXPECT_TRUE(test::holds(test::error_of([&] { write_safetensors(folder / "none/a", {}, {}); }),
                            "cannot be written"));
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

}  // namespace
}  // namespace melvit
