// The table that extraction makes of a catalog.

#include "tests/dataset/extract_fixture.h"

namespace melvit {
namespace {

TEST_F(Extract, GivesATableInTheCatalogsOrder) {
    make_pictures(3);
    const ExtractResult result = run();
    EXPECT_EQ(result.table.genres, (std::vector<std::string>{"jazz", "rock"}));
    EXPECT_EQ(result.table.labels, (std::vector<std::size_t>{0, 0, 0, 1, 1, 1}));
    EXPECT_EQ(result.table.first_row, (std::vector<std::size_t>{0, 1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(result.images, 6U);
    EXPECT_EQ(result.cached_tracks, 0U);
    EXPECT_TRUE(result.skipped.empty());
    EXPECT_TRUE(result.notes.empty());
    const Matrix first =
        MeanColours().extract(preprocess(folder_ / "data/jazz/0.png", job_.front_end)[0].images);
    EXPECT_TRUE(std::ranges::equal(result.table.rows.row(0), first.row(0)));
}

TEST_F(Extract, FilesOfTheSameBytesGoThroughTheBodyOnce) {
    make_pictures(2);
    fs::copy_file(folder_ / "data/jazz/0.png", folder_ / "data/rock/copy.png");
    const ExtractResult result = run();
    EXPECT_EQ(result.images, 4U);
    EXPECT_EQ(result.table.tracks(), 5U);
    EXPECT_EQ(result.notes, std::vector<std::string>{"1 of 5 tracks repeats another one: 1 by its "
                                                     "bytes, 0 by their sound alone"});
    EXPECT_EQ(result.table.file_sha256[4], result.table.file_sha256[0]);
    EXPECT_TRUE(std::ranges::equal(result.table.rows.row(4), result.table.rows.row(0)));
}

TEST_F(Extract, TheNumberOfThreadsChangesNoBit) {
    make_pictures(5);
    ThreadPool one_thread(1);
    pool_ = &one_thread;
    const ExtractResult one = run(extractor_, "one");
    ThreadPool four_threads(4);
    pool_ = &four_threads;
    const ExtractResult many = run(extractor_, "many");
    expect_equal(one.table, many.table);
}

TEST_F(Extract, ALongSongGoesThroughTheBodyInPieces) {
    make_folder(folder_ / "data/jazz");
    make_folder(folder_ / "data/rock");
    write_wav(folder_ / "data/jazz/long.wav", tone(150, 440));
    write_wav(folder_ / "data/rock/short.wav", tone(1, 220));
    job_.front_end = PictureFrontEnd{.clip_seconds = 1, .middle_only = false, .most_clips = 0};
    const ExtractResult result = run();
    EXPECT_EQ(result.table.first_row[1], 150U);
    EXPECT_EQ(result.table.rows.rows(), 151U);
    EXPECT_LE(extractor_.largest_batch, 64U);
    const auto clips = preprocess(folder_ / "data/jazz/long.wav", job_.front_end);
    const Matrix last = MeanColours().extract(clips[149].images);
    EXPECT_TRUE(std::ranges::equal(result.table.rows.row(149), last.row(0)));
}

TEST_F(Extract, TroubleOfTheBodyEndsItAndIsNotBlamedOnAFile) {
    make_pictures(2);
    extractor_.trouble = true;
    try {
        run();
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "body: needs weights that give finite features, image 1 gives nan");
    }
}

TEST_F(Extract, ProgressReachesItsEnd) {
    make_pictures(3);
    std::size_t done = 0, total = 0;
    progress_ = [&](std::string_view what, std::size_t now, std::size_t all) {
        if (what != "tracks") return;
        done = now;
        total = all;
    };
    run();
    EXPECT_EQ(done, 6U);
    EXPECT_EQ(total, 6U);
}

TEST_F(Extract, RefusesABodyOfAnotherInputBeforeItReadsAFile) {
    make_pictures(1);
    test::write_quickly(folder_ / "data/jazz/0.png", "no picture, which would be skipped aloud");
    const VitConfig config{.input = {1, 128, 1024}, .width = 64, .depth = 1, .heads = 1, .mlp_width = 64};
    const Body body{"ast", "", config, random_vit_parameters(config, 1)};
    const Catalog catalog = read_catalog(folder_ / "data");
    try {
        extract_features(catalog, body, job_);
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(),
                     "body ast: needs a front end that makes its input, 1 x 128 x 1024, the recipe's makes "
                     "3 x 224 x 224");
    }
}

TEST(DataExtract, RealSongsPassThroughABodyAndItsCache) {
    MELVIT_NEEDS_SHARED("data/gtzan/genres_original");
    Catalog catalog = read_catalog(test::shared("data/gtzan/genres_original"));
    catalog.tracks.resize(6);
    const test::TempFolder folder;
    const Body body = load_body("random:vit_ti_16:1");
    const ExtractJob job{.cache_folder = folder / "cache"};
    const ExtractResult first = extract_features(catalog, body, job);
    EXPECT_EQ(first.table.tracks(), 6U);
    EXPECT_EQ(first.table.width(), 192U);
    EXPECT_EQ(first.images, 6U);
    const ExtractResult second = extract_features(catalog, body, job);
    EXPECT_EQ(second.images, 0U);
    expect_equal(first.table, second.table);
}

}  // namespace
}  // namespace melvit
