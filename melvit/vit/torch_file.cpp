#include "melvit/vit/torch_file.h"

#include "melvit/core/error.h"
#include "melvit/core/foreign_file.h"
#include "melvit/core/text.h"
#include "melvit/vit/byte_reader.h"
#include "melvit/vit/pickle.h"
#include "melvit/vit/pickled_tensors.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <fmt/format.h>
#include <optional>
#include <string_view>
#include <utility>

namespace melvit {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPickleName = "/data.pkl";
constexpr std::string_view kDataFolder = "/data/";

/// Tensors may share storages, but not so often that a small file fills the memory.
constexpr std::size_t kMostSharing = 4;

/// What a zip archive is that torch.save did not write, or "". Looked for in its directory, which names every
/// member and lies at the end, before the archive is read strictly.
std::string foreign_zip(std::string_view zip) {
    constexpr std::size_t kLongestDirectory = std::size_t{1} << 20U;
    constexpr std::size_t kFirstName = 30;  // in the first local header, behind its fixed fields
    const std::string_view end = zip.substr(zip.size() - std::min(zip.size(), kLongestDirectory));
    const auto lists = [&](std::string_view name) { return end.find(name) != std::string_view::npos; };
    if (!lists("PK\x05\x06")) return "cut off: its download or copy did not finish";
    if (lists("constants.pkl")) {
        return "a TorchScript archive: save its weights with torch.save(torch.jit.load(f).state_dict(), ...)";
    }
    if (lists("data.pkl")) return "";
    const auto length = ByteReader(std::as_bytes(std::span(zip)), kFirstName - 4).number<std::uint16_t>();
    const std::string_view first = zip.substr(std::min(kFirstName, zip.size())).substr(0, length.value_or(0));
    if (first.ends_with(".npy")) return "an .npz file of NumPy: give the weights in PyTorch's form";
    return fmt::format("a zip archive of other files (\"{}\"): unpack it and give the weight file in it",
                       printable(first));
}

ZipArchive open_archive(FileBytes file) {
    const bool is_zip = file.text().starts_with("PK");
    const std::string kind = is_zip ? foreign_zip(file.text()) : foreign_kind(file.bytes());
    if (!is_zip || !kind.empty()) {
        throw Error(file.path(), "needs to be a .pth file of PyTorch 1.6 or later",
                    kind.empty() ? "it is no zip archive" : "it is " + kind);
    }
    return ZipArchive(std::move(file));
}

/// The folder above data.pkl; members that no state dict has are refused.
std::string root_folder(const ZipArchive& archive) {
    const std::vector<std::string> names = archive.names();
    const auto is_pickle = [](const std::string& name) {
        return name.ends_with(kPickleName) && name.find('/') == name.size() - kPickleName.size();
    };
    const auto found = std::ranges::find_if(names, is_pickle);
    if (found == names.end()) throw Error(archive.path(), "needs a member <name>/data.pkl", "it has none");
    std::string root = found->substr(0, found->size() - kPickleName.size());
    constexpr std::array<std::string_view, 6> kOthers{"/data.pkl",        "/version",
                                                      "/byteorder",       "/.data/serialization_id",
                                                      "/.format_version", "/.storage_alignment"};
    for (const std::string& name : names) {
        const std::string_view rest = std::string_view(name).substr(std::min(root.size(), name.size()));
        if (name.starts_with(root) &&
            (rest.starts_with(kDataFolder) || std::ranges::count(kOthers, rest) != 0))
            continue;
        throw Error(archive.path(), "needs the members of a state dict only",
                    fmt::format("it also holds \"{}\"", printable(name)));
    }
    return root;
}

void check_byte_order(const ZipArchive& archive, const std::string& root) {
    (void)archive.read(root + "/version");
    const std::string name = root + "/byteorder";
    if (!archive.has(name)) return;  // PyTorch before 2.1 names none
    const auto order = archive.read(name);
    const std::string_view text(reinterpret_cast<const char*>(order.data()), order.size());
    if (text == "little") return;
    throw Error(archive.path(), "needs little-endian storages",
                fmt::format("its byte order is \"{}\"", printable(text)));
}

/// The last element that a strided view reaches, or nothing when that does not fit into 64 bits; the view is
/// not empty.
std::optional<std::size_t> last_element(const PickleTensor& tensor) {
    std::size_t last = tensor.offset;
    for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
        std::size_t reach = 0;
        if (__builtin_mul_overflow(tensor.shape[i] - 1, tensor.strides[i], &reach) ||
            __builtin_add_overflow(last, reach, &last)) {
            return std::nullopt;
        }
    }
    return last;
}

