#include "melvit/vit/pickle.h"

#include "melvit/vit/pickle_calls.h"
#include "melvit/vit/pickle_opcodes.h"

#include <bit>

namespace melvit {
namespace {

constexpr std::size_t kLongestPickle = std::size_t{16} << 20U;
constexpr std::size_t kMostOpcodes = 1'000'000;

/// Carries out one opcode after the other; the machine's state ends with the call.
class PickleReader {
public:
    PickleReader(const std::filesystem::path& file, std::span<const std::byte> bytes)
        : file_(file), machine_(file, bytes) {}

    Pickle read() {
        if (machine_.bytes_left() > kLongestPickle) {
            throw Error(file_, "needs a pickle of at most 16 MiB",
                        fmt::format("it has {} bytes", machine_.bytes_left()));
        }
        for (std::size_t count = 0;; ++count) {
            if (count == kMostOpcodes) fail("needs at most a million opcodes", "there are more");
            const Opcode opcode{machine_.next_opcode()};
            if ((count == 0) != (opcode == Opcode::proto))
                fail("needs PROTO first and only there", "it is not");
            if (opcode == Opcode::stop) return machine_.finish();
            step(opcode);
        }
    }

private:
    [[noreturn]] void fail(std::string_view need, std::string_view finding) const {
        machine_.fail(need, finding);
    }

    template <class Number>
    Number number() {
        return machine_.number<Number>();
    }

    /// The opcodes that change what is there.
    void step(Opcode opcode) {
        switch (opcode) {
            case Opcode::proto:
                return check_protocol();
            case Opcode::frame:
                return (void)number<std::uint64_t>();  // it only announces how many bytes to buffer
            case Opcode::mark:
                return machine_.mark();
            case Opcode::pop:
                return machine_.drop();
            case Opcode::pop_mark:
                return (void)machine_.pop_to_mark();
            case Opcode::build:
                return build();
            case Opcode::append:
                return append({machine_.pop()});
            case Opcode::appends:
            case Opcode::additems:
                return append(machine_.pop_to_mark());
            case Opcode::setitem:
                return set_items(machine_.pop_several(2));
            case Opcode::setitems:
                return set_items(machine_.pop_to_mark());
            case Opcode::binput:
                return machine_.put(number<std::uint8_t>());
            case Opcode::long_binput:
                return machine_.put(number<std::uint32_t>());
            case Opcode::memoize:
                return machine_.put_next();
            case Opcode::binget:
                return machine_.get(number<std::uint8_t>());
            case Opcode::long_binget:
                return machine_.get(number<std::uint32_t>());
            default:
                return step_by_name(opcode);
        }
    }

    /// The opcodes that name something or ask for a call.
    void step_by_name(Opcode opcode) {
        switch (opcode) {
            case Opcode::global:
                return push_global_of_lines();
            case Opcode::stack_global:
                return push_global_of_stack();
            case Opcode::reduce: {
                const PickleId arguments = machine_.pop();
                return push_call(machine_, machine_.pop(), arguments);
            }
            case Opcode::newobj_ex:
                (void)machine_.pop();
                [[fallthrough]];
            case Opcode::newobj:
                (void)machine_.as<PickleTuple>(machine_.pop(), "a tuple of arguments");
                return push_instance(machine_, machine_.pop());
            case Opcode::obj: {
                const std::vector<PickleId> parts = machine_.pop_to_mark();
                if (parts.empty()) fail("needs a class", "there is none");
                return push_instance(machine_, parts.front());
            }
            case Opcode::inst:
                (void)machine_.pop_to_mark();
                push_global_of_lines();
                return push_instance(machine_, machine_.pop());
            case Opcode::binpersid:
                return push_storage(machine_, machine_.pop());
            default:
                return push_scalar(opcode);
        }
    }

