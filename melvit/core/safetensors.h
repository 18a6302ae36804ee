#pragma once

#include "melvit/core/file_bytes.h"
#include "melvit/core/matrix.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace melvit {

/// The element types of a safetensors file; melvit computes with the first four and writes F32 and U8. The
/// others stand in buffers that a checkpoint holds beside its weights.
enum class ElementType {
    f64,
    f32,
    f16,
    bf16,
    i64,
    i32,
    i16,
    i8,
    u8,
    boolean,
    u64,
    u32,
    u16,
    f8_e4m3,
    f8_e5m2,
    complex64
};

/// The name in the file's header ("F32") and the bytes of one element.
std::string_view element_type_name(ElementType type);
std::size_t element_bytes(ElementType type);

/// The product of a shape (1 for a scalar), or nothing when it does not fit into 64 bits.
std::optional<std::size_t> checked_product(std::span<const std::size_t> shape);

/// "[768 x 3 x 16 x 16]"
std::string shape_text(const std::vector<std::size_t>& shape);

/// One tensor of a file that stays open: type, shape and the raw little-endian bytes.
struct TensorView {
    ElementType type = ElementType::f32;
    std::vector<std::size_t> shape;
    std::span<const std::byte> bytes;

    /// The product of the shape (1 for a scalar).
    std::size_t element_count() const;

    /// The elements as floats: f64, f16 and bf16 are converted.
    ///
    /// name    the tensor's, for the error
    /// throws  Error for integer and boolean tensors
    AlignedFloats to_floats(std::string_view name) const;

    /// The same into `floats`, which holds element_count() of them.
    void copy_floats(std::string_view name, std::span<float> floats) const;
};

/// A safetensors file, read into memory; checked in full when opened: header length and JSON,
/// known element types, sizes without overflow, offsets that tile the buffer with no hole and no overlap, the
/// exact total length.
///
/// source  the format's description at huggingface/safetensors
class SafetensorsFile {
public:
    /// throws  Error that names the file, the rule and what stands there
    explicit SafetensorsFile(const std::filesystem::path& file) : SafetensorsFile(FileBytes(file)) {}
    explicit SafetensorsFile(FileBytes file);

    const std::filesystem::path& path() const { return file_.path(); }
    const std::map<std::string, TensorView>& tensors() const { return tensors_; }
    const std::map<std::string, std::string>& metadata() const { return metadata_; }

    bool has(const std::string& name) const { return tensors_.contains(name); }

    /// throws  Error when there is no tensor of that name
    const TensorView& at(const std::string& name) const;

    /// A tensor as a matrix: [rows x columns] of its first dimension and the product of the others.
    Matrix matrix(const std::string& name) const;

    /// throws  Error when the metadata lacks the key
    const std::string& metadata_at(const std::string& key) const;

private:
    FileBytes file_;
    std::map<std::string, TensorView> tensors_;
    std::map<std::string, std::string> metadata_;
};

/// A tensor to be written: the bytes are read while writing, not copied.
struct TensorToWrite {
    std::string name;
    ElementType type = ElementType::f32;
    std::vector<std::size_t> shape;
    std::span<const std::byte> bytes;
};

/// A matrix as a tensor of the same shape.
TensorToWrite tensor_of(std::string name, const Matrix& matrix);

/// Writes a safetensors file durably (core/file.h), tensors in the order given.
void write_safetensors(const std::filesystem::path& target, std::span<const TensorToWrite> tensors,
                       const std::map<std::string, std::string>& metadata);

}  // namespace melvit
