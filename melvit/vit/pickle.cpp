#include "melvit/vit/pickle.h"

#include "melvit/core/error.h"
#include "melvit/core/text.h"
#include "melvit/vit/byte_reader.h"
#include "melvit/vit/pickle_opcodes.h"

#include <algorithm>
#include <array>
#include <bit>
#include <fmt/format.h>
#include <optional>
#include <string_view>
#include <unordered_map>

namespace melvit {
namespace {

constexpr std::size_t kLongestPickle = std::size_t{16} << 20U;
constexpr std::size_t kMostOpcodes = 1'000'000;
constexpr std::size_t kMostDimensions = 8;
constexpr std::size_t kLongestKey =
    64;  // keys are copied into each tensor; PyTorch's are short decimal numbers

using Global = std::variant<PickleCallable, ElementType>;

struct NamedGlobal {
    std::string_view module;
    std::string_view name;
    Global meaning;
};

const std::array<NamedGlobal, 13> kGlobals{{
    {"collections", "OrderedDict", PickleCallable::ordered_dict},
    {"torch._utils", "_rebuild_tensor_v2", PickleCallable::rebuild_tensor},
    {"torch._utils", "_rebuild_parameter", PickleCallable::rebuild_parameter},
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

/// A stack machine, as pickle is one; its state ends with the call.
class PickleReader {
public:
    PickleReader(const std::filesystem::path& file, std::span<const std::byte> bytes)
        : file_(file), reader_(bytes) {}

    Pickle read() {
        if (reader_.left() > kLongestPickle) {
            throw Error(file_, "needs a pickle of at most 16 MiB",
                        fmt::format("it has {} bytes", reader_.left()));
        }
        for (std::size_t count = 0;; ++count) {
            if (count == kMostOpcodes) fail("needs at most a million opcodes", "there are more");
            at_ = reader_.position();
            opcode_ = number<std::uint8_t>();
            if ((count == 0) != (Opcode{opcode_} == Opcode::proto))
                fail("needs PROTO first and only there", "it is not");
            if (Opcode{opcode_} == Opcode::stop) return finish();
            step(Opcode{opcode_});
        }
    }

private:
    [[noreturn]] void fail(std::string_view need, std::string_view finding) const {
        throw Error(file_, fmt::format("{} in its pickle", need),
                    fmt::format("{} at {}, byte {}", finding, opcode_name(opcode_), at_));
    }

    // Reading arguments.

    template <class Number>
    Number number() {
        const auto value = reader_.number<Number>();
        if (!value) fail("needs a whole opcode", "it is cut off");
        return *value;
    }

    std::string_view text(std::size_t bytes) {
        const auto value = reader_.text(bytes);
        if (!value) fail("needs a whole opcode", "it is cut off");
        return *value;
    }

    std::string_view line() {
        const std::size_t begin = reader_.position();
        ByteReader ahead = reader_;
        for (auto byte = ahead.text(1); byte && *byte != "\n"; byte = ahead.text(1)) {
        }
        const std::string_view whole = text(ahead.position() - begin);
        if (!whole.ends_with('\n')) fail("needs a whole opcode", "it is cut off");
        return whole.substr(0, whole.size() - 1);
    }

    // The stack.

    PickleId add(PickleValue value) {
        pickle_.values.push_back(std::move(value));
        return static_cast<PickleId>(pickle_.values.size() - 1);
    }

    void push(PickleValue value) { stack_.push_back(add(std::move(value))); }

    std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }

    PickleId top() const {
        if (stack_.size() <= floor()) fail("needs a value on the stack", "there is none");
        return stack_.back();
    }

    PickleId pop() {
        const PickleId id = top();
        stack_.pop_back();
        return id;
    }

    std::vector<PickleId> pop_several(std::size_t count) {
        if (stack_.size() - floor() < count) fail("needs more values on the stack", "there are too few");
        std::vector<PickleId> ids(stack_.end() - static_cast<std::ptrdiff_t>(count), stack_.end());
        stack_.resize(stack_.size() - count);
        return ids;
    }

    std::vector<PickleId> pop_to_mark() {
        if (marks_.empty()) fail("needs a MARK on the stack", "there is none");
        std::vector<PickleId> ids = pop_several(stack_.size() - marks_.back());
        marks_.pop_back();
        return ids;
    }

    /// The value as what the opcode needs it to be.
    template <class Wanted>
    Wanted& as(PickleId id, std::string_view what) {
        auto* value = std::get_if<Wanted>(&pickle_.values[id]);
        if (value == nullptr) fail(fmt::format("needs {}", what), "something else stands there");
        return *value;
    }

    // The opcodes.

    void step(Opcode opcode) {
        switch (opcode) {
            case Opcode::proto:
                if (number<std::uint8_t>() != 2) fail("needs pickle protocol 2", "it is another");
                return;
            case Opcode::mark:
                return marks_.push_back(stack_.size());
            case Opcode::global:
                return push_global();
            case Opcode::reduce:
                return reduce();
            case Opcode::build:
                return build();
            case Opcode::binpersid:
                return push_storage();
            case Opcode::append:
                return append({pop()});
            case Opcode::appends:
                return append(pop_to_mark());
            case Opcode::setitem:
                return set_items(pop_several(2));
            case Opcode::setitems:
                return set_items(pop_to_mark());
            case Opcode::binput:
                return put(number<std::uint8_t>());
            case Opcode::long_binput:
                return put(number<std::uint32_t>());
            case Opcode::binget:
                return get(number<std::uint8_t>());
            case Opcode::long_binget:
                return get(number<std::uint32_t>());
            default:
                return push_new(opcode);
        }
    }

    /// The opcodes that make a value of their own.
    void push_new(Opcode opcode) {
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
                return push(long_number());
            case Opcode::binfloat:
                return push(std::bit_cast<double>(__builtin_bswap64(number<std::uint64_t>())));
            case Opcode::binunicode:
                return push(std::string(text(number<std::uint32_t>())));
            case Opcode::short_binstring:
                return push(std::string(text(number<std::uint8_t>())));
            case Opcode::empty_dict:
                return push(PickleDict{});
            case Opcode::empty_list:
                return push(PickleList{});
            case Opcode::empty_tuple:
                return push(PickleTuple{});
            case Opcode::tuple:
                return push(PickleTuple{pop_to_mark()});
            case Opcode::tuple1:
                return push(PickleTuple{pop_several(1)});
            case Opcode::tuple2:
                return push(PickleTuple{pop_several(2)});
            case Opcode::tuple3:
                return push(PickleTuple{pop_several(3)});
            default:
                fail("needs the opcodes of a state dict only", "there is another");
        }
    }

    /// A little-endian number in two's complement, of 0 to 8 bytes.
    std::int64_t long_number() {
        const std::string_view bytes = text(number<std::uint8_t>());
        if (bytes.size() > sizeof(std::int64_t))
            fail("needs whole numbers of at most 64 bits", "there is a longer one");
        const bool is_negative = !bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0x80U) != 0;
        std::uint64_t value = is_negative ? ~std::uint64_t{0} : 0;
        for (std::size_t i = bytes.size(); i-- > 0;)
            value = value << 8U | static_cast<unsigned char>(bytes[i]);
        return static_cast<std::int64_t>(value);
    }

