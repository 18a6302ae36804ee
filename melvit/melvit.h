#pragma once

/// All that a program needs to name genres and to train what names them, and the steps beneath: songs to
/// images, images to features, features to probabilities. docs/library.md shows it in three programs.

#include "melvit/classifier/classifier.h"
#include "melvit/core/context.h"
#include "melvit/core/version.h"
#include "melvit/dataset/catalog.h"
#include "melvit/dataset/extract.h"
#include "melvit/dataset/split.h"
#include "melvit/training/experiment.h"
