#include "melvit/core/error.h"
#include "melvit/nn/coded_weights.h"
#include "melvit/nn/engine.h"
#include "melvit/nn/openmp.h"
#include "melvit/nn/processor.h"
#include "melvit/nn/tile.h"
#include "melvit/nn/vector.h"

#include <algorithm>
#include <cassert>
#include <dnnl.hpp>
#include <map>
#include <mutex>

namespace melvit::nn {
namespace {

using dnnl::memory;

/// While it lives, oneDNN runs on the calling thread alone. melvit spreads images, or the heads, hidden units
/// and outputs of one, over threads (core/parallel.h); a product that split itself as well would fight for the
/// same cores.
class OneThread {
public:
    OneThread() : threads_before_(omp_get_max_threads()) { omp_set_num_threads(1); }
    ~OneThread() { omp_set_num_threads(threads_before_); }
    OneThread(const OneThread&) = delete;
    OneThread& operator=(const OneThread&) = delete;

private:
    int threads_before_;
};

const dnnl::engine& cpu() {
    static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
    return engine;
}

dnnl::stream& stream_of_this_thread() {
    thread_local dnnl::stream stream(cpu());
    return stream;
}

memory::dim extent(std::size_t size) {
    return static_cast<memory::dim>(size);
}

/// Calls work(); oneDNN's exceptions become ours.
template <class Work>
void guarded(const char* need, Work&& work) {
    try {
        work();
    } catch (const dnnl::error& error) {
        if (error.status == dnnl_out_of_memory) throw std::bad_alloc();
        throw Error("oneDNN", need, error.what());
    }
}

/// The element types of a precision's products. int8 ends in sums, to which scales that differ from row to
/// row belong.
struct Types {
    memory::data_type x, weight, y;
};

Types types_of(Precision precision) {
    switch (precision) {
        case Precision::bf16:
            return {memory::data_type::bf16, memory::data_type::bf16, memory::data_type::f32};
        case Precision::int8:
            return {memory::data_type::u8, memory::data_type::s8, memory::data_type::s32};
        default:
            return {memory::data_type::f32, memory::data_type::f32, memory::data_type::f32};
    }
}

dnnl::primitive_attr attributes(After after, Precision precision) {
    dnnl::post_ops ops;
    if (precision != Precision::int8) {
        if (after == After::gelu) ops.append_eltwise(1.0F, dnnl::algorithm::eltwise_gelu_erf, 0.0F, 0.0F);
        if (after == After::add) ops.append_sum(1.0F);
    }
    dnnl::primitive_attr result;
    result.set_post_ops(ops);
    // oneDNN's own scratch memory belongs to the thread that made the primitive; ours belongs to the one that
    // runs it.
    result.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return result;
}

memory reordered(const memory& from, const memory::desc& to) {
    memory result(to, cpu());
    memory source = from;
    dnnl::reorder(source, result).execute(stream_of_this_thread(), source, result);
    stream_of_this_thread().wait();
    return result;
}

/// The numbers as bf16 has them, as floats.
Matrix rounded(ConstMatrixView matrix) {
    Matrix result(matrix);
    for (float& value : result.values()) value = rounded_to_bf16(value);
    return result;
}

/// oneDNN's inner product, weights in blocks.
// R = rows, I = inputs, O = outputs
class OneDnnEngine final : public LinearEngine {
public:
    OneDnnEngine(const LinearWeights& weights, After after, Precision precision)
        : after_(after),
          layer_precision_(precision),
          precision_(numbers_of(precision) == Numbers::floats ? Precision::fp32 : precision),
          inputs_(weights.weight.columns()),
          outputs_(weights.weight.rows()),
          bias_(outputs_ + kLanes, 0.0F) {
        std::ranges::copy(weights.bias.values(), bias_.data());
        const Matrix weight = precision_ == precision ? Matrix(weights.weight) : rounded(weights.weight);
        const memory::dims dims{extent(outputs_), extent(inputs_)};
        if (precision == Precision::int8) {
            coded_ = encode_weights(weight, kLanes);
            const memory::desc plain(dims, memory::data_type::s8, memory::format_tag::ab);
            pack(memory(plain, cpu(), coded_.codes.data()));
            coded_.codes = {};
        } else {
            const memory::desc plain(dims, memory::data_type::f32, memory::format_tag::ab);
            pack(memory(plain, cpu(), const_cast<float*>(weight.data())));  // only read
        }
    }

    std::size_t blocks() const override { return 1; }

