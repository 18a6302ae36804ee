#include "melvit/tracking/wandb_records.h"

#include "melvit/core/error.h"
#include "melvit/tracking/protobuf.h"
#include "melvit/tracking/python_json.h"

#include <cassert>
#include <cmath>
#include <cstdint>
#include <fmt/format.h>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

/// The kinds of records, by their field in "Record".
enum RecordField : std::uint32_t {
    kHistory = 2,
    kSummary = 3,
    kFiles = 6,
    kMetric = 12,
    kOutputRaw = 13,
    kRun = 17,
    kExit = 18,
    kFinal = 20,
    kHeader = 21,
    kFooter = 22,
};

/// Numbers the records.
class Records {
public:
    void add(RecordField kind, const ProtobufMessage& content) {
        ProtobufMessage record;
        record.varint(1, serialized_.size() + 1);
        record.message(kind, content);
        serialized_.push_back(record.serialized());
    }

    std::vector<std::string> take() { return std::move(serialized_); }

private:
    std::vector<std::string> serialized_;
};

/// google.protobuf.Timestamp
ProtobufMessage timestamp(double seconds) {
    const double whole = std::floor(seconds);
    const auto nanos = static_cast<std::uint64_t>((seconds - whole) * 1e9);
    ProtobufMessage message;
    if (whole != 0) message.varint(1, static_cast<std::uint64_t>(static_cast<std::int64_t>(whole)));
    if (nanos != 0) message.varint(2, nanos);
    return message;
}

/// The Item messages of config, history and summary: a name and JSON text each, in field 1 of `message`.
void add_items(ProtobufMessage& message, const Json& values) {
    for (const auto& value : values.items()) {
        ProtobufMessage item;
        item.text(1, value.key());
        item.bytes(16, python_json(value.value()));
        message.message(1, item);
    }
}

ProtobufMessage header_message(std::string_view producer) {
    ProtobufMessage version;
    version.text(1, producer);
    version.text(2, "0.70.0");  // of the wandb package: the oldest that may read the file
    ProtobufMessage header;
    header.message(1, version);
    return header;
}

ProtobufMessage run_message(const TrackedRun& run) {
    ProtobufMessage config;
    add_items(config, run.config);
    ProtobufMessage message;
    message.text(1, run.id);
    message.text(2, run.entity);
    message.text(3, run.project.empty() ? "melvit" : run.project);
    message.message(4, config);
    message.text(6, run.group);
    message.text(7, run.job_type);
    message.text(8, run.name);
    message.text(9, run.notes);
    for (const std::string& tag : run.tags) message.text(10, tag);
    message.text(13, run.host);
    message.message(17, timestamp(run.start_time));
    return message;
}

ProtobufMessage metric_message(const TrackedMetric& metric) {
    using Goal = TrackedMetric::Goal;
    ProtobufMessage options;
    if (!metric.step_metric.empty()) options.varint(1, 1);  // step_sync
    options.varint(3, 1);                                   // defined: by us, not guessed from a value
    ProtobufMessage message;
    message.text(1, metric.name);
    message.text(4, metric.step_metric);
    message.message(6, options);
    if (metric.goal == Goal::none) return message;
    const bool maximise = metric.goal == Goal::maximise;
    ProtobufMessage summary;
    summary.varint(maximise ? 2 : 1, 1);
    message.message(7, summary);
    message.varint(8, maximise ? 2 : 1);
    return message;
}

ProtobufMessage history_message(const TrackedRun& run, const TrackedRun::Row& row) {
    Json values = row.values;
    values["_step"] = row.step;
    values["_runtime"] = row.runtime_seconds;
    values["_timestamp"] = run.start_time + row.runtime_seconds;
    ProtobufMessage step;
    step.varint(1, static_cast<std::uint64_t>(row.step));
    ProtobufMessage message;
    add_items(message, values);
    message.message(2, step);
    if (message.serialized().size() >= kWandbRowLimit) {
        throw Error(fmt::format("run {}", run.id),
                    fmt::format("needs rows of less than {} bytes for Weights & Biases", kWandbRowLimit),
                    fmt::format("step {} has {}", row.step, message.serialized().size()));
    }
    return message;
}

ProtobufMessage summary_message(const TrackedRun& run) {
    Json values = run.summary;
    if (!run.history.empty()) values["_step"] = run.history.back().step;
    values["_runtime"] = run.runtime_seconds;
    ProtobufMessage message;
    add_items(message, values);
    return message;
}

ProtobufMessage files_message(const TrackedRun& run) {
    ProtobufMessage message;
    for (const TrackedRun::File& file : run.files) {
        ProtobufMessage item;
        item.text(1, file.name);
        item.varint(2, 1);  // policy "end": uploaded once, with the run
        message.message(1, item);
    }
    return message;
}

ProtobufMessage output_message(const TrackedRun& run, const std::string& line) {
    ProtobufMessage message;
    if (!run.failed) message.varint(1, 1);  // stdout; a failed run's lines are its stderr
    message.message(2, timestamp(run.start_time + run.runtime_seconds));
    message.text(3, line + "\n");
    return message;
}

ProtobufMessage exit_message(const TrackedRun& run) {
    ProtobufMessage message;
    if (run.failed) message.varint(1, 1);
    message.varint(2, static_cast<std::uint64_t>(run.runtime_seconds));
    return message;
}

}  // namespace

std::vector<std::string> wandb_records(const TrackedRun& run, std::string_view producer) {
    Records records;
    records.add(kHeader, header_message(producer));
    records.add(kRun, run_message(run));
    for (const TrackedMetric& metric : run.metrics) records.add(kMetric, metric_message(metric));
    for (std::size_t i = 0; i < run.history.size(); ++i) {
        assert(i == 0 || run.history[i].step > run.history[i - 1].step);
        records.add(kHistory, history_message(run, run.history[i]));
    }
    for (const std::string& line : run.output) records.add(kOutputRaw, output_message(run, line));
    records.add(kSummary, summary_message(run));
    if (!run.files.empty()) records.add(kFiles, files_message(run));
    records.add(kExit, exit_message(run));
    records.add(kFinal, {});
    records.add(kFooter, {});
    return records.take();
}

}  // namespace melvit
