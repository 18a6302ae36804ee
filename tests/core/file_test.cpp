#include "melvit/core/file.h"

#include "melvit/core/file_bytes.h"
#include "melvit/core/file_lock.h"

#include "tests/support/errors.h"
#include "tests/support/permissions.h"
#include "tests/support/test_files.h"

#include <algorithm>
#include <csignal>
#include <cstring>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace melvit {
namespace {

namespace fs = std::filesystem;
using test::TempFolder;

TEST(File, brings_back_the_text_that_was_written) {
    const TempFolder folder;
    write_file(folder / "a", std::string_view("one\0two", 7));
    EXPECT_EQ(read_text_file(folder / "a"), std::string("one\0two", 7));
    write_file(folder / "a", "");
    EXPECT_EQ(read_text_file(folder / "a"), "");
}

TEST(File, refuses_what_is_no_regular_file_without_waiting) {
    const TempFolder folder;
    ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);
    fs::create_symlink(folder / "nothing", folder / "link");
    EXPECT_TRUE(test::holds(test::error_of([&] { read_text_file(folder / "fifo"); }), "it is a FIFO"));
    EXPECT_TRUE(test::holds(test::error_of([&] { read_text_file(folder.path()); }), "it is a directory"));
    EXPECT_TRUE(
        test::holds(test::error_of([&] { read_text_file(folder / "link"); }), "it is a link to nothing"));
    EXPECT_TRUE(test::holds(test::error_of([&] { read_text_file(folder / "none"); }), "No such file"));
    EXPECT_TRUE(test::holds(test::error_of([&] { read_text_file("/dev/null"); }), "it is a device"));
}

TEST(File, refuses_a_file_that_may_not_be_read) {
    const TempFolder folder;
    const test::HeldByPermissions held;
    write_file(folder / "a", "x");
    fs::permissions(folder / "a", fs::perms::none);
    EXPECT_TRUE(test::holds(test::error_of([&] { read_text_file(folder / "a"); }), "Permission denied"));
}

TEST(File, reads_up_to_its_limit_and_no_further) {
    const TempFolder folder;
    write_file(folder / "a", "12345");
    EXPECT_EQ(read_file(folder / "a", 5).size(), 5U);
    EXPECT_TRUE(test::holds(test::error_of([&] { read_file(folder / "a", 4); }),
                            "needs at most 4 bytes, it is longer"));
}

TEST(File, comes_in_pieces_that_make_the_whole) {
    const TempFolder folder;
    const std::string text(1'000'000, 'x');
    write_file(folder / "a", text);
    std::size_t bytes = 0;
    std::size_t pieces = 0;
    read_file_in_pieces(folder / "a", [&](std::span<const std::byte> piece) {
        bytes += piece.size();
        ++pieces;
    });
    EXPECT_EQ(bytes, text.size());
    EXPECT_GT(pieces, 1U);
}

TEST(DurableFile, has_a_temporary_name_that_no_other_process_chooses) {
    // As in two containers: processes of one number that begin with the same counters.
    const TempFolder folder;
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const std::string name = DurableFile(folder / "a").temporary().native();
        const bool is_told = ::write(ends[1], name.data(), name.size()) == static_cast<ssize_t>(name.size());
        ::_exit(is_told ? 0 : 1);
    }
    const std::string name = DurableFile(folder / "a").temporary().native();
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    std::string theirs(name.size(), ' ');
    ASSERT_EQ(::read(ends[0], theirs.data(), theirs.size()), static_cast<ssize_t>(theirs.size()));
    EXPECT_NE(name, theirs);
    EXPECT_EQ(name.find(std::to_string(::getpid())), std::string::npos);
}

TEST(DurableFile, takes_the_longest_name_that_a_file_may_have) {
    const TempFolder folder;
    std::string name = "x";
    while (name.size() + 2 <= 255) name += "\xC3\xA9";  // letters of two bytes
    write_file(folder / name, "text");
    EXPECT_EQ(read_text_file(folder / name), "text");
}

TEST(RemoveParts, takes_what_killed_programs_left_and_nothing_else) {
    const TempFolder folder;
    const fs::path left = temporary_name(folder / "model.safetensors");
    test::write_quickly(left, "half");
    fs::create_directory(temporary_name(folder / "run"));
    // Other programs have parts of their own.
    test::write_quickly(folder / ".song.ocTransferId1.part", "theirs");
    test::write_quickly(folder / "model.safetensors", "whole");
    remove_parts(folder.path());
    EXPECT_FALSE(fs::exists(left));
    std::vector<std::string> names = names_in(folder.path());
    std::ranges::sort(names);
    EXPECT_EQ(names, (std::vector<std::string>{".song.ocTransferId1.part", "model.safetensors"}));
}

TEST(FolderLock, is_for_one_at_a_time_and_goes_with_its_owner) {
    const TempFolder folder;
    {
        const FolderLock lock(folder / "run");
        EXPECT_EQ(test::error_of([&] { FolderLock(folder / "run"); }),
                  (folder / "run").string() +
                      ": needs one program that writes there at a time, another one is at work");
    }
    EXPECT_NO_THROW(FolderLock(folder / "run"));
}

TEST(FolderLock, deletes_what_a_killed_program_left) {
    const TempFolder folder;
    test::write_quickly(temporary_name(folder / "model.safetensors"), "half");
    const FolderLock lock(folder.path());
    EXPECT_EQ(names_in(folder.path()), std::vector<std::string>{".lock"});
}

