#pragma once

#include <filesystem>
#include <fstream>
#include <string>

namespace melvit::test {

/// A folder of its own for one test; goes with all that is in it.
class TempFolder {
public:
    TempFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "melvit-test-XXXXXX").string();
        path_ = ::mkdtemp(pattern.data());
    }
    ~TempFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

private:
    std::filesystem::path path_;
};

/// A file, and its folder, without the care of melvit::write_file, for tests that write thousands.
inline void write_quickly(const std::filesystem::path& file, const std::string& bytes) {
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
}

inline std::string bytes_of(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

inline std::filesystem::path golden(const std::string& name) {
    return std::filesystem::path(MELVIT_GOLDEN_DIR) / name;
}

inline std::filesystem::path shared(const std::string& name) {
    return std::filesystem::path(MELVIT_SHARED_DIR) / name;
}

}  // namespace melvit::test

/// Skips a test aloud where the real data of ../shared is not at hand.
#define MELVIT_NEEDS_SHARED(name)                             \
    if (!std::filesystem::exists(melvit::test::shared(name))) \
    GTEST_SKIP() << "needs ../shared/" << (name) << ", which is not on this machine"
