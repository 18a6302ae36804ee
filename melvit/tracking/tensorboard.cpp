#include "melvit/tracking/tensorboard.h"

#include "melvit/core/file.h"
#include "melvit/tracking/crc32c.h"
#include "melvit/tracking/durable_folder.h"
#include "melvit/tracking/little_endian.h"
#include "melvit/tracking/protobuf.h"

#include <cstdint>
#include <fmt/format.h>
#include <limits>

namespace melvit {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// One event as a TFRecord: its length and its bytes, each with a checksum.
void add_record(std::string& file, const ProtobufMessage& event) {
    const std::string& data = event.serialized();
    std::string length;
    append_little_endian(length, static_cast<std::uint64_t>(data.size()));
    file += length;
    append_little_endian(file, masked_crc32c_of(length));
    file += data;
    append_little_endian(file, masked_crc32c_of(data));
}

ProtobufMessage version_event(double time) {
    ProtobufMessage event;
    event.number(1, time);
    event.bytes(3, "brain.Event:2");
    return event;
}

/// `value` is a Summary.Value.
ProtobufMessage summary_event(double time, std::int64_t step, const ProtobufMessage& value) {
    ProtobufMessage summary;
    summary.message(1, value);
    ProtobufMessage event;
    event.number(1, time);
    if (step != 0) event.varint(2, static_cast<std::uint64_t>(step));
    event.message(5, summary);
    return event;
}

ProtobufMessage scalar_value(const std::string& name, const Json& number) {
    ProtobufMessage value;
    value.text(1, name);
    // A null is what nlohmann reads back of a NaN.
    value.single(2, number.is_number() ? number.get<float>() : std::numeric_limits<float>::quiet_NaN());
    return value;
}

/// What the HParams plugin reads: its data hangs on the metadata of a tensor without elements.
///
/// content  a HParamsPluginData
ProtobufMessage hparams_value(std::string_view tag, const ProtobufMessage& content) {
    ProtobufMessage plugin;
    plugin.text(1, "hparams");
    plugin.message(2, content);
    ProtobufMessage metadata;
    metadata.message(1, plugin);
    ProtobufMessage shape;
    shape.message(2, {});  // one dimension of size 0
    ProtobufMessage tensor;
    tensor.varint(1, 1);  // DT_FLOAT
    tensor.message(2, shape);
    ProtobufMessage value;
    value.text(1, tag);
    value.message(9, metadata);
    value.message(8, tensor);  // a member of a "oneof", after the other fields as in the golden file
    return value;
}

/// google.protobuf.Value
ProtobufMessage any_value(const Json& json) {
    ProtobufMessage value;
    if (json.is_number()) value.number(2, json.get<double>());
    if (json.is_string()) value.bytes(3, json.get<std::string>());
    if (json.is_boolean()) value.varint(4, json.get<bool>() ? 1 : 0);
    return value;
}

ProtobufMessage session_start(const TrackedRun& run, std::string_view group) {
    ProtobufMessage info;
    for (const auto& item : run.config.items()) {
        if (item.value().is_structured() || item.value().is_null()) continue;
        ProtobufMessage entry;
        entry.text(1, item.key());
        entry.message(2, any_value(item.value()));
        info.message(1, entry);
    }
    info.text(4, group);
    info.number(5, run.start_time);
    ProtobufMessage content;
    content.message(3, info);
    return hparams_value("_hparams_/session_start_info", content);
}

ProtobufMessage session_end(const TrackedRun& run) {
    ProtobufMessage info;
    info.varint(1, run.failed ? 2 : 1);
    info.number(2, run.start_time + run.runtime_seconds);
    ProtobufMessage content;
    content.message(4, info);
    return hparams_value("_hparams_/session_end_info", content);
}

}  // namespace

std::string tensorboard_file(const TrackedRun& run, std::string_view group) {
    std::string file;
    double time = run.start_time;
    add_record(file, version_event(time));
    add_record(file, summary_event(time, 0, session_start(run, group)));
    for (const TrackedRun::Row& row : run.history) {
        time = run.start_time + row.runtime_seconds;
        for (const auto& item : row.values.items()) {
            add_record(file, summary_event(time, row.step, scalar_value(item.key(), item.value())));
        }
    }
    const std::int64_t last_step = run.history.empty() ? 0 : run.history.back().step;
    for (const auto& item : run.summary.items()) {
        if (!item.value().is_number()) continue;
        add_record(file, summary_event(time, last_step, scalar_value("summary/" + item.key(), item.value())));
    }
    add_record(file, summary_event(time, 0, session_end(run)));
    return file;
}

fs::path write_tensorboard_run(const TrackedRun& run, const fs::path& out) {
    fs::path target = out / fmt::format("{}-{}", as_file_name(run.name), run.id);
    DurableFolder folder(target);
    write_file(folder.temporary() / fmt::format("events.out.tfevents.{:010}.{}.1.0",
                                                static_cast<std::int64_t>(run.start_time),
                                                run.host.empty() ? "melvit" : as_file_name(run.host)),
               tensorboard_file(run, ""));
    folder.commit();
    return target;
}

}  // namespace melvit
