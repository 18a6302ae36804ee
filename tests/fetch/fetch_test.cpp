#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/core/safetensors.h"
#include "melvit/vit/body.h"

#include "tests/fetch/fetch_support.h"
#include "tests/support/errors.h"

#include <algorithm>
#include <cctype>
#include <gtest/gtest.h>

namespace melvit {
namespace {

using namespace test;

TEST(Fetch, downloads_a_file_under_the_name_of_its_url) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t) { exchange.serve(some_content()); });
    std::size_t done = 0;
    std::size_t total = 0;
    const auto progress = [&](std::string_view what, std::size_t so_far, std::size_t of) {
        EXPECT_EQ(what, "bytes");
        EXPECT_GT(so_far, done);
        done = so_far;
        total = of;
    };
    const Fetched fetched =
        fetch(data_set(server.url("/a/songs.tar.gz?download=1#x")), folder.path(), {.progress = progress});
    EXPECT_EQ(fetched.name, "songs");
    EXPECT_EQ(fetched.file, folder / "songs.tar.gz");
    EXPECT_EQ(fetched.bytes, some_content().size());
    EXPECT_EQ(fetched.sha256, sha256_of_text(some_content()));
    EXPECT_EQ(read_text_file(fetched.file), some_content());
    EXPECT_EQ(done, some_content().size());
    EXPECT_EQ(total, some_content().size());
    EXPECT_EQ(files_in(folder), 1U);
}

TEST(Fetch, makes_its_folder) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t) { exchange.serve(some_content()); });
    EXPECT_TRUE(std::filesystem::exists(fetch(data_set(server.url("/s")), folder / "a/b", {}, kQuick).file));
}

TEST(Fetch, takes_a_digest_or_its_beginning_in_any_case) {
    const HttpServer server([](HttpExchange& exchange, std::size_t) { exchange.serve(some_content()); });
    std::string upper = sha256_of_text(some_content());
    std::ranges::transform(upper, upper.begin(), [](unsigned char letter) { return std::toupper(letter); });
    for (const std::string& sha256 : {upper, upper.substr(0, 8), std::string()}) {
        const TempFolder folder;
        EXPECT_EQ(fetch_quickly(data_set(server.url("/s"), sha256), folder).bytes, some_content().size());
    }
}

TEST(Fetch, downloads_an_empty_file_and_one_of_unknown_length) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t number) {
        if (number == 0) return exchange.serve("");
        exchange.head("200 OK", "");
        exchange.send("hello");
    });
    EXPECT_EQ(fetch_quickly(data_set(server.url("/empty"), sha256_of_text("")), folder).bytes, 0U);
    EXPECT_EQ(fetch_quickly(data_set(server.url("/endless"), sha256_of_text("hello")), folder).bytes, 5U);
}

TEST(Fetch, refuses_names_and_digests_that_cannot_be) {
    const TempFolder folder;
    for (const char* name : {"../x", "a/b", "", ".hidden", "a b", "x\n"}) {
        KnownDownload download = data_set("http://127.0.0.1/s");
        download.name = name;
        EXPECT_TRUE(holds(error_of([&] { fetch_quickly(download, folder); }), "needs a name of letters"));
    }
    for (const std::string& sha256 :
         {std::string("1234567"), std::string("g2345678"), std::string(65, 'a')}) {
        const auto error = error_of([&] { fetch_quickly(data_set("http://127.0.0.1/s", sha256), folder); });
        EXPECT_TRUE(holds(error, "needs a SHA-256 of 8 to 64 hex digits"));
    }
}

TEST(Fetch, falls_back_to_its_name_for_an_address_without_a_plain_one) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t) { exchange.serve(some_content()); });
    for (const char* path : {"/", "/a/..", "/.profile", "/a%2F..%2Fb", "/?file=x"}) {
        EXPECT_EQ(fetch_quickly(data_set(server.url(path)), folder).file, folder / "songs") << path;
    }
}

TEST(Fetch, does_not_download_again_what_is_there) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t) { exchange.serve(some_content()); });
    fetch_quickly(data_set(server.url("/s")), folder);
    EXPECT_EQ(fetch_quickly(data_set(server.url("/s")), folder).sha256, sha256_of_text(some_content()));
    EXPECT_EQ(server.requests().size(), 1U);
    write_file(folder / "s", "broken since");
    EXPECT_EQ(fetch_quickly(data_set(server.url("/s")), folder).bytes, some_content().size());
    EXPECT_EQ(server.requests().size(), 2U);
}

TEST(Fetch, takes_what_is_there_for_complete_when_no_digest_is_known) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t) { exchange.serve(some_content()); });
    fetch_quickly(data_set(server.url("/s"), ""), folder);
    EXPECT_EQ(fetch_quickly(data_set(server.url("/s"), ""), folder).bytes, some_content().size());
    EXPECT_EQ(server.requests().size(), 1U);
}