    void run(const OperandRows& x, const Rows& y, [[maybe_unused]] const Range& blocks) const override {
        assert(blocks.begin == 0 && blocks.end == 1);
        assert(x.columns == inputs_ && y.columns == outputs_);
        assert(x.precision == layer_precision_);
        if (precision_ != Precision::int8)
            return y.stride == outputs_ ? multiply(x, y) : multiply_apart(x, y);
        Loan sums((y.rows * outputs_ + kLanes) * sizeof(std::int32_t));
        multiply(x, y.rows, sums.as<std::int32_t>());
        finish(sums.as<std::int32_t>(), bias_.data(), {coded_.scale.data(), coded_.code_sums.data()}, x,
               after_, y, {.rows = y.rows, .columns = outputs_, .stride = outputs_});
    }

private:
    /// A product of one number of rows; the weights' layout may depend on it.
    struct Product {
        memory::desc x, y, scratch;
        dnnl::inner_product_forward primitive;
        memory weight;
    };

    void pack(const memory& plain) {
        const OneThread one_thread;
        constexpr std::size_t kUsualRows = 197;
        weight_ = reordered(plain, description(kUsualRows).weights_desc());
    }

    dnnl::inner_product_forward::primitive_desc description(std::size_t rows) const {
        const auto [x_type, weight_type, y_type] = types_of(precision_);
        const memory::desc x({extent(rows), extent(inputs_)}, x_type,
                             memory::dims{extent(inputs_of_row(x_type)), 1});
        const memory::desc weight({extent(outputs_), extent(inputs_)}, weight_type, memory::format_tag::any);
        const memory::desc y({extent(rows), extent(outputs_)}, y_type, memory::format_tag::ab);
        const auto kind = dnnl::prop_kind::forward_inference;
        const dnnl::primitive_attr attribute = attributes(after_, precision_);
        if (precision_ == Precision::int8) return {{kind, x, weight, y}, attribute, cpu()};
        const memory::desc bias({extent(outputs_)}, memory::data_type::f32, memory::format_tag::a);
        return {{kind, x, weight, bias, y}, attribute, cpu()};
    }

    /// Inputs from a row of the operand to the next.
    std::size_t inputs_of_row(memory::data_type type) const {
        return row_bytes_of(inputs_, numbers_of(layer_precision_)) / memory::data_type_size(type);
    }

    /// The product of this many rows, made when it is first asked for.
    const Product& product_of(std::size_t rows) const {
        const std::lock_guard lock(mutex_);
        if (const auto found = products_.find(rows); found != products_.end()) return found->second;
        const auto description = this->description(rows);
        const memory::desc layout = description.weights_desc();
        Product product{description.src_desc(), description.dst_desc(), description.scratchpad_desc(),
                        dnnl::inner_product_forward(description),
                        layout == weight_.get_desc() ? weight_ : reordered(weight_, layout)};
        return products_.emplace(rows, std::move(product)).first->second;
    }

    void multiply(const OperandRows& x, const Rows& y) const { multiply(x, y.rows, y.data); }

    /// For rows that do not lie next to each other: oneDNN's fastest products want them so.
    void multiply_apart(const OperandRows& x, const Rows& y) const {
        Tokens dense(y.rows, y.columns);
        for (std::size_t row = 0; after_ == After::add && row < y.rows; ++row)
            std::ranges::copy(y.row(row), dense.row(row).data());
        multiply(x, dense);
        for (std::size_t row = 0; row < y.rows; ++row) std::ranges::copy(dense.row(row), y.row(row).data());
    }

    /// y  [rows x outputs], of the type of the product's results
    void multiply(const OperandRows& x, std::size_t rows, void* y) const {
        const OneThread one_thread;
        guarded("needs to multiply", [&] {
            const Product& product = product_of(rows);
            Loan scratch(product.scratch.get_size());
            std::unordered_map<int, memory> arguments{
                {DNNL_ARG_SRC, memory(product.x, cpu(), const_cast<void*>(x.values))},
                {DNNL_ARG_WEIGHTS, product.weight},
                {DNNL_ARG_DST, memory(product.y, cpu(), y)},
                {DNNL_ARG_SCRATCHPAD, memory(product.scratch, cpu(), scratch.as<std::byte>())}};
            if (precision_ != Precision::int8) {
                const memory::desc bias({extent(outputs_)}, memory::data_type::f32, memory::format_tag::a);
                arguments.emplace(DNNL_ARG_BIAS, memory(bias, cpu(), const_cast<float*>(bias_.data())));
            }
            product.primitive.execute(stream_of_this_thread(), arguments);
        });
    }

    After after_;
    Precision layer_precision_;
    Precision precision_;  ///< of the products
    std::size_t inputs_;
    std::size_t outputs_;
    AlignedFloats bias_;
    CodedWeights coded_;  // of int8: what the codes stand for
    memory weight_;
    mutable std::mutex mutex_;
    mutable std::map<std::size_t, Product> products_;
};

}  // namespace

std::unique_ptr<const LinearEngine> make_onednn_engine(const LinearWeights& weights, After after,
                                                       Precision precision) {
    std::unique_ptr<const LinearEngine> engine;
    guarded("needs to prepare a product",
            [&] { engine = std::make_unique<OneDnnEngine>(weights, after, precision); });
    return engine;
}

}  // namespace melvit::nn
