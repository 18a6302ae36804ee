#pragma once

#include "melvit/core/safetensors.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace melvit {

/// The index of a value in Pickle::values. Values refer to each other by index, so a container that holds
/// itself or lies a million deep is no danger to walk nor to free.
using PickleId = std::uint32_t;

/// The functions that a state dict's pickle calls, each imitated; nothing else is ever called.
enum class PickleCallable { ordered_dict, rebuild_tensor, rebuild_parameter, rebuild_from_type };

/// A class or function of any other name ("argparse.Namespace"): the name is all that is known of it.
struct PickleGlobal {
    std::string name;
};

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

/// What an unknown class or function would have made: inert data that keeps what was put into it.
struct PickleObject {
    PickleId made_by = 0;                                ///< a PickleGlobal, or an object that stands for one
    std::vector<std::pair<PickleId, PickleId>> entries;  ///< of a class that is a dict
    std::optional<PickleId> state;                       ///< its attributes, seldom other than a dict
};

using PickleValue =
    std::variant<std::monostate, bool, std::int64_t, double, std::string, PickleCallable, PickleGlobal,
                 ElementType, PickleStorage, PickleTensor, PickleList, PickleTuple, PickleDict, PickleObject>;

/// The finished value of a pickle and all that it refers to. An ElementType stands for torch.FloatStorage and
/// the like, std::monostate for None and for what no checkpoint needs: bytes, numbers beyond 64 bits.
struct Pickle {
    std::vector<PickleValue> values;
    PickleId root = 0;
};

/// Reads the pickle of a PyTorch checkpoint. Nothing is imported, called or executed: the few functions that
/// make tensors are imitated, and whatever else a pickle asks for becomes a PickleObject. Opcodes that no
/// torch.save writes are errors that name the opcode and its offset. At most 16 MiB and a million opcodes.
///
/// file    for errors
/// source  the list of opcodes in CPython's Lib/pickletools.py, protocols 2 to 5
Pickle read_pickle(const std::filesystem::path& file, std::span<const std::byte> bytes);

}  // namespace melvit
