#include "melvit/fetch/fetch.h"

namespace melvit {

// torchvision and DeiT name their files after the first 8 digits of the SHA-256, which is what their own
// loaders check.
const std::vector<KnownDownload>& known_downloads() {
    static const std::vector<KnownDownload> downloads{
        {"vit_b_16", "https://download.pytorch.org/models/vit_b_16-c867db91.pth", "c867db91", 0,
         "torchvision's ViT-B/16, ImageNet-1k, the study's body (BSD 3-Clause)", true, "vit_b_16"},
        {"vit_l_16", "https://download.pytorch.org/models/vit_l_16-852ce7e3.pth", "852ce7e3", 0,
         "torchvision's ViT-L/16, ImageNet-1k (BSD 3-Clause)", true, "vit_l_16"},
        {"vit_b_16_swag", "https://download.pytorch.org/models/vit_b_16_lc_swag-4e70ced5.pth", "4e70ced5", 0,
         "SWAG's ViT-B/16, 3.6 billion pictures with hashtags (CC BY-NC 4.0)", true, "vit_b_16"},
        {"vit_l_16_swag", "https://download.pytorch.org/models/vit_l_16_lc_swag-4d563306.pth", "4d563306", 0,
         "SWAG's ViT-L/16, 3.6 billion pictures with hashtags (CC BY-NC 4.0)", true, "vit_l_16"},
        {"deit_ti_16", "https://dl.fbaipublicfiles.com/deit/deit_tiny_patch16_224-a1311bcf.pth", "a1311bcf",
         0, "DeiT-Ti/16, ImageNet-1k, 5.7 million parameters (Apache 2.0)", true, "vit_ti_16"},
        {"deit_s_16", "https://dl.fbaipublicfiles.com/deit/deit_small_patch16_224-cd65a155.pth", "cd65a155",
         0, "DeiT-S/16, ImageNet-1k, 22 million parameters (Apache 2.0)", true, "vit_s_16"},
        {"deit_b_16", "https://dl.fbaipublicfiles.com/deit/deit_base_patch16_224-b5f2ef4d.pth", "b5f2ef4d", 0,
         "DeiT-B/16, ImageNet-1k, 86 million parameters (Apache 2.0)", true, "vit_b_16"},
        {"gtzan", "https://huggingface.co/datasets/marsyas/gtzan/resolve/main/data/genres.tar.gz", "", 0,
         "GTZAN, 1000 tracks of ten genres as WAV, 1.2 GB (no licence stated; digest not known, so only the "
         "length that the server states is checked)",
         false},
    };
    return downloads;
}

}  // namespace melvit
