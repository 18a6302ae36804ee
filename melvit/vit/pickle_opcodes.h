#pragma once

#include <cstdint>
#include <string>

namespace melvit {

/// The opcodes that a checkpoint's pickle may hold: those that CPython writes in protocols 2 to 5, without the
/// copyreg extensions and buffers outside the pickle.
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
    binpersid = 'Q',
    inst = 'i',
    obj = 'o',
    newobj = 0x81,
    newobj_ex = 0x92,
    stack_global = 0x93,
    memoize = 0x94,
    frame = 0x95,
    pop = '0',
    pop_mark = '1',
    empty_set = 0x8F,
    additems = 0x90,
    frozenset = 0x91,
    long4 = 0x8B,
    binstring = 'T',
    short_binunicode = 0x8C,
    binunicode8 = 0x8D,
    binbytes = 'B',
    short_binbytes = 'C',
    binbytes8 = 0x8E,
    bytearray8 = 0x96
};

/// The name of any pickle opcode, the refused ones above all; hexadecimal when there is none.
std::string opcode_name(std::uint8_t opcode);

}  // namespace melvit
