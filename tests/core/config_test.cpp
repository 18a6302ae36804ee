#include "melvit/core/config.h"

#include "tests/support/errors.h"

#include <gtest/gtest.h>
#include <vector>

namespace melvit {
namespace {

struct Inner {
    int count = 3;
    bool is_on = true;

    static constexpr auto fields() {
        return std::tuple{Field{"count", &Inner::count, "how many"},
                          Field{"is_on", &Inner::is_on, "whether"}};
    }
};

struct Outer {
    std::string name = "x";
    double rate = 0.5;
    std::vector<int> list{1, 2};
    Inner inner;

    static constexpr auto fields() {
        return std::tuple{Field{"name", &Outer::name, "its name"}, Field{"rate", &Outer::rate, "per second"},
                          Field{"list", &Outer::list, "some"}, Field{"inner", &Outer::inner, "within"}};
    }
};

using Json = nlohmann::ordered_json;

TEST(Config, is_written_in_the_order_of_its_fields) {
    EXPECT_EQ(config_text(Outer{}),
              R"({"name":"x","rate":0.5,"list":[1,2],"inner":{"count":3,"is_on":true}})");
}

TEST(Config, comes_back_from_its_json) {
    Outer config;
    config.name = "y";
    config.list = {};
    config.inner.count = -1;
    EXPECT_EQ(config_text(config_from_json<Outer>(config_to_json(config), "c")), config_text(config));
}

TEST(Config, keeps_the_defaults_of_what_the_json_leaves_out) {
    const auto config = config_from_json<Outer>(Json::parse(R"({"inner":{"count":9}})"), "c");
    EXPECT_EQ(config.inner.count, 9);
    EXPECT_TRUE(config.inner.is_on);
    EXPECT_EQ(config.rate, 0.5);
}

TEST(Config, names_the_setting_that_does_not_fit) {
    const auto error = [](const char* json) {
        return test::error_of([&] { config_from_json<Outer>(Json::parse(json), "file.json"); });
    };
    EXPECT_TRUE(test::holds(error(R"({"rate":"fast"})"),
                            "file.json: needs a fitting value for \"rate\", it holds \"fast\""));
    // Numbers that nlohmann's get would turn into others without a word.
    for (const char* json :
         {R"({"inner":{"count":10.9}})", R"({"inner":{"count":true}})", R"({"inner":{"count":4294967808}})",
          R"({"inner":{"count":1e300}})", R"({"inner":{"is_on":1}})", R"({"list":[1,2.5]})"}) {
        EXPECT_TRUE(test::holds(error(json), "needs a fitting value for")) << json;
    }
    EXPECT_TRUE(test::holds(error(R"({"speed":1})"), "needs known settings only, it holds \"speed\""));
    EXPECT_TRUE(
        test::holds(error(R"({"inner":{"counts":1}})"), "file.json.inner: needs known settings only"));
    EXPECT_TRUE(test::holds(error(R"({"inner":3})"), "file.json.inner: needs a JSON object of settings"));
    EXPECT_TRUE(test::holds(error("[]"), "needs a JSON object of settings"));
}

TEST(Config, visits_its_fields_in_order) {
    std::string names;
    for_each_field<Outer>([&](const auto& field) { names += std::string(field.name) + " "; });
    EXPECT_EQ(names, "name rate list inner ");
}

}  // namespace
}  // namespace melvit
