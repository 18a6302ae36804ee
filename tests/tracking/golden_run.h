#pragma once

#include "melvit/tracking/tracked_run.h"

namespace melvit::test {

/// The run of golden/run.wandb: three epochs.
inline TrackedRun golden_run() {
    using Goal = TrackedMetric::Goal;
    TrackedRun run;
    run.id = "ab12cd34";
    run.name = "lr1e-3_wd1e-2";
    run.group = "sweep-lr-wd";
    run.job_type = "train";
    run.project = "melvit";
    run.host = "host";
    run.tags = {"gtzan"};
    run.config = {{"lr", 0.001}, {"weight_decay", 0.01}, {"epochs", 3}};
    run.start_time = 1.7e9;
    run.runtime_seconds = 20;
    run.metrics = {{"epoch", "", Goal::none}, {"val/acc", "epoch", Goal::maximise}};
    for (int s = 0; s < 3; ++s) {
        run.history.push_back(
            {s, 10.0 * s, {{"epoch", s + 1}, {"train/loss", 1.0 / (s + 1)}, {"val/acc", (5 + s) / 10.0}}});
    }
    run.summary = {{"val/acc", 0.7}};
    run.files = {{"train.log", "three epochs\n"}};
    return run;
}

/// The run of golden/events.tfevents: two values and a session that took 20 seconds.
inline TrackedRun golden_session() {
    TrackedRun run;
    run.id = "ab12cd34";
    run.name = "lr0.001";
    run.config = {{"lr", 0.001}, {"weight_decay", 0.01}};
    run.start_time = 1.7e9;
    run.runtime_seconds = 20;
    run.history = {{1, 0, {{"val/acc", 0.5}}}, {2, 0, {{"val/acc", 0.6}}}};
    return run;
}

}  // namespace melvit::test
