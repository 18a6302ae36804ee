#include "melvit/tracking/durable_folder.h"

#include "melvit/core/error.h"
#include "melvit/core/file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <utility>

namespace melvit {
namespace {

namespace fs = std::filesystem;

/// Whether the two changed places in one step; some file systems cannot.
bool exchange(const fs::path& one, const fs::path& other) {
    return ::renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) == 0;
}

}  // namespace

DurableFolder::DurableFolder(fs::path target)
    : target_(std::move(target)), temporary_(temporary_name(target_)) {
    if (fs::exists(target_) && !fs::is_directory(target_)) {
        throw Error(target_, "needs to be a folder or a new one", "a file stands there");
    }
    make_folder(temporary_);
}

DurableFolder::~DurableFolder() {
    std::error_code ignored;
    fs::remove_all(temporary_, ignored);
}

void DurableFolder::commit() {
    sync_folder(temporary_ / "any");
    // After an exchange the older folder is under the temporary name, and goes with this object.
    if (!fs::exists(target_) || !exchange(temporary_, target_)) {
        std::error_code ignored;
        fs::remove_all(target_, ignored);
        if (std::rename(temporary_.c_str(), target_.c_str()) != 0) {
            throw Error(target_, "cannot be written", std::strerror(errno));
        }
    }
    sync_folder(target_);
}

std::string as_file_name(std::string_view name) {
    constexpr std::string_view kKept = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+=-";
    std::string text(name.substr(0, 100));
    for (char& c : text) {
        if (kKept.find(c) == std::string_view::npos) c = '_';
    }
    return text;
}

}  // namespace melvit
