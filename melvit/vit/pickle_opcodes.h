#pragma once

#include <cstdint>
#include <string>

namespace melvit {

/// The opcodes that a state dict's pickle may hold.
enum class Opcode : std::uint8_t {
    proto = 0x80,
    stop = '.',
    mark = '(',
    global = 'c',
    reduce = 'R',
    build = 'b',
    empty_dict = '}',
    empty_list = ']',
    empty_tuple = ')',
    tuple = 't',
    tuple1 = 0x85,
    tuple2 = 0x86,
    tuple3 = 0x87,
    append = 'a',
    appends = 'e',
    setitem = 's',
    setitems = 'u',
    none = 'N',
    newtrue = 0x88,
    newfalse = 0x89,
    binint = 'J',
    binint1 = 'K',
    binint2 = 'M',
    long1 = 0x8A,
    binfloat = 'G',
    binunicode = 'X',
    short_binstring = 'U',
    binput = 'q',
    long_binput = 'r',
    binget = 'h',
    long_binget = 'j',
    binpersid = 'Q'
};

/// The name of any pickle opcode, the refused ones above all; hexadecimal when there is none.
std::string opcode_name(std::uint8_t opcode);

}  // namespace melvit
