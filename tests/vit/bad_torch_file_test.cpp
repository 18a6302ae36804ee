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

/// Each dict holds the one before under two keys: a walk along every path would not end in this world.
std::string dicts_that_multiply(int count) {
    std::string opcodes = std::string("(}q") + '\0';
    for (int i = 1; i < count; ++i) {
        const std::string before = "h" + std::string(1, static_cast<char>(i - 1));
        opcodes +=
            "}" + text("a") + before + "s" + text("b") + before + "sq" + std::string(1, static_cast<char>(i));
    }
    return opcodes + "t";
}

/// A list of empty tensors, which take no byte of the file's storages.
std::string many_tensors(std::size_t count) {
    const std::string empty = tensor({.shape = {0}, .strides = {1}});
    return "](" + empty + "q\x01" + repeated("h\x01", count - 1) + "e";
}

constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();

/// Calls and objects of every form, each of which a real unpickler would make: here they end as inert values,
/// beside a tensor that is still read.
std::vector<BadFile> calls_that_nobody_makes() {
    const std::string system = global("os", "system");
    const std::string id = tuple({text("id")});
    const std::string rebuild = global("torch._utils", "_rebuild_tensor_v2");
    const std::string sizes = integer(0) + integers({2, 3}) + integers({3, 1}) + "\x89" + ordered_dict();
    const auto storage_of = [](const std::string& type) {
        return tuple({text("storage"), type, text("0"), text("cpu"), integer(6)}) + "Q";
    };
    return {
        {"os_system", system + id + "R", ""},
        {"posix_system", global("posix", "system") + id + "R", ""},
        {"builtins_eval", global("builtins", "eval") + tuple({text("1")}) + "R", ""},
        {"builtins_exec_of_python_2", global("__builtin__", "exec"), ""},
        {"subprocess_popen", global("subprocess", "Popen") + id + "\x81", ""},
        {"torch_load_again", global("torch", "load") + id + "R", ""},
        {"attribute_path", global("torch._utils", "_rebuild_tensor_v2.__globals__"), ""},
        {"attribute_of_ordered_dict", global("collections", "OrderedDict.fromkeys") + id + "R", ""},
        {"control_bytes_in_a_name", global("os\x1b[2J", "system"), ""},
        {"stack_global", text("os") + text("system") + "\x93" + id + "R", ""},
        {"inst", "(" + text("id") + "ios\nsystem\n", ""},
        {"obj", "(" + system + text("id") + "o", ""},
        {"newobj", system + id + "\x81", ""},
        {"newobj_ex", system + id + "}\x92", ""},
        {"set_state_of_an_object", global("webbrowser", "open") + ")\x81}" + text("url") + text("x") + "sb",
         ""},
        {"state_that_is_a_call", global("a", "B") + ")\x81" + system + id + "Rb", ""},
        {"call_of_what_a_call_made",
         global("builtins", "getattr") + tuple({global("os", "path"), text("system")}) + "R" + id + "R", ""},
        {"call_in_the_arguments_of_a_call", global("builtins", "map") + tuple({system, id}) + "R", ""},
        {"reducer_of_reducers", global("functools", "partial") + tuple({system, text("id")}) + "R)R", ""},
        {"object_as_a_dict_key", "}" + system + id + "R" + text("x") + "s", ""},
        {"object_with_items", global("collections", "deque") + ")R(" + system + id + "Re", ""},
        {"default_dict_of_a_call",
         global("collections", "defaultdict") + tuple({system}) + "R" + text("k") + id + "s", ""},
        {"storage_of_an_unknown_type", storage_of(global("os", "system")), ""},
        {"storage_of_complex_numbers", storage_of(global("torch", "ComplexFloatStorage")), ""},
        {"storage_without_a_type", storage_of(global("torch", "UntypedStorage")), ""},
        {"tensor_whose_storage_is_a_call", rebuild + "(" + system + id + "R" + sizes + "tR", ""},
        {"tensor_with_metadata", rebuild + "(" + storage() + sizes + "}" + text("neg") + "\x88stR", ""},
        {"parameter_of_a_call",
         global("torch._utils", "_rebuild_parameter") + "(" + system + id + "R\x88" + ordered_dict() + "tR",
         ""},
        {"quantised_tensor", global("torch._utils", "_rebuild_qtensor") + id + "R", ""},
        {"tensor_of_a_type_made_by_a_call",
         global("torch._tensor", "_rebuild_from_type_v2") + tuple({system, system, id, "}"}) + "R", ""},
        {"bytes_of_protocol_3",
         "C\x02"
         "ab"
         "B" +
             le<std::uint32_t>(1) + "x\x86",
         ""},
        {"number_of_nine_bytes", std::string("\x8A\x09") + "123456789", ""},
        {"frame_and_memo_of_protocol_4", "\x95" + le<std::uint64_t>(1) + "}\x94", ""},
        {"sets", "\x8F(K\x01K\x02\x90", ""},
        {"object_in_itself", global("a", "B") + ")\x81q\x63}" + text("self") + "h\x63sb", ""},
        {"entries_of_an_object_in_itself", global("a", "B") + ")\x81q\x63" + text("self") + "h\x63s", ""},
        {"module_without_an_end",
         global("a", "B") + ")\x81q\x63}" + text("_modules") + "}" + text("m") + "h\x63ssb", ""},
        {"tuple_nested_a_thousand_deep", "]" + repeated("\x85", 1000), ""},
    };
}

