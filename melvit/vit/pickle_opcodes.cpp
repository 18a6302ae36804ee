#include "melvit/vit/pickle_opcodes.h"

#include <array>
#include <fmt/format.h>
#include <string_view>
#include <utility>

namespace melvit {
namespace {

/// source  CPython's Lib/pickletools.py, protocols 0 to 5
constexpr std::array<std::pair<std::uint8_t, std::string_view>, 68> kOpcodeNames{{
    {0x80, "PROTO"},
    {'.', "STOP"},
    {'(', "MARK"},
    {'c', "GLOBAL"},
    {'R', "REDUCE"},
    {'b', "BUILD"},
    {'}', "EMPTY_DICT"},
    {']', "EMPTY_LIST"},
    {')', "EMPTY_TUPLE"},
    {'t', "TUPLE"},
    {0x85, "TUPLE1"},
    {0x86, "TUPLE2"},
    {0x87, "TUPLE3"},
    {'a', "APPEND"},
    {'e', "APPENDS"},
    {'s', "SETITEM"},
    {'u', "SETITEMS"},
    {'N', "NONE"},
    {0x88, "NEWTRUE"},
    {0x89, "NEWFALSE"},
    {'J', "BININT"},
    {'K', "BININT1"},
    {'M', "BININT2"},
    {0x8A, "LONG1"},
    {'G', "BINFLOAT"},
    {'X', "BINUNICODE"},
    {'U', "SHORT_BINSTRING"},
    {'q', "BINPUT"},
    {'r', "LONG_BINPUT"},
    {'h', "BINGET"},
    {'j', "LONG_BINGET"},
    {'Q', "BINPERSID"},
    {'0', "POP"},
    {'1', "POP_MARK"},
    {'2', "DUP"},
    {'F', "FLOAT"},
    {'I', "INT"},
    {'L', "LONG"},
    {'P', "PERSID"},
    {'S', "STRING"},
    {'T', "BINSTRING"},
    {'V', "UNICODE"},
    {'d', "DICT"},
    {'g', "GET"},
    {'i', "INST"},
    {'l', "LIST"},
    {'o', "OBJ"},
    {'p', "PUT"},
    {0x81, "NEWOBJ"},
    {0x82, "EXT1"},
    {0x83, "EXT2"},
    {0x84, "EXT4"},
    {0x8B, "LONG4"},
    {'B', "BINBYTES"},
    {'C', "SHORT_BINBYTES"},
    {0x8C, "SHORT_BINUNICODE"},
    {0x8D, "BINUNICODE8"},
    {0x8E, "BINBYTES8"},
    {0x8F, "EMPTY_SET"},
    {0x90, "ADDITEMS"},
    {0x91, "FROZENSET"},
    {0x92, "NEWOBJ_EX"},
    {0x93, "STACK_GLOBAL"},
    {0x94, "MEMOIZE"},
    {0x95, "FRAME"},
    {0x96, "BYTEARRAY8"},
    {0x97, "NEXT_BUFFER"},
    {0x98, "READONLY_BUFFER"},
}};

}  // namespace

std::string opcode_name(std::uint8_t opcode) {
    for (const auto& [code, name] : kOpcodeNames) {
        if (code == opcode) return std::string(name);
    }
    return fmt::format("{:#04x}", opcode);
}

}  // namespace melvit
