#include "melvit/dataset/extract.h"

#include "melvit/audio/packet_digest.h"
#include "melvit/core/config.h"
#include "melvit/core/source.h"
#include "melvit/core/thread_pool.h"
#include "melvit/core/unicode.h"
#include "melvit/dataset/identity.h"
#include "melvit/dataset/split_warnings.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <fmt/format.h>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <numeric>
#include <optional>
#include <span>
#include <utility>

namespace melvit {
namespace {

constexpr std::size_t kImagesAtOnce = 64;  // 38 MB
constexpr std::size_t kFilesAtOnce = 256;
/// How often a file that changes while it is read is read: who still writes it will not be done soon.
constexpr int kMostRounds = 3;

/// One file's way to its features; tracks of the same bytes share one.
struct Item {
    std::filesystem::path file;
    SourceDigest digest;
    MediaKind kind = MediaKind::other;
    std::optional<Source> source;  ///< while it is worked on
    std::string sound_sha256;
    TrackFeatures features;
    std::string problem;       ///< empty, or why there are no features
    bool has_changed = false;  ///< the problem is that the file's bytes are no longer those of the digest
    bool was_cached = false;
    std::size_t tracks = 1;  ///< that have these bytes
};

void set_problem(Item& item, const Error& error) {
    item.problem = utf8_text(error.reason());
    item.features = {};
}

/// Whether the file that was opened is another one than that of the digest, or was written or replaced since.
bool differs_from_digest(const Item& item) {
    return item.source && item.source->stamp() != item.digest.stamp;
}

/// An item's file, opened when it is needed for the first time.
///
/// throws  Error of Source; FileChanged
const Source& source_of(Item& item) {
    if (!item.source) {
        item.source.emplace(item.file);
        if (differs_from_digest(item)) throw FileChanged(item.file);
    }
    return *item.source;
}

/// Adds rows below the others.
void append(Matrix& rows, const Matrix& more) {
    Matrix both(rows.rows() + more.rows(), more.columns());
    std::ranges::copy(more.values(), std::ranges::copy(rows.values(), both.data()).out);
    rows = std::move(both);
}

/// An error of the body, which no other file would spare: it ends the extraction, where that of a file does
/// not.
struct BodyTrouble {
    std::exception_ptr error;
};

class Extraction {
public:
    Extraction(const Catalog& catalog, const FeatureExtractor& extractor, const std::string& extractor_name,
               const ExtractJob& job, const Context& context)
        : catalog_(catalog),
          extractor_(extractor),
          job_(job),
          context_(context),
          width_(extractor.width() * images_per_row(job.front_end)),
          cache_(job.cache_folder, fmt::format("{}\n{}\n{}", config_text(job.front_end),
                                               config_text(job.features), extractor_name)) {}

    ExtractResult run() {
        const auto start = std::chrono::steady_clock::now();
        item_of_track_.resize(catalog_.size());
        std::vector<std::size_t> tracks(catalog_.size());
        std::iota(tracks.begin(), tracks.end(), std::size_t{0});
        for (int round = 0; round < kMostRounds && !tracks.empty(); ++round) {
            read_again_ += round > 0 ? tracks.size() : 0;
            extract(tracks);
            std::erase_if(tracks, [&](std::size_t t) { return !items_[item_of_track_[t]].has_changed; });
        }
        fill_table();
        result_.skipped.insert(result_.skipped.begin(), catalog_.skipped.begin(), catalog_.skipped.end());
        result_.notes.insert(result_.notes.begin(), catalog_.notes.begin(), catalog_.notes.end());
        result_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
        return std::move(result_);
    }

private:
    void extract(const std::vector<std::size_t>& tracks) {
        const std::size_t first = items_.size();
        add_items(tracks, read_digests(tracks));
        // A thread takes a track all the way, so that decoding, spectrograms and the body share the cores at
        // any time.
        context_.pool.for_each(items_.size() - first, [&](std::size_t i) {
            context_.throw_if_stopped();
            extract(items_[first + i]);
            finish(items_[first + i]);
            add_sound_digest(items_[first + i]);
            items_[first + i].source.reset();
            if (!items_[first + i].has_changed) report_progress(items_[first + i].tracks);
        });
    }