TEST(FolderLock, leaves_no_file_of_its_own) {
    const TempFolder folder;
    { const FolderLock lock(folder.path()); }
    EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(DurableFile, has_its_name_only_after_commit) {
    const TempFolder folder;
    write_file(folder / "a", "old");
    {
        DurableFile file(folder / "a");
        file.write("new");
        EXPECT_EQ(read_text_file(folder / "a"), "old");
        EXPECT_EQ(read_text_file(file.temporary()), "new");
        file.commit();
    }
    EXPECT_EQ(read_text_file(folder / "a"), "new");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
}

TEST(DurableFile, leaves_the_old_file_and_nothing_else_without_commit) {
    const TempFolder folder;
    write_file(folder / "a", "old");
    { DurableFile(folder / "a").write("new"); }
    EXPECT_EQ(read_text_file(folder / "a"), "old");
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
}

TEST(DurableFile, names_its_target_when_that_cannot_be_written) {
    const TempFolder folder;
    const auto error = test::error_of([&] { DurableFile file(folder / "none/a"); });
    EXPECT_TRUE(test::holds(error, "none/a: cannot be written, No such file"));
    fs::create_directory(folder / "d");
    EXPECT_TRUE(test::holds(test::error_of([&] { write_file(folder / "d", "x"); }),
                            "/d: needs to be a regular file or a new one"));
    EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
}

TEST(DurableFile, takes_its_piece_away_when_the_disk_is_full) {
    const TempFolder folder;
    // A limit on the size of files stands in for a full disk: writing fails in the middle.
    struct rlimit before {};
    ::getrlimit(RLIMIT_FSIZE, &before);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const struct rlimit small { .rlim_cur = 1000, .rlim_max = before.rlim_max };
    ::setrlimit(RLIMIT_FSIZE, &small);
    const auto error = test::error_of([&] { write_file(folder / "a", std::string(5000, 'x')); });
    ::setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, handler);
    EXPECT_TRUE(test::holds(error, "/a: cannot be written, File too large"));
    EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(Log, keeps_the_lines_of_two_writers_whole) {
    const TempFolder folder;
    const auto write = [&](char letter) {
        for (int i = 0; i < 200; ++i) append_line(folder / "log", std::string(300, letter));
    };
    std::thread other(write, 'a');
    write('b');
    other.join();
    const std::string text = read_text_file(folder / "log");
    ASSERT_EQ(text.size(), 400U * 301U);
    for (std::size_t line = 0; line < 400; ++line) {
        const std::string_view piece = std::string_view(text).substr(line * 301, 301);
        EXPECT_EQ(piece.back(), '\n');
        EXPECT_EQ(std::ranges::count(piece, piece.front()), 300);
    }
}

TEST(Folder, is_made_with_those_above_it) {
    const TempFolder folder;
    make_folder(folder / "a/b/c");
    make_folder(folder / "a/b/c");
    EXPECT_TRUE(fs::is_directory(folder / "a/b/c"));
    write_file(folder / "file", "x");
    EXPECT_THROW(make_folder(folder / "file"), Error);
    EXPECT_THROW(make_folder(folder / "file/below"), Error);
}

TEST(FileDescriptor, is_closed_once_by_its_last_owner) {
    const TempFolder folder;
    write_file(folder / "a", "x");
    FileDescriptor first = open_regular_file(folder / "a");
    const int number = first.number();
    FileDescriptor second = std::move(first);
    EXPECT_EQ(second.number(), number);
    EXPECT_TRUE(second.close());
    EXPECT_EQ(second.number(), -1);
    EXPECT_TRUE(second.close());
    struct stat status {};
    EXPECT_NE(::fstat(number, &status), 0);
}

TEST(FileBytes, show_the_bytes_of_their_file) {
    const TempFolder folder;
    write_file(folder / "a", "hello");
    FileBytes first(folder / "a");
    const std::byte* where = first.bytes().data();
    const FileBytes second = std::move(first);
    EXPECT_EQ(second.bytes().data(), where);
    EXPECT_EQ(second.bytes().size(), 5U);
    EXPECT_EQ(second.bytes()[1], std::byte{'e'});
    EXPECT_EQ(second.path(), folder / "a");
}

TEST(FileBytes, stay_when_the_file_is_cut_short) {
    const TempFolder folder;
    const std::string text(100000, 'x');
    write_file(folder / "a", text);
    const FileBytes file(folder / "a");
    std::filesystem::resize_file(folder / "a", 10);
    // A mapping would end the program here.
    EXPECT_EQ(std::memcmp(file.bytes().data(), text.data(), text.size()), 0);
}

TEST(FileBytes, of_a_file_that_gets_shorter_while_it_is_read_are_refused) {
    // The system states a page for each of these files and gives a line.
    const std::filesystem::path file = "/sys/kernel/mm/transparent_hugepage/enabled";
    if (!std::filesystem::exists(file)) GTEST_SKIP() << "needs " << file;
    EXPECT_TRUE(test::holds(test::error_of([&] { FileBytes{file}; }),
                            "needs to stay as it is while it is read, it got shorter, to "));
}

TEST(FileBytes, are_empty_for_an_empty_file) {
    const TempFolder folder;
    write_file(folder / "a", "");
    EXPECT_TRUE(FileBytes(folder / "a").bytes().empty());
    EXPECT_THROW(FileBytes{folder.path()}, Error);
}

TEST(File, is_written_over_no_device_and_no_pipe) {
    const test::TempFolder folder;
    ASSERT_EQ(::mkfifo((folder / "fifo").c_str(), 0600), 0);
    EXPECT_TRUE(test::holds(test::error_of([&] { write_file(folder / "fifo", "text"); }),
                            "needs to be a regular file or a new one"));
    EXPECT_TRUE(std::filesystem::is_fifo(folder / "fifo"));
    EXPECT_TRUE(test::holds(test::error_of([] { write_file("/dev/null", "text"); }), "regular file"));
}

}  // namespace
}  // namespace melvit
