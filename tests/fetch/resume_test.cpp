#include "melvit/core/error.h"
#include "melvit/core/file.h"

#include "tests/fetch/fetch_support.h"
#include "tests/support/errors.h"

#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <thread>

namespace melvit {
namespace {

using namespace test;

/// Promises all of the content and sends the first third.
void break_off(HttpExchange& exchange) {
    exchange.head("200 OK", "ETag: \"1\"\r\n" + length_of(some_content().size()));
    exchange.send(some_content().substr(0, 100'000));
}

TEST(Fetch, resumes_where_the_connection_broke_off) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t number) {
        if (number > 0) return exchange.serve(some_content());
        break_off(exchange);
    });
    const Fetched fetched = fetch_quickly(data_set(server.url("/s")), folder);
    EXPECT_EQ(read_text_file(fetched.file), some_content());
    ASSERT_EQ(server.requests().size(), 2U);
    EXPECT_TRUE(holds(server.requests()[1], "Range: bytes=100000-\r\n"));
    EXPECT_TRUE(holds(server.requests()[1], "If-Range: \"1\"\r\n"));
}

TEST(Fetch, never_joins_the_halves_of_two_files) {
    // A server that keeps to Range but not to If-Range, and has a new file by the second request.
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t number) {
        if (number == 0) return break_off(exchange);
        exchange.head("206 Partial Content", "ETag: \"2\"\r\n" + length_of(200'000) +
                                                 "Content-Range: bytes 100000-299999/300000\r\n");
        exchange.send(std::string(200'000, 'n'));
    });
    const auto once = [&] { fetch_quickly(data_set(server.url("/s"), ""), folder); };
    EXPECT_TRUE(holds(error_of(once), "needs the file that the part began with"));
    EXPECT_EQ(files_in(folder), 0U);
}

TEST(Fetch, resumes_in_another_call) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t number) {
        if (number > 0) return exchange.serve(some_content());
        break_off(exchange);
    });
    const auto once = [&] {
        fetch_quickly(data_set(server.url("/s")), folder, {.stall_seconds = 1, .attempts = 1});
    };
    EXPECT_TRUE(holds(error_of(once), "it broke off after 100000 of 300000 bytes"));
    EXPECT_FALSE(std::filesystem::exists(folder / "s"));
    once();
    EXPECT_EQ(read_text_file(folder / "s"), some_content());
    EXPECT_TRUE(holds(server.requests()[1], "Range: bytes=100000-\r\n"));
    EXPECT_EQ(files_in(folder), 1U);
}

TEST(Fetch, needs_no_byte_again_when_the_part_was_whole) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t) { exchange.serve(some_content()); });
    write_file(folder / "s.part", some_content());
    write_file(folder / "s.part.tag", server.url("/s") + "\n\"1\"\n");
    EXPECT_EQ(fetch_quickly(data_set(server.url("/s")), folder).bytes, some_content().size());
    EXPECT_TRUE(holds(server.requests().at(0), "Range: bytes=300000-"));
    EXPECT_EQ(server.requests().size(), 1U);
}

TEST(Fetch, starts_over_when_the_part_is_longer_than_the_file) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t) { exchange.serve(some_content()); });
    write_file(folder / "s.part", some_content() + "more");
    write_file(folder / "s.part.tag", server.url("/s") + "\n\"1\"\n");
    EXPECT_EQ(fetch_quickly(data_set(server.url("/s")), folder).bytes, some_content().size());
}

TEST(Fetch, starts_over_when_the_server_ignores_the_range) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t number) {
        exchange.head("200 OK", "ETag: \"1\"\r\n" + length_of(some_content().size()));
        exchange.send(some_content().substr(0, number == 0 ? 100'000 : std::string::npos));
    });
    EXPECT_EQ(fetch_quickly(data_set(server.url("/s")), folder).bytes, some_content().size());
}

TEST(Fetch, starts_over_when_the_file_has_changed) {
    const TempFolder folder;
    const HttpServer server(
        [](HttpExchange& exchange, std::size_t) { exchange.serve(some_content(), "\"new\""); });
    write_file(folder / "s.part", "bytes of the old file");
    write_file(folder / "s.part.tag", server.url("/s") + "\n\"old\"\n");
    EXPECT_EQ(fetch_quickly(data_set(server.url("/s")), folder).bytes, some_content().size());
    EXPECT_TRUE(holds(server.requests().at(0), "If-Range: \"old\""));
}

