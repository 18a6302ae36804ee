#include "melvit/tracking/wandb.h"

#include "melvit/core/file.h"
#include "melvit/core/version.h"
#include "melvit/tracking/durable_folder.h"
#include "melvit/tracking/wandb_frames.h"
#include "melvit/tracking/wandb_records.h"

#include <algorithm>
#include <cassert>
#include <ctime>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <map>
#include <vector>

namespace melvit {
namespace {

namespace fs = std::filesystem;

[[maybe_unused]] bool is_run_id(std::string_view id) {
    return id.size() == 8 &&
           std::ranges::all_of(id, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

/// Whether the file is there and holds exactly these bytes.
bool holds(const fs::path& file, std::string_view bytes) {
    std::error_code error;
    return fs::is_regular_file(file, error) && fs::file_size(file, error) == bytes.size() &&
           read_text_file(file, bytes.size()) == bytes;
}

}  // namespace

std::string wandb_file(const TrackedRun& run, std::string_view producer) {
    WandbFrames frames;
    for (const std::string& record : wandb_records(run, producer)) frames.add(record);
    return frames.bytes();
}

fs::path write_wandb_run(const TrackedRun& run, const fs::path& out) {
    assert(is_run_id(run.id));
    const std::string bytes = wandb_file(run, fmt::format("melvit-{}", kVersion));
    fs::path target = out / fmt::format("offline-run-{:%Y%m%d_%H%M%S}-{}",
                                        fmt::gmtime(static_cast<std::time_t>(run.start_time)), run.id);
    const std::string name = fmt::format("run-{}.wandb", run.id);
    if (holds(target / name, bytes)) return target;
    DurableFolder folder(target);
    make_folder(folder.temporary() / "files");
    make_folder(folder.temporary() / "logs");
    for (const auto& file : run.files) write_file(folder.temporary() / "files" / file.name, file.text);
    write_file(folder.temporary() / name, bytes);
    folder.commit();
    return target;
}

void write_wandb_runs(std::span<const TrackedRun> runs, const fs::path& out) {
    std::map<std::string, fs::path> folders;  // of each id
    for (const TrackedRun& run : runs) folders[run.id] = write_wandb_run(run, out).filename();
    std::vector<fs::path> outdated;
    for (const auto& entry : fs::directory_iterator(out)) {
        const std::string name = entry.path().filename().string();
        const auto folder = folders.find(name.substr(name.rfind('-') + 1));
        if (!name.starts_with("offline-run-") || folder == folders.end() || folder->second == name) continue;
        outdated.push_back(entry.path());
    }
    for (const fs::path& folder : outdated) fs::remove_all(folder);
}

}  // namespace melvit
