// A program outside of melvit: the genre of a song of one clip, step by step as the classifier takes them, the same of its bytes in memory, and an error caught.

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <melvit/melvit.h>
#include <span>
#include <stop_token>
#include <string>

int main(int, char** arguments) {
    try {
        melvit::read_model("nowhere.safetensors");
        return 1;
    } catch (const melvit::Error& error) {
        if (error.finding().empty()) return 2;
    }
    melvit::Model model = melvit::read_model(arguments[1]);
    const melvit::Body body = melvit::body_of(model, "");
    const auto extractor = melvit::make_feature_extractor(body, model.features);
    const auto clips = melvit::preprocess(arguments[2], model.front_end);
    const melvit::Matrix rows = melvit::predict_rows(model.heads, extractor->extract(clips.front().images));
    const melvit::Matrix mean = melvit::mean_over_rows(rows, std::array<std::size_t, 2>{0, rows.rows()});

    const melvit::Classifier classifier(std::move(model), body);
    const melvit::Prediction prediction = classifier.classify(arguments[2]);
    std::ifstream file(arguments[2], std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    const melvit::Prediction of_memory = classifier.classify({std::as_bytes(std::span(bytes)), "song.wav"});
    if (of_memory.probabilities != prediction.probabilities) return 6;
    melvit::ThreadPool one_thread(1);
    std::stop_source cancel;
    const melvit::Context context{.pool = one_thread, .stop = cancel.get_token()};
    if (classifier.classify(arguments[2], context).probabilities != prediction.probabilities) return 4;
    cancel.request_stop();
    try {
        classifier.classify(arguments[2], context);
        return 5;
    } catch (const melvit::Stopped&) {
    }
    if (std::abs(prediction.probabilities.front() - mean(0, 0)) > 1e-6) return 3;
    const std::size_t best = melvit::top_genres(prediction.probabilities, 1).front();
    std::printf("%s %.4f\n", classifier.genres()[best].c_str(), prediction.probabilities[best]);
}
