#pragma once

#include "melvit/core/export.h"
#include "melvit/core/safetensors.h"
#include "melvit/spectrum/front_end.h"
#include "melvit/vit/vit_parameters.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace melvit {

/// A pretrained (or random) ViT and what a model file says of it.
struct Body {
    std::string name;    ///< as a person would name it: "vit_tiny_patch16_224", "random:vit_ti_16:1"
    std::string sha256;  ///< sha256_of_weights(config, parameters)
    VitConfig config;
    ParameterSet parameters;              ///< vit_parameters(config)
    std::vector<std::string> notes = {};  ///< what a person should know of its file: see CheckpointVit
};

/// The body, once its input is known to be what the front end makes.
///
/// throws  Error where it is not
MELVIT_API const Body& fitting(const Body& body, const FrontEnd& front_end);

/// Loads what `--body` names.
///
/// spec    a .safetensors or .pth file with timm, torchvision or Hugging Face ViT names, or the .index.json of
///         one in parts; a fetched name ("vit_b_16"), looked up in `body_folder()`; "random:vit_b_16[:SEED]".
///         After a file's name "#teacher" chooses one of several ViTs in it: see find_vit
/// throws  Error; for a known but missing name it says which `melvit fetch` gets it
MELVIT_API Body load_body(const std::string& spec);

/// What can be said of a spec without reading a file.
///
/// throws  Error for a text that names no body: no file, no fetched name, a random one of unknown size or seed
MELVIT_API void check_body_spec(const std::string& spec);

/// `--body` and `--body-key` as one spec: "checkpoint.pth#teacher".
MELVIT_API std::string body_spec(const std::string& body, const std::string& key);

/// The names under which `melvit fetch` gets bodies, best known first.
MELVIT_API std::vector<std::string> fetched_body_names();

/// Where fetched bodies lie: $MELVIT_HOME/bodies, else $XDG_DATA_HOME/melvit/bodies, else
/// ~/.local/share/melvit/bodies.
MELVIT_API std::filesystem::path body_folder();

/// The digest of the parameters' values in their order, and of what the config says beyond the sizes of a plain
/// ViT: equal weights from a .pth and a .safetensors file have the same one.
///
/// returns  64 hex digits
MELVIT_API std::string sha256_of_weights(const VitConfig& config, const ParameterSet& parameters);

/// The weights under timm's names, to be written; they point into `parameters`.
std::vector<TensorToWrite> body_tensors(const ParameterSet& parameters);

/// What a file of weights says of their config: "vit", the config as JSON, and "heads", which alone melvit 0.1
/// reads.
std::map<std::string, std::string> body_metadata(const VitConfig& config);

/// Writes a body as safetensors with timm's names, durably.
///
/// origin  more metadata, such as where the body was downloaded from
MELVIT_API void write_body(const std::filesystem::path& target, const Body& body,
                           const std::map<std::string, std::string>& origin = {});

}  // namespace melvit
