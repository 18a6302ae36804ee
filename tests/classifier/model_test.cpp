#include "melvit/classifier/classifier.h"
#include "melvit/core/file.h"
#include "melvit/core/safetensors.h"
#include "melvit/vit/checkpoint.h"

#include "tests/support/errors.h"
#include "tests/support/matrices.h"
#include "tests/support/test_files.h"

#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <limits>
#include <string>
#include <vector>

namespace melvit {
namespace {

using test::error_of;
using test::holds;

constexpr VitConfig kSmall{.width = 32, .depth = 2, .heads = 2, .mlp_width = 48};

Body small_body(std::uint64_t seed = 1) {
    Body body{"small", "", kSmall, random_vit_parameters(kSmall, seed)};
    body.sha256 = sha256_of_weights(body.config, body.parameters);
    return body;
}

/// A model of 3 genres on 32 features, as training leaves it.
Model small_model() {
    Model model;
    model.genres = {"blues", "jazz", "rock"};
    const HeadConfig config{.hidden = 8, .layers = 1, .shape = "mlp"};
    model.heads = {{make_head(config, 32, 3, 1), make_head(config, 32, 3, 2)},
                   {Matrix(1, 32), Matrix(1, 32)}};
    for (float& value : model.heads.standardisation.standard_deviation.values()) value = 2.0F;
    model.body_spec = "nowhere.safetensors";
    model.body_sha256 = small_body().sha256;
    model.facts = {{"seed", 7}};
    return model;
}

class ModelFile : public testing::Test {
protected:
    std::string refusal(const Model& model) {
        write_model(file_, model);
        return error_of([&] { read_model(file_); });
    }

