#include "melvit/core/error.h"
#include "melvit/core/file.h"

#include "tests/fetch/fetch_support.h"
#include "tests/support/errors.h"

#include <chrono>
#include <gtest/gtest.h>

namespace melvit {
namespace {

using namespace test;

TEST(Fetch, gives_up_when_a_server_promises_more_than_it_has) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t) {
        exchange.head("200 OK", "ETag: \"1\"\r\n" + length_of(some_content().size() + 1));
        exchange.send(some_content());
    });
    const auto error = error_of([&] { fetch_quickly(data_set(server.url("/s")), folder); });
    EXPECT_TRUE(holds(error, "it broke off after 300000 of 300001 bytes"));
    EXPECT_FALSE(std::filesystem::exists(folder / "s"));
}

TEST(Fetch, refuses_a_file_cut_short_by_its_stated_length) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t) {
        exchange.head("200 OK", length_of(some_content().size() - 1));
        exchange.send(some_content());
    });
    const auto error = error_of([&] { fetch_quickly(data_set(server.url("/s")), folder); });
    EXPECT_TRUE(holds(error, "needs SHA-256 " + sha256_of_text(some_content())));
    EXPECT_EQ(files_in(folder), 0U);
}

TEST(Fetch, refuses_another_length_than_the_known_one) {
    const TempFolder folder;
    KnownDownload download = data_set("", "");
    download.bytes = 299'999;
    const HttpServer server([](HttpExchange& exchange, std::size_t number) {
        if (number == 0) return exchange.serve(some_content());
        exchange.head("200 OK", "");  // no length, and too much or too little of it
        exchange.send(number == 1 ? some_content() : "short");
    });
    download.url = server.url("/s");
    EXPECT_TRUE(holds(error_of([&] { fetch_quickly(download, folder); }),
                      "needs 299999 bytes, the server offers 300000"));
    EXPECT_TRUE(holds(error_of([&] { fetch_quickly(download, folder); }),
                      "needs at most 299999 bytes, the server sends more"));
    EXPECT_TRUE(holds(error_of([&] { fetch_quickly(download, folder); }), "needs 299999 bytes, it has 5"));
    EXPECT_EQ(files_in(folder), 0U);
}

TEST(Fetch, takes_no_more_than_its_limit) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t number) {
        exchange.head("200 OK", number == 0 ? length_of(some_content().size()) : "");
        exchange.send(some_content());
    });
    FetchLimits limits = kQuick;
    limits.most_bytes = 1000;
    const auto error = [&] {
        return error_of([&] { fetch_quickly(data_set(server.url("/s")), folder, limits); });
    };
    EXPECT_TRUE(holds(error(), "needs at most 1000 bytes, the server offers 300000"));
    EXPECT_TRUE(holds(error(), "needs at most 1000 bytes, the server sends more"));
}

TEST(Fetch, deletes_wrong_bytes) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t) { exchange.serve("something else"); });
    const auto error = error_of([&] { fetch_quickly(data_set(server.url("/s")), folder); });
    EXPECT_TRUE(holds(error, "it is " + sha256_of_text("something else")));
    EXPECT_EQ(files_in(folder), 0U);
}

TEST(Fetch, names_the_status_of_a_server_that_refuses) {
    const TempFolder folder;
    for (const std::string status : {"404 Not Found", "500 Internal Server Error", "403 Forbidden"}) {
        const HttpServer server([&](HttpExchange& exchange, std::size_t) {
            exchange.head(status, length_of(5));
            exchange.send("sorry");
        });
        const auto error = error_of([&] { fetch_quickly(data_set(server.url("/s")), folder); });
        EXPECT_TRUE(holds(error, server.url("/s") +
                                     ": needs a server that has it, the answer is HTTP status " +
                                     status.substr(0, 3)));
        EXPECT_EQ(files_in(folder), 0U) << status;
    }
}

