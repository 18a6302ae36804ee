// What a body hears in a song, a line of numbers for each window of it: features BODY SONG
#include <cstdio>
#include <fmt/ranges.h>
#include <melvit/melvit.h>

int main(int count, char** arguments) try {
    if (count != 3) throw melvit::Error("arguments", "need to be BODY SONG", "these are not");
    const melvit::Recipe recipe = melvit::load_recipe("best");
    const auto extractor = melvit::make_feature_extractor(melvit::load_body(arguments[1]), recipe.features);
    for (const melvit::ClipImages& clip : melvit::preprocess(arguments[2], recipe.front_end)) {
        const melvit::Matrix rows = extractor->extract(clip.images);  // [windows x extractor->width()]
        for (std::size_t row = 0; row < rows.rows(); ++row)
            fmt::print("{:.1f} s: {:.4f}\n", melvit::time_of_row(clip, recipe.front_end, row).start_seconds,
                       fmt::join(rows.row(row), " "));
    }
} catch (const melvit::Error& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
}