    test::TempFolder folder_;
    std::filesystem::path file_ = folder_ / "model.safetensors";
};

TEST_F(ModelFile, GivesBackWhatWasWritten) {
    Model written = small_model();
    written.front_end = PictureFrontEnd{.crops = "windows", .crop_count = 3};
    written.features.blocks = {2};
    write_model(file_, written);
    const Model read = read_model(file_);
    EXPECT_EQ(read.genres, written.genres);
    EXPECT_EQ(config_text(read.front_end), config_text(written.front_end));
    EXPECT_EQ(config_text(read.features), config_text(written.features));
    EXPECT_EQ(read.body_spec, written.body_spec);
    EXPECT_EQ(read.body_sha256, written.body_sha256);
    EXPECT_EQ(read.facts, written.facts);
    EXPECT_FALSE(read.embedded_body.has_value());
    const Matrix features = test::random_matrix(4, 32, 3);
    EXPECT_EQ(predict_rows(read.heads, features), predict_rows(written.heads, features));
}

TEST_F(ModelFile, WithTheBodyInsideNeedsNothingBesideIt) {
    Model model = small_model();
    model.embedded_body = small_body();
    write_model(file_, model);
    const Model read = read_model(file_);
    const Body body = body_of(read, "");
    EXPECT_EQ(body.sha256, model.body_sha256);
    EXPECT_EQ(body.config, kSmall);
}

TEST_F(ModelFile, OfBeforeFrontEndsHadKindsIsReadAsThatOfPictures) {
    write_model(file_, small_model());
    const SafetensorsFile file(file_);
    auto description = nlohmann::ordered_json::parse(file.metadata_at("melvit"));
    EXPECT_EQ(description.at("front_end").at("kind"), "picture");
    std::vector<TensorToWrite> tensors;
    for (const auto& [name, tensor] : file.tensors())
        tensors.push_back({name, tensor.type, tensor.shape, tensor.bytes});
    const auto read_with = [&](const auto& change) {
        change(description.at("front_end"));
        const std::filesystem::path other = folder_ / "other.safetensors";
        write_safetensors(other, tensors, {{"melvit", description.dump()}});
        return read_model(other);
    };
    const Model read = read_with([](auto& front_end) { front_end.erase("kind"); });
    EXPECT_EQ(config_text(read.front_end), config_text(FrontEnd()));
    EXPECT_TRUE(holds(error_of([&] { read_with([](auto& front_end) { front_end["kind"] = "fbank"; }); }),
                      "needs a \"kind\" of picture, it is \"fbank\""));
}

TEST_F(ModelFile, WithABodyOfAnotherShapeInsideGivesItBack) {
    VitConfig config = kSmall;
    config.input = {1, 80, 608};
    config.positions = PositionKind::split;
    Body body{"sound", "", config, random_vit_parameters(config, 1)};
    body.sha256 = sha256_of_weights(config, body.parameters);
    Model model = small_model();
    model.body_sha256 = body.sha256;
    model.embedded_body = body;
    write_model(file_, model);
    EXPECT_EQ(body_of(read_model(file_), "").config, config);
    EXPECT_EQ(error_of([&] { Classifier(model, body); }),
              "body sound: needs a front end that makes its input, 1 x 80 x 608, "
              "the recipe's makes 3 x 224 x 224");
}

TEST_F(ModelFile, RefusesAnEmbeddedBodyOfOtherWeights) {
    Model model = small_model();
    model.embedded_body = small_body(2);
    EXPECT_TRUE(holds(refusal(model), "needs the body it was trained with"));
}

TEST_F(ModelFile, RefusesGenresThatDoNotFitTheHead) {
    Model model = small_model();
    model.genres.pop_back();
    EXPECT_TRUE(holds(refusal(model), "needs a genre for each of the head's 3 outputs, it names 2"));
}

TEST_F(ModelFile, RefusesWeightsThatAreNoNumbers) {
    Model model = small_model();
    model.heads.heads[1].layers[0].weight(0, 0) = std::numeric_limits<float>::quiet_NaN();
    EXPECT_NE(refusal(model), "");
}

TEST_F(ModelFile, CanBeWrittenWhenAPathIsNoUtf8) {
    Model model = small_model();
    model.facts = {{"data", "music/Bj\xF6rk"}};
    model.body_spec = "Bj\xF6rk.safetensors";
    write_model(file_, model);
    EXPECT_TRUE(holds(read_model(file_).body_spec, "rk.safetensors"));
}

TEST_F(ModelFile, OtherFilesAreNoModels) {
    write_file(file_, "not a model");
    EXPECT_TRUE(holds(error_of([&] { read_model(file_); }), "model.safetensors"));
    write_body(file_, small_body());
    EXPECT_TRUE(holds(error_of([&] { read_model(file_); }), "needs to be a model of melvit train"));
    const std::string nested = R"({"front_end":)" + std::string(1'000'000, '[');
    for (const auto& [description, reason] :
         {std::pair{"{", "model description: needs to be JSON"},
          {"[]", "needs a fitting \"format\""},
          {R"({"format": 99})", "needs model format 1, it has 99"},
          {R"({"format": 1, "genres": "rock"})", "needs a fitting \"genres\""},
          {R"({"format": 1, "genres": ["a", "b"], "front_end": {"bands": -1}})", "bands"},
          {nested.c_str(), "needs JSON of at most 64 levels"}}) {
        write_safetensors(file_, {}, {{"melvit", description}});
        EXPECT_TRUE(holds(error_of([&] { read_model(file_); }), reason)) << description;
    }
}

TEST(BodyOf, SaysHowToGetAMissingBodyAndRefusesAnother) {
    const test::TempFolder folder;
    EXPECT_TRUE(holds(error_of([] { body_of(small_model(), ""); }), "--embed-body"));
    write_body(folder / "right.safetensors", small_body());
    EXPECT_EQ(body_of(small_model(), folder / "right.safetensors").config, kSmall);
    write_body(folder / "wrong.safetensors", small_body(2));
    EXPECT_TRUE(holds(error_of([&] { body_of(small_model(), folder / "wrong.safetensors"); }),
                      "needs the weights that the model was trained with"));
}

TEST(BodyOf, FindsTheBodyByItsDigestBesideTheModelWhereTrainingHadItAndInTheBodyFolder) {
    const test::TempFolder folder;
    ::setenv("MELVIT_HOME", (folder / "home").c_str(), 1);
    const std::vector<std::filesystem::path> places = {folder / "models" / "body.safetensors",
                                                       folder / "training" / "body.safetensors",
                                                       body_folder() / "renamed.safetensors"};
    for (const auto& place : places) {
        std::filesystem::create_directories(place.parent_path());
        write_body(place, small_body(2));
    }
    Model model = small_model();
    model.body_spec = places[1].string();
    write_model(folder / "models" / "model.safetensors", model);
    model = read_model(folder / "models" / "model.safetensors");
    EXPECT_EQ(model.body_file, model.body_spec);
    model.body_spec = "body.safetensors";  // as seen from another working folder
    const std::string error = error_of([&] { body_of(model, ""); });
    for (const auto& place : places)
        EXPECT_TRUE(holds(error, place.string() + ": has other weights")) << error;
    for (const auto& place : places) {
        write_body(place, small_body());
        EXPECT_EQ(body_of(model, "").sha256, model.body_sha256) << place;
        write_body(place, small_body(2));
    }
    ::unsetenv("MELVIT_HOME");
}

TEST(ClassifierTest, RefusesABodyWhoseFeaturesDoNotFit) {
    Model model = small_model();
    model.features.tokens = "time_mean";
    EXPECT_TRUE(holds(error_of([&] { Classifier(std::move(model), small_body()); }),
                      "needs to give 32 features, it gives 448"));
}

}  // namespace
}  // namespace melvit
