#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <zlib.h>

namespace melvit::test {

/// A number as little-endian bytes.
template <class Number>
std::string le(Number value) {
    return {reinterpret_cast<const char*>(&value), sizeof(Number)};
}

/// The values as their little-endian bytes.
template <class Number>
std::string bytes_of(const std::vector<Number>& values) {
    return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(Number)};
}

/// One member of a zip archive, and the ways in which a test wants it wrong.
struct ZipMember {
    std::string name;
    std::string data;
    std::uint16_t method = 0;
    std::uint16_t flags = 0;
    std::optional<std::uint32_t> crc = {};           // instead of the true one, in both headers
    std::optional<std::string> local_name = {};      // instead of the name, in the local header
    std::optional<std::uint32_t> local_crc = {};     // instead of the CRC, in the local header
    std::optional<std::uint32_t> bytes = {};         // instead of the true size, in both headers
    std::optional<std::uint32_t> local_offset = {};  // instead of the true place
};

struct ZipEnds {
    std::optional<std::uint16_t> members = {};
    std::optional<std::uint64_t> members64 = {};  // adds the 64-bit end records, as PyTorch does
    std::optional<std::uint32_t> directory_bytes = {};
    std::optional<std::uint32_t> directory_offset = {};
    std::string comment = {};
};

inline std::string zip_of(const std::vector<ZipMember>& members, const ZipEnds& ends = {}) {
    std::string zip;
    std::string directory;
    for (const ZipMember& member : members) {
        const auto true_crc = static_cast<std::uint32_t>(
            ::crc32_z(0, reinterpret_cast<const Bytef*>(member.data.data()), member.data.size()));
        const std::uint32_t crc = member.crc.value_or(true_crc);
        const auto bytes = member.bytes.value_or(static_cast<std::uint32_t>(member.data.size()));
        const std::string local_name = member.local_name.value_or(member.name);
        const auto offset = member.local_offset.value_or(static_cast<std::uint32_t>(zip.size()));
        const auto common = [&](std::uint32_t stated_crc, const std::string& name) {
            return le<std::uint16_t>(0) + le(member.flags) + le(member.method) + le<std::uint32_t>(0) +
                   le(stated_crc) + le(bytes) + le(bytes) + le(static_cast<std::uint16_t>(name.size())) +
                   le<std::uint16_t>(0);
        };
        zip += "PK\x03\x04" + common(member.local_crc.value_or(crc), local_name) + local_name + member.data;
        directory += "PK\x01\x02" + le<std::uint16_t>(0) + common(crc, member.name) + le<std::uint16_t>(0) +
                     le<std::uint16_t>(0) + le<std::uint16_t>(0) + le<std::uint32_t>(0) + le(offset) +
                     member.name;
    }
    const auto count = ends.members.value_or(static_cast<std::uint16_t>(members.size()));
    const auto begin = ends.directory_offset.value_or(static_cast<std::uint32_t>(zip.size()));
    const auto length = ends.directory_bytes.value_or(static_cast<std::uint32_t>(directory.size()));
    std::string end64;
    if (ends.members64) {
        end64 = "PK\x06\x06" + le<std::uint64_t>(44) + le<std::uint32_t>(0) + le<std::uint64_t>(0) +
                le(*ends.members64) + le(*ends.members64) + le<std::uint64_t>(length) +
                le<std::uint64_t>(begin) + "PK\x06\x07" + le<std::uint32_t>(0) +
                le<std::uint64_t>(zip.size() + directory.size()) + le<std::uint32_t>(1);
    }
    return zip + directory + end64 + "PK\x05\x06" + le<std::uint32_t>(0) + le(count) + le(count) +
           le(length) + le(begin) + le(static_cast<std::uint16_t>(ends.comment.size())) + ends.comment;
}

// Pieces of a pickle of protocol 2, each the opcodes that push one value.

inline std::string text(std::string_view value) {
    return "X" + le(static_cast<std::uint32_t>(value.size())) + std::string(value);
}

inline std::string integer(std::int64_t value) {
    return std::string("\x8A\x08") + le(value);
}

inline std::string global(std::string_view module, std::string_view name) {
    return "c" + std::string(module) + "\n" + std::string(name) + "\n";
}

inline std::string tuple(const std::vector<std::string>& items) {
    std::string opcodes = "(";
    for (const std::string& item : items) opcodes += item;
    return opcodes + "t";
}

inline std::string integers(const std::vector<std::int64_t>& values) {
    std::vector<std::string> items;
    for (const std::int64_t value : values) items.push_back(integer(value));
    return tuple(items);
}

inline std::string ordered_dict() {
    return global("collections", "OrderedDict") + ")R";
}

struct StorageSpec {
    std::string type = "FloatStorage";
    std::string key = "0";
    std::int64_t elements = 6;
};

inline std::string storage(const StorageSpec& spec = {}) {
    return tuple({text("storage"), global("torch", spec.type), text(spec.key), text("cpu"),
                  integer(spec.elements)}) +
           "Q";
}

struct TensorSpec {
    StorageSpec storage = {};
    std::int64_t offset = 0;
    std::vector<std::int64_t> shape = {2, 3};
    std::vector<std::int64_t> strides = {3, 1};
};

inline std::string tensor(const TensorSpec& spec = {}) {
    return global("torch._utils", "_rebuild_tensor_v2") +
           tuple({storage(spec.storage), integer(spec.offset), integers(spec.shape), integers(spec.strides),
                  "\x89", ordered_dict()}) +
           "R";
}

inline std::string pickle(std::string_view opcodes) {
    return "\x80\x02" + std::string(opcodes) + ".";
}

/// The pickle of an OrderedDict of these values.
inline std::string dict(const std::vector<std::pair<std::string, std::string>>& entries) {
    std::string opcodes = ordered_dict() + "(";
    for (const auto& [name, value] : entries) opcodes += text(name) + value;
    return opcodes + "u";
}

/// The members of a .pth file with this pickle and one storage "0" of six floats 0 ... 5.
inline std::vector<ZipMember> torch_members(std::string pickle_bytes) {
    return {{.name = "m/data.pkl", .data = std::move(pickle_bytes)},
            {.name = "m/data/0", .data = bytes_of<float>({0, 1, 2, 3, 4, 5})},
            {.name = "m/version", .data = "3\n"}};
}

}  // namespace melvit::test
