#pragma once

/// All that a program needs to name genres, and the steps beneath it: songs to images, images to features,
/// features to probabilities.

#include "melvit/classifier/classifier.h"
#include "melvit/core/parallel.h"
#include "melvit/core/stop.h"
#include "melvit/core/version.h"
