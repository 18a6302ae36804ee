// What a user may get wrong on the command line, and files with odd names, as the program answers them.

#include "tests/support/errors.h"
#include "tests/support/program.h"
#include "tests/support/test_files.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace melvit::test {
namespace {

namespace fs = std::filesystem;

/// A few songs and a model of them, made once.
class CliInputs : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        home_ = new TempFolder();
        ASSERT_EQ(program()({"synth", "--out", songs(), "--per-genre", "3", "--seconds", "3"}).code, 0);
        const Ran ran = program()(train_arguments(at("run"), songs(), "random:1"));
        ASSERT_EQ(ran.code, 0) << ran.err;
    }
    static void TearDownTestSuite() { delete home_; }

    static Program program() { return Program(at("home")); }
    static std::string at(const std::string& name) { return (*home_ / name).string(); }
    static std::string songs() { return at("songs"); }
    static std::string song() { return songs() + "/metal/metal.00000.wav"; }
    static std::string model() { return at("run") + "/model.safetensors"; }

    static std::vector<std::string> train_arguments(const std::string& out, const std::string& data,
                                                    const std::string& split) {
        return {"train",   "--data", data,       "--body", "random:vit_ti_16", "--out", out,
                "--split", split,    "--recipe", "study",  "--hidden",         "16",    "--epochs",
                "2",       "--json"};
    }

    /// The same in a home without features, so that it shows whether some were made.
    static Ran in_new_home(const std::string& home, const std::vector<std::string>& arguments) {
        const Ran ran = Program(at(home))(arguments);
        EXPECT_FALSE(fs::exists(at(home) + "/cache")) << "features were made first: " << ran.err;
        return ran;
    }

    static Ran classify(const std::vector<std::string>& more) {
        std::vector<std::string> arguments = {"classify", "--model", model()};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return program()(arguments);
    }

    static TempFolder* home_;
};

TempFolder* CliInputs::home_ = nullptr;

