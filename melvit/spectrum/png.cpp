#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/spectrum/picture_codec.h"

#include <algorithm>
#include <csetjmp>
#include <cstring>
#include <png.h>
#include <string>
#include <vector>

// libpng reports an error by a jump to the last setjmp. A jump over a destructor is undefined, so every
// function between setjmp and libpng (those marked "jumps") holds plain values only; vectors live with the
// caller.

namespace melvit {
namespace {

/// What libpng said, kept outside of the frames that a jump leaves.
struct Complaint {
    char text[128] = "";
};

void keep_complaint(png_structp png, png_const_charp message) {
    auto* complaint = static_cast<Complaint*>(png_get_error_ptr(png));
    std::strncpy(complaint->text, message, sizeof(complaint->text) - 1);
    png_longjmp(png, 1);
}

void ignore_warning(png_structp, png_const_charp) {}

/// The bytes of the file that libpng has not read yet.
struct Input {
    std::span<const std::byte> rest;
};

void read_bytes(png_structp png, png_bytep target, std::size_t count) {  // jumps
    auto* input = static_cast<Input*>(png_get_io_ptr(png));
    if (count > input->rest.size()) png_error(png, "it ends early");
    std::memcpy(target, input->rest.data(), count);
    input->rest = input->rest.subspan(count);
}

class PngReader {
public:
    explicit PngReader(std::span<const std::byte> bytes) : input_{bytes} {
        png_ = png_create_read_struct(PNG_LIBPNG_VER_STRING, &complaint_, keep_complaint, ignore_warning);
        if (png_ != nullptr) info_ = png_create_info_struct(png_);
        if (info_ == nullptr) {
            png_destroy_read_struct(&png_, nullptr, nullptr);
            throw std::bad_alloc();
        }
        png_set_read_fn(png_, &input_, read_bytes);
        png_set_user_limits(png_, PNG_UINT_31_MAX, PNG_UINT_31_MAX);  // check_picture_size says it better
    }
    ~PngReader() { png_destroy_read_struct(&png_, &info_, nullptr); }
    PngReader(const PngReader&) = delete;
    PngReader& operator=(const PngReader&) = delete;

    const char* complaint() const { return complaint_.text; }
    std::uint32_t width() const { return png_get_image_width(png_, info_); }
    std::uint32_t height() const { return png_get_image_height(png_, info_); }

    bool read_header() {  // jumps
        if (setjmp(png_jmpbuf(png_)) != 0) return false;
        png_read_info(png_, info_);
        return true;
    }

    /// rows  one pointer to width x 3 bytes each
    bool read_pixels(png_bytep* rows) {  // jumps
        if (setjmp(png_jmpbuf(png_)) != 0) return false;
        png_set_expand(png_);    // palette to RGB, grey below 8 bits to 8
        png_set_strip_16(png_);  // the upper byte
        png_set_strip_alpha(png_);
        png_set_gray_to_rgb(png_);
        png_set_interlace_handling(png_);
        png_read_update_info(png_, info_);
        if (png_get_rowbytes(png_, info_) != std::size_t{3} * width())
            png_error(png_, "it has an unknown colour type");
        png_read_image(png_, rows);
        png_read_end(png_, nullptr);
        return true;
    }

private:
    Input input_;
    Complaint complaint_;
    png_structp png_ = nullptr;
    png_infop info_ = nullptr;
};

/// Appends, unless memory is short: no exception may pass through libpng.
bool append(std::vector<std::byte>& file, std::span<const std::byte> bytes) noexcept try {
    file.insert(file.end(), bytes.begin(), bytes.end());
    return true;
} catch (const std::bad_alloc&) {
    return false;
}

void write_bytes(png_structp png, png_bytep bytes, std::size_t count) {  // jumps
    auto* file = static_cast<std::vector<std::byte>*>(png_get_io_ptr(png));
    if (!append(*file, std::as_bytes(std::span(bytes, count)))) png_error(png, "there is not enough memory");
}

class Writer {
public:
    Writer() {
        png_ = png_create_write_struct(PNG_LIBPNG_VER_STRING, &complaint_, keep_complaint, ignore_warning);
        if (png_ != nullptr) info_ = png_create_info_struct(png_);
        if (info_ == nullptr) {
            png_destroy_write_struct(&png_, nullptr);
            throw std::bad_alloc();
        }
        png_set_write_fn(png_, &bytes_, write_bytes, nullptr);
    }
    ~Writer() { png_destroy_write_struct(&png_, &info_); }
    Writer(const Writer&) = delete;
    Writer& operator=(const Writer&) = delete;

    const char* complaint() const { return complaint_.text; }
    const std::vector<std::byte>& bytes() const { return bytes_; }

    bool write(const Picture& picture) {  // jumps
        if (setjmp(png_jmpbuf(png_)) != 0) return false;
        png_set_IHDR(png_, info_, static_cast<png_uint_32>(picture.width),
                     static_cast<png_uint_32>(picture.height), 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                     PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
        png_write_info(png_, info_);
        for (int row = 0; row < picture.height; ++row) {
            png_write_row(png_, picture.rgb.data() + static_cast<std::size_t>(row) * 3 *
                                                         static_cast<std::size_t>(picture.width));
        }
        png_write_end(png_, info_);
        return true;
    }

private:
    Complaint complaint_;
    std::vector<std::byte> bytes_;
    png_structp png_ = nullptr;
    png_infop info_ = nullptr;
};

}  // namespace

std::string png_reader() {
    return std::string("libpng ") + png_get_libpng_ver(nullptr);
}

Picture decode_png(std::span<const std::byte> bytes, const std::filesystem::path& file) {
    constexpr const char* kNeed = "needs to be a whole, sound PNG picture";
    PngReader reader(bytes);
    if (!reader.read_header()) throw Error(file, kNeed, reader.complaint());
    check_picture_size(reader.width(), reader.height(), file);
    Picture picture{static_cast<int>(reader.width()), static_cast<int>(reader.height()), {}};
    const std::size_t row_bytes = std::size_t{3} * reader.width();
    picture.rgb.resize(row_bytes * reader.height());
    std::vector<png_bytep> rows(reader.height());
    for (std::size_t row = 0; row < rows.size(); ++row) rows[row] = picture.rgb.data() + row * row_bytes;
    if (!reader.read_pixels(rows.data())) throw Error(file, kNeed, reader.complaint());
    return picture;
}

void write_png(const std::filesystem::path& target, const Picture& picture) {
    Writer writer;
    if (!writer.write(picture)) throw Error(target, "cannot be written", writer.complaint());
    DurableFile file(target);
    file.write(writer.bytes());
    file.commit();
}

}  // namespace melvit