TEST(Fetch, starts_over_when_nothing_says_what_the_part_belongs_to) {
    const HttpServer server([](HttpExchange& exchange, std::size_t) { exchange.serve(some_content()); });
    for (const std::string& tag : {std::string(), std::string("x"), server.url("/other") + "\n\"1\"\n",
                                   server.url("/s") + "\n\n", server.url("/s") + "\n\"1\"\nX: y\n"}) {
        const TempFolder folder;
        write_file(folder / "s.part", "bytes of whatever file");
        if (!tag.empty()) write_file(folder / "s.part.tag", tag);
        EXPECT_EQ(fetch_quickly(data_set(server.url("/s")), folder).bytes, some_content().size());
        EXPECT_EQ(server.requests().back().find("Range:"), std::string::npos);
    }
}

TEST(Fetch, does_not_resume_on_a_weak_tag) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t number) {
        exchange.head("200 OK", "ETag: W/\"1\"\r\n" + length_of(some_content().size()));
        exchange.send(some_content().substr(0, number == 0 ? 100'000 : std::string::npos));
    });
    EXPECT_EQ(fetch_quickly(data_set(server.url("/s")), folder).bytes, some_content().size());
    EXPECT_EQ(server.requests().at(1).find("Range:"), std::string::npos);
}

TEST(Fetch, does_not_resume_on_the_tag_of_a_redirect) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t number) {
        if (exchange.request().starts_with("GET /here ")) {
            return exchange.head("302 Found", "ETag: \"hop\"\r\nLocation: /there\r\n" + length_of(0));
        }
        exchange.head("200 OK", length_of(some_content().size()));
        exchange.send(some_content().substr(0, number == 1 ? 100'000 : std::string::npos));
    });
    EXPECT_EQ(fetch_quickly(data_set(server.url("/here")), folder).bytes, some_content().size());
    ASSERT_EQ(server.requests().size(), 4U);
    EXPECT_EQ(server.requests().at(2).find("Range:"), std::string::npos);
}

TEST(Fetch, refuses_a_range_that_was_not_asked_for) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t number) {
        if (number == 0) return break_off(exchange);
        exchange.head("206 Partial Content", "Content-Range: bytes 5-9/300000\r\n" + length_of(5));
        exchange.send("56789");
    });
    const auto error = error_of([&] { fetch_quickly(data_set(server.url("/s")), folder); });
    EXPECT_TRUE(holds(error, "needs the bytes that were asked for, the server sends those from 5"));
}

TEST(Fetch, leaves_the_part_when_the_disk_is_full) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t) { exchange.serve(some_content()); });
    // A limit on the size of files stands in for a full disk.
    struct rlimit before {};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const struct rlimit small { .rlim_cur = 100'000, .rlim_max = before.rlim_max };
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto error = error_of([&] { fetch_quickly(data_set(server.url("/s")), folder); });
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    EXPECT_TRUE(holds(error, "s.part: cannot be written, File too large"));
    EXPECT_EQ(std::filesystem::file_size(folder / "s.part"), 100'000U);
    EXPECT_EQ(fetch_quickly(data_set(server.url("/s")), folder).bytes, some_content().size());
    EXPECT_TRUE(holds(server.requests().back(), "Range: bytes=100000-"));
}

TEST(Fetch, leaves_a_download_to_the_process_that_has_it) {
    const TempFolder folder;
    const HttpServer server([](HttpExchange& exchange, std::size_t) { exchange.serve(some_content()); });
    const FileDescriptor other(::open((folder / "s.part").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
    ASSERT_EQ(::flock(other.number(), LOCK_EX), 0);
    const auto error = error_of([&] { fetch_quickly(data_set(server.url("/s")), folder); });
    EXPECT_TRUE(holds(error, "needs to be downloaded by one process at a time, another one is at it"));
    EXPECT_TRUE(server.requests().empty());
}

TEST(Fetch, never_mixes_two_downloads_of_the_same_file) {
    const HttpServer server([](HttpExchange& exchange, std::size_t) { exchange.serve(some_content()); });
    for (int round = 0; round < 10; ++round) {
        const TempFolder folder;
        std::atomic<int> done{0};
        const auto work = [&] {
            try {
                fetch_quickly(data_set(server.url("/s")), folder);
                ++done;
            } catch (const Error& error) {
                EXPECT_TRUE(holds(error.what(), "another one is at it"));
            }
        };
        std::thread other(work);
        work();
        other.join();
        EXPECT_GT(done.load(), 0);
        EXPECT_EQ(read_text_file(folder / "s"), some_content());
    }
}

TEST(Fetch, follows_no_link_that_lies_in_the_place_of_its_part) {
    const TempFolder folder;
    write_file(folder / "precious", "precious");
    std::filesystem::create_symlink(folder / "precious", folder / "s.part");
    const HttpServer server([](HttpExchange& exchange, std::size_t) { exchange.serve(some_content()); });
    EXPECT_THROW(fetch_quickly(data_set(server.url("/s")), folder), Error);
    EXPECT_EQ(read_text_file(folder / "precious"), "precious");
}

}  // namespace
}  // namespace melvit
