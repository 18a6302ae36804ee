#include "melvit/training/head_training.h"

#include "melvit/core/error.h"
#include "melvit/core/random.h"
#include "melvit/core/rounding.h"
#include "melvit/head/forward.h"
#include "melvit/training/metrics.h"
#include "melvit/training/seed_streams.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fmt/format.h>
#include <numbers>
#include <numeric>
#include <utility>

namespace melvit {

HeadTraining::HeadTraining(const TrainingData& data, const TrainConfig& config, std::uint64_t seed,
                           std::shared_ptr<const InitialState> start, const Context& context)
    : data_(data),
      config_(config),
      context_(context),
      seed_(seed),
      batch_rows_(rows_of_batch(data, config)),
      batches_(divided_up(data.train.labels.size(), batch_rows_)),
      initial_state_(std::move(start)),
      head_(initial_state_->head),
      kept_(initial_state_->head),
      gradient_(head_, std::max(batch_rows_, std::min(kBlockRows, data.validation.features.rows()))),
      optimiser_(head_, {.weight_decay = config.weight_decay}),
      logit_gradient_(batch_rows_, data.genres) {
    if (config.mixup == 0.0F) return;
    mixed_ = Matrix(batch_rows_, data.train.features.columns());
    partner_gradient_ = Matrix(batch_rows_, data.genres);
    partner_labels_.resize(batch_rows_);
    mixed_rows_.resize(batch_rows_);
    std::iota(mixed_rows_.begin(), mixed_rows_.end(), std::size_t{0});
}

EpochMetrics HeadTraining::run_epoch(int epoch) {
    const auto start = std::chrono::steady_clock::now();
    EpochMetrics metrics;
    metrics.epoch = epoch;
    metrics.lr = lr_of(step_);
    metrics.batch_losses.reserve(batches_);
    metrics.batch_accuracies.reserve(batches_);
    if (epoch == 1 || !config_.fixed_batches) shuffle(epoch);
    const auto all = static_cast<double>(rows_.size());
    for (std::size_t batch = 0; batch < batches_; ++batch) {
        context_.throw_if_stopped();
        const std::size_t first = batch * batch_rows_;
        const std::size_t rows = std::min(batch_rows_, rows_.size() - first);
        const BatchLoss result =
            step({batch, std::span(rows_).subspan(first, rows), std::span(labels_).subspan(first, rows)});
        check_finite(result.loss, epoch);
        metrics.batch_losses.push_back(result.loss);
        metrics.batch_accuracies.push_back(static_cast<double>(result.correct) / static_cast<double>(rows));
        metrics.train_loss += result.loss * static_cast<double>(rows) / all;
        metrics.train_accuracy += static_cast<double>(result.correct) / all;
    }
    validate(metrics);
    metrics.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    return metrics;
}

void HeadTraining::shuffle(int epoch) {
    rows_ = order_of_rows(data_.train.labels.size(), seed_, epoch);
    labels_.clear();
    for (const std::size_t row : rows_) labels_.push_back(data_.train.labels[row]);
}

double HeadTraining::lr_of(std::size_t step) const {
    if (config_.schedule == "constant") return config_.lr;
    const auto steps = static_cast<double>(batches_) * config_.epochs;
    return 0.5 * config_.lr * (1.0 + std::cos(std::numbers::pi * static_cast<double>(step) / steps));
}

BatchLoss HeadTraining::step(const Batch& batch) {
    const Dropout dropout{config_.head.dropout, stream_seed(seed_, Stream::dropout), step_};
    const BatchLoss result = config_.mixup > 0.0F ? mixed_forward(batch, dropout) : forward(batch, dropout);
    gradient_.backward(*newest_, logit_gradient_);
    optimiser_.step(*newest_, head_, gradient_, lr_of(step_));
    newest_ = &head_;
    ++step_;
    return result;
}

BatchLoss HeadTraining::forward(const Batch& batch, const Dropout& dropout) {
    const Matrix& logits = initial_state_->batches.empty()
                               ? gradient_.forward(*newest_, data_.train.features, batch.rows, dropout)
                               : gradient_.forward(*newest_, initial_state_->batches[batch.number], dropout);
    return cross_entropy(logits, batch.labels, config_.label_smoothing, logit_gradient_);
}

/// Forward with each row mixed with a partner of the same batch. The loss is linear in the target, so it is
/// the mix of the losses for either label.
///
/// source  Zhang, Cisse, Dauphin, Lopez-Paz 2018, "mixup: Beyond empirical risk minimization", figure 1a
BatchLoss HeadTraining::mixed_forward(const Batch& batch, const Dropout& dropout) {
    Random random(stream_seed(seed_, Stream::mixup), step_);
    const float share = random.symmetric_beta(config_.mixup);
    const auto mix = [share](auto own, auto partner) { return share * own + (1.0F - share) * partner; };
    const std::size_t count = batch.rows.size();
    const std::vector<std::size_t> partners = random.permutation(count);
    for (std::size_t i = 0; i < count; ++i) {
        std::ranges::transform(data_.train.features.row(batch.rows[i]),
                               data_.train.features.row(batch.rows[partners[i]]), mixed_.row(i).begin(), mix);
        partner_labels_[i] = batch.labels[partners[i]];
    }
    const Matrix& logits = gradient_.forward(*newest_, mixed_, std::span(mixed_rows_).first(count), dropout);
    const double smoothing = config_.label_smoothing;
    const BatchLoss own = cross_entropy(logits, batch.labels, smoothing, logit_gradient_);
    const BatchLoss partner =
        cross_entropy(logits, std::span(partner_labels_).first(count), smoothing, partner_gradient_);
    std::ranges::transform(logit_gradient_.values(), partner_gradient_.values(), logit_gradient_.data(), mix);
    return {mix(own.loss, partner.loss), own.correct};
}

void HeadTraining::validate(EpochMetrics& metrics) {
    validation_probabilities_ = mean_over_rows(softmax(validation_logits()), data_.validation.first_row);
    const Metrics measured = metrics_of(validation_probabilities_, data_.validation.track_labels);
    check_finite(measured.loss, metrics.epoch);
    metrics.validation_loss = measured.loss;
    metrics.validation_accuracy = measured.accuracy;
}

void HeadTraining::keep() {
    // The kept head stays where it is; the next step reads it and writes the other.
    std::swap(head_, kept_);
    newest_ = &kept_;
}

Matrix HeadTraining::validation_logits() {
    Matrix logits(data_.validation.features.rows(), data_.genres);
    std::size_t row = 0;
    for (const PackedRows& inputs : data_.validation_inputs) {
        const Matrix& some = gradient_.forward(*newest_, inputs, {});
        const std::size_t rows = inputs.panels.rows();
        std::copy_n(some.data(), rows * some.columns(), logits.row(row).data());
        row += rows;
    }
    return logits;
}

void HeadTraining::check_finite(double loss, int epoch) const {
    if (std::isfinite(loss)) return;
    throw Error("training", "needs a finite loss",
                fmt::format("epoch {} gave {} at learning rate {}", epoch, loss, config_.lr));
}

}  // namespace melvit
