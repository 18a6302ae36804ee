#include "melvit/core/safetensors.h"

#include "melvit/core/error.h"
#include "melvit/core/foreign_file.h"
#include "melvit/core/text.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <set>

namespace melvit {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kLengthBytes = 8;
constexpr std::uint64_t kLongestHeader = 100'000'000;
constexpr std::size_t kMostDimensions = 32;

std::optional<ElementType> element_type_of(std::string_view name) {
    for (int i = 0; i <= static_cast<int>(ElementType::complex64); ++i) {
        if (element_type_name(static_cast<ElementType>(i)) == name) return static_cast<ElementType>(i);
    }
    return std::nullopt;
}

/// The unsigned whole numbers of entry[key], or nothing when something else stands there.
std::optional<std::vector<std::size_t>> sizes_at(const Json& entry, const char* key) {
    const auto found = entry.find(key);
    if (found == entry.end() || !found->is_array()) return std::nullopt;
    std::vector<std::size_t> sizes;
    for (const Json& size : *found) {
        if (!size.is_number_unsigned()) return std::nullopt;
        sizes.push_back(size.get<std::size_t>());
    }
    return sizes;
}

/// Reads the header entry by entry, as the JSON parser meets them: a header of 100 MB never stands in memory
/// as a tree, and neither deep nesting nor long arrays make it grow.
class HeaderReader {
public:
    HeaderReader(const std::filesystem::path& file, std::span<const std::byte> buffer)
        : file_(file), buffer_(buffer) {}

    void read(std::string_view header) {
        try {
            const Json nothing_left =
                Json::parse(header, [this](int depth, Json::parse_event_t event, const Json& value) {
                    return take(depth, event, value);
                });
        } catch (const Json::exception& error) {
            throw Error(file_, "needs a header of JSON", printable(error.what()));
        }
        check_tiling();
    }

    std::map<std::string, TensorView> tensors;
    std::map<std::string, std::string> metadata;

private:
    [[noreturn]] void fail(std::string_view need, std::string_view finding) const {
        throw Error(file_, need, fmt::format("\"{}\" {}", printable(name_), printable(finding)));
    }

    /// depth    0 the header, 1 its entries, 2 their settings, 3 the numbers of a shape
    /// returns  whether the parser keeps the value; finished entries are not kept
    bool take(int depth, Json::parse_event_t event, const Json& value) {
        using Event = Json::parse_event_t;
        switch (event) {
            case Event::key:
                take_key(depth, value.get<std::string>());
                return true;
            case Event::object_start:
                if (depth > 1) fail("needs a flat header", "holds an object");
                return true;
            case Event::array_start:
                if (depth != 2) fail("needs a flat header", "holds an array out of place");
                array_length_ = 0;
                return true;
            case Event::value:
                if (depth == 1) fail("needs an object for each tensor", "is " + value.dump());
                if (depth == 3 && ++array_length_ > kMostDimensions) {
                    fail(fmt::format("needs tensors of at most {} dimensions", kMostDimensions), "has more");
                }
                return true;
            case Event::object_end:
                if (depth != 1) return true;
                name_ == "__metadata__" ? take_metadata(value) : take_tensor(value);
                return false;
            default:
                return true;
        }
    }

    void take_key(int depth, std::string key) {
        std::set<std::string>& seen = depth == 1 ? names_ : keys_;
        if (depth == 1) {
            name_ = key;
            keys_.clear();
        }
        if (!seen.insert(std::move(key)).second) fail("needs distinct names in its header", "has one twice");
    }

    void take_metadata(const Json& entry) {
        for (const auto& [key, value] : entry.items()) {
            if (!value.is_string()) fail("needs strings as metadata", "holds " + value.dump());
            metadata[key] = value.get<std::string>();
        }
    }

    void take_tensor(const Json& entry) {
        const auto type_name = entry.find("dtype");
        const auto shape = sizes_at(entry, "shape");
        const auto offsets = sizes_at(entry, "data_offsets");
        if (type_name == entry.end() || !type_name->is_string() || !shape || !offsets ||
            offsets->size() != 2 || entry.size() != 3) {
            fail("needs dtype, shape and data_offsets for each tensor", "has " + entry.dump());
        }
        const auto type = element_type_of(type_name->get<std::string>());
        if (!type) fail("needs an element type that melvit reads", "is of type " + type_name->dump());
        const auto count = checked_product(*shape);
        std::size_t bytes = 0;
        if (!count || __builtin_mul_overflow(*count, element_bytes(*type), &bytes)) {
            fail("needs shapes of less than 2^64 bytes", fmt::format("has {}", entry["shape"].dump()));
        }
        const auto [begin, end] = std::pair(offsets->front(), offsets->back());
        if (begin > end || end > buffer_.size()) {
            fail(fmt::format("needs offsets within its {} bytes of data", buffer_.size()),
                 fmt::format("lies at {} to {}", begin, end));
        }
        if (end - begin != bytes) {
            fail("needs as many bytes as the shape asks for",
                 fmt::format("asks for {} and has {}", bytes, end - begin));
        }
        tensors.emplace(name_, TensorView{*type, *shape, buffer_.subspan(begin, bytes)});
    }