bool is_contiguous(const PickleTensor& tensor) {
    std::size_t expected = 1;
    for (std::size_t i = tensor.shape.size(); i-- > 0;) {
        if (tensor.shape[i] != 1 && tensor.strides[i] != expected) return false;
        expected *= tensor.shape[i];
    }
    return true;
}

/// The elements of a strided view side by side, last dimension fastest.
std::vector<std::byte> gather(const PickleTensor& tensor, std::size_t count,
                              std::span<const std::byte> storage) {
    const std::size_t size = element_bytes(tensor.storage.type);
    std::vector<std::byte> bytes(count * size);
    std::vector<std::size_t> index(tensor.shape.size(), 0);
    std::size_t element = tensor.offset;
    for (std::size_t i = 0; i < count; ++i) {
        std::memcpy(bytes.data() + i * size, storage.data() + element * size, size);
        for (std::size_t d = index.size(); d-- > 0;) {
            element += tensor.strides[d];
            if (++index[d] < tensor.shape[d]) break;
            element -= tensor.strides[d] * tensor.shape[d];
            index[d] = 0;
        }
    }
    return bytes;
}

/// Of a pickle without a tensor that melvit reads.
std::string what_else_is_in(const Pickle& pickle) {
    constexpr std::size_t kShown = 3;
    std::vector<std::string> names;
    for (const PickleValue& value : pickle.values) {
        const auto* global = std::get_if<PickleGlobal>(&value);
        if (global != nullptr && names.size() < kShown) names.push_back(printable(global->name));
    }
    return names.empty()
               ? "its pickle holds none"
               : fmt::format("its pickle asks for {} instead, which melvit does not call", joined(names));
}

/// Turns the tensors of a pickle into views of the archive's members.
class TensorReader {
public:
    TensorReader(const ZipArchive& archive, std::string data_folder,
                 std::deque<std::vector<std::byte>>& gathered)
        : archive_(archive), data_folder_(std::move(data_folder)), gathered_(gathered) {}

    TensorView view_of(const std::string& name, const PickleTensor& tensor) {
        const auto fail = [&](std::string_view need, std::string_view finding) {
            throw Error(archive_.path(), need, fmt::format("\"{}\" {}", printable(name), finding));
        };
        const auto [type, key, elements] = tensor.storage;
        const std::size_t size = element_bytes(type);
        const auto storage = storage_of(key);
        if (storage.size() % size != 0 || storage.size() / size != elements) {
            fail("needs storages of the stated size",
                 fmt::format("asks for {} elements of {} bytes and finds {} bytes", elements, size,
                             storage.size()));
        }
        const auto count = checked_product(tensor.shape);
        if (!count || *count > budget_ / size) {
            fail(fmt::format("needs tensors that take at most {} times the file's bytes", kMostSharing),
                 "takes more");
        }
        budget_ -= *count * size;
        if (*count == 0) return {type, tensor.shape, {}};
        const auto last = last_element(tensor);
        if (!last || *last >= elements) fail("needs tensors inside their storages", "reaches beyond its own");
        if (is_contiguous(tensor))
            return {type, tensor.shape, storage.subspan(tensor.offset * size, *count * size)};
        gathered_.push_back(gather(tensor, *count, storage));
        return {type, tensor.shape, gathered_.back()};
    }

private:
    /// Each storage's CRC is checked once, however many tensors share it.
    std::span<const std::byte> storage_of(const std::string& key) {
        const auto found = storages_.find(key);
        if (found != storages_.end()) return found->second;
        return storages_.emplace(key, archive_.read(data_folder_ + key)).first->second;
    }

    const ZipArchive& archive_;
    std::string data_folder_;
    std::deque<std::vector<std::byte>>& gathered_;
    std::map<std::string, std::span<const std::byte>> storages_;
    std::size_t budget_ = kMostSharing * archive_.bytes();
};

}  // namespace

TorchFile::TorchFile(FileBytes bytes) : archive_(open_archive(std::move(bytes))) {
    const fs::path& file = archive_.path();
    const std::string root = root_folder(archive_);
    check_byte_order(archive_, root);
    const Pickle pickle = read_pickle(file, archive_.read(root + std::string(kPickleName)));
    TensorReader reader(archive_, root + std::string(kDataFolder), gathered_);
    for (const auto& [name, tensor] : pickled_tensors(file, pickle)) {
        if (!tensors_.emplace(name, reader.view_of(name, *tensor)).second) {
            throw Error(file, "needs distinct names of its tensors",
                        fmt::format("\"{}\" stands there twice", printable(name)));
        }
    }
    if (tensors_.empty()) throw Error(file, "needs a dict of tensors", what_else_is_in(pickle));
}

}  // namespace melvit
