#include "program.h"

#include "test_files.h"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string_view>
#include <sys/wait.h>

namespace melvit::test {
namespace {

std::string quoted(std::string_view text) {
    std::string result(1, '\'');
    for (const char c : text) {
        if (c == '\'') result.append("'\\'");
        result.push_back(c);
    }
    result.push_back('\'');
    return result;
}

std::string text_of(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

}  // namespace

Ran Program::operator()(const std::vector<std::string>& arguments, const std::string& input) const {
    return run("timeout 240 ", arguments, input);
}

Ran Program::limited_to_kilobytes(int kilobytes, const std::vector<std::string>& arguments) const {
    // Without the trap the limit's signal would end the program.
    return run("trap '' XFSZ; ulimit -f " + std::to_string(kilobytes * 2) + "; timeout 240 ", arguments, "");
}

Ran Program::interrupted_after_seconds(double seconds, const std::vector<std::string>& arguments) const {
    return run("timeout --preserve-status --signal=INT " + std::to_string(seconds) + " ", arguments, "");
}

Ran Program::interrupted_when_exists(const std::string& file,
                                     const std::vector<std::string>& arguments) const {
    return run("", arguments, "",
               " & pid=$!; until [ -e " + quoted(std::string_view(file)) +
                   " ] || ! kill -0 $pid 2>/dev/null; do sleep 0.05; done; kill -INT $pid; wait $pid");
}

Ran Program::run(const std::string& before, const std::vector<std::string>& arguments,
                 const std::string& input, const std::string& after) const {
    const TempFolder folder;
    std::ofstream(folder / "in", std::ios::binary) << input;
    std::ostringstream command;
    command << "export MELVIT_HOME=" << quoted(home_) << " MELVIT_CACHE=" << quoted(home_ + "/cache") << "; "
            << before << quoted(MELVIT_PROGRAM);
    for (const std::string& argument : arguments) command << " " << quoted(argument);
    command << " <" << quoted((folder / "in").native()) << " >" << quoted((folder / "out").native()) << " 2>"
            << quoted((folder / "err").native()) << after;
    const int status = std::system(command.str().c_str());
    Ran ran;
    ran.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    ran.out = text_of(folder / "out");
    ran.err = text_of(folder / "err");
    return ran;
}

}  // namespace melvit::test
