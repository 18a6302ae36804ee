#include "melvit/fetch/fetch.h"

#include "melvit/core/unicode.h"
#include "melvit/vit/body.h"

#include "nearest.h"
#include "shown.h"
#include "subcommands.h"
#include "usage.h"
#include "wrap.h"

#include <algorithm>
#include <fmt/format.h>
#include <memory>

namespace melvit::cli {
namespace {

struct FetchFlags {
    std::vector<std::string> names;
    std::string folder;
    std::string url;
    std::string sha256;
};

void list_downloads(const Console& console) {
    auto list = nlohmann::ordered_json::array();
    for (const KnownDownload& known : known_downloads()) {
        const auto bytes = known.bytes == 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(known.bytes);
        list.push_back(
            {{"name", known.name}, {"file", known.url}, {"bytes", bytes}, {"sha256", known.sha256}});
        // 60 columns: half a screen beside an editor.
        constexpr std::size_t kName = 16;
        console.print(fmt::format("{:<{}}{}", known.name, kName, wrapped(known.what, 60 - kName, kName)));
    }
    console.print("Fetch one with: melvit fetch NAME");
    console.document(list);
}

const KnownDownload* find_known(const std::string& name) {
    const auto& known = known_downloads();
    const auto found = std::ranges::find(known, name, &KnownDownload::name);
    return found == known.end() ? nullptr : &*found;
}

/// What --url names; under a known name it must be of that name's size.
KnownDownload download_of_url(const FetchFlags& flags) {
    if (flags.names.size() > 1) throw Error("--url", "needs one NAME at most", "there are more");
    const std::string file = file_name_of(flags.url);
    const std::string name = flags.names.empty() ? file.substr(0, file.find('.')) : flags.names.front();
    const bool is_body = file.ends_with(".pth") || file.ends_with(".safetensors");
    const KnownDownload* known = find_known(name);
    return {name, flags.url, flags.sha256, 0, "", is_body, known == nullptr ? "" : known->size};
}

/// The downloads that the flags name.
std::vector<KnownDownload> chosen(const FetchFlags& flags) {
    if (!flags.url.empty()) return {download_of_url(flags)};
    std::vector<KnownDownload> downloads;
    for (const std::string& name : flags.names) {
        const KnownDownload* known = find_known(name);
        if (known == nullptr) {
            std::vector<std::string> names;
            for (const KnownDownload& each : known_downloads()) names.push_back(each.name);
            throw UsageError(name, "needs --url, or to be a name that melvit fetch lists",
                             "it is not among them" + did_you_mean(name, names));
        }
        downloads.push_back(*known);
    }
    return downloads;
}

int run(const FetchFlags& flags, const Console& console) {
    if (flags.names.empty() && flags.url.empty()) {
        list_downloads(console);
        return kDone;
    }
    const std::filesystem::path folder =
        flags.folder.empty() ? body_folder() : std::filesystem::path(flags.folder);
    auto list = nlohmann::ordered_json::array();
    for (const KnownDownload& download : chosen(flags)) {
        const Fetched fetched = fetch(download, folder, console.context());
        console.print(fmt::format("{}: {} ({:.1f} MB)", fetched.name, shown(fetched.file),
                                  static_cast<double>(fetched.bytes) / 1e6));
        list.push_back({{"name", fetched.name},
                        {"file", utf8_name(fetched.file)},
                        {"bytes", fetched.bytes},
                        {"sha256", fetched.sha256}});
    }
    console.document(list);
    return kDone;
}

}  // namespace

Subcommand add_fetch(CLI::App& program, CommonFlags&) {
    auto flags = std::make_shared<FetchFlags>();
    CLI::App* subcommand = program.add_subcommand("fetch", "lists or downloads known bodies and data sets");
    subcommand->add_option("NAME", flags->names, "what to download; without it the known names are listed");
    subcommand->add_option("--dir", flags->folder,
                           "where to put it; " + body_folder().string() + " without it");
    auto* url = subcommand->add_option("--url", flags->url, "any http(s) address instead of a known name");
    subcommand
        ->add_option("--sha256", flags->sha256, "the digest that the download must have (64 hex digits)")
        ->needs(url);
    subcommand->footer("Example: melvit fetch vit_b_16");
    return {subcommand, [flags](const Console& console) { return run(*flags, console); },
            "what was downloaded is kept, and the same command goes on"};
}

}  // namespace melvit::cli
