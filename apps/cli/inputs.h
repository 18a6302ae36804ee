#pragma once

#include "melvit/core/error.h"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace melvit::cli {

/// Which files a folder gives.
struct InputKinds {
    bool songs = true;
    bool pictures = true;
};

/// The files that a command line names: a file stands for itself, a folder for the songs and pictures in it
/// and below it (see media_below), "-" for a list of paths on stdin, one a line.
///
/// skipped  those of media_below, and folders with nothing in them
/// throws   Error when nothing at all is left; Stopped
std::vector<std::filesystem::path> list_inputs(std::span<const std::string> arguments,
                                               const InputKinds& kinds, std::vector<Skipped>& skipped);

/// A file name in `folder` for each input: its stem and `ending`; where two inputs share a stem (song.mp3 and
/// song.wav, a/1.mp3 and b/1.mp3) the later ones get "-2", "-3" ...
std::vector<std::filesystem::path> distinct_names(std::span<const std::filesystem::path> inputs,
                                                  const std::filesystem::path& folder,
                                                  const std::string& ending);

}  // namespace melvit::cli
