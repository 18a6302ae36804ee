#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace melvit {

/// A metric that a tracker is told about before its values.
struct TrackedMetric {
    std::string name;
    std::string step_metric;  ///< empty: none
    enum class Goal { none, minimise, maximise } goal = Goal::none;
};

/// One run as experiment trackers know it: the input of every foreign format.
struct TrackedRun {
    std::string id;  ///< 8 characters of a-z, 0-9
    std::string name, group, job_type, project, entity, notes, host;
    std::vector<std::string> tags;
    nlohmann::ordered_json config;  ///< name -> any JSON
    double start_time = 0;          ///< seconds since 1970
    double runtime_seconds = 0;
    bool failed = false;
    std::vector<TrackedMetric> metrics;
    struct Row {
        std::int64_t step = 0;
        double runtime_seconds = 0;     ///< since the start
        nlohmann::ordered_json values;  ///< name -> number; NaN and infinity are written as these words
    };
    std::vector<Row> history;
    nlohmann::ordered_json summary;
    std::vector<std::string> output;  ///< lines that the run printed, may be empty
    struct File {
        std::string name;  ///< without folders
        std::string text;
    };
    std::vector<File> files;  ///< to be kept with the run, may be empty
};

}  // namespace melvit
