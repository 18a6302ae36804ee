#include "melvit/vit/torch_file.h"

#include "melvit/core/file.h"

#include "tests/support/errors.h"
#include "tests/support/test_files.h"
#include "tests/support/torch_writer.h"

#include <cmath>
#include <cstring>
#include <gtest/gtest.h>
#include <limits>
#include <numeric>

namespace melvit {
namespace {

using test::TempFolder;

std::vector<float> floats_of(const TorchFile& file, const std::string& name) {
    const AlignedFloats floats = file.tensors().at(name).to_floats(name);
    return {floats.begin(), floats.end()};
}

template <class Number>
std::vector<Number> numbers_of(const TorchFile& file, const std::string& name) {
    const TensorView& tensor = file.tensors().at("model." + name);
    std::vector<Number> numbers(tensor.element_count());
    std::memcpy(numbers.data(), tensor.bytes.data(), tensor.bytes.size());
    return numbers;
}

template <class Number>
std::vector<Number> counting(std::size_t count, Number first = 0) {
    std::vector<Number> numbers(count);
    std::iota(numbers.begin(), numbers.end(), first);
    return numbers;
}

TEST(GoldenTorchFile, reads_each_type_that_torch_saves) {
    const TorchFile file(test::golden("torch_variants.pth"));
    for (const char* name : {"float32", "float64", "float16", "bfloat16"}) {
        EXPECT_EQ(floats_of(file, std::string("model.") + name), counting<float>(6)) << name;
        EXPECT_EQ(file.tensors().at(std::string("model.") + name).shape, (std::vector<std::size_t>{2, 3}))
            << name;
    }
    EXPECT_EQ(numbers_of<std::int64_t>(file, "int64"), counting<std::int64_t>(6));
    EXPECT_EQ(numbers_of<std::int32_t>(file, "int32"), counting<std::int32_t>(6));
    EXPECT_EQ(numbers_of<std::int16_t>(file, "int16"), counting<std::int16_t>(6));
    EXPECT_EQ(numbers_of<std::int8_t>(file, "int8"), counting<std::int8_t>(6));
    EXPECT_EQ(numbers_of<std::uint8_t>(file, "uint8"), counting<std::uint8_t>(6));
    EXPECT_EQ(numbers_of<std::uint8_t>(file, "bool"), (std::vector<std::uint8_t>{1, 0}));
    EXPECT_EQ(file.tensors().at("model.bool").type, ElementType::boolean);
}

TEST(GoldenTorchFile, reads_parameters_scalars_and_empty_tensors) {
    const TorchFile file(test::golden("torch_variants.pth"));
    EXPECT_EQ(floats_of(file, "model.parameter"), counting<float>(4));
    EXPECT_EQ(floats_of(file, "model.scalar"), std::vector<float>{2.5F});
    EXPECT_TRUE(file.tensors().at("model.scalar").shape.empty());
    EXPECT_EQ(file.tensors().at("model.empty").shape, (std::vector<std::size_t>{0, 3}));
    EXPECT_TRUE(floats_of(file, "model.empty").empty());
}

TEST(GoldenTorchFile, reads_views_of_shared_storages) {
    const TorchFile file(test::golden("torch_variants.pth"));
    EXPECT_EQ(floats_of(file, "model.shared_first"), counting<float>(6));
    EXPECT_EQ(floats_of(file, "model.shared_last"), counting<float>(6, 6));
    EXPECT_EQ(floats_of(file, "model.transposed"),
              (std::vector<float>{0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11}));
    EXPECT_EQ(floats_of(file, "model.strided"), (std::vector<float>{1, 4, 7, 10}));
    EXPECT_EQ(floats_of(file, "model.expanded"), (std::vector<float>{7, 7, 7, 8, 8, 8}));
}

TEST(GoldenTorchFile, converts_the_edges_of_half_precision_as_torch_does) {
    const TorchFile file(test::golden("torch_variants.pth"));
    const std::vector<float> special = floats_of(file, "model.special");
    EXPECT_EQ(special[0], 65504.0F);
    EXPECT_EQ(special[1], -0x1.0p-24F);  // -6e-8 rounds to the smallest subnormal
    EXPECT_EQ(special[2], 0x3FFp-24F);   // 6.1e-5 rounds to the largest subnormal
    EXPECT_EQ(special[3], std::numeric_limits<float>::infinity());
    EXPECT_TRUE(std::isnan(special[4]));
    EXPECT_TRUE(special[5] == 0.0F && std::signbit(special[5]));
}

TEST(GoldenTorchFile, passes_over_what_is_no_tensor_in_a_checkpoint) {
    EXPECT_EQ(TorchFile(test::golden("torch_variants.pth")).tensors().size(), 19U);
}

TEST(GoldenTorchFile, says_how_to_convert_a_file_of_an_older_torch) {
    const std::string error = test::error_of([] { TorchFile file(test::golden("torch_before_1_6.pth")); });
    EXPECT_TRUE(test::holds(error, "torch.save(torch.load(f, map_location='cpu'), f)"));
    EXPECT_TRUE(test::holds(error, "a plain pickle of an older PyTorch"));
}

TEST(TorchFile, reads_what_the_test_writer_writes) {
    const TempFolder folder;
    write_file(folder / "good.pth",
               test::zip_of(test::torch_members(test::pickle(test::dict({{"w", test::tensor()}})))));
    const TorchFile file(folder / "good.pth");
    EXPECT_EQ(floats_of(file, "w"), counting<float>(6));
}

TEST(TorchFile, reads_a_dict_that_holds_itself) {
    const TempFolder folder;
    const std::string opcodes =
        "}q\x01" + test::text("self") + "h\x01s" + test::text("w") + test::tensor() + "s";
    write_file(folder / "cycle.pth", test::zip_of(test::torch_members(test::pickle(opcodes))));
    EXPECT_EQ(TorchFile(folder / "cycle.pth").tensors().size(), 1U);
}

TEST(TorchFile, refuses_a_file_cut_off_at_any_byte) {
    const TempFolder folder;
    const std::string whole =
        test::zip_of(test::torch_members(test::pickle(test::dict({{"w", test::tensor()}}))));
    for (std::size_t length = 0; length < whole.size(); ++length) {
        test::write_quickly(folder / "cut.pth", whole.substr(0, length));
        EXPECT_THROW(TorchFile{folder / "cut.pth"}, Error) << length << " of " << whole.size() << " bytes";
    }
}

TEST(TorchFile, refuses_a_pickle_cut_off_at_any_byte) {
    const TempFolder folder;
    const std::string whole = test::pickle(test::dict({{"w", test::tensor()}}));
    for (std::size_t length = 0; length < whole.size(); ++length) {
        test::write_quickly(folder / "cut.pth", test::zip_of(test::torch_members(whole.substr(0, length))));
        EXPECT_THROW(TorchFile{folder / "cut.pth"}, Error) << length << " of " << whole.size() << " bytes";
    }
}

// An error or the right numbers, whatever byte is wrong: the CRC guards the data, the headers agree twice.
TEST(TorchFile, never_reads_other_numbers_from_a_file_with_a_wrong_byte) {
    const TempFolder folder;
    const std::string whole =
        test::zip_of(test::torch_members(test::pickle(test::dict({{"w", test::tensor()}}))));
    std::size_t refused = 0;
    for (std::size_t i = 0; i < whole.size(); ++i) {
        for (const int flip : {0x01, 0x80, 0xFF}) {
            std::string broken = whole;
            broken[i] = static_cast<char>(broken[i] ^ flip);
            test::write_quickly(folder / "broken.pth", broken);
            try {
                EXPECT_EQ(floats_of(TorchFile(folder / "broken.pth"), "w"), counting<float>(6))
                    << "byte " << i;
            } catch (const Error&) {
                ++refused;
            }
        }
    }
    EXPECT_GT(refused, 2 * whole.size());
}

TEST(TorchFile, refuses_what_is_no_regular_file) {
    const TempFolder folder;
    EXPECT_TRUE(test::holds(test::error_of([&] { TorchFile file(folder.path()); }), "it is a directory"));
    EXPECT_TRUE(test::holds(test::error_of([&] { TorchFile file(folder / "none.pth"); }), "No such file"));
}

}  // namespace
}  // namespace melvit
