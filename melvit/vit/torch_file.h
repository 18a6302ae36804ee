#pragma once

#include "melvit/core/safetensors.h"
#include "melvit/vit/zip_archive.h"

#include <deque>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace melvit {

/// The tensors of a .pth file that PyTorch 1.6 or later wrote with torch.save: all that lie in dicts, lists and
/// modules, however deep, under names such as "model.cls_token". The file is read and never executed.
class TorchFile {
public:
    /// throws  Error that names the file, the rule and what stands there; for files of an older PyTorch it
    ///         says how to convert them
    explicit TorchFile(const std::filesystem::path& file) : TorchFile(FileBytes(file)) {}
    explicit TorchFile(FileBytes file);

    /// As in SafetensorsFile; valid as long as this lives.
    const std::map<std::string, TensorView>& tensors() const { return tensors_; }

private:
    ZipArchive archive_;
    std::deque<std::vector<std::byte>>
        gathered_;  // tensors whose elements do not lie side by side in the file
    std::map<std::string, TensorView> tensors_;
};

}  // namespace melvit
