#include "melvit/vit/pickle_calls.h"

#include <array>

namespace melvit {
namespace {

constexpr std::size_t kMostDimensions = 8;
constexpr std::size_t kLongestKey =
    64;  // keys are copied into each tensor; PyTorch's are short decimal numbers
constexpr std::size_t kLongestName =
    256;  // STACK_GLOBAL copies names that stand in the pickle once, as often as it likes

using Meaning = std::variant<PickleCallable, ElementType>;

struct KnownGlobal {
    std::string_view module;
    std::string_view name;
    Meaning meaning;
};

const std::array<KnownGlobal, 15> kKnownGlobals{{
    {"collections", "OrderedDict", PickleCallable::ordered_dict},
    {"torch._utils", "_rebuild_tensor_v2", PickleCallable::rebuild_tensor},
    {"torch._utils", "_rebuild_parameter", PickleCallable::rebuild_parameter},
    {"torch._utils", "_rebuild_parameter_with_state", PickleCallable::rebuild_parameter},
    {"torch._tensor", "_rebuild_from_type_v2", PickleCallable::rebuild_from_type},
    {"torch", "FloatStorage", ElementType::f32},
    {"torch", "HalfStorage", ElementType::f16},
    {"torch", "BFloat16Storage", ElementType::bf16},
    {"torch", "DoubleStorage", ElementType::f64},
    {"torch", "LongStorage", ElementType::i64},
    {"torch", "IntStorage", ElementType::i32},
    {"torch", "ShortStorage", ElementType::i16},
    {"torch", "CharStorage", ElementType::i8},
    {"torch", "ByteStorage", ElementType::u8},
    {"torch", "BoolStorage", ElementType::boolean},
}};

// Ids lie in the machine, whose next push may move them, so a push is the last that each function does. They
// are not copied: a pickle may call a thousand times with one tuple of a million.
using Ids = std::vector<PickleId>;

void expect_arguments(PickleMachine& machine, const Ids& arguments, std::size_t least, std::size_t most) {
    if (arguments.size() >= least && arguments.size() <= most) return;
    machine.fail(fmt::format("needs {} arguments", least), fmt::format("there are {}", arguments.size()));
}

std::size_t size_of(PickleMachine& machine, PickleId id) {
    const std::int64_t value = machine.as<std::int64_t>(id, "a whole number");
    if (value < 0) machine.fail("needs sizes that are not negative", fmt::format("there is {}", value));
    return static_cast<std::size_t>(value);
}

std::vector<std::size_t> sizes_of(PickleMachine& machine, PickleId id) {
    const auto& items = machine.as<PickleTuple>(id, "a tuple of sizes").items;
    if (items.size() > kMostDimensions) {
        machine.fail(fmt::format("needs at most {} dimensions", kMostDimensions),
                     fmt::format("there are {}", items.size()));
    }
    std::vector<std::size_t> values;
    values.reserve(items.size());
    for (const PickleId item : items) values.push_back(size_of(machine, item));
    return values;
}

/// _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks[, metadata]). A tensor of
/// elements that melvit does not read, or of which some lie conjugated or negated (metadata), is inert.
void push_tensor(PickleMachine& machine, PickleId callable, const Ids& arguments) {
    expect_arguments(machine, arguments, 6, 7);
    if (arguments.size() == 7 || machine.find<PickleObject>(arguments[0]) != nullptr) {
        machine.push(PickleObject{callable, {}, {}});
        return;
    }
    PickleTensor tensor;
    tensor.storage = machine.as<PickleStorage>(arguments[0], "a storage");
    tensor.offset = size_of(machine, arguments[1]);
    tensor.shape = sizes_of(machine, arguments[2]);
    tensor.strides = sizes_of(machine, arguments[3]);
    if (tensor.shape.size() != tensor.strides.size())
        machine.fail("needs a stride for each dimension", "it has not");
    machine.push(std::move(tensor));
}

/// _rebuild_parameter(tensor, requires_grad, backward_hooks[, state])
void push_parameter(PickleMachine& machine, PickleId callable, const Ids& arguments) {
    expect_arguments(machine, arguments, 3, 4);
    if (machine.find<PickleObject>(arguments[0]) != nullptr) {
        machine.push(PickleObject{callable, {}, {}});
        return;
    }
    machine.push(PickleTensor(machine.as<PickleTensor>(arguments[0], "a tensor")));
}

/// _rebuild_from_type_v2(function, class, arguments, state), of tensors that have attributes
void push_typed_tensor(PickleMachine& machine, PickleId callable, const Ids& arguments) {
    expect_arguments(machine, arguments, 4, 4);
    const auto* function = machine.find<PickleCallable>(arguments[0]);
    const auto* inner = machine.find<PickleTuple>(arguments[2]);
    if (function == nullptr || inner == nullptr || *function != PickleCallable::rebuild_tensor) {
        machine.push(PickleObject{callable, {}, {}});
        return;
    }
    push_tensor(machine, arguments[0], inner->items);
}

void push_known_call(PickleMachine& machine, PickleCallable known, PickleId callable, const Ids& arguments) {
    switch (known) {
        case PickleCallable::ordered_dict:
            expect_arguments(machine, arguments, 0, 0);
            machine.push(PickleDict{{}, true});
            return;
        case PickleCallable::rebuild_tensor:
            return push_tensor(machine, callable, arguments);
        case PickleCallable::rebuild_parameter:
            return push_parameter(machine, callable, arguments);
        case PickleCallable::rebuild_from_type:
            return push_typed_tensor(machine, callable, arguments);
    }
}

bool is_inert(PickleMachine& machine, PickleId id) {
    return machine.find<PickleGlobal>(id) != nullptr || machine.find<PickleObject>(id) != nullptr;
}

}  // namespace

void push_global(PickleMachine& machine, std::string_view module, std::string_view name) {
    if (module.size() > kLongestName || name.size() > kLongestName)
        machine.fail(fmt::format("needs names of at most {} bytes", kLongestName), "there is a longer one");
    for (const KnownGlobal& known : kKnownGlobals) {
        if (known.module != module || known.name != name) continue;
        std::visit([&](auto meaning) { machine.push(meaning); }, known.meaning);
        return;
    }
    machine.push(PickleGlobal{fmt::format("{}.{}", module, name)});
}

void push_call(PickleMachine& machine, PickleId callable, PickleId arguments) {
    const Ids& items = machine.as<PickleTuple>(arguments, "a tuple of arguments").items;
    if (is_inert(machine, callable)) {
        machine.push(PickleObject{callable, {}, {}});
        return;
    }
    const auto known = machine.as<PickleCallable>(callable, "a class or function to call");
    push_known_call(machine, known, callable, items);
}

void push_instance(PickleMachine& machine, PickleId of_class) {
    if (const auto* known = machine.find<PickleCallable>(of_class);
        known != nullptr && *known == PickleCallable::ordered_dict) {
        machine.push(PickleDict{{}, true});
        return;
    }
    if (!is_inert(machine, of_class)) machine.fail("needs a class", "something else stands there");
    machine.push(PickleObject{of_class, {}, {}});
}

void set_state(PickleMachine& machine, PickleId value, PickleId state) {
    if (auto* object = machine.find<PickleObject>(value); object != nullptr) {
        object->state = state;
        return;
    }
    // The attributes of an OrderedDict (_metadata of a state dict) say nothing of the weights.
    if (!machine.as<PickleDict>(value, "an object or an OrderedDict").is_ordered)
        machine.fail("needs an object or an OrderedDict", "it is a plain dict");
}

/// ('storage', torch.FloatStorage, key, location, elements)
void push_storage(PickleMachine& machine, PickleId persistent_id) {
    const Ids& parts = machine.as<PickleTuple>(persistent_id, "a tuple that names a storage").items;
    expect_arguments(machine, parts, 5, 5);
    if (machine.as<std::string>(parts[0], "the word storage") != "storage")
        machine.fail("needs a storage", "it is something else");
    if (machine.find<PickleGlobal>(parts[1]) != nullptr) {  // of elements that melvit does not read
        machine.push(PickleObject{parts[1], {}, {}});
        return;
    }
    PickleStorage storage;
    storage.type = machine.as<ElementType>(parts[1], "a type of storage");
    storage.key = machine.as<std::string>(parts[2], "a storage's key");
    if (storage.key.size() > kLongestKey)
        machine.fail("needs storages with short keys", "there is a longer one");
    (void)machine.as<std::string>(parts[3], "a storage's location");
    storage.elements = size_of(machine, parts[4]);
    machine.push(std::move(storage));
}

}  // namespace melvit
