#pragma once

#include "melvit/vit/pickle_machine.h"

#include <string_view>

namespace melvit {

// What a pickle names, and what it asks to be called with it. No name leads to code of melvit but the four of
// PickleCallable; all others make inert values.

/// Pushes what module.name stands for.
void push_global(PickleMachine& machine, std::string_view module, std::string_view name);

/// Pushes what callable(*arguments) is; each of the two may be any value, as the pickle has it.
void push_call(PickleMachine& machine, PickleId callable, PickleId arguments);

/// Pushes an instance of a class that is made without its constructor, as object.__new__ makes it.
void push_instance(PickleMachine& machine, PickleId of_class);

/// Gives a value its attributes; no __setstate__ is called.
void set_state(PickleMachine& machine, PickleId value, PickleId state);

/// Pushes the storage that a persistent id names.
void push_storage(PickleMachine& machine, PickleId persistent_id);

}  // namespace melvit
