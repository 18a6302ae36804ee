#!/usr/bin/env python3
"""Turns the published lists of GTZAN's splits into melvit/dataset/gtzan_lists.cpp, a letter a track.

The lists are plain text, a line "genre/genre.NNNNN.wav" a track:
  train_filtered.txt valid_filtered.txt test_filtered.txt
  kereliuk_stratified_train.txt kereliuk_stratified_valid.txt kereliuk_stratified_test.txt

Example: tools/make_splits.py ../shared/data/gtzan/splits > melvit/dataset/gtzan_lists.cpp
"""
import pathlib
import sys

GENRES = "blues classical country disco hiphop jazz metal pop reggae rock".split()
LETTERS = {"train": "t", "valid": "v", "test": "e"}
HEADER = """#include "melvit/dataset/gtzan_lists.h"

namespace melvit {

// Written by tools/make_splits.py.
// clang-format off
const std::array<GtzanGenre, 10> kGtzanGenres = {{"""
FOOTER = """}};
// clang-format on

}  // namespace melvit"""


def read_sides(folder, pattern):
    """The letters of the 100 tracks of each genre."""
    sides = {genre: ["-"] * 100 for genre in GENRES}
    for side, letter in LETTERS.items():
        for line in (folder / pattern.format(side)).read_text().split():
            genre, name = line.split("/")
            number = int(name.split(".")[1])
            if sides[genre][number] != "-":
                sys.exit(f"{line} is in two subsets of {pattern}")
            sides[genre][number] = letter
    return {genre: "".join(letters) for genre, letters in sides.items()}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    filtered = read_sides(folder, "{}_filtered.txt")
    stratified = read_sides(folder, "kereliuk_stratified_{}.txt")
    print(HEADER)
    for genre in GENRES:
        print(f'    {{"{genre}",\n     "{filtered[genre]}",\n     "{stratified[genre]}"}},')
    print(FOOTER)


if __name__ == "__main__":
    main()
