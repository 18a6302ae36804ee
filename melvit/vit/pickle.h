#pragma once

#include "melvit/core/safetensors.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace melvit {

/// The index of a value in Pickle::values. Values refer to each other by index, so a container that holds
/// itself or lies a million deep is no danger to walk nor to free.
using PickleId = std::uint32_t;

/// The names that a state dict's pickle may ask for; anything else is refused by name.
enum class PickleCallable { ordered_dict, rebuild_tensor, rebuild_parameter };

/// A storage: the bytes of one or more tensors, in a member of the archive.
struct PickleStorage {
    ElementType type = ElementType::f32;
    std::string key;  ///< the member's name after data/
    std::size_t elements = 0;
};

/// A tensor: a strided view of a storage, not yet held against the storage's true size.
struct PickleTensor {
    PickleStorage storage;
    std::size_t offset = 0;            ///< elements before the first
    std::vector<std::size_t> shape;    ///< at most 8 dimensions
    std::vector<std::size_t> strides;  ///< elements between neighbours, for each dimension
};

struct PickleList {
    std::vector<PickleId> items;
};

struct PickleTuple {
    std::vector<PickleId> items;
};

struct PickleDict {
    std::vector<std::pair<PickleId, PickleId>> entries;
    bool is_ordered = false;  ///< a collections.OrderedDict
};

using PickleValue =
    std::variant<std::monostate, bool, std::int64_t, double, std::string, PickleCallable, ElementType,
                 PickleStorage, PickleTensor, PickleList, PickleTuple, PickleDict>;

/// The finished value of a pickle and all that it refers to. An ElementType stands for torch.FloatStorage and
/// the like.
struct Pickle {
    std::vector<PickleValue> values;
    PickleId root = 0;
};

/// Reads the pickle of a PyTorch state dict. Nothing is imported, called or executed: the few names and
/// opcodes that state dicts are made of are interpreted, every other one is an error that names it and its
/// offset. At most 16 MiB and a million opcodes.
///
/// file    for errors
/// source  the list of opcodes in CPython's Lib/pickletools.py, protocol 2
Pickle read_pickle(const std::filesystem::path& file, std::span<const std::byte> bytes);

}  // namespace melvit
