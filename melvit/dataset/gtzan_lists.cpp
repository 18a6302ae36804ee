#include "melvit/dataset/gtzan_lists.h"

namespace melvit {

// Written by tools/make_splits.py.
// clang-format off
const std::array<GtzanGenre, 10> kGtzanGenres = {{
    {"blues",
     "vvvvvvvvvvvveeeeeeeeeeeeeeeeetttttttttttttttttttttvvvvvvvvvvveeeeeeeeeeeetttttttttttttttttttttttttee",
     "ttttvetvvveteetevtttetveeettettevttvttttetvetvtttetveevtttvetvetetvtvttvtvtttevtvtveetvtttvtevtevtet"},
    {"classical",
     "vvvvvvvvvvveeeeeeeeeeeeeeeeeeetttteeeeeeee-ttttttettttttttttttttttttvvvvvvvvveeetttttttttttttttttttt",
     "tttttvvvvevttvtvetvetevtettvtevttveeeetvteeetevttttteeveettttetvttetvetvttvetvttttttttveevvtetvtttvt"},
    {"country",
     "vvvvvvvv-vvvvvvvvvvttttttttvtteeeeeeeeeeevveeveeevee-eeeeeeeeeeeettttttttttttttttttttttttttttttttttt",
     "vvetvvtttvtetttvttttveeeevvvttvetetttttttevvttvetteeeetvtevtvttteetttttvetteeeetttevvttvvtvevtttttve"},
    {"disco",
     "vevvvtvvvvvvvvvttttttetttttttttttttttt-tttttttvtvt--vtt-ttet-teeeeevvet-vttveeeeeeeeeeeeetveeeevee-e",
     "eeeveettetttetevtttttevttvttvvttvettttevvttvttvttevvtvtettevtevtttttetvevvvteeteetettvevttttvvevttet"},
    {"hiphop",
     "e-tttttttttttttttttttttttteettetttttttt-etteee-----eeeettttttteeeeeeeeeeeeee-ttttvvvvvvvvvvvvvvvvvve",
     "tetvevtveevttteevetvttteeetteettttetvvtvttevtttvvttvtttvttttteettevvtvevtttevtttvvvvtetetttetveeevtt"},
    {"jazz",
     "ttvvvvvvvvvttttttttttttttvvvvvvvv--------t-----tttttttttttttttttttttttttteeeeeeeeeeeeeeeeeeeeeeeeeee",
     "vvtettttvetvttttevevevvttvtttvtetetevetettvtvevvevtvtettvttttttvtveetetetettetettvvveeteettttttttvve"},
    {"metal",
     "vvtt-tvvvvvveeeevvvvvteeteeeeeeeee-tvvee------tttttttttttt-ttttttttevtetteeevvettvveteteettttttttttt",
     "teettetvvvttvttvtteteetttttttvevvvvetttvetevvteteteetvevteetttevvtevvetttvttttetettvettvttttetvvvtet"},
    {"pop",
     "eettttttttvttee-ttttt--ttttttt-tttttt-tttttet-t--tt--v-v--vvvvveeee--eeeeeeeeeeetvevvvv-eeeeeeeeettt",
     "evttteevetvtttvtvtvvtetvtvttvveetteteveeetttetevtettettttvvvvttttteteeettvttttvtvtttevttevvettvteetv"},
    {"reggae",
     "ttt-t-t--t-tt-ttttttttttttttttttt-eeeeeee-tttteeettteetttttttvvteeeeetvev-v-vvve--eeev-eeee-vvvvvvvv",
     "vveettevvttttttetttveeetvvvttvttvevettvvtttttvevetetttttteettvtvtttveevtvtettteevetetvvtttvttveteete"},
    {"rock",
     "tttttttttteeeeeettttttttttteeeeeeeeeeeveeeeeeeeeevvvvvvvvttttttttttttttvvvvvvvvvvvvvvveeeeettttttttt",
     "eeettttvteeevvttvtvvevvtttttvvveeettvtvettevttvetveetvttvettevttetttvteteeetvttettettttvtvttvtttvtet"},
}};
// clang-format on

}  // namespace melvit