    /// Every byte of the buffer belongs to exactly one tensor.
    void check_tiling() {
        std::vector<std::pair<const std::byte*, std::size_t>> pieces;
        for (const auto& [name, tensor] : tensors)
            pieces.emplace_back(tensor.bytes.data(), tensor.bytes.size());
        std::sort(pieces.begin(), pieces.end());
        const std::byte* end = buffer_.data();
        for (const auto& [begin, length] : pieces) {
            if (begin != end) {
                throw Error(
                    file_, "needs tensors that lie side by side",
                    fmt::format("there is {} at byte {} of the data", begin < end ? "an overlap" : "a hole",
                                std::min(begin, end) - buffer_.data()));
            }
            end = begin + length;
        }
        const std::ptrdiff_t used = end - buffer_.data();
        if (static_cast<std::size_t>(used) == buffer_.size()) return;
        throw Error(file_, fmt::format("needs {} bytes of data", used),
                    fmt::format("it has {}", buffer_.size()));
    }

    const std::filesystem::path& file_;
    std::span<const std::byte> buffer_;
    std::set<std::string> names_;   // of the entries
    std::set<std::string> keys_;    // of the entry being read
    std::string name_;              // of the entry being read
    std::size_t array_length_ = 0;  // of the array being read
};

}  // namespace

SafetensorsFile::SafetensorsFile(FileBytes bytes_of_file) : file_(std::move(bytes_of_file)) {
    const std::filesystem::path& file = path();
    const std::span<const std::byte> bytes = file_.bytes();
    const auto refuse = [&](std::string_view need, const std::string& finding) {
        const std::string kind = foreign_kind(bytes);
        if (kind.empty()) throw Error(file, need, finding);
        throw Error(file, "needs to be a safetensors file", "it is " + kind);
    };
    if (bytes.size() < kLengthBytes)
        refuse("needs at least 8 bytes to be a safetensors file", fmt::format("it has {}", bytes.size()));
    std::uint64_t length = 0;
    std::memcpy(&length, bytes.data(), kLengthBytes);
    if (length > kLongestHeader || length > bytes.size() - kLengthBytes) {
        refuse(
            "needs to be a safetensors file, with a header of at most 100 MB inside the file",
            fmt::format("its first 8 bytes say {} bytes and {} follow", length, bytes.size() - kLengthBytes));
    }
    const auto header_bytes = bytes.subspan(kLengthBytes, length);
    const std::string_view header(reinterpret_cast<const char*>(header_bytes.data()), length);
    if (!header.starts_with('{'))
        refuse("needs to be a safetensors file, with a header that starts with {", "it starts otherwise");
    HeaderReader reader(file, bytes.subspan(kLengthBytes + length));
    reader.read(header);
    tensors_ = std::move(reader.tensors);
    metadata_ = std::move(reader.metadata);
}

const TensorView& SafetensorsFile::at(const std::string& name) const {
    const auto found = tensors_.find(name);
    if (found == tensors_.end())
        throw Error(path(), fmt::format("needs a tensor \"{}\"", name), "it has none");
    return found->second;
}

Matrix SafetensorsFile::matrix(const std::string& name) const {
    const TensorView& tensor = at(name);
    const std::size_t rows = tensor.shape.empty() ? 1 : tensor.shape.front();
    Matrix matrix(rows, rows == 0 ? 0 : tensor.element_count() / rows);
    tensor.copy_floats(fmt::format("{} of {}", name, path().native()), matrix.values());
    return matrix;
}

const std::string& SafetensorsFile::metadata_at(const std::string& key) const {
    const auto found = metadata_.find(key);
    if (found == metadata_.end())
        throw Error(path(), fmt::format("needs \"{}\" in its metadata", key), "it has none");
    return found->second;
}

}  // namespace melvit
