#pragma once

#include "melvit/core/error.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace melvit::cli {

/// Which files a folder gives, and how a list on stdin is written.
struct InputOptions {
    bool songs = true;
    bool pictures = true;
    bool zero_ends = false;  ///< a zero byte ends each name of the list, as find -print0 writes it
};

/// The files that a command line names.
struct Inputs {
    std::vector<std::filesystem::path> files;
    std::vector<Skipped> skipped;    ///< those of files_below, folders with nothing in them, names of no file
    std::vector<std::string> notes;  ///< what a person should know, e.g. how many files were passed over
};

/// A file stands for itself, a folder for the songs and pictures in it and below it (see files_below), a playlist
/// for the songs that it names (paths relative to its folder), "-" for a list on stdin (paths relative to the
/// working folder; see songs_of_list). Names are found as FileFinder does.
///
/// throws  Error when nothing at all is left, and for a list that is none; Stopped
Inputs list_inputs(std::span<const std::string> arguments, const InputOptions& options);

/// The flag of InputOptions::zero_ends.
void add_null_flag(CLI::App& subcommand, bool& zero_ends);

/// A file name in `folder` for each input: its stem and `ending`; where two inputs share a stem (song.mp3 and
/// song.wav, a/1.mp3 and b/1.mp3) the later ones get "-2", "-3" ...
std::vector<std::filesystem::path> distinct_names(std::span<const std::filesystem::path> inputs,
                                                  const std::filesystem::path& folder,
                                                  const std::string& ending);

}  // namespace melvit::cli
