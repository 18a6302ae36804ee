#include "melvit/core/error.h"
#include "melvit/spectrum/picture_codec.h"

#include <csetjmp>
#include <cstddef>
#include <cstdio>  // jpeglib.h uses FILE
#include <fmt/format.h>
#include <jerror.h>
#include <jpeglib.h>
#include <string>
#include <vector>

// libjpeg reports an error through error_exit, which must not return: it jumps. As in png.cpp, the functions
// marked "jumps" hold plain values only.

namespace melvit {
namespace {

/// More scans of one picture than any encoder makes; each costs a pass over all pixels.
constexpr int kMostScans = 100;

/// libjpeg's error manager and the place to jump to. The manager comes first, so that libjpeg's pointer to it
/// is ours as well.
struct Errors {
    jpeg_error_mgr manager;
    jmp_buf place;
    char text[JMSG_LENGTH_MAX];
};

void leave(j_common_ptr jpeg) {  // jumps
    auto* errors = reinterpret_cast<Errors*>(jpeg->err);
    jpeg->err->format_message(jpeg, errors->text);
    std::longjmp(errors->place, 1);
}

/// libjpeg paints what is missing or broken in a file grey and only warns; here that is an error. Surplus
/// bytes between two markers do no harm.
void stop_at_damage(j_common_ptr jpeg, int level) {  // jumps
    const bool is_warning = level < 0;
    if (is_warning && jpeg->err->msg_code != JWRN_EXTRANEOUS_DATA) leave(jpeg);
}

void limit_scans(j_common_ptr jpeg) {  // jumps
    if (reinterpret_cast<j_decompress_ptr>(jpeg)->input_scan_number > kMostScans) {
        ERREXIT(jpeg, JERR_BAD_PROGRESSION);
    }
}

/// What inks let through of white paper's light. Their numbers count the light, not the ink: every program
/// that writes CMYK JPEGs does as Adobe's did.
///
/// source  Pillow, JpegImagePlugin ("assume adobe conventions") and convert("RGB")
void colours_of_inks(const std::uint8_t* inks, std::size_t pixels, std::uint8_t* colours) {
    constexpr unsigned kFull = 255;
    for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
        const unsigned black = inks[4 * pixel + 3];
        for (std::size_t c = 0; c < 3; ++c) {
            const unsigned light = inks[4 * pixel + c] * black;
            colours[3 * pixel + c] = static_cast<std::uint8_t>((light + kFull / 2) / kFull);
        }
    }
}

class JpegReader {
public:
    JpegReader() {
        jpeg_.err = jpeg_std_error(&errors_.manager);
        errors_.manager.error_exit = leave;
        errors_.manager.emit_message = stop_at_damage;
        progress_.progress_monitor = limit_scans;
    }
    ~JpegReader() { jpeg_destroy_decompress(&jpeg_); }
    JpegReader(const JpegReader&) = delete;
    JpegReader& operator=(const JpegReader&) = delete;

    const char* complaint() const { return errors_.text; }
    std::uint32_t width() const { return jpeg_.image_width; }
    std::uint32_t height() const { return jpeg_.image_height; }
    bool has_inks() const { return jpeg_.jpeg_color_space == JCS_CMYK || jpeg_.jpeg_color_space == JCS_YCCK; }

    bool read_header(std::span<const std::byte> bytes) {  // jumps
        if (setjmp(errors_.place) != 0) return false;
        jpeg_create_decompress(&jpeg_);
        jpeg_.progress = &progress_;
        jpeg_mem_src(&jpeg_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
        jpeg_read_header(&jpeg_, TRUE);
        return true;
    }

    /// pixels  width x height x 3 bytes
    /// inks    width x 4 bytes, for a picture that has_inks()
    bool read_pixels(std::uint8_t* pixels, std::uint8_t* inks) {  // jumps
        if (setjmp(errors_.place) != 0) return false;
        jpeg_.out_color_space = has_inks() ? JCS_CMYK : JCS_RGB;
        jpeg_start_decompress(&jpeg_);
        while (jpeg_.output_scanline < jpeg_.output_height) {
            std::uint8_t* colours = pixels + std::size_t{3} * jpeg_.output_width * jpeg_.output_scanline;
            JSAMPROW row = has_inks() ? inks : colours;
            jpeg_read_scanlines(&jpeg_, &row, 1);
            if (has_inks()) colours_of_inks(inks, jpeg_.output_width, colours);
        }
        jpeg_finish_decompress(&jpeg_);
        return true;
    }

private:
    jpeg_decompress_struct jpeg_{};
    Errors errors_{};
    jpeg_progress_mgr progress_{};
};

}  // namespace

std::string jpeg_reader() {
    // The library does not tell its version when it runs; this is that of the headers.
#if defined(LIBJPEG_TURBO_VERSION_NUMBER)
    constexpr int kNumber = LIBJPEG_TURBO_VERSION_NUMBER;  // 2001005: 2.1.5
    return fmt::format("libjpeg-turbo {}.{}.{}", kNumber / 1000000, kNumber / 1000 % 1000, kNumber % 1000);
#else
    return fmt::format("libjpeg {}", JPEG_LIB_VERSION);
#endif
}

Picture decode_jpeg(std::span<const std::byte> bytes, const std::filesystem::path& file) {
    constexpr const char* kNeed = "needs to be a whole, sound JPEG picture";
    JpegReader reader;
    if (!reader.read_header(bytes)) throw Error(file, kNeed, reader.complaint());
    check_picture_size(reader.width(), reader.height(), file);
    Picture picture{static_cast<int>(reader.width()), static_cast<int>(reader.height()), {}};
    picture.rgb.resize(std::size_t{3} * reader.width() * reader.height());
    std::vector<std::uint8_t> inks(reader.has_inks() ? std::size_t{4} * reader.width() : 0);
    if (!reader.read_pixels(picture.rgb.data(), inks.data())) throw Error(file, kNeed, reader.complaint());
    return picture;
}

}  // namespace melvit
