#pragma once

/// All that a program needs to name genres, and the steps beneath it: songs to images, images to features,
/// features to probabilities.

#include "melvit/classifier/classifier.h"
#include "melvit/core/context.h"
#include "melvit/core/version.h"