KnownDownload body_download(const std::string& url, const std::string& sha256) {
    return {"small_vit", url, sha256, 0, "", true};
}

TEST(FetchBody, turns_a_pth_into_safetensors) {
    const TempFolder folder;
    const std::string pth = read_text_file(golden("torch_vit.pth"));
    const HttpServer server([&](HttpExchange& exchange, std::size_t) { exchange.serve(pth); });
    const KnownDownload download =
        body_download(server.url("/vit-1234.pth"), sha256_of_text(pth).substr(0, 8));
    const Fetched fetched = fetch_quickly(download, folder);
    EXPECT_EQ(fetched.file, folder / "small_vit.safetensors");
    EXPECT_EQ(fetched.sha256, sha256_of_file(fetched.file));
    EXPECT_EQ(load_body(fetched.file).sha256, load_body(golden("torch_vit.pth")).sha256);
    EXPECT_EQ(SafetensorsFile(fetched.file).metadata_at("source_url"), download.url);
    EXPECT_EQ(SafetensorsFile(fetched.file).metadata_at("source_sha256"), sha256_of_text(pth));
    EXPECT_EQ(files_in(folder), 1U);
    fetch_quickly(download, folder);
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST(FetchBody, takes_safetensors_as_well) {
    const TempFolder folder;
    write_body(folder / "original", load_body(golden("torch_vit.pth")));
    const std::string file = read_text_file(folder / "original");
    const HttpServer server([&](HttpExchange& exchange, std::size_t) { exchange.serve(file); });
    const Fetched fetched =
        fetch_quickly(body_download(server.url("/model.safetensors"), sha256_of_text(file)), folder);
    EXPECT_EQ(load_body(fetched.file).sha256, load_body(folder / "original").sha256);
}

TEST(FetchBody, checks_the_digest_before_it_reads_the_file) {
    const TempFolder folder;
    const std::string pth = read_text_file(golden("torch_before_1_6.pth"));
    const HttpServer server([&](HttpExchange& exchange, std::size_t) { exchange.serve(pth); });
    const auto error =
        error_of([&] { fetch_quickly(body_download(server.url("/v.pth"), "00000000"), folder); });
    EXPECT_TRUE(holds(error, "needs SHA-256 00000000"));
    EXPECT_EQ(files_in(folder), 0U);
}

TEST(FetchBody, of_a_known_name_has_the_size_of_that_name) {
    const TempFolder folder;
    const std::string pth = read_text_file(golden("torch_vit.pth"));
    const HttpServer server([&](HttpExchange& exchange, std::size_t) { exchange.serve(pth); });
    KnownDownload download = body_download(server.url("/v.pth"), "");
    download.size = "vit_b_16";
    const auto error = error_of([&] { fetch_quickly(download, folder); });
    EXPECT_TRUE(holds(error, "needs a ViT of 12 blocks of width 768 to be called small_vit, it has"));
    EXPECT_EQ(files_in(folder), 0U);
    for (const KnownDownload& known : known_downloads()) {
        EXPECT_EQ(known.is_body, !known.size.empty()) << known.name;
        if (!known.is_body) continue;
        EXPECT_NO_THROW(vit_config_of(known.size)) << known.name;
    }
}

TEST(FetchBody, leaves_nothing_of_a_file_that_is_no_body) {
    const TempFolder folder;
    const HttpServer server(
        [&](HttpExchange& exchange, std::size_t) { exchange.serve("<html>log in first</html>"); });
    EXPECT_THROW(fetch_quickly(body_download(server.url("/v.pth"), ""), folder), Error);
    EXPECT_EQ(files_in(folder), 0U);
}

TEST(Fetch, stops_midway_and_keeps_the_part) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t) {
        exchange.head("200 OK", "ETag: \"1\"\r\n" + length_of(some_content().size()));
        exchange.send("some");
        exchange.hang();
    });
    std::stop_source stop;
    const Context context{.stop = stop.get_token(), .progress = [&](auto&&...) { stop.request_stop(); }};
    EXPECT_THROW(fetch(data_set(server.url("/s")), folder.path(), context), Stopped);
    EXPECT_EQ(std::filesystem::file_size(folder / "s.part"), 4U);
}

TEST(KnownDownloads, are_the_bodies_that_load_body_names_and_data_sets) {
    std::vector<std::string> bodies;
    for (const KnownDownload& download : known_downloads()) {
        if (download.is_body) bodies.push_back(download.name);
        EXPECT_TRUE(download.url.starts_with("https://"));
        EXPECT_FALSE(download.what.empty());
        // The beginning of the digest stands in the file's name; a data set without one says so.
        if (download.is_body) {
            EXPECT_TRUE(holds(download.url, "-" + download.sha256 + ".pth"));
        } else if (download.sha256.empty()) {
            EXPECT_TRUE(holds(download.what, "digest not known"));
        }
    }
    EXPECT_EQ(bodies, fetched_body_names());
}

}  // namespace
}  // namespace melvit