    /// The opcodes that make a value without parts.
    void push_scalar(Opcode opcode) {
        switch (opcode) {
            case Opcode::none:
                return push(std::monostate{});
            case Opcode::newtrue:
                return push(true);
            case Opcode::newfalse:
                return push(false);
            case Opcode::binint:
                return push(std::int64_t{number<std::int32_t>()});
            case Opcode::binint1:
                return push(std::int64_t{number<std::uint8_t>()});
            case Opcode::binint2:
                return push(std::int64_t{number<std::uint16_t>()});
            case Opcode::long1:
                return push_long(number<std::uint8_t>());
            case Opcode::long4:
                return push_long(number<std::uint32_t>());
            case Opcode::binfloat:
                return push(std::bit_cast<double>(__builtin_bswap64(number<std::uint64_t>())));
            case Opcode::binunicode:
            case Opcode::binstring:
                return push(std::string(machine_.text(number<std::uint32_t>())));
            case Opcode::short_binunicode:
            case Opcode::short_binstring:
                return push(std::string(machine_.text(number<std::uint8_t>())));
            case Opcode::binunicode8:
                return push(std::string(machine_.text(number<std::uint64_t>())));
            case Opcode::short_binbytes:
                return push_bytes(number<std::uint8_t>());
            case Opcode::binbytes:
                return push_bytes(number<std::uint32_t>());
            case Opcode::binbytes8:
            case Opcode::bytearray8:
                return push_bytes(number<std::uint64_t>());
            default:
                return push_container(opcode);
        }
    }

    void push_container(Opcode opcode) {
        switch (opcode) {
            case Opcode::empty_dict:
                return push(PickleDict{});
            case Opcode::empty_list:
            case Opcode::empty_set:
                return push(PickleList{});
            case Opcode::empty_tuple:
                return push(PickleTuple{});
            case Opcode::tuple:
            case Opcode::frozenset:
                return push(PickleTuple{machine_.pop_to_mark()});
            case Opcode::tuple1:
                return push(PickleTuple{machine_.pop_several(1)});
            case Opcode::tuple2:
                return push(PickleTuple{machine_.pop_several(2)});
            case Opcode::tuple3:
                return push(PickleTuple{machine_.pop_several(3)});
            default:
                fail("needs the opcodes of torch.save only", "there is another");
        }
    }

    void push(PickleValue value) { (void)machine_.push(std::move(value)); }

    void check_protocol() {
        const int protocol = number<std::uint8_t>();
        if (protocol < 2 || protocol > 5)
            fail("needs a pickle protocol of 2 to 5", fmt::format("it is {}", protocol));
    }

    /// A little-endian number in two's complement; one beyond 64 bits (a state of a random generator) is
    /// nothing that a checkpoint needs.
    void push_long(std::uint32_t length) {
        const std::string_view bytes = machine_.text(length);
        if (bytes.size() > sizeof(std::int64_t)) return push(std::monostate{});
        const bool is_negative = !bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0x80U) != 0;
        std::uint64_t value = is_negative ? ~std::uint64_t{0} : 0;
        for (std::size_t i = bytes.size(); i-- > 0;)
            value = value << 8U | static_cast<unsigned char>(bytes[i]);
        push(static_cast<std::int64_t>(value));
    }

    void push_bytes(std::uint64_t length) {
        (void)machine_.text(length);
        push(std::monostate{});
    }

    void push_global_of_lines() {
        const std::string_view module = machine_.line();
        push_global(machine_, module, machine_.line());
    }

    void push_global_of_stack() {
        const PickleId name = machine_.pop();
        const PickleId module = machine_.pop();
        const auto& module_name = machine_.as<std::string>(module, "a module's name");
        push_global(machine_, module_name, machine_.as<std::string>(name, "a name"));
    }

    void build() {
        const PickleId state = machine_.pop();
        set_state(machine_, machine_.top(), state);
    }

    /// What is put into an object that is a list or a set holds no weights.
    void append(const std::vector<PickleId>& items) {
        if (machine_.find<PickleObject>(machine_.top()) != nullptr) return;
        auto& list = machine_.as<PickleList>(machine_.top(), "a list").items;
        list.insert(list.end(), items.begin(), items.end());
    }

    void set_items(const std::vector<PickleId>& items) {
        if (items.size() % 2 != 0) fail("needs a value for each key", "the last key has none");
        auto* object = machine_.find<PickleObject>(machine_.top());
        auto& entries =
            object != nullptr ? object->entries : machine_.as<PickleDict>(machine_.top(), "a dict").entries;
        for (std::size_t i = 0; i < items.size(); i += 2) entries.emplace_back(items[i], items[i + 1]);
    }

    const std::filesystem::path& file_;
    PickleMachine machine_;
};

}  // namespace

Pickle read_pickle(const std::filesystem::path& file, std::span<const std::byte> bytes) {
    return PickleReader(file, bytes).read();
}

}  // namespace melvit
