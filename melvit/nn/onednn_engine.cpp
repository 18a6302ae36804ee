#include "melvit/core/error.h"
#include "melvit/nn/engine.h"
#include "melvit/nn/one_thread.h"

#include <cstring>
#include <dnnl.hpp>

namespace melvit::nn {
namespace {

using dnnl::memory;
constexpr auto kFloat = memory::data_type::f32;

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

dnnl::primitive_attr attributes(After after) {
    dnnl::post_ops ops;
    if (after == After::gelu) ops.append_eltwise(1.0F, dnnl::algorithm::eltwise_gelu_erf, 0.0F, 0.0F);
    if (after == After::add) ops.append_sum(1.0F);
    dnnl::primitive_attr result;
    result.set_post_ops(ops);
    // oneDNN's own scratch memory belongs to the thread that made the primitive; ours belongs to the one that runs it.
    result.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    return result;
}

/// A copy of the matrix in the layout that the primitive reads fastest.
memory packed(const Matrix& matrix, const memory::desc& from, const memory::desc& to) {
    memory result(to, cpu());
    memory plain(from, cpu(), const_cast<float*>(matrix.data()));  // only read
    dnnl::reorder(plain, result).execute(stream_of_this_thread(), plain, result);
    stream_of_this_thread().wait();
    return result;
}

/// fp32 by oneDNN's inner product, weights in blocks, on one thread.
// R = rows, I = inputs, O = outputs
class OneDnnEngine final : public LinearEngine {
public:
    OneDnnEngine(const LinearWeights& weights, std::size_t rows, After after) {
        const memory::dim R = extent(rows);
        const memory::dim I = extent(weights.weight.columns());
        const memory::dim O = extent(weights.weight.rows());
        x_ = memory::desc({R, I}, kFloat, memory::format_tag::ab);
        y_ = memory::desc({R, O}, kFloat, memory::format_tag::ab);
        const memory::desc bias({O}, kFloat, memory::format_tag::a);
        const memory::desc plain({O, I}, kFloat, memory::format_tag::ab);
        const memory::desc any({O, I}, kFloat, memory::format_tag::any);
        const dnnl::inner_product_forward::primitive_desc product(
            {dnnl::prop_kind::forward_inference, x_, any, bias, y_}, attributes(after), cpu());
        scratch_ = product.scratchpad_desc();
        product_ = dnnl::inner_product_forward(product);
        weight_ = packed(weights.weight, plain, product.weights_desc());
        bias_ = packed(weights.bias, bias, bias);
    }

    std::size_t scratch_floats() const override { return scratch_.get_size() / sizeof(float) + 1; }

    void run(const float* x, float* y, float* scratch) const override {
        const OneThread one_thread;
        guarded("needs to multiply", [&] {
            product_.execute(stream_of_this_thread(),
                             {{DNNL_ARG_SRC, memory(x_, cpu(), const_cast<float*>(x))},
                              {DNNL_ARG_WEIGHTS, weight_},
                              {DNNL_ARG_BIAS, bias_},
                              {DNNL_ARG_DST, memory(y_, cpu(), y)},
                              {DNNL_ARG_SCRATCHPAD, memory(scratch_, cpu(), scratch)}});
        });
    }

private:
    memory::desc x_, y_, scratch_;
    dnnl::inner_product_forward product_;
    memory weight_, bias_;
};

}  // namespace

std::unique_ptr<const LinearEngine> make_onednn_engine(const LinearWeights& weights, std::size_t rows,
                                                       After after) {
    const OneThread one_thread;  // a primitive is planned for the threads there are when it is made
    std::unique_ptr<const LinearEngine> engine;
    guarded("needs to prepare a product",
            [&] { engine = std::make_unique<OneDnnEngine>(weights, rows, after); });
    return engine;
}

}  // namespace melvit::nn
