#include "melvit/search/yaml_document.h"

#include "melvit/core/error.h"
#include "melvit/core/text.h"
#include "melvit/search/yaml_text.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <utility>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace melvit {
namespace {

constexpr std::size_t kMostNodes = 100'000;
constexpr std::size_t kMostLevels = 32;

int line_of(const YAML::Mark& mark) {
    return mark.line + 1;
}

/// Builds the tree from yaml-cpp's events. Its own tree keeps the last of two equal keys, has lines for few
/// things and shares what aliases stand for, so that a short text may hold billions of values.
class TreeBuilder : public YAML::EventHandler {
public:
    explicit TreeBuilder(const std::string& thing) : thing_(thing) {}

    YamlNode take() {
        if (root_.kind == YamlNode::Kind::null) root_.line = 1;
        return std::move(root_);
    }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (++documents_ > 1)
            refuse(line_of(mark), "needs to hold one YAML document", "here begins a second");
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        open(YamlNode::Kind::null, mark, anchor);
        close();
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        check_tag(mark, tag);
        open(YamlNode::Kind::scalar, mark, anchor);
        open_.back().node.text = value;
        open_.back().node.quoted = tag == "!" || tag == "tag:yaml.org,2002:str";
        close();
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) override {
        check_tag(mark, tag);
        open(YamlNode::Kind::list, mark, anchor);
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value /*style*/) override {
        check_tag(mark, tag);
        open(YamlNode::Kind::map, mark, anchor);
    }
    void OnMapEnd() override {
        merge_bases();
        close();
    }

private:
    /// A node whose end has not come yet.
    struct Open {
        YamlNode node;
        YAML::anchor_t anchor = 0;
        std::optional<YamlNode::Key> key;  ///< of a map: the key whose value comes next
        std::map<std::string, int> lines;  ///< of a map: the lines of its keys
        std::vector<YamlNode> bases;       ///< of a map: what it merges
    };

    [[noreturn]] void refuse(int line, std::string_view need, std::string_view finding) const {
        throw Error(place_in(thing_, line), need, finding);
    }

    void check_tag(const YAML::Mark& mark, const std::string& tag) const;
    void count(std::size_t nodes, int line);
    void check_levels(std::size_t levels, int line) const;
    void open(YamlNode::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor);
    void close();
    void attach(YamlNode node);
    void take_key(Open& map, const YamlNode& node);
    void take_value(Open& map, YamlNode node);
    void merge_bases();

    const std::string& thing_;
    int documents_ = 0;
    std::size_t nodes_ = 0;
    YamlNode root_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, YamlNode> anchors_;
};

void TreeBuilder::check_tag(const YAML::Mark& mark, const std::string& tag) const {
    static const std::set<std::string> known = {"",
                                                "?",
                                                "!",
                                                "tag:yaml.org,2002:str",
                                                "tag:yaml.org,2002:int",
                                                "tag:yaml.org,2002:float",
                                                "tag:yaml.org,2002:bool",
                                                "tag:yaml.org,2002:seq",
                                                "tag:yaml.org,2002:map"};
    if (known.contains(tag)) return;
    refuse(line_of(mark), "needs plain values", fmt::format("it has the tag {}", printable(tag)));
}

void TreeBuilder::count(std::size_t nodes, int line) {
    nodes_ += nodes;
    if (nodes_ <= kMostNodes) return;
    refuse(line, fmt::format("needs to hold at most {} values", kMostNodes), "here it has more");
}

void TreeBuilder::check_levels(std::size_t levels, int line) const {
    if (levels <= kMostLevels) return;
    refuse(line, fmt::format("needs to nest at most {} levels", kMostLevels), "it nests deeper");
}

void TreeBuilder::open(YamlNode::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    count(1, line_of(mark));
    check_levels(open_.size() + 1, line_of(mark));
    Open& opened = open_.emplace_back();
    opened.node.kind = kind;
    opened.node.line = line_of(mark);
    opened.anchor = anchor;
}

