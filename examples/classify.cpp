// The three most probable genres of a song: classify MODEL SONG
#include <cstdio>
#include <fmt/format.h>
#include <melvit/melvit.h>
#include <utility>

int main(int count, char** arguments) try {
    if (count != 3) throw melvit::Error("arguments", "need to be MODEL SONG", "these are not");
    melvit::Model model = melvit::read_model(arguments[1]);
    const melvit::Body body =
        melvit::body_of(model, "");  // beside the model, inside it, or where training had it
    const melvit::Classifier classifier(std::move(model), body);  // immutable: threads may share it
    const melvit::Prediction prediction = classifier.classify(arguments[2]);
    for (const std::size_t genre : melvit::top_genres(prediction.probabilities, 3))
        fmt::print("{} {:.1f} %\n", classifier.genres()[genre], 100 * prediction.probabilities[genre]);
} catch (const melvit::Error& error) {
    fmt::print(stderr, "error: {}\n", error.what());
    return 1;
}
