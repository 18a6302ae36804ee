#include "melvit/report/template.h"

#include "melvit/core/error.h"

#include <gtest/gtest.h>

namespace melvit {
namespace {

using Json = nlohmann::ordered_json;

TEST(Template, PutsTextsAndNumbersInTheirPlaces) {
    EXPECT_EQ(fill("set title {title} [{low}:{high}]", {{"title", "'a {b}'"}, {"low", 1.0}, {"high", 0.1}}),
              "set title 'a {b}' [1:0.1]");
}

TEST(Template, LeavesTheBracesOfGnuplotAndOfCssAlone) {
    const std::string text = "do for [i in 'a b'] {\n  print i\n}\nbody { margin: 0; }\n${}";
    EXPECT_EQ(fill(text, Json::object()), text);
}

TEST(Template, ChoosesBetweenTwoTexts) {
    const std::string text = "a\n{if tics}\nset ytics ({tics})\n{else}\nno tics\n{end}\nb{if tics}c{end}\n";
    EXPECT_EQ(fill(text, {{"tics", "1, 2"}}), "a\nset ytics (1, 2)\nbc\n");
    for (const Json& nothing : {Json(nullptr), Json(""), Json(0), Json(false), Json::array()}) {
        EXPECT_EQ(fill(text, {{"tics", nothing}}), "a\nno tics\nb\n") << nothing;
    }
    EXPECT_EQ(fill(text, Json::object()), "a\nno tics\nb\n");
}

TEST(Template, RepeatsATextWithTheNamesOutsideOfTheList) {
    const Json curves = {{{"x", 1}}, {{"x", 2}, {"style", "dots"}}};
    EXPECT_EQ(fill("plot {each curves}csv using {x} with {style}{,}\n{end}",
                   {{"style", "lines"}, {"curves", curves}}),
              "plot csv using 1 with lines, \\\ncsv using 2 with dots\n");
    EXPECT_EQ(fill("{each panels}\n<{each curves}{x}{end}>\n{end}\n",
                   {{"panels", {{{"curves", curves}}, {{"curves", curves}}}}}),
              "<12>\n<12>\n");
}

TEST(Template, KeepsTheLineBreakBehindABlockThatBeginsItsLine) {
    EXPECT_EQ(fill("{each xs}{x}{end}\nb", {{"xs", {{{"x", 1}}, {{"x", 2}}}}}), "12\nb");
    EXPECT_EQ(fill("{if a}{end}\nb", {{"a", 1}}), "\nb");
    EXPECT_EQ(fill("c{if a}\n{end}\nb", {{"a", 1}}), "c\nb");
}

TEST(Template, SaysWhatIsMissing) {
    EXPECT_THROW(fill("{title}", Json::object()), Error);
    EXPECT_THROW(fill("{if title}", Json::object()), Error);
    EXPECT_THROW(fill("{end}", Json::object()), Error);
    EXPECT_THROW(template_text("none.gnuplot"), Error);
}

}  // namespace
}  // namespace melvit
