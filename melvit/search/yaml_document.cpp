#include "melvit/search/yaml_document.h"

#include "melvit/core/error.h"
#include "melvit/core/text.h"
#include "melvit/core/unicode.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <set>
#include <sstream>
#include <utility>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace melvit {
namespace {

using NodeKind = YamlNode::Kind;

constexpr std::size_t kMostNodes = 100'000;
constexpr std::size_t kMostLevels = 32;
// yaml-cpp keeps every token of a line, and of a list in brackets, until it knows whether it is a key: both
// have to end, or 10 MB of brackets become 1 GB of tokens.
constexpr std::size_t kMostLineBytes = 65'536;
constexpr std::size_t kMostSigns = 500'000;

[[noreturn]] void refuse(const std::string& thing, int line, std::string_view need,
                         std::string_view finding) {
    throw Error(fmt::format("{}:{}", thing, line), need, finding);
}

/// Words, brackets, commas and quotes: no line has more tokens.
std::size_t signs_in(std::string_view line) {
    std::size_t signs = 0;
    char before = ' ';
    for (const char byte : line) {
        const bool begins_word = byte != ' ' && (before == ' ' || before == '\t');
        if (begins_word || std::string_view("[]{},\"'").find(byte) != std::string_view::npos) ++signs;
        before = byte;
    }
    return signs;
}

/// What is wrong with a character; empty when it may stand in a text.
std::string fault_of(std::string_view character, std::size_t bytes) {
    const auto byte = static_cast<unsigned char>(character[0]);
    if (bytes == 0) return fmt::format("it has the byte 0x{:02x}", byte);
    const bool is_control = (byte < 0x20 && byte != '\t' && byte != '\r') || byte == 0x7F;
    return is_control ? fmt::format("it has the control byte 0x{:02x}", byte) : "";
}

/// Checks what a YAML reader replaces or misreads in silence, and how much it would have to keep.
void check_text(std::string_view yaml, const std::string& thing) {
    if (yaml.size() > kMostYamlBytes) {
        throw Error(thing, "needs to be a YAML file of at most 10 MB",
                    fmt::format("it has {:.1f} MB", static_cast<double>(yaml.size()) / 1e6));
    }
    std::size_t signs = 0;
    for (int number = 1; !yaml.empty(); ++number) {
        const std::string_view line = yaml.substr(0, yaml.find('\n'));
        yaml.remove_prefix(std::min(yaml.size(), line.size() + 1));
        if (line.size() > kMostLineBytes) {
            refuse(thing, number, "needs lines of at most 64 kB",
                   fmt::format("this one has {} kB", line.size() / 1024));
        }
        const std::size_t start = std::min(line.find_first_not_of(" \t\r"), line.size());
        const bool is_comment = start == line.size() || line[start] == '#';
        signs += is_comment ? 0 : signs_in(line);
        if (signs > kMostSigns) {
            refuse(thing, number, fmt::format("needs at most {} words and brackets", kMostSigns),
                   "here it has more");
        }
        for (std::size_t i = 0; i < line.size();) {
            const std::size_t bytes = character_bytes(line.substr(i));
            const std::string fault = fault_of(line.substr(i), bytes);
            if (!fault.empty())
                refuse(thing, number, bytes == 0 ? "needs to be text in UTF-8" : "needs to be text", fault);
            i += bytes;
        }
        if (!is_comment && line.substr(0, start).find('\t') != std::string_view::npos)
            refuse(thing, number, "needs spaces as indentation", "it has a tab");
    }
}

/// Builds the tree from yaml-cpp's events. Its own tree keeps the last of two equal keys, has lines for few
/// things and shares what aliases stand for, so that a short text may hold billions of values.
class TreeBuilder : public YAML::EventHandler {
public:
    explicit TreeBuilder(const std::string& thing) : thing_(thing) {}

    YamlNode take() {
        if (root_.kind == NodeKind::null) root_.line = 1;  // an empty document begins where its comments end
        return std::move(root_);
    }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ > 1)
            refuse(mark.line + 1, "needs to hold one YAML document", "here begins a second");
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        open(NodeKind::null, mark, "", anchor);
        close();
    }
    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        open(NodeKind::scalar, mark, tag, anchor);
        open_.back().node.text = value;
        open_.back().node.quoted = tag == "!" || tag == "tag:yaml.org,2002:str";
        close();
    }
    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) override {
        open(NodeKind::list, mark, tag, anchor);
    }
    void OnSequenceEnd() override { close(); }
    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value /*style*/) override {
        open(NodeKind::map, mark, tag, anchor);
    }
    void OnMapEnd() override {
        part_keys_and_values(open_.back().node);
        close();
    }
    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto found = anchors_.find(anchor);
        const int line = mark.line + 1;
        if (found == anchors_.end()) refuse(line, "needs aliases of what ended before", "it is in itself");
        count(found->second, line);
        attach(found->second);
    }

