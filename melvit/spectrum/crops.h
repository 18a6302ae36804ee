#pragma once

#include "melvit/spectrum/front_end.h"
#include "melvit/spectrum/image.h"
#include "melvit/spectrum/picture.h"

#include <vector>

namespace melvit {

/// The middle of a picture; where the picture is smaller, the crop reaches beyond it on both sides.
///
/// source  torchvision.transforms.CenterCrop((height, width)), which rounds halves to even
Crop centre_crop(const Picture& picture, int width, int height);

/// The crops that the front end takes of a picture.
///
/// Each window is followed by its low and its high half when the front end asks for halves.
/// "study": the centre 348 x 218 pixels of any picture. "windows": crop_count windows over the axes, as wide
/// as crop_width and as high as the axes, left edges evenly spread (a single window stands in the middle); in
/// a picture of another size than the study's the axes and the windows are scaled to it.
std::vector<Crop> crops_of(const Picture& picture, const PictureFrontEnd& front_end);

/// Where a window of "windows" begins, as a share of the axes' width.
double window_left(const PictureFrontEnd& front_end, int window);

}  // namespace melvit