    /// An item for each track's file, with its digest.
    std::vector<Item> read_digests(const std::vector<std::size_t>& tracks) const {
        std::vector<Item> all(tracks.size());
        for (std::size_t first = 0; first < all.size(); first += kFilesAtOnce) {
            context_.throw_if_stopped();
            const std::size_t count = std::min(kFilesAtOnce, all.size() - first);
            context_.pool.for_each(count, [&](std::size_t i) {
                Item& item = all[first + i];
                item.file = catalog_.tracks[tracks[first + i]].file;
                try {
                    const Source source(item.file);
                    item.kind = source.kind();
                    item.digest = digest_of(source);
                } catch (const FileChanged& change) {
                    set_problem(item, change);
                    item.has_changed = true;
                } catch (const Error& error) {
                    set_problem(item, error);
                }
            });
            context_.report("files read", first + count, all.size());
        }
        return all;
    }

    /// Keeps the items; of files of the same bytes the first whose bytes still are those.
    void add_items(const std::vector<std::size_t>& tracks, std::vector<Item> all) {
        std::erase_if(item_of_digest_, [&](const auto& known) { return items_[known.second].has_changed; });
        for (std::size_t i = 0; i < all.size(); ++i) {
            Item& item = all[i];
            const auto [found, is_new] = item_of_digest_.try_emplace(item.digest.sha256, items_.size());
            const bool is_kept = is_new || item.digest.sha256.empty();
            item_of_track_[tracks[i]] = is_kept ? items_.size() : found->second;
            if (is_kept) {
                items_.push_back(std::move(item));
            } else {
                ++items_[found->second].tracks;
            }
        }
    }

    /// Finds an item's features in the cache, or makes them.
    void extract(Item& item) const {
        if (!item.problem.empty()) return;
        if (std::optional<TrackFeatures> found = cache_.find(item.digest.sha256, width_)) {
            item.features = *std::move(found);
            item.was_cached = true;
            return;
        }
        try {
            std::vector<Image> images;  // of a few clips: a long track goes through the body piece by piece
            const auto take_clip = [&](ClipImages&& clip) {
                context_.throw_if_stopped();
                std::ranges::move(clip.images, std::back_inserter(images));
                if (images.size() >= kImagesAtOnce) run_body(images, item.features.rows);
            };
            const TrackFacts facts =
                for_each_clip_images(source_of(item), job_.front_end, take_clip, context_);
            run_body(images, item.features.rows);
            item.features.warning = facts.warning;
            if (differs_from_digest(item)) throw FileChanged(item.file);
        } catch (const FileChanged& change) {
            set_problem(item, change);
            item.has_changed = true;
        } catch (const Error& error) {
            item.has_changed = differs_from_digest(item);
            set_problem(item, item.has_changed ? FileChanged(item.file) : error);
        } catch (const BodyTrouble& trouble) {
            std::rethrow_exception(trouble.error);
        }
    }

    /// Adds the features of images to rows; the images are gone then.
    void run_body(std::vector<Image>& images, Matrix& rows) const {
        if (images.empty()) return;
        try {
            append(rows, extractor_.extract(images));
        } catch (const Error&) {
            throw BodyTrouble{std::current_exception()};
        }
        images.clear();
    }

    void report_progress(std::size_t tracks) {
        const std::lock_guard lock(progress_mutex_);
        tracks_done_ += tracks;
        context_.report("tracks", tracks_done_, catalog_.size());
    }

    /// Puts new features into the cache. That it cannot be written costs time later on, not the result.
    void finish(Item& item) {
        if (item.was_cached || !item.problem.empty()) return;
        if (item.features.rows.empty()) {
            item.problem = "needs sound for at least one image, it has none";
            return;
        }
        item.features.rows.reshape(item.features.rows.size() / width_, width_);
        try {
            cache_.store(item.digest.sha256, item.features);
        } catch (const Error& error) {
            const std::lock_guard lock(cache_trouble_mutex_);
            if (cache_trouble_.empty()) cache_trouble_ = utf8_text(error.what());
        }
    }

    /// A song's; none where its packets cannot be read, about which decoding says more.
    void add_sound_digest(Item& item) const {
        if (!item.problem.empty() || item.kind != MediaKind::song) return;
        if (std::optional<std::string> found = cache_.find_sound_digest(item.digest.sha256)) {
            item.sound_sha256 = *std::move(found);
            return;
        }
        try {
            std::string digest = packet_digest(source_of(item), context_);
            if (differs_from_digest(item)) return;
            item.sound_sha256 = std::move(digest);
            cache_.store_sound_digest(item.digest.sha256, item.sound_sha256);
        } catch (const Error&) {
        }
    }

