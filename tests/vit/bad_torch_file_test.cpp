#include "melvit/core/file.h"
#include "melvit/vit/torch_file.h"

#include "tests/support/errors.h"
#include "tests/support/test_files.h"
#include "tests/support/torch_writer.h"

#include <gtest/gtest.h>
#include <limits>
#include <ostream>

// Malicious and broken .pth files, each with the words that its error must hold.

namespace melvit {
namespace {

using namespace test;

struct BadFile {
    std::string name;
    std::string bytes;
    std::string error;
};

void PrintTo(const BadFile& bad, std::ostream* out) {
    *out << bad.name;
}

std::string file_with(const std::string& opcodes) {
    return zip_of(torch_members(pickle(opcodes)));
}

std::string file_with_tensor(const TensorSpec& spec) {
    return file_with(dict({{"w", tensor(spec)}}));
}

std::string good_pickle() {
    return pickle(dict({{"w", tensor()}}));
}

/// A good file in which change(members) made something wrong.
template <class Change>
std::string zip_with(Change change, const ZipEnds& ends = {}) {
    std::vector<ZipMember> members = torch_members(good_pickle());
    change(members);
    return zip_of(members, ends);
}

std::string repeated(const std::string& piece, std::size_t count) {
    std::string all;
    for (std::size_t i = 0; i < count; ++i) all += piece;
    return all;
}

/// A storage of 400 kB under `count` names: without a limit a small file could fill the memory.
std::string file_that_shares_a_storage(std::size_t count) {
    const TensorSpec spec{.storage = {.elements = 100'000}, .shape = {100'000}, .strides = {1}};
    std::vector<std::pair<std::string, std::string>> entries{{"first", tensor(spec) + "q\x01"}};
    while (entries.size() < count) entries.emplace_back(std::to_string(entries.size()), "h\x01");
    std::vector<ZipMember> members = torch_members(pickle(dict(entries)));
    members[1].data = std::string(400'000, '\0');
    return zip_of(members);
}

constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();

std::vector<BadFile> code_that_must_not_run() {
    return {
        {"os_system", file_with(global("os", "system") + tuple({text("id")}) + "R"), "it asks for os system"},
        {"posix_system", file_with(global("posix", "system") + tuple({text("id")}) + "R"),
         "it asks for posix system"},
        {"builtins_eval", file_with(global("builtins", "eval") + tuple({text("1")}) + "R"),
         "it asks for builtins eval"},
        {"builtins_exec_of_python_2", file_with(global("__builtin__", "exec")),
         "it asks for __builtin__ exec"},
        {"subprocess_popen", file_with(global("subprocess", "Popen")), "it asks for subprocess Popen"},
        {"torch_load_again", file_with(global("torch", "load")), "it asks for torch load"},
        {"attribute_path", file_with(global("torch._utils", "_rebuild_tensor_v2.__globals__")),
         "it asks for"},
        {"attribute_of_ordered_dict", file_with(global("collections", "OrderedDict.fromkeys")),
         "it asks for"},
        {"whole_model", file_with(global("torchvision.models.vision_transformer", "VisionTransformer")),
         "torch.save(model.state_dict(), file)"},
        {"untyped_storage", file_with(global("torch", "UntypedStorage")), "it asks for torch UntypedStorage"},
        {"complex_storage", file_with_tensor({.storage = {.type = "ComplexFloatStorage"}}),
         "ComplexFloatStorage"},
        {"control_bytes_in_a_name", file_with(global("os\x1b[2J", "system")), "os\\x1b[2J system"},
        {"stack_global", file_with(text("os") + text("system") + "\x93"), "at STACK_GLOBAL, byte 20"},
        {"inst", file_with("(ios\nsystem\n"), "INST"},
        {"obj", file_with("(" + global("collections", "OrderedDict") + "o"), "OBJ"},
        {"newobj", file_with(global("collections", "OrderedDict") + ")\x81"), "NEWOBJ"},
        {"extension_registry", file_with("\x82\x01"), "EXT1"},
        {"persistent_id_as_text", file_with("Pid\n"), "PERSID"},
        {"unknown_opcode", file_with("\xff"), "0xff"},
        {"memoize_of_protocol_4", file_with("}\x94"), "MEMOIZE"},
        {"frame_of_protocol_4", file_with("\x95" + le<std::uint64_t>(1)), "FRAME"},
        {"dup", file_with("}2"), "DUP"},
        {"build_on_a_plain_dict", file_with("}}b"), "needs an OrderedDict"},
        {"build_on_a_tensor", file_with(tensor() + "}b"), "needs an OrderedDict"},
        {"build_on_a_global", file_with(global("collections", "OrderedDict") + "}b"), "needs an OrderedDict"},
        {"reduce_of_a_string", file_with(text("eval") + ")R"),
         "needs OrderedDict or a function that rebuilds"},
        {"reduce_of_a_storage_type", file_with(global("torch", "FloatStorage") + ")R"),
         "needs OrderedDict or a function"},
        {"reduce_without_a_tuple", file_with(global("collections", "OrderedDict") + "}R"),
         "needs a tuple of arguments"},
        {"ordered_dict_of_something", file_with(global("collections", "OrderedDict") + "]\x85R"),
         "needs 0 arguments"},
    };
}

std::vector<BadFile> broken_pickles() {
    return {
        {"empty_pickle", zip_of(torch_members("")), "it is cut off"},
        {"no_protocol", zip_of(torch_members("}.")), "needs PROTO first"},
        {"protocol_twice", file_with("\x80\x02}"), "needs PROTO first and only there"},
        {"protocol_4", zip_of(torch_members("\x80\x04}.")), "needs pickle protocol 2"},
        {"bytes_after_the_end", zip_of(torch_members(good_pickle() + "}.")), "2 bytes follow"},
        {"nothing_left_at_the_end", file_with(""), "needs one value left"},
        {"two_left_at_the_end", file_with("}}"), "needs one value left"},
        {"mark_left_at_the_end", file_with("(}"), "needs one value left"},
        {"stack_underflow_of_tuple2", file_with("}\x86"), "needs more values on the stack"},
        {"stack_underflow_of_reduce", file_with("R"), "needs a value on the stack"},
        {"stack_underflow_of_put", file_with("q\x01"), "needs a value on the stack"},
        {"stack_underflow_below_a_mark", file_with("}(s"), "needs more values on the stack"},
        {"tuple_without_a_mark", file_with("}t"), "needs a MARK"},
        {"append_to_a_dict", file_with("}Na"), "needs a list"},
        {"set_item_of_a_list", file_with("]NNs"), "needs a dict"},
        {"set_items_without_a_value", file_with("}(Nu"), "needs a value for each key"},
        {"memo_out_of_range", file_with("h\x07"), "7 was not"},
        {"long_memo_out_of_range", file_with("}r" + le<std::uint32_t>(9) + "j" + le(0xFFFFFFFFU)),
         "4294967295 was not"},
        {"string_longer_than_the_pickle", file_with("X" + le(0xFFFFFFFFU) + "abc"), "it is cut off"},
        {"global_without_a_line_end",
         zip_of(torch_members("\x80\x02"
                              "cos")),
         "it is cut off"},
        {"number_of_nine_bytes", file_with(std::string("\x8A\x09") + "123456789"), "at most 64 bits"},
        {"a_million_opcodes", file_with("}q\x01" + repeated("h\x01", 1'000'001)),
         "at most a million opcodes"},
        {"pickle_over_16_mib", zip_of(torch_members(std::string((16U << 20U) + 1, '}'))), "at most 16 MiB"},
        {"a_million_marks", file_with(repeated("(", 1'000'001)), "at most a million opcodes"},
        {"tuple_nested_half_a_million_deep", file_with("]" + repeated("\x85", 500'000)),
         "needs a dict of tensors"},
        {"root_is_a_list", file_with("]"), "needs a dict of tensors"},
        {"root_is_a_number", file_with("K\x01"), "needs a dict of tensors"},
        {"same_name_twice", file_with(dict({{"w", tensor()}, {"w", tensor()}})), "\"w\" stands there twice"},
    };
}

std::vector<BadFile> tensors_that_do_not_fit() {
    const std::string rebuild = global("torch._utils", "_rebuild_tensor_v2");
    return {
        {"negative_size", file_with_tensor({.shape = {-2, 3}}), "there is -2"},
        {"negative_stride", file_with_tensor({.strides = {-3, 1}}), "there is -3"},
        {"negative_offset", file_with_tensor({.offset = -1}), "there is -1"},
        {"negative_elements", file_with_tensor({.storage = {.elements = -6}}), "there is -6"},
        {"nine_dimensions",
         file_with_tensor(
             {.shape = std::vector<std::int64_t>(9, 1), .strides = std::vector<std::int64_t>(9, 1)}),
         "at most 8 dimensions in its pickle, there are 9"},
        {"shape_without_strides", file_with_tensor({.strides = {1}}), "needs a stride for each dimension"},
        {"shape_that_overflows", file_with_tensor({.shape = {kHuge, kHuge}}),
         "at most 4 times the file's bytes"},
        {"shape_that_wraps_to_zero",
         file_with_tensor({.shape = {std::int64_t{1} << 32U, std::int64_t{1} << 32U}}), "at most 4 times"},
        {"stride_that_overflows", file_with_tensor({.strides = {kHuge, kHuge}}), "reaches beyond its own"},
        {"offset_that_overflows", file_with_tensor({.offset = kHuge}), "reaches beyond its own"},
        {"offset_one_too_far", file_with_tensor({.offset = 1}), "reaches beyond its own"},
        {"stride_one_too_far", file_with_tensor({.strides = {4, 1}}), "reaches beyond its own"},
        {"tensor_larger_than_its_storage", file_with_tensor({.shape = {7}, .strides = {1}}),
         "reaches beyond its own"},
        {"expanded_to_a_terabyte", file_with_tensor({.shape = {std::int64_t{1} << 38U}, .strides = {0}}),
         "at most 4 times"},
        {"storage_shared_too_often", file_that_shares_a_storage(1000), "at most 4 times the file's bytes"},
        {"missing_storage", file_with_tensor({.storage = {.key = "1"}}), "needs a member \"m/data/1\""},
        {"storage_key_as_a_path", file_with_tensor({.storage = {.key = "../../../etc/passwd"}}),
         "it has none"},
        {"storage_key_too_long", file_with_tensor({.storage = {.key = std::string(65, '0')}}), "short keys"},
        {"storage_smaller_than_stated", file_with_tensor({.storage = {.elements = 7}}),
         "7 elements of 4 bytes and finds 24"},
        {"storage_larger_than_stated", file_with_tensor({.storage = {.elements = 5}}),
         "5 elements of 4 bytes and finds 24"},
        {"storage_of_another_type", file_with_tensor({.storage = {.type = "DoubleStorage"}}),
         "6 elements of 8 bytes and finds 24"},
        {"storage_elements_that_overflow", file_with_tensor({.storage = {.elements = kHuge}}),
         "and finds 24 bytes"},
        {"persistent_id_of_a_module",
         file_with(
             tuple({text("module"), global("torch", "FloatStorage"), text("0"), text("cpu"), integer(6)}) +
             "Q"),
         "needs a storage"},
        {"persistent_id_of_four_parts",
         file_with(tuple({text("storage"), text("0"), text("cpu"), integer(6)}) + "Q"), "needs 5 arguments"},
        {"persistent_id_without_a_type",
         file_with(tuple({text("storage"), text("FloatStorage"), text("0"), text("cpu"), integer(6)}) + "Q"),
         "needs a type of storage"},
        {"tensor_without_a_storage",
         file_with(rebuild + tuple({"}", integer(0), ")", ")", "\x89", "}"}) + "R"), "needs a storage"},
        {"tensor_of_text_sizes",
         file_with(rebuild + tuple({storage(), integer(0), tuple({text("2")}), integers({1}), "\x89", "}"}) +
                   "R"),
         "needs a whole number"},
        {"tensor_of_three_arguments", file_with(rebuild + tuple({storage(), integer(0), ")"}) + "R"),
         "needs 6 arguments"},
        {"parameter_of_a_dict",
         file_with(global("torch._utils", "_rebuild_parameter") + tuple({"}", "\x88", "}"}) + "R"),
         "needs a tensor"},
    };
}

std::vector<BadFile> broken_archives() {
    using Members = std::vector<ZipMember>;
    std::string tar(512, '\0');
    tar.replace(257, 5, "ustar");
    return {
        {"empty_file", "", "it is none"},
        {"one_byte", "P", "it is none"},
        {"text", "these are no weights\n", "it is none"},
        {"tar_of_an_old_torch", tar, "a tar archive of an older PyTorch"},
        {"zip_signature_alone", "PK\x03\x04", "too short"},
        {"end_record_missing", zip_with([](Members&) {}) + std::string(22, 'x'), "no end record"},
        {"comment_at_the_end", zip_with([](Members&) {}, {.comment = "x"}), "needs a complete zip directory"},
        {"comment_that_hides_a_directory", zip_with([](Members&) {}, {.comment = zip_of({})}),
         "bytes at 0 do not end at"},
        {"more_members_than_headers", zip_with([](Members&) {}, {.members = std::uint16_t{4}}),
         "no member's header"},
        {"fewer_members_than_headers", zip_with([](Members&) {}, {.members = std::uint16_t{2}}),
         "bytes are left over"},
        {"directory_outside_the_file", zip_with([](Members&) {}, {.directory_offset = 0xFFFFFFF0U}),
         "do not end at"},
        {"directory_of_another_size", zip_with([](Members&) {}, {.directory_bytes = 7U}), "7 bytes at"},
        {"too_many_members", zip_with([](Members&) {}, {.members64 = 65'537}), "two end records disagree"},
        {"too_many_members_in_64_bits",
         zip_with([](Members&) {}, {.members = std::uint16_t{0xFFFF}, .members64 = 65'537}),
         "at most 65536 members, it has 65537"},
        {"more_members_than_16_bits_count",
         zip_of(std::vector<ZipMember>(65'536 + 3, {.name = "m/data/0", .data = ""})), "stands there twice"},
        {"wrong_crc", zip_with([](Members& m) { m[1].crc = 1; }), "needs CRC-32 00000001"},
        {"wrong_crc_of_the_pickle", zip_with([](Members& m) { m[0].crc = 1; }), "needs CRC-32 00000001"},
        {"compressed_member", zip_with([](Members& m) { m[1].method = 8; }), "is compressed by method 8"},
        {"encrypted_member", zip_with([](Members& m) { m[1].flags = 1; }), "is encrypted"},
        {"unknown_flags", zip_with([](Members& m) { m[1].flags = 0x40; }), "has flags 0x0040"},
        {"other_name_in_the_local_header", zip_with([](Members& m) { m[1].local_name = "m/data/9"; }),
         "has another name"},
        {"other_crc_in_the_local_header", zip_with([](Members& m) { m[1].local_crc = 7; }),
         "another size or CRC"},
        {"descriptor_that_is_missing", zip_with([](Members& m) { m[1].flags = 8; }), "behind its data"},
        {"size_beyond_the_file", zip_with([](Members& m) { m[2].bytes = 0x7FFFFFFF; }),
         "lies outside the file"},
        {"size_of_4_gib", zip_with([](Members& m) { m[2].bytes = 0xFFFFFFFF; }), "of 4 GiB or more"},
        {"member_outside_the_file", zip_with([](Members& m) { m[1].local_offset = 0x7FFFFFFF; }),
         "has no local header"},
        {"members_that_overlap", zip_with([](Members& m) { m[1].bytes = 40; }), "do not overlap"},
        {"one_local_header_for_two", zip_with([](Members& m) {
             m.push_back(m[0]);
             m.back().local_offset = 0;
         }),
         "stands there twice"},
        {"name_twice", zip_with([](Members& m) { m.push_back(m[1]); }), "\"m/data/0\" stands there twice"},
        {"path_traversal",
         zip_with([](Members& m) { m.push_back({.name = "../../etc/cron.d/x", .data = "x"}); }),
         "it also holds \"../../etc/cron.d/x\""},
        {"absolute_path", zip_with([](Members& m) { m.push_back({.name = "/etc/passwd", .data = "x"}); }),
         "it also holds"},
        {"torch_script", zip_with([](Members& m) { m.push_back({.name = "m/code/model.py", .data = "x"}); }),
         "it also holds"},
        {"two_roots",
         zip_with([](Members& m) { m.push_back({.name = "n/data.pkl", .data = good_pickle()}); }),
         "it also holds"},
        {"missing_pickle", zip_with([](Members& m) { m.erase(m.begin()); }),
         "needs a member <name>/data.pkl"},
        {"pickle_two_folders_down", zip_with([](Members& m) { m[0].name = "m/n/data.pkl"; }),
         "needs a member <name>/data.pkl"},
        {"missing_version", zip_with([](Members& m) { m.pop_back(); }), "needs a member \"m/version\""},
        {"big_endian", zip_with([](Members& m) { m.push_back({.name = "m/byteorder", .data = "big"}); }),
         "its byte order is \"big\""},
    };
}

class BadTorchFile : public testing::TestWithParam<BadFile> {};

TEST_P(BadTorchFile, is_refused_with_its_reason) {
    const TempFolder folder;
    const auto path = folder / "bad.pth";
    write_file(path, GetParam().bytes);
    const std::string error = error_of([&] { TorchFile file(path); });
    EXPECT_TRUE(error.starts_with(path.string() + ": needs ")) << error;
    EXPECT_TRUE(holds(error, GetParam().error));
}

const auto kName = [](const testing::TestParamInfo<BadFile>& info) { return info.param.name; };

INSTANTIATE_TEST_SUITE_P(Code, BadTorchFile, testing::ValuesIn(code_that_must_not_run()), kName);
INSTANTIATE_TEST_SUITE_P(Pickle, BadTorchFile, testing::ValuesIn(broken_pickles()), kName);
INSTANTIATE_TEST_SUITE_P(Tensor, BadTorchFile, testing::ValuesIn(tensors_that_do_not_fit()), kName);
INSTANTIATE_TEST_SUITE_P(Archive, BadTorchFile, testing::ValuesIn(broken_archives()), kName);

}  // namespace
}  // namespace melvit
