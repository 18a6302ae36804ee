#include "melvit/report/gnuplot.h"

#include "melvit/core/error.h"

#include "tests/support/errors.h"
#include "tests/support/test_files.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace melvit {
namespace {

namespace fs = std::filesystem;
using test::bytes_of;
using test::error_of;
using test::holds;
using test::TempFolder;

Figure small_figure() {
    return {.name = "small",
            .title = "A small figure",
            .caption = "Three points.",
            .csv = "epoch,loss\n1,3\n2,2\n3,1\n",
            .script = "set title 'small'\nplot csv using 1:2 with lines notitle"};
}

/// Another PATH while it lives.
class OtherPath {
public:
    explicit OtherPath(const fs::path& path) : before_(std::getenv("PATH")) {
        ::setenv("PATH", path.c_str(), 1);
    }
    ~OtherPath() { ::setenv("PATH", before_.c_str(), 1); }
    OtherPath(const OtherPath&) = delete;
    OtherPath& operator=(const OtherPath&) = delete;

private:
    std::string before_;
};

/// A program called gnuplot that does what the shell words say.
void write_gnuplot(const TempFolder& folder, const std::string& words) {
    test::write_quickly(folder / "gnuplot", "#!/bin/sh\n" + words + "\n");
    fs::permissions(folder / "gnuplot", fs::perms::owner_all);
}

TEST(FigureTest, KeepsTheUsersTextsFromBeingObeyed) {
    EXPECT_EQ(gnuplot_text("it's `x`\n$HOME"), "'it''s `x` $HOME'");
    EXPECT_EQ(gnuplot_tic("100%"), "'100%%'");
    EXPECT_EQ(csv_cell("plain_name"), "plain_name");
    EXPECT_EQ(csv_cell("a,\"b\"\nc"), "\"a,\"\"b\"\" c\"");
    EXPECT_EQ(csv_cell(0.1), "0.1");
    EXPECT_EQ(csv_cell(1.0 / 0.0), "");
}

TEST(FigureTest, MixesItsColoursBetweenTheStops) {
    EXPECT_EQ(palette_colour(0), "#440154");
    EXPECT_EQ(palette_colour(1), "#bddf26");
    EXPECT_EQ(palette_colour(0.5 / 9.0), "#461365");
    EXPECT_EQ(palette_colour(7), "#bddf26");
}

TEST(GnuplotTest, LeavesPictureNumbersAndScriptBesideEachOther) {
    const TempFolder folder;
    const std::vector<Figure> figures = {small_figure()};
    const auto drawn = draw_figures(figures, folder / "figures");
    ASSERT_EQ(drawn.size(), 1U);
    EXPECT_TRUE(holds(bytes_of(folder / "figures/small.svg"), "<svg"));
    EXPECT_EQ(bytes_of(folder / "figures/small.png").substr(0, 4), "\x89PNG");
    EXPECT_EQ(bytes_of(folder / "figures/small.csv"), figures[0].csv);
    std::size_t files = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder / "figures")) ++files;
    EXPECT_EQ(files, 4U) << "something was left behind";
}

TEST(GnuplotTest, DrawsAFigureAgainFromTheFilesInItsFolder) {
    const TempFolder folder;
    draw_figures(std::vector<Figure>{small_figure()}, folder.path());
    const std::string before = bytes_of(folder / "small.svg");
    fs::remove(folder / "small.svg");
    fs::remove(folder / "small.png");
    run_gnuplot(folder / "small.gnuplot");
    EXPECT_EQ(bytes_of(folder / "small.svg"), before);
    EXPECT_TRUE(fs::exists(folder / "small.png"));
}

TEST(GnuplotTest, WritesHostileTextsAsTheyAre) {
    const TempFolder folder;
    Figure figure = small_figure();
    const std::string hostile = "it's <b>\"x\"</b> & } `touch pwned` $HOME @m # \\ _a ^b 5%d \xC3\xBC";
    figure.title = hostile + "\nsystem('touch pwned')";
    figure.script = "set title " + gnuplot_text(hostile) + "\nset xtics (" + gnuplot_tic(hostile) +
                    " 2)\nplot csv using 1:2 with lines title " + gnuplot_text(hostile);
    draw_figures(std::vector<Figure>{figure}, folder.path());
    const std::string svg = bytes_of(folder / "small.svg");
    const std::string shown =
        "it's &lt;b>\"x\"&lt;/b> &amp; } `touch pwned` $HOME @m # \\ _a ^b 5%d \xC3\xBC";
    std::size_t times = 0;
    for (std::size_t at = svg.find(shown); at != std::string::npos; at = svg.find(shown, at + 1)) ++times;
    EXPECT_EQ(times, 3U);
    EXPECT_FALSE(fs::exists(folder / "pwned"));
}

TEST(GnuplotTest, SaysHowToGetAMissingGnuplot) {
    const TempFolder folder;
    const OtherPath path(folder.path());
    const std::string error =
        error_of([&] { draw_figures(std::vector<Figure>{small_figure()}, folder.path()); });
    EXPECT_TRUE(holds(error, "gnuplot: needs to be on the PATH"));
    EXPECT_TRUE(holds(error, "apt install gnuplot-nox"));
    EXPECT_FALSE(fs::exists(folder / "small.csv"));
}

TEST(GnuplotTest, SaysWhatIsWrongWithAScript) {
    const TempFolder folder;
    Figure figure = small_figure();
    figure.script = "plot nothing using 1:2 with lines";
    const std::string error = error_of([&] { draw_figures(std::vector<Figure>{figure}, folder.path()); });
    EXPECT_TRUE(holds(error, "small.gnuplot: needs to be a script that gnuplot runs, "));
    EXPECT_TRUE(holds(error, "undefined variable: nothing"));
}

TEST(GnuplotTest, EndsAGnuplotThatHangs) {
    const TempFolder folder;
    write_gnuplot(folder, "exec /bin/sleep 60");
    const OtherPath path(folder.path());
    test::write_quickly(folder / "a.gnuplot", "");
    EXPECT_TRUE(holds(error_of([&] { run_gnuplot(folder / "a.gnuplot", {}, std::chrono::milliseconds(50)); }),
                      "it took too long"));
}

TEST(GnuplotTest, NoticesThatAPictureIsMissing) {
    const TempFolder folder;
    write_gnuplot(folder, ": > small.svg");
    const OtherPath path(folder.path());
    EXPECT_TRUE(holds(error_of([&] { draw_figures(std::vector<Figure>{small_figure()}, folder / "f"); }),
                      "needs gnuplot to write small.svg, it is missing or empty"));
}

TEST(GnuplotTest, GivesThePicturesOfAPageIdsOfTheirOwn) {
    EXPECT_EQ(
        inline_svg("<?xml?>\n<svg ><circle id='a'/><use xlink:href='#a'/><text> id='a'</text></svg>", "f"),
        "<svg ><circle id='f-a'/><use xlink:href='#f-a'/><text> id='a'</text></svg>");
}

}  // namespace
}  // namespace melvit
