#pragma once

#include "melvit/core/safetensors.h"
#include "melvit/vit/torch_file.h"

#include <filesystem>
#include <list>
#include <map>
#include <string>

namespace melvit {

/// The tensors of a weight file, as long as it lives: of a .safetensors file, of a .pth file by whatever ending
/// (.pt, .bin, .ckpt), or of all the parts that a .index.json lists. What the file holds tells which it is.
class WeightFile {
public:
    /// throws  Error for a part of several given alone; for a file of another kind one that names the kind
    explicit WeightFile(const std::filesystem::path& file);

    /// As in SafetensorsFile.
    const std::map<std::string, TensorView>& tensors() const { return tensors_; }
    const std::map<std::string, std::string>& metadata() const { return metadata_; }

private:
    void add(FileBytes file);
    void add_parts(const std::filesystem::path& index);

    std::list<SafetensorsFile> safetensors_;
    std::list<TorchFile> torch_;
    std::map<std::string, TensorView> tensors_;
    std::map<std::string, std::string> metadata_;
};

}  // namespace melvit
