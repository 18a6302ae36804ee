// The flags of the contract, each where it changes something.

#include "melvit/spectrum/picture.h"
#include "melvit/vit/body.h"

#include "tests/support/program.h"
#include "tests/support/test_files.h"

#include <filesystem>
#include <gtest/gtest.h>
#include <set>
#include <sstream>

namespace melvit::test {
namespace {

namespace fs = std::filesystem;

/// Songs of ten genres, four each, made once.
class CliTrainFlags : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        home_ = new TempFolder();
        ASSERT_EQ(program()({"synth", "--out", songs(), "--per-genre", "4", "--seconds", "3"}).code, 0);
    }
    static void TearDownTestSuite() { delete home_; }

    static Program program() { return Program(at("home")); }
    static std::string at(const std::string& name) { return (*home_ / name).string(); }
    static std::string songs() { return at("songs"); }

    /// Trains with the study's recipe and more flags; its answer with its config under "config".
    static nlohmann::ordered_json trained(const std::vector<std::string>& more,
                                          const std::string& data = songs(),
                                          const std::string& epochs = "4") {
        std::vector<std::string> arguments = {"train", "--data",   data,       "--body", "random:vit_ti_16",
                                              "--out", at("run"),  "--recipe", "study",  "--hidden",
                                              "16",    "--epochs", epochs,     "--json", "--overwrite"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        const Ran ran = program()(arguments);
        EXPECT_EQ(ran.code, 0) << ran.err;
        auto answer = ran.json();
        answer["config"] = nlohmann::ordered_json::parse(bytes_of(at("run") + "/config.json"));
        return answer;
    }

    /// The lines of metrics.jsonl.
    static nlohmann::ordered_json log_of_last_run() {
        auto epochs = nlohmann::ordered_json::array();
        std::istringstream lines(bytes_of(at("run") + "/metrics.jsonl"));
        for (std::string line; std::getline(lines, line);)
            epochs.push_back(nlohmann::ordered_json::parse(line));
        return epochs;
    }

    static TempFolder* home_;
};

TempFolder* CliTrainFlags::home_ = nullptr;

TEST_F(CliTrainFlags, LearningRateWeightDecayAndLayersReachTheTraining) {
    const auto plain = trained({});
    const auto plain_log = log_of_last_run();
    const auto slow = trained({"--lr", "0.00001"});
    const auto& training = slow.at("config").at("recipe").at("training");
    EXPECT_EQ(training.at("lr"), 0.00001);
    EXPECT_EQ(log_of_last_run()[0].at("lr"), 0.00001);
    EXPECT_NE(slow.at("validation").at("loss"), plain.at("validation").at("loss"));
    const auto decayed = trained({"--weight-decay", "50"});
    EXPECT_EQ(decayed.at("config").at("recipe").at("training").at("weight_decay"), 50.0);
    EXPECT_NE(log_of_last_run()[3].at("train_loss"), plain_log[3].at("train_loss"));
    const auto deep = trained({"--layers", "3"});
    EXPECT_EQ(deep.at("config").at("recipe").at("training").at("head").at("layers"), 3);
    EXPECT_NE(deep.at("validation").at("loss"), plain.at("validation").at("loss"));
}

TEST_F(CliTrainFlags, SelectDecidesWhichEpochIsKept) {
    for (const std::string select : {"loss", "accuracy"}) {
        const auto answer = trained({"--select", select, "--lr", "0.02"}, songs(), "12");
        const bool by_loss = select == "loss";
        double best = by_loss ? 1e9 : -1;
        int best_epoch = 0;
        for (const auto& epoch : log_of_last_run()) {
            const double value = epoch.at("validation_" + select).get<double>();
            if (by_loss ? value >= best : value <= best) continue;
            best = value;
            best_epoch = epoch.at("epoch");
        }
        EXPECT_EQ(answer.at("best_epoch"), best_epoch) << select;
    }
    EXPECT_EQ(trained({"--select", "last", "--lr", "0.02"}, songs(), "12").at("best_epoch"), 12);
}

TEST_F(CliTrainFlags, DuplicatesFallOnTwoSidesOnlyWhereTheyMay) {
    const std::string data = at("twins");
    fs::copy(songs(), data, fs::copy_options::recursive);
    for (const auto& genre : fs::directory_iterator(data)) {
        for (const char* name : {"twin a.wav", "twin b.wav", "twin c.wav"})
            fs::copy_file(genre.path() / (genre.path().filename().string() + ".00000.wav"),
                          genre.path() / name);
    }
    // Every fourth track of 70 is one of four of the same bytes: tracks on the validation set that training
    // has seen.
    std::set<double> losses;
    for (const bool allowed : {false, true}) {
        std::vector<std::string> flags = {"--split", "random:3"};
        if (allowed) flags.emplace_back("--allow-duplicates");
        const auto answer = trained(flags, data);
        EXPECT_EQ(answer.at("config").at("allow_duplicates"), allowed);
        losses.insert(answer.at("validation").at("loss").get<double>());
    }
    EXPECT_EQ(losses.size(), 2U);
}

TEST_F(CliTrainFlags, ACsvGivesArtistsAndSidesAndAnotherOneASplit) {
    std::string manifest = "file,genre,split,artist\n";
    std::string split = "file,split\n";
    for (const auto& entry : fs::recursive_directory_iterator(songs())) {
        if (!entry.is_regular_file()) continue;
        const std::string name = entry.path().filename();
        const std::string genre = entry.path().parent_path().filename();
        const char number = name[name.size() - 5];
        const std::string side = number == '0' ? "test" : number == '1' ? "validation" : "train";
        manifest += entry.path().string() + "," + genre + "," + side + ",band " + number + "\n";
        split += genre + "/" + name + "," +
                 (number == '3'   ? "test"
                  : number == '2' ? "valid"
                                  : "train") +
                 "\n";
    }
    write_quickly(at("tracks.csv"), manifest);
    write_quickly(at("split.csv"), split);
    const auto sizes = [](const nlohmann::ordered_json& answer) {
        const auto& counts = answer.at("counts");
        return std::vector<int>{counts.at("train"), counts.at("validation"), counts.at("test")};
    };
    EXPECT_EQ(sizes(trained({}, at("tracks.csv"))), (std::vector{20, 10, 10}));
    EXPECT_EQ(sizes(trained({"--split", at("split.csv")})), (std::vector{20, 10, 10}));
    // Whole artists of ten tracks each, where 32, 4 and 4 tracks would be drawn.
    EXPECT_EQ(sizes(trained({"--split", "grouped:1"}, at("tracks.csv"))), (std::vector{20, 10, 10}));
    EXPECT_EQ(sizes(trained({"--split", "random:1"}, at("tracks.csv"))), (std::vector{32, 4, 4}));
}

TEST_F(CliTrainFlags, ASmallBodyGoesIntoTheModelUnlessItIsToStayOutside) {
    const VitConfig config = vit_config_of("vit_ti_16");
    Body body{"tiny", "", config, random_vit_parameters(config, 1)};
    write_body(at("tiny.safetensors"), body);
    const std::string song = songs() + "/jazz/jazz.00000.wav";
    const auto classified = [&](const std::vector<std::string>& more) {
        std::vector<std::string> arguments = {
            "train", "--data",   songs(),    "--body", at("tiny.safetensors"),
            "--out", at("tiny"), "--recipe", "study",  "--hidden",
            "16",    "--epochs", "1"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        fs::remove_all(at("tiny"));
        const Ran ran = program()(arguments);
        EXPECT_EQ(ran.code, 0) << ran.err;
        fs::rename(at("tiny.safetensors"), at("away"));
        const Ran answer = program()({"classify", "--model", at("tiny/model.safetensors"), song});
        fs::rename(at("away"), at("tiny.safetensors"));
        return answer;
    };
    EXPECT_EQ(classified({}).code, 0);
    const Ran without = classified({"--no-embed-body"});
    EXPECT_EQ(without.code, 1);
    EXPECT_NE(without.err.find("give its file with --body"), std::string::npos) << without.err;
}

TEST_F(CliTrainFlags, APlainPictureHasAPixelForEachCell) {
    const std::string song = songs() + "/jazz/jazz.00000.wav";
    for (const char* style : {"plain", "study"}) {
        const Ran ran = program()(
            {"spectrogram", song, "--seconds", "3", "--style", style, "--out", at(style), "--json"});
        ASSERT_EQ(ran.code, 0) << ran.err;
        const Picture picture = read_picture(ran.json().at(0).at("image").get<std::string>());
        const bool is_plain = style == std::string("plain");
        EXPECT_EQ(picture.width, is_plain ? 1 + 3 * 22050 / 512 : 432);
        EXPECT_EQ(picture.height, is_plain ? 128 : 288);
    }
}

}  // namespace
}  // namespace melvit::test
