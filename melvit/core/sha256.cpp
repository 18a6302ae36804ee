#include "melvit/core/sha256.h"

#include "melvit/core/file.h"

#include <array>
#include <cassert>
#include <fmt/format.h>
#include <openssl/evp.h>

namespace melvit {

struct Sha256::Context {
    EVP_MD_CTX* handle = EVP_MD_CTX_new();
    Context() { EVP_DigestInit_ex(handle, EVP_sha256(), nullptr); }
    ~Context() { EVP_MD_CTX_free(handle); }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::add(std::span<const std::byte> bytes) {
    EVP_DigestUpdate(context_->handle, bytes.data(), bytes.size());
}

void Sha256::add(std::string_view text) {
    add(std::as_bytes(std::span(text.data(), text.size())));
}

std::string Sha256::hex() {
    std::array<unsigned char, 32> digest{};
    unsigned length = 0;
    EVP_DigestFinal_ex(context_->handle, digest.data(), &length);
    assert(length == digest.size());
    std::string text;
    for (const unsigned char byte : digest) text += fmt::format("{:02x}", byte);
    return text;
}

std::string sha256_of_text(std::string_view text) {
    Sha256 sha;
    sha.add(text);
    return sha.hex();
}

std::string sha256_of_file(const std::filesystem::path& file) {
    Sha256 sha;
    read_file_in_pieces(file, [&](std::span<const std::byte> piece) { sha.add(piece); });
    return sha.hex();
}

}  // namespace melvit
