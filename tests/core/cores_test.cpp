#include "melvit/core/cores.h"

#include "melvit/core/file.h"

#include "tests/support/test_files.h"

#include <cmath>
#include <gtest/gtest.h>
#include <thread>

namespace melvit {
namespace {

namespace fs = std::filesystem;
using test::TempFolder;

TEST(Cores, are_at_most_those_of_the_machine) {
    EXPECT_GE(usable_cores(), 1U);
    EXPECT_LE(usable_cores(), std::thread::hardware_concurrency());
}

TEST(Cores, of_a_group_are_the_least_on_the_way_to_it) {
    const TempFolder root;
    fs::create_directories(root / "slice" / "job");
    EXPECT_TRUE(std::isinf(cores_of_group(root.path(), "/slice/job"))) << "no cpu.max at all";
    write_file(root / "slice" / "cpu.max", "max 100000\n");
    EXPECT_TRUE(std::isinf(cores_of_group(root.path(), "/slice/job")));
    write_file(root / "slice" / "job" / "cpu.max", "400000 100000\n");
    EXPECT_EQ(cores_of_group(root.path(), "/slice/job"), 4.0);
    write_file(root / "slice" / "cpu.max", "150000 100000\n");
    EXPECT_EQ(cores_of_group(root.path(), "/slice/job"), 1.5);
    EXPECT_EQ(cores_of_group(root.path(), "/slice"), 1.5);
    EXPECT_TRUE(std::isinf(cores_of_group(root.path(), "/")));
    write_file(root / "cpu.max", "50000 100000\n");
    EXPECT_EQ(cores_of_group(root.path(), "/slice/job"), 0.5) << "a container's own group is its root";
}

TEST(Cores, of_a_group_whose_limit_cannot_be_read_are_without_limit) {
    const TempFolder root;
    for (const char* text : {"", "max", "0 100000", "-1 100000", "100000", "much 100000", "100000 0"}) {
        write_file(root / "cpu.max", text);
        EXPECT_TRUE(std::isinf(cores_of_group(root.path(), "/"))) << text;
    }
}

}  // namespace
}  // namespace melvit
