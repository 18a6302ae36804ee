#pragma once

#include "melvit/core/export.h"
#include "melvit/head/head_set.h"
#include "melvit/spectrum/preprocess.h"
#include "melvit/vit/body.h"
#include "melvit/vit/feature_extractor.h"

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace melvit {

/// All that classification needs, as one file holds it; only the body may be elsewhere.
struct Model {
    std::vector<std::string> genres;
    FrontEnd front_end;
    FeatureConfig features;
    HeadSet heads;
    std::string body_spec;              ///< what `--body` said in training
    std::string body_sha256;            ///< Body::sha256 of the body it was trained with
    std::string body_file;              ///< body_spec with an absolute path; empty where it names no file
    std::filesystem::path file;         ///< where read_model read it; empty for a new one
    std::optional<Body> embedded_body;  ///< with --embed-body
    nlohmann::ordered_json facts;       ///< recipe, split, seed, data and results of the training run
};

/// Writes the model as safetensors, durably: tensors of the head and perhaps the body, everything else as
/// JSON in the metadata under "melvit".
MELVIT_API void write_model(const std::filesystem::path& target, const Model& model);

/// throws  Error when the file is no melvit model, is broken, or its parts do not fit each other
MELVIT_API Model read_model(const std::filesystem::path& file);

/// The body that a model needs, known by the digest of its weights: without `override_spec` the embedded one,
/// that which `--body` named in training, a file of its name beside the model, or one in body_folder().
///
/// override_spec  `--body`; empty: looks in the places above
/// throws         Error that says where it looked and how to give the body, or that `override_spec` has other
///                weights than in training
MELVIT_API Body body_of(const Model& model, const std::string& override_spec);

}  // namespace melvit
