#pragma once

#include "melvit/kernels/kernels.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace melvit::kernels::test {

/// The levels that this processor runs.
inline std::vector<IsaLevel> levels_here() {
    std::vector<IsaLevel> levels;
    for (const IsaLevel level : {IsaLevel::baseline, IsaLevel::avx2, IsaLevel::avx2_vnni, IsaLevel::avx512,
                                 IsaLevel::avx512_vnni, IsaLevel::avx512_bf16, IsaLevel::amx}) {
        if (runs(level)) levels.push_back(level);
    }
    return levels;
}

/// A test of each level's kernels: TEST_P(Name, Sentence) with `table`.
class LevelTest : public ::testing::TestWithParam<IsaLevel> {
protected:
    const Kernels& table = kernels_of(GetParam());
};

inline std::string level_name(const ::testing::TestParamInfo<IsaLevel>& info) {
    std::string name(name_of(info.param));
    for (char& letter : name) letter = letter == '-' ? '_' : letter;
    return name;
}

}  // namespace melvit::kernels::test
