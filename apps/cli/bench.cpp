#include "melvit/vit/throughput.h"

#include "experiment_flags.h"
#include "subcommands.h"

#include <fmt/format.h>
#include <memory>

namespace melvit::cli {
namespace {

struct BenchFlags {
    std::string body;
    std::string precision = "auto";
    std::size_t batch = 32;
};

int run(const BenchFlags& flags, const Console& console) {
    const Body body = noted(load_body(flags.body), console);
    const Precision precision = chosen_precision(flags.precision, body, plain_features(body), console);
    const Throughput measured = measure_throughput(body, precision, flags.batch, console.context());
    const double share = measured.gflops / measured.peak_gflops;
    console.print(
        fmt::format("{}, batch {}: {:.2f} images a second; {:.0f} of {:.0f} GFLOP/s ({:.0f} % of peak); "
                    "cosine to fp32 {:.6f}",
                    name_of(precision), flags.batch, measured.images_per_second, measured.gflops,
                    measured.peak_gflops, 100 * share, measured.cosine_to_fp32));
    console.document({{"precision", name_of(precision)},
                      {"batch", flags.batch},
                      {"images_per_second", measured.images_per_second},
                      {"gflops", measured.gflops},
                      {"peak_gflops", measured.peak_gflops},
                      {"share_of_peak", share},
                      {"cosine_to_fp32", measured.cosine_to_fp32}});
    return kDone;
}

}  // namespace

Subcommand add_bench(CLI::App& program, CommonFlags&) {
    auto flags = std::make_shared<BenchFlags>();
    CLI::App* subcommand =
        program.add_subcommand("bench", "features per second on this machine, after a check of them");
    add_body_flag(*subcommand, flags->body);
    subcommand->get_option("--body")->required();
    add_precision_flag(*subcommand, flags->precision);
    subcommand->add_option("--batch", flags->batch, "images in a batch")->check(whole_number(1, 4096));
    subcommand->footer("Example: melvit bench --body random:vit_b_16 --batch 16");
    return {subcommand, [flags](const Console& console) { return run(*flags, console); },
            "there is no result"};
}

}  // namespace melvit::cli
