#include "melvit/core/foreign_file.h"

#include "melvit/core/text.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <string_view>

namespace melvit {
namespace {

using namespace std::string_view_literals;

/// A kind of file that always has the same bytes at the same place.
struct Signature {
    std::size_t place;
    std::string_view bytes;
    std::string_view kind;
};

constexpr std::string_view kArchive = "an archive: unpack it and give the weight file that is in it";
constexpr std::string_view kKeras = "an HDF5 file, as Keras writes it: melvit reads no weights of TensorFlow";
constexpr std::string_view kOldTorch =
    "a plain pickle of an older PyTorch: convert it with python -c \"import torch; f = '...'; "
    "torch.save(torch.load(f, map_location='cpu'), f)\"";

// The two pickles begin with the same byte; the first that fits is taken.
constexpr std::array<Signature, 19> kSignatures{{
    {0, "version https://git-lfs.github.com/spec/"sv,
     "a Git LFS pointer, which only stands for the file: `git lfs pull` in its repository gets the file"},
    {0, "GGUF"sv, "a GGUF file, as llama.cpp reads it: give the .safetensors or .pth that it was made of"},
    {0, "\x89HDF\r\n\x1a\n"sv, kKeras},
    {0, "\x93NUMPY"sv, "a single NumPy array: give a .safetensors or .pth file with all of a ViT's tensors"},
    {4, "TFL3"sv, "a TensorFlow Lite model: give the weights in PyTorch's form"},
    {0, "\x08\x01\x12"sv, "a TensorFlow SavedModel: give the weights in PyTorch's form"},
    {0, "\x1f\x8b"sv, kArchive},
    {0, "\xFD\x37zXZ\0"sv, kArchive},
    {0, "BZh"sv, kArchive},
    {0, "\x28\xB5\x2F\xFD"sv, kArchive},
    {0, "\x37z\xBC\xAF\x27\x1C"sv, kArchive},
    {0, "Rar!"sv, kArchive},
    {257, "ustar"sv,
     "a tar archive: unpack it and give the weight file that is in it, or, where a very old PyTorch wrote "
     "it, "
     "convert it with torch.save(torch.load(f), f)"},
    {0, "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19"sv, kOldTorch},
    {0, "\x80\x02"sv, kOldTorch},
    {0, "\x80\x03"sv, "a plain pickle, of no torch.save: save the weights with torch.save(state_dict, f)"},
    {0, "\x80\x04"sv, "a plain pickle, of no torch.save: save the weights with torch.save(state_dict, f)"},
    {0, "\x80\x05"sv, "a plain pickle, of no torch.save: save the weights with torch.save(state_dict, f)"},
    {0, "ggml"sv, "a GGML file: give the .safetensors or .pth that it was made of"},
}};

std::string_view without_blanks(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
    return text;
}

bool begins_with_word(std::string_view text, std::string_view word) {
    return lower_case(text.substr(0, word.size())) == word;
}

/// What servers send instead of a file.
std::string kind_of_text(std::string_view file) {
    const std::string_view text = without_blanks(file);
    if (begins_with_word(text, "<!doctype html") || begins_with_word(text, "<html"))
        return "a web page (HTML), as sites send instead of a file to who is not logged in: fetch it again";
    if (text.starts_with('<')) return "an XML text, such as a server's error: fetch the file again";
    if (text.starts_with("{") || text.starts_with("["))
        return "a JSON text, such as a server's error or a model's settings, and holds no weights";
    const std::string_view start = file.substr(0, 60);
    const auto is_text = [](char letter) {
        return (letter >= ' ' && letter <= '~') || letter == '\t' || letter == '\r' || letter == '\n';
    };
    if (!std::ranges::all_of(start, is_text)) return "";
    return fmt::format("a text that begins with \"{}\"",
                       printable(start.substr(0, start.find_first_of("\r\n"))));
}

/// Formats without a signature: of protocol buffers the first fields, of msgpack a map whose first key is text.
std::string kind_of_structure(std::string_view file) {
    const auto at = [&](std::size_t i) { return i < file.size() ? static_cast<unsigned char>(file[i]) : 0U; };
    if (at(0) == 0x08 && at(1) >= 2 && at(1) <= 32 && (at(2) == 0x12 || at(2) == 0x3A))
        return "an ONNX model: give the weights in PyTorch's form";
    const std::size_t key = at(0) == 0xDE ? 3 : 1;
    const bool is_map = (at(0) >= 0x81 && at(0) <= 0x8F) || at(0) == 0xDE;
    if (is_map && ((at(key) >= 0xA1 && at(key) <= 0xBF) || at(key) == 0xD9))
        return "a msgpack file, as Flax writes it: give the weights in PyTorch's form";
    if (file.ends_with("\x57\xfb\x80\x8b\x24\x75\x47\xdb"))
        return "the index of a TensorFlow checkpoint: give the weights in PyTorch's form";
    return "";
}

}  // namespace

std::string foreign_kind(std::span<const std::byte> bytes) {
    const std::string_view file(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (file.empty()) return "empty: its download or copy did not finish";
    for (const Signature& signature : kSignatures) {
        if (file.size() > signature.place && file.substr(signature.place).starts_with(signature.bytes))
            return std::string(signature.kind);
    }
    const std::string structure = kind_of_structure(file);
    return structure.empty() ? kind_of_text(file) : structure;
}

}  // namespace melvit
