#include "melvit/vit/vit_config.h"

#include "melvit/core/error.h"
#include "melvit/core/text.h"

#include <array>
#include <fmt/format.h>
#include <string_view>
#include <vector>

namespace melvit {
namespace {

struct NamedConfig {
    std::string_view name;
    VitConfig config;
};

constexpr std::array<NamedConfig, 5> kConfigs{
    {{"vit_ti_16", {.width = 192, .depth = 12, .heads = 3, .mlp_width = 768}},
     {"vit_s_16", {.width = 384, .depth = 12, .heads = 6, .mlp_width = 1536}},
     {"vit_b_16", {.width = 768, .depth = 12, .heads = 12, .mlp_width = 3072}},
     {"vit_l_16", {.width = 1024, .depth = 24, .heads = 16, .mlp_width = 4096}},
     {"vit_h_16", {.width = 1280, .depth = 32, .heads = 16, .mlp_width = 5120}}}};

}  // namespace

VitConfig vit_config_of(const std::string& name) {
    std::vector<std::string_view> known;
    for (const NamedConfig& entry : kConfigs) {
        if (entry.name == name) return entry.config;
        known.push_back(entry.name);
    }
    throw Error(std::string_view(name), fmt::format("needs to be one of {}", joined(known)),
                "there is no ViT of this name");
}

}  // namespace melvit
