#include "melvit/core/context.h"

#include <gtest/gtest.h>
#include <stop_token>
#include <string>

namespace melvit {
namespace {

TEST(Context, is_never_stopped_unless_it_was_given_a_stop_token) {
    EXPECT_NO_THROW(Context().throw_if_stopped());
    EXPECT_EQ(&Context().pool, &default_pool());
}

TEST(Context, is_stopped_by_its_own_source_and_by_no_other) {
    std::stop_source one;
    std::stop_source other;
    const Context first{.stop = one.get_token()};
    const Context second{.stop = other.get_token()};
    one.request_stop();
    EXPECT_THROW(first.throw_if_stopped(), Stopped);
    EXPECT_NO_THROW(second.throw_if_stopped());
    EXPECT_NO_THROW(Context().throw_if_stopped());
}

TEST(Context, reports_to_whoever_watches) {
    Context().report("tracks", 1, 2);  // nobody
    std::string seen;
    const Context watched{.progress = [&](std::string_view what, std::size_t done, std::size_t total) {
        seen = std::string(what) + " " + std::to_string(done) + " of " + std::to_string(total);
    }};
    watched.report("tracks", 1, 2);
    EXPECT_EQ(seen, "tracks 1 of 2");
}

}  // namespace
}  // namespace melvit