TEST(Fetch, follows_redirects_but_not_for_ever) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t) {
        if (exchange.request().starts_with("GET /there ")) return exchange.serve(some_content());
        const bool is_loop = exchange.request().starts_with("GET /loop ");
        exchange.head("302 Found", std::string("ETag: \"other\"\r\nContent-Length: 0\r\nLocation: ") +
                                       (is_loop ? "/loop" : "/there") + "\r\n");
    });
    EXPECT_EQ(fetch_quickly(data_set(server.url("/here")), folder).bytes, some_content().size());
    const auto error = error_of([&] { fetch_quickly(data_set(server.url("/loop")), folder); });
    EXPECT_TRUE(holds(error, "needs at most 10 redirects, there are more"));
}

TEST(Fetch, follows_no_redirect_to_another_protocol) {
    const TempFolder folder;
    write_file(folder / "secret", "secret");
    for (const std::string& to : {"file://" + (folder / "secret").string(), std::string("ftp://127.0.0.1/x"),
                                  std::string("gopher://127.0.0.1/x")}) {
        const HttpServer server([&](HttpExchange& exchange, std::size_t) {
            exchange.head("302 Found", "Content-Length: 0\r\nLocation: " + to + "\r\n");
        });
        const auto error = error_of([&] { fetch_quickly(data_set(server.url("/s"), ""), folder); });
        EXPECT_TRUE(holds(error, "needs http or https all the way"));
        EXPECT_FALSE(std::filesystem::exists(folder / "s"));
    }
}

TEST(Fetch, refuses_addresses_of_other_protocols) {
    const TempFolder folder;
    for (const char* url : {"file:///etc/passwd", "ftp://a/b", "HTTP//x", "", "vit_b_16", "scp://a/b"}) {
        const auto error = error_of([&] { fetch_quickly(data_set(url), folder); });
        EXPECT_TRUE(holds(error, "needs an address that begins with http:// or https://"));
    }
}

TEST(Fetch, does_not_wait_for_a_server_that_hangs) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t number) {
        if (number > 0) {
            exchange.head("200 OK", length_of(some_content().size()));
            exchange.send("some");
        }
        exchange.hang();
    });
    const auto error = [&] {
        return error_of(
            [&] { fetch_quickly(data_set(server.url("/s")), folder, {.stall_seconds = 1, .attempts = 1}); });
    };
    const auto start = std::chrono::steady_clock::now();
    EXPECT_TRUE(holds(error(), "needs a server that answers"));
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(Fetch, does_not_wait_for_a_server_that_stalls_midway) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t) {
        exchange.head("200 OK", length_of(some_content().size()));
        exchange.send("some");
        exchange.hang();
    });
    const FetchLimits limits{.stall_seconds = 1, .attempts = 1};
    const auto error = error_of([&] { fetch_quickly(data_set(server.url("/s")), folder, limits); });
    EXPECT_TRUE(holds(error, "it broke off after 4 of 300000 bytes"));
}

TEST(Fetch, says_in_one_sentence_that_there_is_no_network) {
    const TempFolder folder;
    std::string closed;
    {
        closed = HttpServer([](HttpExchange&, std::size_t) {}).url("/s");
    }
    EXPECT_TRUE(
        holds(error_of([&] { fetch_quickly(data_set(closed), folder); }), "needs a network connection, "));
    // The name .invalid resolves nowhere (RFC 2606).
    const auto error = error_of([&] { fetch_quickly(data_set("http://melvit.invalid/s"), folder); });
    EXPECT_TRUE(holds(error, "http://melvit.invalid/s: needs a network connection, Could not resolve host"));
}

TEST(Fetch, refuses_an_answer_that_is_no_http) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t) { exchange.send("SSH-2.0-hello\r\n"); });
    EXPECT_THROW(fetch_quickly(data_set(server.url("/s"), ""), folder), Error);
    EXPECT_FALSE(std::filesystem::exists(folder / "s"));
}

}  // namespace
}  // namespace melvit