bool holds_text(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// The reason for which a file of this name was skipped; empty when it was not.
std::string reason_of(const nlohmann::ordered_json& list, const std::string& name, const char* key) {
    for (const auto& entry : list) {
        if (fs::path(entry.at("file").get<std::string>()).filename() == name) return entry.value(key, "");
    }
    return "";
}

TEST_F(CliInputs, AMistypedVerbIsNamed) {
    const Ran ran = program()({"trian", "--data", songs()});
    EXPECT_EQ(ran.code, 2);
    EXPECT_TRUE(holds_text(ran.err, "trian: no such subcommand of melvit; did you mean train?")) << ran.err;
}

TEST_F(CliInputs, NoNumberIsNoNumber) {
    EXPECT_EQ(classify({song(), "--segments", "nan"}).code, 2);
    EXPECT_EQ(classify({song(), "--segments", "-nan"}).code, 2);
    EXPECT_EQ(classify({song(), "--segments", "0.5"}).code, 2);
    EXPECT_EQ(classify({song(), "--segments", "2x"}).code, 2);
    EXPECT_EQ(program()({"synth", "--out", at("never"), "--seconds", "nan"}).code, 2);
    EXPECT_EQ(program()({"spectrogram", song(), "--out", at("never"), "--seconds", "nan"}).code, 2);
    EXPECT_EQ(classify({song(), "--segments", "1e0"}).code, 0);
}

TEST_F(CliInputs, AFolderTellsWhatItDoesNotGive) {
    const fs::path folder = at("music");
    fs::create_directories(folder / "rock" / "live");
    fs::copy_file(song(), folder / "rock" / "live" / "a.wav");
    fs::create_directories(folder / "rock" / "x.wav");
    fs::create_directories(folder / "hollow");
    write_quickly(folder / "locked" / "b.wav", "");
    fs::permissions(folder / "locked", fs::perms::none);
    fs::create_directory_symlink(folder / "rock", folder / "rock" / "loop");
    fs::create_directories(folder / ".hidden");
    fs::copy_file(song(), folder / ".hidden" / "c.wav");
    fs::create_directories(folder / "pop");
    fs::copy_file(song(), folder / "pop" / "d.wav");
    const bool is_held = permissions_can_hold();
    const Program held = is_held ? program().held_by_permissions() : program();

    const Ran classified = held({"classify", "--model", model(), folder.string(), "--json"});
    const Ran extracted = held({"extract", "--data", folder.string(), "--body", "random:vit_ti_16",
                                "--recipe", "study", "--out", at("music.safetensors"), "--json"});
    fs::permissions(folder / "locked", fs::perms::owner_all);
    EXPECT_EQ(classified.code, 3) << classified.err;
    EXPECT_EQ(extracted.code, 3) << extracted.err;
    for (const auto& [name, reason] : std::vector<std::pair<std::string, std::string>>{
             {"x.wav", "cannot be read, it is a directory"},
             {"hollow", "needs songs or pictures in it, it holds none"},
             {"loop", "needs to be a folder, a link to one is not followed"},
             {"locked", "cannot be read, Permission denied"}}) {
        if (name == "locked" && !is_held) continue;
        EXPECT_EQ(reason_of(classified.json(), name, "error"), reason) << classified.out;
        EXPECT_EQ(reason_of(extracted.json().at("skipped"), name, "reason"), reason) << extracted.out;
    }
    const auto answers = classified.json();
    EXPECT_EQ(std::ranges::count_if(answers, [](const auto& answer) { return answer.contains("genre"); }), 2);
}

/// The pictures that spectrogram draws of a list on stdin, as JSON.
Ran drawn(const Program& program, const TempFolder& home, const std::string& list,
          const std::vector<std::string>& arguments = {"-"}) {
    std::vector<std::string> words = {"spectrogram", "--out", (home / "drawn").string(), "--json"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    return program(words, list);
}

std::string utf16(const std::string& ascii) {
    std::string bytes = "\xFF\xFE";
    for (const char c : ascii) bytes += {c, '\0'};
    return bytes;
}

TEST_F(CliInputs, AListMayBeOfAnyMachine) {
    const std::string path = song();
    for (const std::string& list : {"\xEF\xBB\xBF" + path + "\r\n", path + "\r\r", utf16(path + "\r\n"),
                                    "#EXTM3U\n#EXTINF:4,A - B\n" + path, "[playlist]\nFile1=" + path,
                                    "<?xml version=\"1.0\"?><location>file://" + path + "</location>",
                                    "\"" + path + "\"\n\n", "# songs\n " + path + " \n"}) {
        const Ran ran = drawn(program(), *home_, list);
        EXPECT_EQ(ran.code, 0) << list << ran.err;
        EXPECT_EQ(ran.json().size(), 1U) << list;
    }
}

TEST_F(CliInputs, NamesThatEndInZeroBytesNeedTheirFlag) {
    fs::create_directories(at("zeros"));
    const std::string odd = at("zeros") + "/two\nlines.wav";
    fs::copy_file(song(), odd);
    const std::string list = odd + '\0' + song() + '\0';
    const Ran flagged = drawn(program(), *home_, list, {"-", "-0"});
    EXPECT_EQ(flagged.code, 0) << flagged.err;
    EXPECT_EQ(flagged.json().size(), 2U);
    const Ran plain = drawn(program(), *home_, list);
    EXPECT_EQ(plain.code, 1);
    EXPECT_TRUE(holds_text(plain.err, "needs one path a line, or --null for a list of find -print0"))
        << plain.err;
    const Ran lines = drawn(program(), *home_, song() + "\n" + song() + "\n", {"-", "--null"});
    EXPECT_EQ(lines.code, 1);
    EXPECT_TRUE(holds_text(lines.err, "needs a zero byte behind each name")) << lines.err;
}

TEST_F(CliInputs, APlaylistStandsForItsSongs) {
    const fs::path folder = at("playlists");
    fs::create_directories(folder / "album");
    fs::copy_file(song(), folder / "album" / "one two.wav");
    write_quickly(folder / "a.m3u8",
                  "#EXTM3U\n#EXTINF:3,One\nalbum/one two.wav\nalbum\\one two.wav\r\n"
                  "album/one%20two.wav\nhttp://host/x.mp3\nC:\\x.mp3\ngone.wav\na.m3u8\n");
    write_quickly(folder / "b.cue", "FILE \"album.flac\" WAVE\n");
    write_quickly(folder / "c.PLS", "");
    const Ran ran =
        drawn(program(), *home_, "",
              {(folder / "a.m3u8").string(), (folder / "b.cue").string(), (folder / "c.PLS").string()});
    EXPECT_EQ(ran.code, 3);
    const auto list = ran.json();
    EXPECT_EQ(std::ranges::count_if(list, [](const auto& one) { return one.contains("image"); }), 3);
    for (const auto& [name, reason] :
         std::vector<std::pair<std::string, std::string>>{{"x.mp3", "it is an address of the network"},
                                                          {"C:\\x.mp3", "is one of Windows"},
                                                          {"gone.wav", "No such file"},
                                                          {"a.m3u8", "a playlist in a playlist"},
                                                          {"b.cue", "classify album.flac"},
                                                          {"c.PLS", "needs songs in it, it names none"}}) {
        EXPECT_TRUE(holds_text(reason_of(list, name, "error"), reason)) << name << ": " << ran.out;
    }
}

TEST_F(CliInputs, ANameInTheOtherNormalFormIsFound) {
    fs::create_directories(at("forms"));
    fs::copy_file(song(), at("forms") + "/Bjo\xCC\x88rk.wav");
    const Ran ran = drawn(program(), *home_, "", {at("forms") + "/Bj\xC3\xB6rk.wav"});
    EXPECT_EQ(ran.code, 0) << ran.err;
}

TEST_F(CliInputs, FilesThatAFolderPassesOverAreCounted) {
    const fs::path folder = at("endings");
    fs::create_directories(folder);
    for (const char* name : {"a.wav", "no_extension", "wrong.txt", ".hidden", "._a.wav"})
        fs::copy_file(song(), folder / name);
    const Ran ran = drawn(program(), *home_, "", {folder.string()});
    EXPECT_EQ(ran.code, 0) << ran.err;
    EXPECT_TRUE(holds_text(ran.err, "2 files without the ending of a song or picture were passed over"))
        << ran.err;
    EXPECT_EQ(drawn(program(), *home_, "", {(folder / "no_extension").string()}).code, 0);
}

TEST_F(CliInputs, SpectrogramRefusesWhatIsShorterThanAWindowAndNotesWhatIsCut) {
    const std::string good = bytes_of(song());
    write_quickly(at("short") + "/short.wav", good.substr(0, 44 + 2 * 2047));
    write_quickly(at("short") + "/cut.wav", good.substr(0, good.size() / 2));
    const Ran ran = program()({"spectrogram", at("short"), "--out", at("drawn"), "--json"});
    EXPECT_EQ(ran.code, 3) << ran.err;
    EXPECT_EQ(reason_of(ran.json(), "short.wav", "error"),
              "needs at least one window of 2048 samples, it has 2047 at 22050 Hz");
    EXPECT_EQ(reason_of(ran.json(), "cut.wav", "warning"), "it states 3.0 s of sound, the file holds 1.5 s");
    EXPECT_TRUE(holds_text(ran.err, "cut.wav: it states 3.0 s")) << ran.err;
}

TEST_F(CliInputs, AFolderThatCannotBeWrittenIsOneSentenceBeforeTheFeatures) {
    if (!permissions_can_hold()) GTEST_SKIP() << "root may write everywhere, and that cannot be changed here";
    for (const fs::perms mode : {fs::perms::none, fs::perms::owner_read | fs::perms::owner_exec}) {
        fs::create_directories(at("guarded"));
        fs::permissions(at("guarded"), mode);
        const Ran ran = Program(at("guarded-home"))
                            .held_by_permissions()(train_arguments(at("guarded"), songs(), "random:1"));
        EXPECT_EQ(ran.code, 1);
        EXPECT_TRUE(holds_text(ran.err, "error: " + at("guarded"))) << ran.err;
        EXPECT_TRUE(holds_text(ran.err, ", Permission denied")) << ran.err;
        EXPECT_FALSE(holds_text(ran.err, "unexpectedly")) << ran.err;
        EXPECT_FALSE(fs::exists(at("guarded-home") + "/cache"));
        fs::permissions(at("guarded"), fs::perms::owner_all);
    }
}

TEST_F(CliInputs, ASplitThatCannotBeMadeIsRefusedBeforeTheFeatures) {
    write_quickly(at("lists") + "/none.csv", "file,split\nnowhere/a.wav,train\nnowhere/b.wav,test\n");
    fs::copy(songs(), at("renamed"), fs::copy_options::recursive);
    for (const auto& genre : fs::directory_iterator(at("renamed")))
        fs::rename(genre.path(), genre.path().string() + " music");
    for (const auto& [split, finding] : std::vector<std::pair<std::string, std::string>>{
             {"kfold:2:0", "needs at least 3 folds, it asks for 2"},
             {"kfold:0:0", "needs at least 3 folds, it asks for 0"},
             {"kfold:5000:0", "needs 3 to 30 folds"},
             {"grouped:0", "needs the artist of every track"},
             {"gtzan-filtered", "needs tracks of GTZAN"},
             {at("lists") + "/none.csv", "needs rows that name tracks of the data, none of 2 does"}}) {
        const Ran ran = in_new_home("split-home", train_arguments(at("never"), at("renamed"), split));
        const bool is_known_without_data = split == "kfold:2:0" || split == "kfold:0:0";
        EXPECT_EQ(ran.code, is_known_without_data ? 2 : 1) << split;
        EXPECT_TRUE(holds_text(ran.err, finding)) << split << ": " << ran.err;
        const Ran measured =
            in_new_home("split-home", {"evaluate", "--model", model(), "--data", songs(), "--split",
                                       split == "gtzan-filtered" ? "grouped:1" : split});
        EXPECT_EQ(measured.code, split.starts_with("kfold") ? 2 : 1) << split;
    }
}

TEST_F(CliInputs, APartOfDataThatTheModelsSplitDoesNotDivideIsRefusedBeforeFeaturesAreMade) {
    fs::copy(songs(), at("fewer"), fs::copy_options::recursive);
    fs::remove(at("fewer") + "/metal/metal.00000.wav");
    fs::copy(songs(), at("changed"), fs::copy_options::recursive);
    std::ofstream(at("changed") + "/metal/metal.00000.wav", std::ios::app) << "more";
    for (const char* data : {"fewer", "changed"}) {
        const Ran ran =
            in_new_home("part-home", {"evaluate", "--model", model(), "--data", at(data), "--part", "test"});
        EXPECT_EQ(ran.code, 1) << data;
        EXPECT_TRUE(holds_text(ran.err, "--part: needs --split beside it")) << data << ": " << ran.err;
    }
}

TEST_F(CliInputs, FeaturesThatCannotBeKeptAreNotMade) {
    for (const std::string& out : {at("nowhere") + "/f.safetensors", std::string("/dev/null"), songs()}) {
        const Ran ran = in_new_home("out-home", {"extract", "--data", songs(), "--body", "random:vit_ti_16",
                                                 "--recipe", "study", "--out", out});
        EXPECT_EQ(ran.code, 1) << out;
        EXPECT_TRUE(ran.err.starts_with("error: " + out + ": ") && states_a_need(ran.err)) << ran.err;
    }
}

TEST_F(CliInputs, NamesReachATerminalOnOneLineAndJsonAsUtf8) {
    const std::string odd = at("odd");
    write_quickly(odd + "/red\x1b[31m\nsecond line.wav", "");
    write_quickly(odd + "/caf\xE9.wav", "");
    fs::copy_file(song(), odd + "/sm\xF8r\x07.wav");
    const Ran printed = classify({odd});
    const Ran answered = classify({odd, "--json"});
    EXPECT_EQ(printed.code, 3);
    for (const std::string& text : {printed.out, printed.err, answered.err}) {
        EXPECT_FALSE(holds_text(text, "\x1b")) << text;
        EXPECT_FALSE(holds_text(text, "\x07")) << text;
        EXPECT_FALSE(holds_text(text, "\xE9")) << text;
    }
    EXPECT_TRUE(holds_text(printed.err, "red\\x1b[31m\\x0asecond line.wav")) << printed.err;
    EXPECT_TRUE(holds_text(printed.out, "sm\\xF8r\\x07.wav")) << printed.out;
    EXPECT_NE(reason_of(answered.json(), "caf\\xE9.wav", "error"), "") << answered.out;
    EXPECT_NE(reason_of(answered.json(), "sm\\xF8r\x07.wav", "genre"), "") << answered.out;
    const Ran missing = program()(
        {"train", "--data", at("no\x1b[2Jwhere"), "--body", "random:vit_ti_16", "--out", at("never")});
    EXPECT_EQ(missing.code, 1);
    EXPECT_FALSE(holds_text(missing.err, "\x1b")) << missing.err;
}

TEST_F(CliInputs, FetchSaysNothingOfALengthThatItDoesNotKnow) {
    const auto list = program()({"fetch", "--json"}).json();
    for (const auto& known : list) EXPECT_NE(known.at("bytes"), 0) << known;
}

/// The program with a stdin that stays open: sends it a signal once it has read the first line.
///
/// returns  the exit code, 128 + signal when that killed it, -1 when it went on for 20 seconds
int code_after_signal(const std::vector<std::string>& arguments, int signal) {
    int stdin_pipe[2];
    if (::pipe(stdin_pipe) != 0) return -2;
    std::vector<char*> words;
    std::string program = MELVIT_PROGRAM;
    std::vector<std::string> copies = arguments;
    words.push_back(program.data());
    for (std::string& word : copies) words.push_back(word.data());
    words.push_back(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(stdin_pipe[0], STDIN_FILENO);
        ::close(stdin_pipe[1]);
        ::execv(program.c_str(), words.data());
        ::_exit(127);
    }
    const std::string line = "nowhere.wav\n";
    int unread = ::write(stdin_pipe[1], line.data(), line.size()) > 0 ? 1 : 0;
    int status = 0;
    int code = -1;
    for (int tenths = 0; tenths < 200 && code < 0; ++tenths) {
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        if (unread > 0 && ::ioctl(stdin_pipe[0], FIONREAD, &unread) == 0 && unread == 0)
            ::kill(child, signal);
        if (::waitpid(child, &status, WNOHANG) != child) continue;
        code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    if (code < 0) {
        ::kill(child, SIGKILL);
        ::waitpid(child, &status, 0);
    }
    ::close(stdin_pipe[0]);
    ::close(stdin_pipe[1]);
    return code;
}

TEST_F(CliInputs, ASignalEndsTheWaitForAList) {
    for (const int signal : {SIGINT, SIGTERM}) {
        EXPECT_EQ(code_after_signal({"classify", "--model", model(), "-"}, signal), 128 + signal);
        EXPECT_EQ(code_after_signal({"spectrogram", "-", "--out", at("never")}, signal), 128 + signal);
    }
}

}  // namespace
}  // namespace melvit::test
