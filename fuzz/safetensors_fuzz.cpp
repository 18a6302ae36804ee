#include "melvit/core/error.h"
#include "melvit/core/safetensors.h"
#include "melvit/vit/checkpoint.h"

#include "fuzz/fuzz_file.h"

#include <cstddef>
#include <cstdint>
#include <span>

/// Any bytes as a .safetensors file: an Error or tensors whose every byte can be read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        const melvit::SafetensorsFile file(melvit::fuzz_file({data, size}));
        for (const auto& [name, tensor] : file.tensors()) {
            if (tensor.type <= melvit::ElementType::bf16) (void)tensor.to_floats(name);
        }
        (void)melvit::vit_of_checkpoint(file.path(), file.tensors(), file.metadata());
    } catch (const melvit::Error&) {
    }
    return 0;
}
