#include "melvit/report/gnuplot.h"

#include "melvit/core/error.h"
#include "melvit/core/file.h"
#include "melvit/core/text.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <mutex>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace melvit {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostSaid = 4096;  // bytes of what gnuplot says that are kept

/// A running gnuplot; ended and waited for when its owner goes.
class Child {
public:
    explicit Child(pid_t id) : id_(id) {}
    ~Child() {
        if (id_ <= 0) return;
        ::kill(id_, SIGKILL);
        wait();
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;

    /// returns  what waitpid calls its status
    int wait() {
        int status = 0;
        while (::waitpid(id_, &status, 0) < 0 && errno == EINTR) {
        }
        id_ = 0;
        return status;
    }

private:
    pid_t id_;
};

/// A process group of its own: a Ctrl-C on the terminal is for us, who then end it.
class SpawnAttributes {
public:
    SpawnAttributes() {
        ::posix_spawnattr_init(&attributes_);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP);
    }
    ~SpawnAttributes() { ::posix_spawnattr_destroy(&attributes_); }
    SpawnAttributes(const SpawnAttributes&) = delete;
    SpawnAttributes& operator=(const SpawnAttributes&) = delete;

    const posix_spawnattr_t* get() const { return &attributes_; }

private:
    posix_spawnattr_t attributes_{};
};

class SpawnActions {
public:
    SpawnActions() { ::posix_spawn_file_actions_init(&actions_); }
    ~SpawnActions() { ::posix_spawn_file_actions_destroy(&actions_); }
    SpawnActions(const SpawnActions&) = delete;
    SpawnActions& operator=(const SpawnActions&) = delete;