    void push_global() {
        const std::string_view module = line();
        const std::string_view name = line();
        for (const NamedGlobal& known : kGlobals) {
            if (known.module != module || known.name != name) continue;
            return std::visit([&](auto meaning) { push(meaning); }, known.meaning);
        }
        fail("needs the names of a state dict only, as torch.save(model.state_dict(), file) writes them,",
             fmt::format("it asks for {} {}", printable(module), printable(name)));
    }

    void put(std::uint32_t index) { memo_[index] = top(); }

    void get(std::uint32_t index) {
        const auto found = memo_.find(index);
        if (found == memo_.end()) fail("needs a memo that was put before", fmt::format("{} was not", index));
        stack_.push_back(found->second);
    }

    void append(const std::vector<PickleId>& items) {
        auto& list = as<PickleList>(top(), "a list").items;
        list.insert(list.end(), items.begin(), items.end());
    }

    void set_items(const std::vector<PickleId>& items) {
        if (items.size() % 2 != 0) fail("needs a value for each key", "the last key has none");
        auto& entries = as<PickleDict>(top(), "a dict").entries;
        for (std::size_t i = 0; i < items.size(); i += 2) entries.emplace_back(items[i], items[i + 1]);
    }

    /// The attributes of an OrderedDict (_metadata of a state dict) say nothing of the weights.
    void build() {
        (void)pop();
        if (!as<PickleDict>(top(), "an OrderedDict").is_ordered)
            fail("needs an OrderedDict", "it is a plain dict");
    }