std::vector<BadFile> code_that_must_not_run() {
    return {
        {"os_system_alone", file_with(global("os", "system") + tuple({text("id")}) + "R"),
         "its pickle asks for os.system instead"},
        {"control_bytes_in_a_name", file_with(global("os\x1b[2J", "system")), "os\\x1b[2J.system"},
        {"tensor_of_complex_numbers", file_with_tensor({.storage = {.type = "ComplexFloatStorage"}}),
         "ComplexFloatStorage"},
        {"stack_global_of_numbers", file_with("K\x01K\x02\x93"), "needs a module's name in its pickle"},
        {"name_of_a_kilobyte", file_with(global("os", std::string(1024, 's'))), "at most 256 bytes"},
        {"name_copied_a_thousand_times",
         file_with(text(std::string(1U << 20U, 's')) + "q\x01" +
                   repeated("h\x01h\x01\x93"
                            "0",
                            1000)),
         "at most 256 bytes"},
        {"obj_without_a_class", file_with("(o"), "needs a class"},
        {"obj_of_a_string", file_with("(" + text("os.system") + "o"), "needs a class"},
        {"newobj_of_a_function_of_torch", file_with(global("torch._utils", "_rebuild_tensor_v2") + ")\x81"),
         "needs a class"},
        {"newobj_of_a_number", file_with("K\x01)\x81"), "needs a class"},
        {"newobj_without_a_tuple", file_with(global("a", "B") + "}\x81"), "needs a tuple of arguments"},
        {"extension_registry", file_with("\x82\x01"), "EXT1"},
        {"buffer_outside_the_pickle", file_with("\x97"), "NEXT_BUFFER"},
        {"persistent_id_as_text", file_with("Pid\n"), "PERSID"},
        {"persistent_id_that_is_an_object", file_with(global("a", "B") + ")RQ"),
         "a tuple that names a storage"},
        {"unknown_opcode", file_with("\xff"), "0xff"},
        {"dup", file_with("}2"), "DUP"},
        {"build_on_a_plain_dict", file_with("}}b"), "it is a plain dict"},
        {"build_on_a_tensor", file_with(tensor() + "}b"), "needs an object or an OrderedDict"},
        {"build_on_a_global", file_with(global("collections", "OrderedDict") + "}b"),
         "needs an object or an OrderedDict"},
        {"build_on_an_unknown_class", file_with(global("os", "system") + "}b"),
         "needs an object or an OrderedDict"},
        {"reduce_of_a_string", file_with(text("eval") + ")R"), "needs a class or function to call"},
        {"reduce_of_a_dict", file_with("})R"), "needs a class or function to call"},
        {"reduce_of_a_storage_type", file_with(global("torch", "FloatStorage") + ")R"),
         "needs a class or function to call"},
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
        {"protocol_1", zip_of(torch_members("\x80\x01}.")), "needs a pickle protocol of 2 to 5"},
        {"protocol_6", zip_of(torch_members("\x80\x06}.")), "needs a pickle protocol of 2 to 5"},
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
        {"number_longer_than_the_pickle", file_with("\x8B" + le(0xFFFFFFFFU)), "it is cut off"},
        {"bytes_longer_than_the_pickle", file_with("\x8E" + le(~std::uint64_t{0})), "it is cut off"},
        {"more_tensors_than_any_model", file_with(many_tensors(65'537)), "at most 65536 tensors"},
        {"a_million_opcodes", file_with("}q\x01" + repeated("h\x01", 1'000'001)),
         "at most a million opcodes"},
        {"pickle_over_16_mib", zip_of(torch_members(std::string((16U << 20U) + 1, '}'))), "at most 16 MiB"},
        {"a_million_marks", file_with(repeated("(", 1'000'001)), "at most a million opcodes"},
        {"tuple_nested_half_a_million_deep", file_with("]" + repeated("\x85", 500'000)),
         "needs a dict of tensors"},
        {"dicts_that_multiply", file_with(dicts_that_multiply(64)), "needs a dict of tensors"},
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
        {"empty_file", "", "it is empty"},
        {"one_byte", "P", "a text that begins with \"P\""},
        {"text", "these are no weights\n", "a text that begins with \"these are no weights\""},
        {"tar_of_an_old_torch", tar, "it is a tar archive"},
        {"zip_signature_alone", "PK\x03\x04", "it is cut off"},
        {"end_record_missing", zip_with([](Members&) {}) + std::string(22, 'x'),
         "needs a complete zip directory"},
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
         zip_of(std::vector<ZipMember>(65'536 + 3, {.name = "m/data.pkl", .data = ""})),
         "stands there twice"},
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
         "a zip archive of other files (\"m/data/0\"): unpack it"},
        {"numpy_archive", zip_of({{.name = "blocks.npy", .data = "x", .method = 8}}),
         "an .npz file of NumPy"},
        {"zip_of_a_repository", zip_of({{.name = "m-main/README.md", .data = "x", .method = 8}}),
         "(\"m-main/README.md\"): unpack it"},
        {"torch_script_archive",
         zip_with([](Members& m) { m.push_back({.name = "m/constants.pkl", .data = "x"}); }), "TorchScript"},
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

class InertCall : public testing::TestWithParam<BadFile> {};

TEST_P(InertCall, ends_as_a_value_beside_the_tensors) {
    const TempFolder folder;
    const auto path = folder / "inert.pth";
    write_file(path,
               file_with(dict({{"args", GetParam().bytes}, {"w", tensor()}, {"more", GetParam().bytes}})));
    const TorchFile file(path);
    ASSERT_EQ(file.tensors().size(), 1U);
    EXPECT_EQ(file.tensors().at("w").to_floats("w"), (AlignedFloats{0, 1, 2, 3, 4, 5}));
}

const auto kName = [](const testing::TestParamInfo<BadFile>& info) { return info.param.name; };

INSTANTIATE_TEST_SUITE_P(Code, BadTorchFile, testing::ValuesIn(code_that_must_not_run()), kName);
INSTANTIATE_TEST_SUITE_P(Code, InertCall, testing::ValuesIn(calls_that_nobody_makes()), kName);
INSTANTIATE_TEST_SUITE_P(Pickle, BadTorchFile, testing::ValuesIn(broken_pickles()), kName);
INSTANTIATE_TEST_SUITE_P(Tensor, BadTorchFile, testing::ValuesIn(tensors_that_do_not_fit()), kName);
INSTANTIATE_TEST_SUITE_P(Archive, BadTorchFile, testing::ValuesIn(broken_archives()), kName);

}  // namespace
}  // namespace melvit
