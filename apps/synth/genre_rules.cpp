#include "apps/synth/genre_rules.h"

#include "apps/synth/orchestra.h"

#include <utility>

namespace melvit {
namespace {

using namespace orchestra;
using Patterns = std::vector<std::string_view>;

Part drum(const Instrument& instrument, float level, Patterns patterns) {
    return {.role = Role::drum, .instrument = instrument, .level = level, .patterns = std::move(patterns)};
}

Part line(const Instrument& instrument, float level, int lowest_midi, Patterns patterns) {
    return {Role::line, instrument, level, lowest_midi, std::move(patterns)};
}

Part chords(const Instrument& instrument, float level, int lowest_midi, Patterns patterns) {
    return {Role::chords, instrument, level, lowest_midi, std::move(patterns)};
}

Part melody(const Instrument& instrument, float level, int lowest_midi, Patterns patterns) {
    return {Role::melody, instrument, level, lowest_midi, std::move(patterns)};
}

// A bar of 16 characters is in sixteenths, of 12 in triplets (a shuffle), of 8 in eighths.

GenreRules blues() {
    return {.name = "blues",
            .beats_per_minute = {66, 100},
            .scales = {Scale::mixolydian, Scale::dorian},
            .chords = ChordKind::dominant,
            .progressions = {"111144115415", "141144115411"},
            .forms = {"aab", "abab", "aac"},
            .bars_in_section = 6,
            .late_ms = 12,
            .room = 0.2F,
            .treble_hz = {3200, 4400},
            .hiss_db = {-54, -47},
            .parts = {
                drum(kKick, 0.7F, {"x.....x.....", "x..x..x..x..", "x....xx....."}),
                drum(kBrush, 0.45F, {"...x.....x..", "...X.o...X.o"}),
                drum(kRide, 0.18F, {"x.ox.ox.ox.o", "x..x.ox..x.o"}).with_chance(0.6F).in("ab"),
                line(kUprightBass, 1.1F, 28, {"1--3--4--3--", "1.13.34.43.3", "1--1--3--4--"}),
                line(kElectricGuitar, 0.5F, 40, {"1.13.31.13.3", "1.31.41.31.4"})
                    .held(0.8F)
                    .driven(2.5F)
                    .with_chance(0.8F),
                chords(kPiano, 0.14F, 55, {"...x.....x..", "x....x......", "..x..x..x..x"})
                    .held(0.6F)
                    .with_chance(0.6F),
                melody(kHarmonica, 0.28F, 60, {"x--x.xx----.", "...x.xx--x--", "x-----......"})
                    .with_chance(0.7F)
                    .in("bc"),
                melody(kElectricGuitar, 0.9F, 60, {"x.xx--x.xx--", "...x.xx.xx--"})
                    .held(0.95F)
                    .driven(4)
                    .with_chance(0.7F)
                    .in("ac"),
            }};
}

GenreRules classical() {
    return {.name = "classical",
            .beats_per_minute = {54, 104},
            .beats_in_bar = 3,
            .scales = {Scale::major, Scale::minor},
            .chords = ChordKind::triad,
            .progressions = {"1451", "16251451", "14276251", "1514"},
            .forms = {"abac", "aabc", "abcb"},
            .late_ms = 16,
            .room = 0.8F,
            .treble_hz = {5000, 7000},
            .hiss_db = {-84, -76},
            .parts = {
                chords(kStringSection, 0.16F, 52, {"x-----", "x---x-"}).held(1).with_chance(0.85F).in("ab"),
                line(kStringSection, 0.3F, 36, {"1-----", "1---2-", "1-2-3-"}).held(1),
                line(kPiano, 0.3F, 48, {"123432", "132313", "135653"}).held(1).with_chance(0.6F).in("ac"),
                melody(kStringSection, 0.3F, 67, {"x---x-", "x-x-x-", "x--xxx", "x-----"})
                    .held(1)
                    .with_chance(0.7F)
                    .in("ab"),
                melody(kFlute, 0.45F, 72, {"x-x-x-", "xxx-x-", "x---xx"}).held(1).with_chance(0.6F).in("bc"),
            }};
}

GenreRules country() {
    return {.name = "country",
            .beats_per_minute = {104, 136},
            .scales = {Scale::major, Scale::mixolydian},
            .chords = ChordKind::triad,
            .progressions = {"11441155", "14511451", "11451541", "15141515"},
            .forms = {"abab", "aabc", "abac"},
            .late_ms = 7,
            .room = 0.1F,
            .treble_hz = {7000, 9000},
            .hiss_db = {-76, -66},
            .parts = {
                line(kUprightBass, 1.3F, 28, {"1...3...", "1---3---", "1...3.2."}).held(0.7F),
                chords(kAcousticGuitar, 0.32F, 52, {"..x...x.", "..x...xx", "..xo..xo"}).held(0.8F),
                drum(kShaker, 0.22F, {"o.x.o.x.", "xoxoxoxo"}).with_chance(0.9F),
                drum(kRimShot, 0.3F, {"..x...x.", "..x...xo"}).with_chance(0.8F),
                line(kBanjo, 0.5F, 60, {"1342134213421342", "1.32143212431.42"}).with_chance(0.75F).in("bc"),
                melody(kFiddle, 0.16F, 67, {"x-x-xxx-", "x---x-xx", "xxx-x---"})
                    .held(0.95F)
                    .with_chance(0.7F)
                    .in("ac"),
                melody(kVoice, 0.4F, 55, {"x-x-x---", "x--xx-x-", "..xxx-x-"})
                    .held(0.95F)
                    .with_chance(0.7F)
                    .in("ab"),
            }};
}

GenreRules disco() {
    return {.name = "disco",
            .beats_per_minute = {112, 126},
            .scales = {Scale::dorian, Scale::minor},
            .chords = ChordKind::seventh,
            .progressions = {"1144", "1163", "1745", "4511"},
            .forms = {"abab", "aabb", "abcb"},
            .late_ms = 3,
            .room = 0.15F,
            .treble_hz = {9500, 11000},
            .hiss_db = {-86, -78},
            .parts = {
                drum(kKick, 1.2F, {"X...X...X...X..."}),
                drum(kOpenHat, 0.55F, {"..x...x...x...x."}),
                drum(kClosedHat, 0.3F, {"x.xxx.xxx.xxx.xx", "xxxxxxxxxxxxxxxx"}).with_chance(0.8F),
                drum(kClap, 0.5F, {"....x.......x...", "....x.......x..o"}),
                line(kElectricBass, 0.9F, 31, {"1.5.1.5.1.5.1.5.", "1.5.1.55..5.1.35", "1..51..51..51.35"})
                    .held(0.8F),
                chords(kElectricGuitar, 0.25F, 62, {"..x.x..x..x.x..x", "x.xx.xx.x.xx.xx."})
                    .held(0.35F)
                    .with_chance(0.8F),
                chords(kStringSection, 0.16F, 67, {"x---------------", "x-------x-------"})
                    .held(1)
                    .with_chance(0.9F)
                    .in("b"),
                chords(kBrass, 0.12F, 60, {"........x..x....", "x..x............"})
                    .held(0.6F)
                    .with_chance(0.6F)
                    .in("ab"),
                melody(kVoice, 0.4F, 62, {"x-x---x-x---....", "....x-x-x-x-----"}).with_chance(0.7F).in("ac"),
            }};
}

GenreRules hiphop() {
    return {
        .name = "hiphop",
        .beats_per_minute = {80, 100},
        .scales = {Scale::minor, Scale::dorian},
        .chords = ChordKind::seventh,
        .progressions = {"1", "16", "14", "1157"},
        .forms = {"aab", "ab", "aac"},
        .late_ms = 8,
        .treble_hz = {7000, 9500},
        .hiss_db = {-50, -42},
        .parts = {
            drum(kDeepKick, 1.7F, {"X.....x...x.....", "X..x......x..x..", "X.......x.x....."}),
            drum(kCrackSnare, 0.9F, {"....X.......X...", "....X.......X..o"}),
            drum(kClosedHat, 0.3F, {"x.x.x.x.x.x.x.x.", "x.xox.xox.xox.xx", "xxx.x.x.xxx.x.x."})
                .with_chance(0.7F),
            line(kSubBass, 1.2F, 26, {"1-----1---1-----", "1--1------2--1--", "1-------..4-1---"}).held(1),
            line(kElectricPiano, 0.2F, 60, {"3-----4-----....", "1---------2-3---"}).with_chance(0.6F),
            melody(kSpeech, 1.6F, 40, {"x.xxx.xx.xx.x.x.", "xx.xxx.xx.xxx.x.", "x.xx.xxxx.x.xxx."})
                .held(0.8F)
                .in("ab"),
        }};
}

GenreRules jazz() {
    return {
        .name = "jazz",
        .beats_per_minute = {116, 200},
        .scales = {Scale::major, Scale::dorian, Scale::minor},
        .chords = ChordKind::seventh,
        .progressions = {"2511", "16251625", "14736251", "25113625"},
        .forms = {"abac", "aacb", "acab"},
        .late_ms = 10,
        .room = 0.3F,
        .treble_hz = {5500, 8000},
        .hiss_db = {-72, -62},
        .parts = {
            drum(kRide, 0.5F, {"X..x.ox..x.o", "x..X.xx..X.x", "x..x.xx..x.x"}),
            drum(kBrush, 0.15F, {"...x.....x..", "..o......x.o", "x..x..x..x.o"}).with_chance(0.7F),
            line(kUprightBass, 1.2F, 29, {"1--2--3--4--", "1--3--5--4--", "1--3--2--4--"}),
            chords(kPiano, 0.13F, 57, {"x....x......", ".....x...x..", "..x......x..", "x--......x--"})
                .held(0.5F)
                .with_chance(0.9F),
            melody(kSaxophone, 0.35F, 56, {"x.xx.xx--...", "...x.xx.xx--", "x.xx.xx.xx.x", "x-----x.xx--"})
                .with_chance(0.75F)
                .in("ab"),
            melody(kPiano, 0.45F, 67, {"x.xx.xx.xx.x", "..xx.xxxx...", "x--..xx.xx.."})
                .with_chance(0.7F)
                .in("bc"),
        }};
}

GenreRules metal() {
    return {.name = "metal",
            .beats_per_minute = {120, 180},
            .scales = {Scale::phrygian, Scale::minor},
            .chords = ChordKind::power,
            .progressions = {"1121", "1167", "1217", "1111"},
            .forms = {"aabb", "abab", "abcb"},
            .late_ms = 2,
            .treble_hz = {9000, 11000},
            .hiss_db = {-66, -58},
            .parts = {
                drum(kClickKick, 0.9F, {"xxxxxxxxxxxxxxxx", "x.xxx.xxx.xxx.xx", "xx.xxx.xxx.xxx.x"}),
                drum(kBigSnare, 0.6F, {"....X.......X...", "..X...X...X...X."}),
                drum(kCrash, 0.3F, {"x...x...x...x...", "x.......x......."}),
                chords(kElectricGuitar, 1, 40, {"xxxxxxxxxxxxxxxx", "x-xxx-xxx-xxx-xx", "x.xxx.xxx--xx.xx"})
                    .driven(14),
                chords(kElectricGuitar, 0.8F, 45, {"x---------------", "x-------x---x---"})
                    .held(1)
                    .driven(14)
                    .in("bc"),
                line(kElectricBass, 0.8F, 28, {"1111111111111111", "1.111.111.111.11"}).driven(3),
                melody(kElectricGuitar, 1, 64, {"xxxxxxxxxxxxxxxx", "x-xxx-xxx-xxx-xx"})
                    .held(1)
                    .driven(10)
                    .with_chance(0.6F)
                    .in("c"),
                melody(kSpeech, 1.2F, 45, {"x---x-x-x---....", "x-x-x---x-x-x---"})
                    .driven(8)
                    .with_chance(0.7F)
                    .in("ab"),
            }};
}

GenreRules pop() {
    return {
        .name = "pop",
        .beats_per_minute = {94, 128},
        .scales = {Scale::major},
        .chords = ChordKind::triad,
        .progressions = {"1564", "6415", "1645", "4156"},
        .forms = {"aabb", "abab", "abcb"},
        .late_ms = 2,
        .room = 0.1F,
        .treble_hz = {10000, 11025},
        .hiss_db = {-90, -82},
        .parts = {
            drum(kKick, 1.0F, {"X.......X.x.....", "X..x....X.......", "X.....x.X......."}),
            drum(kClap, 0.6F, {"....X.......X...", "....X.......X.o."}),
            drum(kShaker, 0.2F, {"x.x.x.x.x.x.x.x.", "xoxoxoxoxoxoxoxo"}).with_chance(0.7F),
            line(kSynthBass, 0.5F, 33, {"1.1.1.1.1.1.1.1.", "1-----1-1-----1-", "1--1--1-1--1--1-"})
                .held(0.8F),
            chords(kSawPad, 0.09F, 60, {"x---------------", "x--x--x-x--x--x-"}).with_chance(0.9F).in("bc"),
            line(kBell, 0.2F, 72, {"1.3.2.3.1.3.2.3.", "1..2..3.1..2..3."}).with_chance(0.7F),
            melody(kVoice, 0.9F, 62, {"x-x-x---x-x-....", "x---x-x-x-x-x---", "..x-x-x-x---x-x-"})
                .held(0.95F),
            melody(kSawPad, 0.16F, 72, {"x-x-x-x-x---x---", "x---x---x-x-x-x-"}).with_chance(0.5F).in("b"),
        }};
}

GenreRules reggae() {
    return {
        .name = "reggae",
        .beats_per_minute = {66, 86},
        .scales = {Scale::major, Scale::minor, Scale::dorian},
        .chords = ChordKind::triad,
        .progressions = {"14", "1155", "1645", "1414"},
        .forms = {"aab", "abac", "aac"},
        .late_ms = 9,
        .room = 0.35F,
        .treble_hz = {4500, 6000},
        .hiss_db = {-86, -78},
        .parts = {
            drum(kKick, 1, {"........X.......", "........X.....o.", "X.......X......."}),
            drum(kRimShot, 0.7F, {"........X.......", "........X..o...."}),
            drum(kClosedHat, 0.25F, {"x.x.x.x.x.x.x.x.", "..x...x...x...x."}).with_chance(0.8F),
            line(kDullBass, 2.2F, 28, {"1---1-2-3---2---", "..1-1-3---2-1---", "1-----3-2-1-...."}),
            chords(kAcousticGuitar, 0.42F, 57, {"....x.......x...", "....x.x.....x.x."}).held(0.35F),
            chords(kOrgan, 0.13F, 60, {"..x.x.x...x.x.x.", "..x...x...x...x."}).held(0.45F).with_chance(0.8F),
            melody(kVoice, 0.5F, 55, {"x---x---x---....", "..x-x-x---x-----"}).with_chance(0.7F).in("ab"),
            melody(kBrass, 0.12F, 60, {"x-x---........x-", "....x-x-x---...."}).with_chance(0.5F).in("bc"),
        }};
}

GenreRules rock() {
    return {
        .name = "rock",
        .beats_per_minute = {108, 150},
        .scales = {Scale::mixolydian, Scale::minor, Scale::major},
        .chords = ChordKind::power,
        .progressions = {"1745", "1474", "1564", "1144"},
        .forms = {"abab", "aabb", "abcb"},
        .late_ms = 6,
        .room = 0.15F,
        .treble_hz = {5500, 7500},
        .hiss_db = {-58, -52},
        .parts = {
            drum(kKick, 1.1F, {"X...x...X.x.....", "X.....x.X.......", "X..x....X.x....."}),
            drum(kSnare, 0.9F, {"....X.......X...", "....X.......X.o."}),
            drum(kOpenHat, 0.25F, {"x.x.x.x.x.x.x.x.", "x...x...x...x..."}),
            drum(kTom, 0.8F, {"........x.x.xxxx", "............xxxx"}).with_chance(0.8F).only(Bars::last),
            drum(kCrash, 0.5F, {"x..............."}).in("bc").only(Bars::first),
            line(kElectricBass, 1, 28, {"1.1.1.1.1.1.1.1.", "1---1.1.1---1.1."}),
            chords(kElectricGuitar, 0.55F, 45, {"x---x---x-x-x---", "x-x-..x-x-x-..x-", "x-----x-x-------"})
                .driven(7),
            melody(kVoice, 0.6F, 57, {"x-x-x---x---....", "..x-x-x-x-x-----"})
                .held(0.95F)
                .with_chance(0.8F)
                .in("ab"),
            melody(kElectricGuitar, 0.8F, 62, {"x-x-xxx-x---x-x-", "x---x-xxx-x-x---"})
                .held(1)
                .driven(6)
                .with_chance(0.7F)
                .in("c"),
        }};
}

}  // namespace

const std::vector<GenreRules>& genre_rules() {
    static const std::vector<GenreRules> rules = {blues(), classical(), country(), disco(),  hiphop(),
                                                  jazz(),  metal(),     pop(),     reggae(), rock()};
    return rules;
}

}  // namespace melvit
