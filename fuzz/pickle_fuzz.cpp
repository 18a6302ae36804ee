#include "melvit/core/error.h"
#include "melvit/vit/torch_file.h"

#include "fuzz/fuzz_file.h"
#include "tests/support/torch_writer.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace {

void read_as_pth(std::span<const std::uint8_t> bytes) {
    try {
        const melvit::TorchFile file(melvit::fuzz_file(bytes));
        for (const auto& [name, tensor] : file.tensors()) {
            if (tensor.type <= melvit::ElementType::bf16) (void)tensor.to_floats(name);
        }
    } catch (const melvit::Error&) {
    }
}

}  // namespace

/// Any bytes as a whole .pth file, and as the pickle of one whose archive is sound, since mutations hardly
/// ever keep a CRC right. An Error or tensors whose every byte can be read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    read_as_pth({data, size});
    const std::string pickle(reinterpret_cast<const char*>(data), size);
    const std::string archive = melvit::test::zip_of(melvit::test::torch_members(pickle));
    read_as_pth({reinterpret_cast<const std::uint8_t*>(archive.data()), archive.size()});
    return 0;
}