private:
    /// A node whose end has not come yet. Keys and values of a map stand in turn among its items.
    struct Open {
        YamlNode node;
        YAML::anchor_t anchor = 0;
    };

    [[noreturn]] void refuse(int line, std::string_view need, std::string_view finding) const {
        melvit::refuse(thing_, line, need, finding);
    }

    void count(const YamlNode& node, int line) {
        nodes_ += node.nodes;
        if (nodes_ > kMostNodes)
            refuse(line, fmt::format("needs to hold at most {} values", kMostNodes), "here it has more");
        if (open_.size() + node.levels > kMostLevels)
            refuse(line, fmt::format("needs to nest at most {} levels", kMostLevels), "it nests deeper");
    }

    void open(NodeKind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
        static const std::set<std::string> known = {"",      "?",    "!",   "str", "int",
                                                    "float", "bool", "seq", "map"};
        constexpr std::string_view kPrefix = "tag:yaml.org,2002:";
        YamlNode node;
        node.kind = kind;
        node.line = mark.line + 1;
        if (!known.contains(tag.starts_with(kPrefix) ? tag.substr(kPrefix.size()) : tag))
            refuse(node.line, "needs plain values", fmt::format("it has the tag {}", printable(tag)));
        count(node, node.line);
        open_.push_back({std::move(node), anchor});
    }

    void close() {
        const auto [node, anchor] = std::exchange(open_.back(), {});
        open_.pop_back();
        if (anchor != 0) {
            count(node, node.line);
            anchors_[anchor] = node;
        }
        attach(node);
    }

    void attach(const YamlNode& node) {
        if (open_.empty()) {
            root_ = node;
            return;
        }
        YamlNode& parent = open_.back().node;
        parent.nodes += node.nodes;
        parent.levels = std::max(parent.levels, node.levels + 1);
        parent.items.push_back(node);
    }

    void part_keys_and_values(YamlNode& map) const;

    const std::string& thing_;
    int documents_ = 0;
    std::size_t nodes_ = 0;
    YamlNode root_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, YamlNode> anchors_;
};

/// Parts a map's items, and adds the keys of the maps after "<<" that the map itself does not have; the first of
/// several bases wins.
///
/// source  https://yaml.org/type/merge.html
void TreeBuilder::part_keys_and_values(YamlNode& map) const {
    std::vector<YamlNode> parts = std::exchange(map.items, {});
    std::map<std::string, int> lines;
    std::vector<YamlNode> bases;
    for (std::size_t i = 0; i < parts.size(); i += 2) {
        YamlNode& key = parts[i];
        YamlNode& value = parts[i + 1];
        if (key.kind != NodeKind::scalar) refuse(key.line, "needs texts as keys", "here is another");
        if (key.text.empty()) refuse(key.line, "needs keys with a name", "here is an empty one");
        if (key.text == "<<" && !key.quoted) {
            if (value.kind != NodeKind::map && value.kind != NodeKind::list)
                refuse(value.line, "needs a map after <<", "here is another value");
            if (value.kind == NodeKind::map)
                bases.push_back(std::move(value));
            else
                std::ranges::move(value.items, std::back_inserter(bases));
            continue;
        }
        const auto [first, is_new] = lines.emplace(key.text, key.line);
        if (!is_new) {
            refuse(key.line, fmt::format("needs each key once: {}", printable(key.text)),
                   fmt::format("it stands in line {} as well", first->second));
        }
        map.keys.push_back(std::move(key));
        map.items.push_back(std::move(value));
    }
    for (YamlNode& base : bases) {
        if (base.kind != NodeKind::map) refuse(base.line, "needs maps after <<", "here is another value");
        for (std::size_t i = 0; i < base.keys.size(); ++i) {
            if (!lines.emplace(base.keys[i].text, base.keys[i].line).second) continue;
            map.keys.push_back(std::move(base.keys[i]));
            map.items.push_back(std::move(base.items[i]));
        }
    }
}

}  // namespace

YamlNode parse_yaml(std::string_view yaml, const std::string& thing) {
    if (yaml.starts_with("\xEF\xBB\xBF")) yaml.remove_prefix(3);
    check_text(yaml, thing);
    TreeBuilder builder(thing);
    try {
        // The end of the document in so many signs: yaml-cpp takes the end of the text for the end of a
        // quote.
        std::istringstream stream(std::string(yaml) + (yaml.ends_with('\n') ? "...\n" : "\n...\n"));
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const YAML::Exception& error) {
        // Its message may quote the file.
        const std::string place =
            error.mark.is_null() ? thing : fmt::format("{}:{}", thing, error.mark.line + 1);
        throw Error(place, "needs to be YAML", error.msg.empty() ? "it is not" : printable(error.msg));
    }
    return builder.take();
}

}  // namespace melvit
