#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace melvit {

/// One model's training, for a line of Train_Validation.txt. Accuracies are shares; the text holds per cent.
struct StudyLogLine {
    nlohmann::ordered_json parameters;          ///< name -> number, text or boolean
    std::vector<double> batch_losses;           ///< [epochs * mini-batches]
    std::vector<double> validation_losses;      ///< [epochs]
    std::vector<double> batch_accuracies;       ///< [epochs * mini-batches]
    std::vector<double> validation_accuracies;  ///< [epochs]
    double seconds = 0;
};

/// One model's test, for a line of Test.txt.
struct StudyTestLine {
    nlohmann::ordered_json parameters;
    double loss = 0;
    double accuracy = 0;  ///< a share
    double seconds = 0;
};

/// The parameters as the study names a model: "LR:0.001,Weight_Decay:0.01". Of other parameters than these
/// two (as sweep files name them) the same form with their own names, in sorted order: "hidden:64,lr:0.001".
std::string study_parameters(const nlohmann::ordered_json& parameters);

/// A line of the study's Train_Validation.txt, without its newline: six columns with tabs between them, the
/// parameters, the training loss of each mini-batch, the validation loss of each epoch, the same two of
/// accuracies, the seconds. Numbers are as Python prints them.
///
/// source  the logs of "Song Genre Classification using ViT-B16", 2023
std::string study_line(const StudyLogLine& line);

/// A line of the study's Test.txt, without its newline: the parameters, the loss, the accuracy, the seconds.
std::string study_line(const StudyTestLine& line);

/// A share in per cent to 15 digits: 0.57 gives 57.0, where 100 * 0.57 is 56.99999999999999.
double percent(double share);

}  // namespace melvit
