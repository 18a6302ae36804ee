#include "melvit/report/report.h"

#include "tests/report/sample_sweep.h"
#include "tests/support/errors.h"
#include "tests/support/test_files.h"

#include <cmath>
#include <cstdio>
#include <gtest/gtest.h>
#include <limits>
#include <set>
#include <string>
#include <vector>

namespace melvit {
namespace {

namespace fs = std::filesystem;
using test::bytes_of;
using test::holds;
using test::TempFolder;

constexpr double kNoNumber = std::numeric_limits<double>::quiet_NaN();

/// The page of a sweep, and the names of its figures.
struct Written {
    std::string page;
    std::set<std::string> figures;
};

Written written(const SweepRecord& record) {
    const TempFolder folder;
    const Report report = write_report(record, folder.path());
    Written result;
    result.page = bytes_of(report.page);
    for (const DrawnFigure& figure : report.figures) {
        for (const std::string& file : {figure.svg, figure.png, figure.csv, figure.script}) {
            EXPECT_GT(fs::file_size(report.figures_folder / file), 0U) << file;
        }
        EXPECT_FALSE(figure.caption.empty()) << figure.name;
        result.figures.insert(figure.name);
    }
    EXPECT_EQ(result.figures.size(), report.figures.size()) << "two figures share a name";
    return result;
}

/// Trials of a random search in a continuum, some of them stopped early.
SweepRecord random_sweep() {
    SweepRecord record;
    for (std::size_t i = 1; i <= 24; ++i) {
        const double lr = 1e-4 * std::pow(1.25, static_cast<double>(i));
        record.trials.push_back(test::sample_trial(i, lr, 0.01, i % 5 == 0 ? 2 : 6));
        if (i % 5 == 0) record.trials.back().status = TrialStatus::stopped;
        record.trials.back().parameters = {
            {"lr", lr}, {"dropout", 0.9 / static_cast<double>(i)}, {"hidden", i % 2 ? 256 : 512}};
    }
    record.sweep = test::sample_head("random", 6, 24);
    record.result = test::sample_result(record);
    return record;
}

TEST(ReportTest, HoldsAllOfItsFiguresInOnePageThatNeedsNothingElse) {
    const Written report = written(test::sample_sweep(6, 3, 4));
    EXPECT_EQ(report.figures.size(), 36U);
    std::size_t inside = 0;
    for (std::size_t at = report.page.find("<svg"); at != std::string::npos;
         at = report.page.find("<svg", at + 1))
        ++inside;
    EXPECT_EQ(inside, report.figures.size());
    for (const char* outside : {"<script", "<link", "<img", "src=", "@import", "url(http"}) {
        EXPECT_EQ(report.page.find(outside), std::string::npos) << outside;
    }
    EXPECT_TRUE(holds(report.page, "<p class=\"soft\">At the epoch that was kept."));
    EXPECT_TRUE(holds(report.page, "37.37 % (62 of 99 right)"));
    EXPECT_TRUE(holds(report.page, "right on 65.7 % of the test tracks"));
}

/// The first number behind `key` in a text from `at` on.
double number_behind(const std::string& text, const std::string& key, std::size_t at) {
    const std::size_t found = text.find(key, at);
    return found == std::string::npos ? kNoNumber : std::stod(text.substr(found + key.size(), 16));
}

TEST(ReportTest, KeepsTheTextOfEveryFigureReadableInANarrowWindow) {
    std::string page = written(test::sample_sweep(12, 3, 4)).page;
    page += written(random_sweep()).page;
    std::size_t figures = 0;
    for (std::size_t at = page.find("<svg"); at != std::string::npos; at = page.find("<svg", at + 1)) {
        const double scale =
            number_behind(page, "min-width:", at) / number_behind(page, "viewBox=\"0 0 ", at);
        const std::size_t end = page.find("</svg>", at);
        std::size_t texts = 0;
        for (std::size_t text = page.find("font-size=\"", at); text < end;
             text = page.find("font-size=\"", text + 1)) {
            ++texts;
            EXPECT_GE(scale * number_behind(page, "font-size=\"", text), 9.9) << page.substr(at, 200);
        }
        EXPECT_GT(texts, 5U);
        EXPECT_LE(number_behind(page, "min-width:", at), 476)
            << "a window of 500 has to scroll: " << page.substr(at, 200);
        EXPECT_EQ(page.substr(page.rfind('<', at - 1), at - page.rfind('<', at - 1)),
                  "<div class=\"scroll\">");
        ++figures;
    }
    EXPECT_EQ(figures, 60U);
}

/// A text of an SVG of gnuplot's: where it is tied, turned to the left by how many degrees, how long about.
struct SvgText {
    double x = 0, y = 0, turned = 0, before = 0, after = 0;  ///< points of the figure
    std::string text;
};

std::vector<SvgText> texts_of(const std::string& svg) {
    constexpr double kLetter = 6.5;  // points, of 15 points of sans-serif: less than most letters need
    std::vector<SvgText> texts;
    for (std::size_t at = svg.find("<g transform=\"translate("); at != std::string::npos;
         at = svg.find("<g transform=\"translate(", at + 1)) {
        SvgText text;
        if (std::sscanf(svg.c_str() + at, "<g transform=\"translate(%lf,%lf) rotate(%lf", &text.x, &text.y,
                        &text.turned) < 2)
            continue;
        const std::size_t begin = svg.find("<text>", at) + 6;
        text.text = svg.substr(begin, svg.find('<', begin) - begin);
        const double length = kLetter * static_cast<double>(text.text.size());
        const std::string anchor = svg.substr(svg.find("text-anchor=\"", at) + 13, 3);
        text.before = anchor == "sta" ? 0 : anchor == "mid" ? length / 2 : length;
        text.after = length - text.before;
        texts.push_back(text);
    }
    return texts;
}

TEST(ReportTest, KeepsEveryTextInsideItsFigure) {
    const TempFolder folder;
    SweepRecord one_column = random_sweep();
    for (TrialRecord& trial : one_column.trials) {
        trial.parameters["hidden"] =
            std::string(trial.id % 2 == 0 ? "quite_a_long_value" : "another_long_value");
    }
    std::size_t texts = 0;
    for (const SweepRecord& record : {test::sample_sweep(12, 3, 6), random_sweep(), one_column}) {
        const Report report = write_report(record, folder.path());
        for (const DrawnFigure& figure : report.figures) {
            const std::string svg = bytes_of(report.figures_folder / figure.svg);
            double width = 0, height = 0;
            ASSERT_EQ(
                std::sscanf(svg.c_str() + svg.find("viewBox"), "viewBox=\"0 0 %lf %lf", &width, &height), 2);
            for (const SvgText& text : texts_of(svg)) {
                const double across = std::cos(text.turned * 3.14159265 / 180);
                const double up = -std::sin(text.turned * 3.14159265 / 180);
                const double ascent = 10 * up;  // letters stand to the left of a text that runs upwards
                EXPECT_GE(text.x - text.before * across - ascent, 0) << figure.name << ": " << text.text;
                EXPECT_LE(text.x + text.after * across, width) << figure.name << ": " << text.text;
                EXPECT_LE(text.y + text.before * up, height) << figure.name << ": " << text.text;
                EXPECT_GE(text.y - text.after * up - 10 * across, 0) << figure.name << ": " << text.text;
                ++texts;
            }
        }
    }
    EXPECT_GT(texts, 1000U);
}

TEST(ReportTest, PutsEveryTableIntoABoxThatScrolls) {
    const std::string page = written(random_sweep()).page;
    std::size_t tables = 0;
    for (std::size_t at = page.find("<table"); at != std::string::npos;
         at = page.find("<table", at + 1), ++tables) {
        EXPECT_EQ(page.substr(page.rfind('<', at - 1), at - page.rfind('<', at - 1)),
                  "<div class=\"scroll\">");
    }
    EXPECT_EQ(tables, 4U);
    EXPECT_TRUE(holds(page, ".scroll { overflow-x: auto; }"));
}

TEST(ReportTest, HasADarkPageForADarkScreen) {
    const std::string page = written(test::sample_sweep(2, 2, 2)).page;
    const std::size_t dark = page.find("@media screen and (prefers-color-scheme: dark) {");
    ASSERT_NE(dark, std::string::npos);
    EXPECT_TRUE(holds(page.substr(dark), "figure svg { filter: invert("));
    for (const char* colour :
         {"--ink: #", "--soft: #", "--line: #", "--accent: #", "--ground: #", "--warn: #"}) {
        EXPECT_LT(page.find(colour), dark) << colour;
        EXPECT_NE(page.find(colour, dark), std::string::npos) << colour;
    }
    for (const char* words : {"darker", "darkest", "hite cells"}) {
        EXPECT_FALSE(holds(page, words)) << "not so on a dark page";
    }
}

TEST(ReportTest, NamesTheParametersOfATrialInTheLegend) {
    const Written report = written(random_sweep());
    EXPECT_TRUE(holds(report.page, "<text>trial 1: dropout 0.9, lr 0.000125, hidden 256<"));
}

TEST(ReportTest, GivesEachElementAnIdOfItsOwn) {
    const std::string page = written(test::sample_sweep(2, 2, 2)).page;
    std::set<std::string> ids;
    for (std::size_t at = page.find(" id="); at != std::string::npos; at = page.find(" id=", at + 1)) {
        const std::string id = page.substr(at + 5, page.find(page[at + 4], at + 5) - at - 5);
        EXPECT_TRUE(ids.insert(id).second) << id;
    }
    EXPECT_GT(ids.size(), 100U);
}

TEST(ReportTest, ShowsNamesOfTheUsersAsTheyAre) {
    SweepRecord record = test::sample_sweep(2, 2, 2);
    const std::string hostile = "<b>'\"`touch pwned`$(x)\n{&_^\\%d#";
    record.sweep["name"] = record.sweep["data"] = hostile;
    for (std::size_t g = 0; g < 10; ++g) record.sweep["genres"][g] = hostile + std::to_string(g);
    test::Json genres = test::Json::object();
    genres[hostile] = {{"precision", 0.5}, {"recall", 0.5}, {"f1", 0.5}, {"tracks", 3}};
    record.result["best"]["test"]["genres"] = genres;
    for (TrialRecord& trial : record.trials) {
        trial.parameters = {{hostile, hostile + std::to_string(trial.id % 2)}, {hostile + "2", trial.id}};
    }
    record.trials[3].status = TrialStatus::failed;
    record.trials[3].error = hostile;
    const Written report = written(record);
    EXPECT_EQ(report.page.find("<b>'"), std::string::npos);
    EXPECT_TRUE(holds(report.page, "&lt;b&gt;&#39;&quot;`touch pwned`"));
    EXPECT_FALSE(fs::exists("pwned"));
}

TEST(ReportTest, AdaptsToARandomSearchInAContinuum) {
    const Written report = written(random_sweep());
    EXPECT_TRUE(report.figures.contains("metric-map"));
    EXPECT_TRUE(report.figures.contains("importance"));
    EXPECT_TRUE(report.figures.contains("solo-average-hidden-validation-loss"));
    EXPECT_FALSE(report.figures.contains("solo-average-lr-validation-loss"));
    EXPECT_TRUE(holds(report.page, "Failed and stopped trials"));
}

TEST(ReportTest, SaysThatASweepIsNotFinished) {
    SweepRecord record = test::sample_sweep(2, 2, 3);
    record.result = nullptr;
    record.sweep["trials"] = 9;
    const Written report = written(record);
    EXPECT_TRUE(holds(report.page, "This sweep is not finished: 4 of 9 trials have ended."));
    EXPECT_TRUE(holds(report.page, "no tested model yet"));
    EXPECT_FALSE(report.figures.contains("confusion"));
}

TEST(ReportTest, ComesOutForOneTrial) {
    const Written report = written(test::sample_sweep(1, 1, 1));
    EXPECT_EQ(report.figures, (std::set<std::string>{"best-so-far", "confusion", "genres", "learning-curves",
                                                     "reliability"}));
    EXPECT_TRUE(holds(report.page, "1 trial. The best is trial 1"));
}

TEST(ReportTest, ComesOutForTrialsThatAllFailedAndForNone) {
    SweepRecord record = test::sample_sweep(2, 1, 2);
    for (TrialRecord& trial : record.trials) {
        trial.status = TrialStatus::failed;
        trial.error = "its loss became infinite";
        for (EpochMetrics& epoch : trial.history) epoch.validation_loss = kNoNumber;
    }
    record.result["best"] = nullptr;
    const Written report = written(record);
    EXPECT_TRUE(report.figures.empty());
    EXPECT_TRUE(holds(report.page, "2 of 2 trials failed"));
    EXPECT_TRUE(holds(report.page, "its loss became infinite"));
    record.trials.clear();
    record.result = nullptr;
    EXPECT_TRUE(holds(written(record).page, "No trial has a result"));
}

TEST(ReportTest, ComesOutForNumbersThatAreNotFiniteOrAllTheSame) {
    SweepRecord record = test::sample_sweep(2, 2, 2);
    for (TrialRecord& trial : record.trials) {
        trial.score = trial.validation_loss = 1.25;
        for (EpochMetrics& epoch : trial.history) {
            epoch.train_loss = kNoNumber;
            epoch.validation_loss = 1.25;
            epoch.validation_accuracy = 0.5;
        }
    }
    record.result["best"]["test"]["loss"] = nullptr;
    const Written report = written(record);
    EXPECT_TRUE(report.figures.contains("average-training-loss"));
    EXPECT_TRUE(report.figures.contains("metric-map"));
}

TEST(ReportTest, ReplacesAnEarlierReport) {
    const TempFolder folder;
    SweepRecord record = test::sample_sweep(1, 1, 1);
    write_report(record, folder.path());
    record.sweep["name"] = "another";
    const Report report = write_report(record, folder.path());
    EXPECT_TRUE(holds(bytes_of(report.page), "Sweep another"));
}

}  // namespace
}  // namespace melvit
