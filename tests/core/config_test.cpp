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

struct Circle {
    static constexpr const char* kKind = "circle";
    double radius = 1.0;

    static constexpr auto fields() { return std::tuple{Field{"radius", &Circle::radius, "in metres"}}; }
};

struct Square {
    static constexpr const char* kKind = "square";
    double side = 2.0;

    static constexpr auto fields() { return std::tuple{Field{"side", &Square::side, "in metres"}}; }
};

enum class Colour { red, blue };
NLOHMANN_JSON_SERIALIZE_ENUM(Colour, {{Colour::red, "red"}, {Colour::blue, "blue"}})

struct Drawing {
    std::variant<Circle, Square> shape;
    Colour colour = Colour::red;

    static constexpr auto fields() {
        return std::tuple{Field{"shape", &Drawing::shape, "what is drawn"},
                          Field{"colour", &Drawing::colour, "and how"}};
    }
};

TEST(ConfigChoice, is_written_with_its_kind_and_comes_back) {
    EXPECT_EQ(config_text(Drawing{}), R"({"shape":{"kind":"circle","radius":1.0},"colour":"red"})");
    const Drawing blue{Square{3.0}, Colour::blue};
    EXPECT_EQ(config_text(blue), R"({"shape":{"kind":"square","side":3.0},"colour":"blue"})");
    EXPECT_EQ(config_text(config_from_json<Drawing>(config_to_json(blue), "d")), config_text(blue));
}

TEST(ConfigChoice, without_a_kind_is_the_first) {
    const auto drawing = config_from_json<Drawing>(Json::parse(R"({"shape":{"radius":4}})"), "d");
    EXPECT_EQ(std::get<Circle>(drawing.shape).radius, 4.0);
    EXPECT_EQ(std::get<Circle>(config_from_json<Drawing>(Json::object(), "d").shape).radius, 1.0);
}

TEST(ConfigChoice, refuses_unknown_kinds_and_another_kinds_settings) {
    const auto error = [](const char* json) {
        return test::error_of([&] { config_from_json<Drawing>(Json::parse(json), "d"); });
    };
    for (const char* kind : {R"("oval")", "3", "[]", R"("Circle")"}) {
        const std::string json = std::string(R"({"shape":{"kind":)") + kind + "}}";
        EXPECT_EQ(error(json.c_str()),
                  std::string(R"(d.shape: needs a "kind" of circle, square, it is )") + kind);
    }
    EXPECT_TRUE(test::holds(error(R"({"shape":{"kind":"square","radius":1}})"),
                            "d.shape: needs known settings only, it holds \"radius\""));
    EXPECT_TRUE(test::holds(error(R"({"shape":4})"), "d.shape: needs a JSON object of settings"));
    EXPECT_TRUE(test::holds(error(R"({"colour":"green"})"), "needs a fitting value for \"colour\""));
}

TEST(Config, visits_its_fields_in_order) {
    std::string names;
    for_each_field<Outer>([&](const auto& field) { names += std::string(field.name) + " "; });
    EXPECT_EQ(names, "name rate list inner ");
}

}  // namespace
}  // namespace melvit
