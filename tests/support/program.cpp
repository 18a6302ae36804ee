#include "program.h"

#include "test_files.h"

#include <cstdlib>
#include <fstream>
#include <sstream>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

namespace melvit::test {
namespace {

/// Root without the right to override permissions is held by those of its own files.
constexpr const char* kWithoutOverride = "setpriv --bounding-set -dac_override,-dac_read_search ";

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

/// A shell's condition.
std::string has_lines(const std::string& quoted_file, int lines) {
    return "[ \"$(cat " + quoted_file + " 2>/dev/null | wc -l)\" -ge " + std::to_string(lines) + " ]";
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
    return signalled_when("INT", "[ -e " + quoted(std::string_view(file)) + " ]", arguments);
}

Ran Program::signalled_at_line(const std::string& signal, const std::string& file, int lines,
                               const std::vector<std::string>& arguments) const {
    return signalled_when(signal, has_lines(quoted(std::string_view(file)), lines), arguments);
}

Ran Program::signalled_at_result(const std::string& signal, int lines,
                                 const std::vector<std::string>& arguments) const {
    return signalled_when(signal, has_lines("\"$out\"", lines), arguments);
}

Ran Program::signalled_when(const std::string& signal, const std::string& condition,
                            const std::vector<std::string>& arguments) const {
    return run("", arguments, "",
               " & pid=$!; until " + condition +
                   " || ! kill -0 $pid 2>/dev/null; do sleep 0.05; done; kill -" + signal +
                   " $pid; wait $pid");
}

Program Program::held_by_permissions() const {
    Program held = *this;
    if (::geteuid() == 0) held.before_ = kWithoutOverride;
    return held;
}

bool permissions_can_hold() {
    return Program("").held_by_permissions()({"--version"}).code == 0;
}

Ran Program::redirected(const std::string& redirection, const std::vector<std::string>& arguments) const {
    return run("timeout 240 ", arguments, "", " " + redirection);
}

Ran Program::into_a_closed_pipe(int stream, const std::vector<std::string>& arguments) const {
    const TempFolder folder;
    const std::string gone = quoted(std::string_view((folder / "gone").native()));
    const std::string code = quoted(std::string_view((folder / "code").native()));
    return run("{ until [ -e " + gone + " ]; do sleep 0.01; done; timeout 240 ", arguments, "",
               " " + std::to_string(stream) + ">&3; echo $? >" + code + "; } 3>&1 | { exec <&-; : >" + gone +
                   "; }; exit $(cat " + code + ")");
}

Ran Program::run(const std::string& before, const std::vector<std::string>& arguments,
                 const std::string& input, const std::string& after) const {
    const TempFolder folder;
    std::ofstream(folder / "in", std::ios::binary) << input;
    std::ostringstream command;
    command << "export MELVIT_HOME=" << quoted(home_) << " MELVIT_CACHE=" << quoted(home_ + "/cache")
            << "; out=" << quoted((folder / "out").native()) << "; " << before << before_
            << quoted(MELVIT_PROGRAM);
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
