#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace melvit {

/// SHA-256 (FIPS 180-4), in pieces.
class Sha256 {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;

    void add(std::span<const std::byte> bytes);
    void add(std::string_view text);

    /// returns  64 lower-case hex digits of all that was added; ends the computation
    std::string hex();

private:
    struct Context;
    std::unique_ptr<Context> context_;
};

std::string sha256_of_text(std::string_view text);

/// throws  Error when the file cannot be read
std::string sha256_of_file(const std::filesystem::path& file);

}  // namespace melvit
