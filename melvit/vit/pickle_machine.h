#pragma once

#include "melvit/core/error.h"
#include "melvit/core/text.h"
#include "melvit/vit/byte_reader.h"
#include "melvit/vit/pickle.h"

#include <fmt/format.h>
#include <unordered_map>

namespace melvit {

/// The memory of the stack machine that a pickle is written for: bytes still to be read, stack, marks, memo.
/// Every method throws an Error that names the opcode being read and its place.
class PickleMachine {
public:
    PickleMachine(const std::filesystem::path& file, std::span<const std::byte> bytes)
        : file_(file), reader_(bytes) {}

    [[noreturn]] void fail(std::string_view need, std::string_view finding) const;

    /// Reads the next opcode, which the errors of what follows name.
    std::uint8_t next_opcode();

    // Arguments of opcodes.

    template <class Number>
    Number number() {
        const auto value = reader_.number<Number>();
        if (!value) fail("needs a whole opcode", "it is cut off");
        return *value;
    }

    std::string_view text(std::uint64_t bytes);
    std::string_view line();
    std::size_t bytes_left() const { return reader_.left(); }

    // The stack. Values are counted by the opcodes that make them, so their limit is that of the opcodes.

    PickleId push(PickleValue value);
    PickleId top() const;
    PickleId pop();
    std::vector<PickleId> pop_several(std::size_t count);
    std::vector<PickleId> pop_to_mark();
    void mark() { marks_.push_back(stack_.size()); }

    /// The top of the stack, which may be a mark.
    void drop();

    const PickleValue& value(PickleId id) const { return pickle_.values[id]; }

    /// The value as that kind of value, or nullptr.
    template <class Wanted>
    Wanted* find(PickleId id) {
        return std::get_if<Wanted>(&pickle_.values[id]);
    }

    /// The same where the opcode needs it.
    template <class Wanted>
    Wanted& as(PickleId id, std::string_view what) {
        Wanted* value = find<Wanted>(id);
        if (value == nullptr) fail(fmt::format("needs {}", what), "something else stands there");
        return *value;
    }

    // The memo.

    void put(std::uint32_t index) { memo_[index] = top(); }
    void put_next() { put(static_cast<std::uint32_t>(memo_.size())); }
    void get(std::uint32_t index);

    /// The value that is left, when it is the only one and nothing follows.
    Pickle finish();

private:
    std::size_t floor() const { return marks_.empty() ? 0 : marks_.back(); }

    const std::filesystem::path& file_;
    ByteReader reader_;
    Pickle pickle_;
    std::vector<PickleId> stack_;
    std::vector<std::size_t> marks_;  // sizes of the stack
    std::unordered_map<std::uint32_t, PickleId> memo_;
    std::size_t at_ = 0;       // where the opcode being read begins
    std::uint8_t opcode_ = 0;  // the opcode being read
};

}  // namespace melvit
