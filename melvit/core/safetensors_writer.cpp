#include "melvit/core/file.h"
#include "melvit/core/safetensors.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <nlohmann/json.hpp>

namespace melvit {

TensorToWrite tensor_of(std::string name, const Matrix& matrix) {
    return {
        std::move(name), ElementType::f32, {matrix.rows(), matrix.columns()}, std::as_bytes(matrix.values())};
}

void write_safetensors(const std::filesystem::path& target, std::span<const TensorToWrite> tensors,
                       const std::map<std::string, std::string>& metadata) {
    nlohmann::ordered_json header = nlohmann::ordered_json::object();
    if (!metadata.empty()) header["__metadata__"] = metadata;
    std::size_t offset = 0;
    for (const TensorToWrite& tensor : tensors) {
        assert(!header.contains(tensor.name));
        assert(checked_product(tensor.shape).value() * element_bytes(tensor.type) == tensor.bytes.size());
        header[tensor.name] = {{"dtype", element_type_name(tensor.type)},
                               {"shape", tensor.shape},
                               {"data_offsets", {offset, offset + tensor.bytes.size()}}};
        offset += tensor.bytes.size();
    }
    // Bytes that are no UTF-8 (in a path kept as metadata, say) become U+FFFD: readers refuse them.
    std::string text = header.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    text.resize((text.size() + 7) / 8 * 8, ' ');  // so that the data starts at a multiple of 8

    DurableFile file(target);
    const std::uint64_t length = text.size();
    file.write(std::as_bytes(std::span(&length, 1)));
    file.write(text);
    for (const TensorToWrite& tensor : tensors) file.write(tensor.bytes);
    file.commit();
}

}  // namespace melvit