    void fill_table() {
        FeatureTable& table = result_.table;
        table.genres = catalog_.genres;
        table.first_row = {0};
        for (std::size_t t = 0; t < catalog_.size(); ++t) {
            add_track(catalog_.tracks[t], items_[item_of_track_[t]]);
        }
        if (table.labels.empty()) {
            const Skipped& first = result_.skipped.at(0);
            throw Error("the data", "needs at least one track that can be read",
                        fmt::format("none of {} can; the first is {}: {}", catalog_.size(), first.file,
                                    first.reason));
        }
        copy_rows();
        if (std::string note = duplicates_text(table); !note.empty())
            result_.notes.push_back(std::move(note));
        for (const Item& item : items_) {
            if (!item.was_cached)
                result_.images += item.features.rows.rows() * images_per_row(job_.front_end);
            if (!item.features.warning.empty() && item.problem.empty()) {
                result_.notes.push_back(
                    utf8_text(fmt::format("{}: {}", item.file.native(), item.features.warning)));
            }
        }
        if (read_again_ > 0) {
            result_.notes.push_back(fmt::format(
                "tracks read again, because their files changed while they were read: {}", read_again_));
        }
        if (!cache_trouble_.empty()) {
            result_.notes.push_back("the features are not kept for the next time: " + cache_trouble_);
        }
    }

    void add_track(const Track& track, const Item& item) {
        FeatureTable& table = result_.table;
        if (!item.problem.empty()) {
            result_.skipped.push_back({utf8_name(track.file), item.problem});
            return;
        }
        table.files.push_back(utf8_name(track.file));
        table.labels.push_back(track.genre);
        table.first_row.push_back(table.first_row.back() + item.features.rows.rows());
        table.file_sha256.push_back(item.digest.sha256);
        table.sound_sha256.push_back(item.sound_sha256);
        table.artists.push_back(track.artist);
        table.split_column.push_back(track.split);
        if (item.was_cached) ++result_.cached_tracks;
    }

    void copy_rows() {
        FeatureTable& table = result_.table;
        table.rows = Matrix(table.first_row.back(), width_);
        float* next = table.rows.data();
        for (const std::size_t item : item_of_track_) {
            if (!items_[item].problem.empty()) continue;
            next = std::ranges::copy(items_[item].features.rows.values(), next).out;
        }
    }

    const Catalog& catalog_;
    const FeatureExtractor& extractor_;
    const ExtractJob& job_;
    const Context& context_;
    std::size_t width_;  ///< of a row of the table
    FeatureCache cache_;
    std::vector<Item> items_;
    std::map<std::string, std::size_t> item_of_digest_;
    std::vector<std::size_t> item_of_track_;
    std::size_t read_again_ = 0;  ///< tracks, counted once a round
    ExtractResult result_;
    std::mutex progress_mutex_;
    std::size_t tracks_done_ = 0;
    std::mutex cache_trouble_mutex_;
    std::string cache_trouble_;
};

}  // namespace

ExtractResult extract_features(const Catalog& catalog, const FeatureExtractor& extractor,
                               const std::string& extractor_name, const ExtractJob& job,
                               const Context& context) {
    if (catalog.tracks.empty()) throw Error("catalog", "needs at least one track", "it is empty");
    check(job.front_end);
    check_input("extractor", extractor.input(), job.front_end);
    const PoolScope threads(context.pool);
    return Extraction(catalog, extractor, extractor_name, job, context).run();
}

ExtractResult extract_features(const Catalog& catalog, const Body& body, const ExtractJob& job,
                               const Context& context) {
    const PoolScope threads(context.pool);
    const std::unique_ptr<FeatureExtractor> extractor =
        make_feature_extractor(fitting(body, job.front_end), job.features, job.precision);
    const NumericIdentity identity = numeric_identity(job.precision);
    ExtractResult result = extract_features(
        catalog, *extractor, fmt::format("{} {}", body.sha256, config_text(identity)), job, context);
    result.identity = identity;
    return result;
}

}  // namespace melvit