    void reduce() {
        const auto arguments = as<PickleTuple>(pop(), "a tuple of arguments").items;
        switch (as<PickleCallable>(pop(), "OrderedDict or a function that rebuilds a tensor")) {
            case PickleCallable::ordered_dict:
                expect_arguments(arguments, 0);
                return push(PickleDict{{}, true});
            case PickleCallable::rebuild_tensor:
                return rebuild_tensor(arguments);
            case PickleCallable::rebuild_parameter:
                expect_arguments(arguments, 3);
                return push(as<PickleTensor>(arguments[0], "a tensor"));
        }
    }

    void expect_arguments(const std::vector<PickleId>& arguments, std::size_t count) const {
        if (arguments.size() == count) return;
        fail(fmt::format("needs {} arguments", count), fmt::format("there are {}", arguments.size()));
    }

    /// _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, backward_hooks)
    void rebuild_tensor(const std::vector<PickleId>& arguments) {
        expect_arguments(arguments, 6);
        PickleTensor tensor;
        tensor.storage = as<PickleStorage>(arguments[0], "a storage");
        tensor.offset = size(arguments[1]);
        tensor.shape = sizes(arguments[2]);
        tensor.strides = sizes(arguments[3]);
        if (tensor.shape.size() != tensor.strides.size())
            fail("needs a stride for each dimension", "it has not");
        push(std::move(tensor));
    }

    /// ('storage', torch.FloatStorage, key, location, elements)
    void push_storage() {
        const auto parts = as<PickleTuple>(pop(), "a tuple that names a storage").items;
        expect_arguments(parts, 5);
        if (as<std::string>(parts[0], "the word storage") != "storage")
            fail("needs a storage", "it is something else");
        PickleStorage storage;
        storage.type = as<ElementType>(parts[1], "a type of storage");
        storage.key = as<std::string>(parts[2], "a storage's key");
        if (storage.key.size() > kLongestKey) fail("needs storages with short keys", "there is a longer one");
        (void)as<std::string>(parts[3], "a storage's location");
        storage.elements = size(parts[4]);
        push(std::move(storage));
    }

    std::size_t size(PickleId id) {
        const std::int64_t value = as<std::int64_t>(id, "a whole number");
        if (value < 0) fail("needs sizes that are not negative", fmt::format("there is {}", value));
        return static_cast<std::size_t>(value);
    }

    std::vector<std::size_t> sizes(PickleId id) {
        const auto& items = as<PickleTuple>(id, "a tuple of sizes").items;
        if (items.size() > kMostDimensions) {
            fail(fmt::format("needs at most {} dimensions", kMostDimensions),
                 fmt::format("there are {}", items.size()));
        }
        std::vector<std::size_t> values;
        values.reserve(items.size());
        for (const PickleId item : items) values.push_back(size(item));
        return values;
    }

    Pickle finish() {
        if (!marks_.empty() || stack_.size() != 1)
            fail("needs one value left at the end", "there are others");
        if (reader_.left() != 0)
            fail("needs nothing behind its end", fmt::format("{} bytes follow", reader_.left()));
        pickle_.root = stack_.back();
        return std::move(pickle_);
    }

    const std::filesystem::path& file_;
    ByteReader reader_;
    Pickle pickle_;
    std::vector<PickleId> stack_;
    std::vector<std::size_t> marks_;  // sizes of the stack
    std::unordered_map<std::uint32_t, PickleId> memo_;
    std::size_t at_ = 0;       // where the opcode being read begins
    std::uint8_t opcode_ = 0;  // the opcode being read
};

}  // namespace

Pickle read_pickle(const std::filesystem::path& file, std::span<const std::byte> bytes) {
    return PickleReader(file, bytes).read();
}

}  // namespace melvit
