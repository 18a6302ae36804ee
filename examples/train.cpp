// Trains a head on a folder of genre folders, measures it on songs that it has not heard, writes a model: train DATA BODY MODEL
#include <cstdio>
#include <fmt/format.h>
#include <melvit/melvit.h>

int main(int count, char** arguments) try {
    if (count != 4) throw melvit::Error("arguments", "need to be DATA BODY MODEL", "these are not");
    const melvit::Recipe recipe = melvit::load_recipe("best");
    const melvit::Body body = melvit::load_body(arguments[2]);
    const melvit::Catalog songs = melvit::read_catalog(arguments[1]);
    const melvit::FeatureTable features =
        melvit::extract_features(songs, body, {.front_end = recipe.front_end, .features = recipe.features})
            .table;
    const melvit::Split split = melvit::make_splits(features, "stratified:0").front();
    const melvit::Trained trained = melvit::train(features, split, recipe.training);
    fmt::print("accuracy {:.3f}\n", melvit::measure(trained.heads, features, split.test).accuracy);
    melvit::write_model(arguments[3], melvit::trained_model(trained, features, recipe, body));
} catch (const melvit::Error& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
}
