#include "melvit/tracking/study_log.h"

#include "melvit/core/text.h"
#include "melvit/tracking/python_json.h"
#include "melvit/tracking/setting_name.h"

#include <charconv>
#include <fmt/format.h>
#include <map>
#include <string_view>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

std::vector<double> percents(const std::vector<double>& shares) {
    std::vector<double> values;
    values.reserve(shares.size());
    for (const double share : shares) values.push_back(percent(share));
    return values;
}

/// A value that cannot end its column.
std::string one_line(const Json& value) {
    std::string text = python_text(value);
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < ' ') c = ' ';
    }
    return text;
}

/// The study's word for a parameter, "" for one that it did not vary.
std::string_view study_name(std::string_view parameter) {
    const std::string setting = setting_name(parameter);
    if (setting == "lr") return "LR";
    if (setting == "weight_decay") return "Weight_Decay";
    return "";
}

}  // namespace

std::string study_parameters(const Json& parameters) {
    bool studied = parameters.size() == 2;
    for (const auto& item : parameters.items()) studied = studied && !study_name(item.key()).empty();
    std::map<std::string, std::string> texts;
    for (const auto& item : parameters.items()) {
        const std::string name(studied ? study_name(item.key()) : item.key());
        texts[name] = fmt::format("{}:{}", name, one_line(item.value()));
    }
    std::vector<std::string> parts;
    parts.reserve(texts.size());
    for (const auto& text : texts) parts.push_back(text.second);
    return joined(parts, ",");
}

std::string study_line(const StudyLogLine& line) {
    return fmt::format("{}\t{}\t{}\t{}\t{}\t{}", study_parameters(line.parameters),
                       python_floats(line.batch_losses), python_floats(line.validation_losses),
                       python_floats(percents(line.batch_accuracies)),
                       python_floats(percents(line.validation_accuracies)), python_float(line.seconds));
}

std::string study_line(const StudyTestLine& line) {
    return fmt::format("{}\t{}\t{}\t{}", study_parameters(line.parameters), python_float(line.loss),
                       python_float(percent(line.accuracy)), python_float(line.seconds));
}

double percent(double share) {
    const std::string text = fmt::format("{:.15g}", 100 * share);
    double value = 100 * share;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

}  // namespace melvit
