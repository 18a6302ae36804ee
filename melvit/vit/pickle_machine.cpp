#include "melvit/vit/pickle_machine.h"

#include "melvit/vit/pickle_opcodes.h"

namespace melvit {

void PickleMachine::fail(std::string_view need, std::string_view finding) const {
    throw Error(file_, fmt::format("{} in its pickle", need),
                fmt::format("{} at {}, byte {}", finding, opcode_name(opcode_), at_));
}

std::uint8_t PickleMachine::next_opcode() {
    at_ = reader_.position();
    opcode_ = number<std::uint8_t>();
    return opcode_;
}

std::string_view PickleMachine::text(std::uint64_t bytes) {
    const auto value = reader_.text(bytes);
    if (!value) fail("needs a whole opcode", "it is cut off");
    return *value;
}

std::string_view PickleMachine::line() {
    const std::size_t begin = reader_.position();
    ByteReader ahead = reader_;
    for (auto byte = ahead.text(1); byte && *byte != "\n"; byte = ahead.text(1)) {
    }
    const std::string_view whole = text(ahead.position() - begin);
    if (!whole.ends_with('\n')) fail("needs a whole opcode", "it is cut off");
    return whole.substr(0, whole.size() - 1);
}

PickleId PickleMachine::push(PickleValue value) {
    pickle_.values.push_back(std::move(value));
    stack_.push_back(static_cast<PickleId>(pickle_.values.size() - 1));
    return stack_.back();
}

PickleId PickleMachine::top() const {
    if (stack_.size() <= floor()) fail("needs a value on the stack", "there is none");
    return stack_.back();
}

PickleId PickleMachine::pop() {
    const PickleId id = top();
    stack_.pop_back();
    return id;
}

std::vector<PickleId> PickleMachine::pop_several(std::size_t count) {
    if (stack_.size() - floor() < count) fail("needs more values on the stack", "there are too few");
    std::vector<PickleId> ids(stack_.end() - static_cast<std::ptrdiff_t>(count), stack_.end());
    stack_.resize(stack_.size() - count);
    return ids;
}

std::vector<PickleId> PickleMachine::pop_to_mark() {
    if (marks_.empty()) fail("needs a MARK on the stack", "there is none");
    std::vector<PickleId> ids = pop_several(stack_.size() - marks_.back());
    marks_.pop_back();
    return ids;
}

void PickleMachine::drop() {
    if (!marks_.empty() && stack_.size() == marks_.back()) {
        marks_.pop_back();
    } else {
        (void)pop();
    }
}

void PickleMachine::get(std::uint32_t index) {
    const auto found = memo_.find(index);
    if (found == memo_.end()) fail("needs a memo that was put before", fmt::format("{} was not", index));
    stack_.push_back(found->second);
}

Pickle PickleMachine::finish() {
    if (!marks_.empty() || stack_.size() != 1) fail("needs one value left at the end", "there are others");
    if (reader_.left() != 0)
        fail("needs nothing behind its end", fmt::format("{} bytes follow", reader_.left()));
    pickle_.root = stack_.back();
    return std::move(pickle_);
}

}  // namespace melvit