void TreeBuilder::close() {
    const YAML::anchor_t anchor = open_.back().anchor;
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    if (anchor != 0) {
        count(node.nodes, node.line);
        anchors_[anchor] = node;
    }
    attach(std::move(node));
}

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end())
        refuse(line_of(mark), "needs aliases of what ended before", "it is in itself");
    count(found->second.nodes, line_of(mark));
    check_levels(open_.size() + found->second.levels, line_of(mark));
    attach(found->second);
}

void TreeBuilder::attach(YamlNode node) {
    if (open_.empty()) {
        root_ = std::move(node);
        return;
    }
    Open& parent = open_.back();
    parent.node.levels = std::max(parent.node.levels, node.levels + 1);
    if (parent.node.kind == YamlNode::Kind::list) {
        parent.node.nodes += node.nodes;
        parent.node.items.push_back(std::move(node));
    } else if (parent.key) {
        take_value(parent, std::move(node));
    } else {
        take_key(parent, node);
    }
}

void TreeBuilder::take_key(Open& map, const YamlNode& node) {
    if (node.kind != YamlNode::Kind::scalar) refuse(node.line, "needs texts as keys", "here is another");
    const bool merges = node.text == "<<" && !node.quoted;
    if (!merges) {
        const auto [first, is_new] = map.lines.emplace(node.text, node.line);
        if (!is_new) {
            refuse(node.line, fmt::format("needs each key once: {}", printable(node.text)),
                   fmt::format("it stands in line {} as well", first->second));
        }
    }
    map.key = YamlNode::Key{merges ? "" : node.text, node.line};
    if (!merges && node.text.empty()) refuse(node.line, "needs keys with a name", "here is an empty one");
}

void TreeBuilder::take_value(Open& map, YamlNode node) {
    YamlNode::Key key = std::move(*map.key);
    map.key.reset();
    if (!key.name.empty()) {
        map.node.nodes += 1 + node.nodes;
        map.node.keys.push_back(std::move(key));
        map.node.items.push_back(std::move(node));
    } else if (node.kind == YamlNode::Kind::map) {
        map.bases.push_back(std::move(node));
    } else if (node.kind == YamlNode::Kind::list) {
        for (YamlNode& base : node.items) map.bases.push_back(std::move(base));
    } else {
        refuse(node.line, "needs a map after <<", "here is another value");
    }
}

/// Adds the keys of the maps after "<<" that the map itself does not have; the first of several bases wins.
/// source  https://yaml.org/type/merge.html
void TreeBuilder::merge_bases() {
    Open& map = open_.back();
    for (YamlNode& base : map.bases) {
        if (base.kind != YamlNode::Kind::map)
            refuse(base.line, "needs maps after <<", "here is another value");
        for (std::size_t i = 0; i < base.keys.size(); ++i) {
            if (!map.lines.emplace(base.keys[i].name, base.keys[i].line).second) continue;
            map.node.nodes += 1 + base.items[i].nodes;
            map.node.keys.push_back(std::move(base.keys[i]));
            map.node.items.push_back(std::move(base.items[i]));
        }
    }
}

/// What is wrong, from yaml-cpp's message, which may quote the file.
std::string finding_of(const YAML::Exception& error) {
    return printable(error.msg.empty() ? std::string("it is not") : error.msg);
}

}  // namespace

YamlNode parse_yaml(std::string_view yaml, const std::string& thing) {
    if (yaml.starts_with("\xEF\xBB\xBF")) yaml.remove_prefix(3);
    check_yaml_text(yaml, thing);
    TreeBuilder builder(thing);
    try {
        // The end of the document in so many signs: yaml-cpp takes the end of the text for the end of a
        // quote.
        std::istringstream stream(std::string(yaml) + (yaml.ends_with('\n') ? "...\n" : "\n...\n"));
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
    } catch (const YAML::Exception& error) {
        throw Error(error.mark.is_null() ? thing : place_in(thing, line_of(error.mark)), "needs to be YAML",
                    finding_of(error));
    }
    return builder.take();
}

}  // namespace melvit