    posix_spawn_file_actions_t* get() { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

/// Starts gnuplot with stderr into `output` and nothing else of ours.
pid_t start_gnuplot(const fs::path& script, const FileDescriptor& output) {
    const fs::path folder = script.has_parent_path() ? script.parent_path() : fs::path(".");
    const std::string file = script.filename().native();
    SpawnActions actions;
    ::posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(actions.get(), STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_adddup2(actions.get(), output.number(), STDERR_FILENO);
    ::posix_spawn_file_actions_addchdir_np(actions.get(), folder.c_str());
    // posix_spawn takes char* const* for reasons of history; it does not write there.
    const std::array<char*, 4> arguments = {const_cast<char*>("gnuplot"), const_cast<char*>("-d"),
                                            const_cast<char*>(file.c_str()), nullptr};
    pid_t id = 0;
    const SpawnAttributes attributes;
    const int error =
        ::posix_spawnp(&id, "gnuplot", actions.get(), attributes.get(), arguments.data(), environ);
    if (error == ENOENT) {
        throw Error("gnuplot", "needs to be on the PATH, as it draws the figures",
                    "it is not there: install it with \"apt install gnuplot-nox\" (Debian, Ubuntu), \"dnf "
                    "install gnuplot\" (Fedora) or \"brew install gnuplot\" (macOS)");
    }
    if (error != 0) throw Error("gnuplot", "needs to start", std::strerror(error));
    return id;
}

/// What comes out of a pipe until its other end is closed.
///
/// throws  Error when that takes until `end`; Stopped
std::string read_until(const FileDescriptor& pipe, Clock::time_point end, const fs::path& script,
                       const Context& context) {
    std::string said;
    std::array<char, 512> piece{};
    while (true) {
        context.throw_if_stopped();
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - Clock::now());
        if (left.count() <= 0) throw Error(script, "needs gnuplot to draw it in time", "it took too long");
        pollfd waiting{pipe.number(), POLLIN, 0};
        const auto pause = std::min<std::int64_t>(left.count(), 200);
        if (::poll(&waiting, 1, static_cast<int>(pause)) <= 0) continue;
        const ssize_t got = ::read(pipe.number(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return said;
        if (said.size() < kMostSaid) said.append(piece.data(), static_cast<std::size_t>(got));
    }
}

/// The first line that gnuplot says with a fault in it: those before repeat the script.
std::string fault_in(std::string_view said) {
    std::string_view fault = said.substr(0, said.find('\n'));
    for (std::string_view rest = said; !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        if (line.find("line ") != std::string_view::npos) return printable(line);
        rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    }
    return printable(fault);
}

DrawnFigure files_of(const Figure& figure) {
    return {figure.name,          figure.title,         figure.caption,          figure.name + ".svg",
            figure.name + ".png", figure.name + ".csv", figure.name + ".gnuplot"};
}

/// A folder inside another that goes with all that is in it.
class WorkFolder {
public:
    explicit WorkFolder(const fs::path& parent) : path_(temporary_name(parent / "figures")) {
        make_folder(path_);
    }
    ~WorkFolder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    WorkFolder(const WorkFolder&) = delete;
    WorkFolder& operator=(const WorkFolder&) = delete;

    const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

/// Without the wait for the disk: a figure can be drawn again.
void write_quickly(const fs::path& file, std::string_view text) {
    DurableFile target(file);
    target.write(text);
    target.commit_unsynced();
}

void move_file(const fs::path& from, const fs::path& to) {
    std::error_code error;
    fs::rename(from, to, error);
    if (error) throw Error(to, "cannot be written", error.message());
}

/// throws  Error when gnuplot ended well but left no picture: a full disk, say
void check_picture(const fs::path& file, const fs::path& script) {
    std::error_code error;
    const auto bytes = fs::file_size(file, error);
    if (error || bytes == 0) {
        throw Error(script, "needs gnuplot to write " + file.filename().native(), "it is missing or empty");
    }
}

}  // namespace

void run_gnuplot(const fs::path& script, const Context& context, std::chrono::milliseconds limit) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw Error("gnuplot", "needs a pipe", std::strerror(errno));
    const FileDescriptor reading(ends[0]);
    FileDescriptor writing(ends[1]);
    Child child(start_gnuplot(script, writing));
    writing.close();
    const std::string said = read_until(reading, Clock::now() + limit, script, context);
    const int status = child.wait();
    if (status != 0) throw Error(script, "needs to be a script that gnuplot runs", fault_in(said));
}

std::vector<DrawnFigure> draw_figures(std::span<const Figure> figures, const fs::path& folder,
                                      const Context& context) {
    make_folder(folder);
    const WorkFolder work(folder);
    std::mutex counting;
    std::size_t done = 0;
    context.pool.for_each(figures.size(), [&](std::size_t i) {
        const DrawnFigure files = files_of(figures[i]);
        write_quickly(work.path() / files.csv, figures[i].csv);
        write_quickly(work.path() / files.script, script_of(figures[i]));
        run_gnuplot(work.path() / files.script, context);
        check_picture(work.path() / files.svg, work.path() / files.script);
        check_picture(work.path() / files.png, work.path() / files.script);
        const std::lock_guard lock(counting);
        ++done;
        context.report("figures", done, figures.size());
    });
    std::vector<DrawnFigure> drawn;
    for (const Figure& figure : figures) {
        drawn.push_back(files_of(figure));
        const DrawnFigure& files = drawn.back();
        for (const std::string& name : {files.csv, files.script, files.svg, files.png}) {
            move_file(work.path() / name, folder / name);
        }
    }
    sync_folder(folder / "figures");
    return drawn;
}

std::string inline_svg(std::string_view svg, const std::string& name) {
    svg.remove_prefix(std::min(svg.find("<svg"), svg.size()));
    std::string result;
    bool in_tag = false;
    // Texts hold no "<" as it is, so that ids are those inside of tags.
    for (std::size_t i = 0; i < svg.size(); ++i) {
        if (svg.substr(i).starts_with(
                "<title>")) {  // "gnuplot_plot_1": browsers would show it under the mouse
            i = std::min(svg.find("</title>", i), svg.size() - 8) + 7;
            continue;
        }
        if (svg[i] == '<') in_tag = true;
        if (svg[i] == '>') in_tag = false;
        result += svg[i];
        if (!in_tag) continue;
        const std::string_view so_far = result;
        if (so_far.ends_with(" id='") || so_far.ends_with(" id=\"") || so_far.ends_with("href='#") ||
            so_far.ends_with("url(#")) {
            result += name + "-";
        }
    }
    return result;
}

}  // namespace melvit
