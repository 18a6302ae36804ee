#include "melvit/core/file.h"
#include "melvit/search/search.h"
#include "melvit/search/sweep_file.h"

#include "tests/support/errors.h"
#include "tests/support/test_files.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace melvit {
namespace {

std::string refusal(const std::string& yaml) {
    return test::error_of([&] { parse_sweep_file(yaml, "s.yaml"); });
}

struct BadCase {
    std::string yaml;
    std::string place;  ///< "<file>:<line>: <key>"
    std::string part;   ///< of the sentence
};

void expect_refused(const std::vector<BadCase>& cases, const std::string& before, const std::string& after) {
    for (const BadCase& bad : cases) {
        const std::string sentence = refusal(before + bad.yaml + after);
        EXPECT_TRUE(test::holds(sentence, bad.place)) << bad.yaml;
        EXPECT_TRUE(test::holds(sentence, bad.part)) << bad.yaml;
    }
}

TEST(BadSweepFileTest, RefusesBadTopLevelKeys) {
    const std::string p = "parameters: {a: {values: [1]}}\n";
    const std::string m = "metric: {name: loss}\n";
    expect_refused(
        {
            {"", "s.yaml:1: the sweep file needs", "it is empty"},
            {"# only a comment\n", "s.yaml:1: the sweep file needs", "it is empty"},
            {"- a\n- b\n", "s.yaml:1: the sweep file needs to be a map", "a list of 2"},
            {m + p, "s.yaml:1: the sweep file needs the key method", "it is missing"},
            {"method: grid\n" + m, "s.yaml:1: the sweep file needs the key parameters", "it is missing"},
            {"method: custom\n" + m + p, "s.yaml:1: method needs", "custom needs a controller of your own"},
            {"method: Grid\n" + m + p, "s.yaml:1: method needs to be grid, random or bayes", "it is Grid"},
            {"method: [grid]\n" + m + p, "s.yaml:1: method needs to be a text", "a list of 1"},
            {"method: grid\nlearning_rate: 1\n" + p, "s.yaml:2: learning_rate needs a key that melvit knows",
             "it is another one"},
            {"method: grid\nmethod: bayes\n" + p, "s.yaml:2: needs each key once: method", "line 1"},
            {"method: random\n" + m + p, "s.yaml:1: method needs the key run_cap", "it is missing"},
            {"method: bayes\nrun_cap: 3\n" + p, "s.yaml:1: the sweep file needs the key metric",
             "it is missing"},
            {"method: grid\nrun_cap: 0\n" + p, "s.yaml:2: run_cap needs to be a whole number from 1",
             "it is 0"},
            {"method: grid\nrun_cap: -3\n" + p, "s.yaml:2: run_cap needs to be a whole number", "it is -3"},
            {"method: grid\nrun_cap: 2.5\n" + p, "s.yaml:2: run_cap needs to be a whole number", "it is 2.5"},
            {"method: grid\nrun_cap: '5'\n" + p, "s.yaml:2: run_cap needs to be a whole number",
             "5 in quotes"},
            {"method: grid\nrun_cap: 99999999999999999999\n" + p, "s.yaml:2: run_cap needs",
             "99999999999999999999"},
            {"method: grid\nmetric: loss\n" + p, "s.yaml:2: metric needs to be a map", "it is loss"},
            {"method: grid\nmetric: {goal: minimize}\n" + p, "s.yaml:2: metric needs the key name",
             "missing"},
            {"method: grid\nmetric: {name: 5}\n" + p,
             "s.yaml:2: metric.name needs to be the name of a metric", "5"},
            {"method: grid\nmetric:\n  name: a\n  goal: up\n" + p,
             "s.yaml:4: metric.goal needs to be minimize or maximize", "up"},
            {"method: grid\nmetric: {name: a, target: .nan}\n" + p,
             "s.yaml:2: metric.target needs to be a finite number", ".nan"},
            {"method: grid\nmetric: {name: a, impute: mean}\n" + p,
             "s.yaml:2: metric.impute needs to be worst or best or latest", "mean"},
            {"method: grid\nmetric: {name: a, aim: b}\n" + p, "s.yaml:2: metric.aim needs a key",
             "it is another one"},
            {"name: [a]\nmethod: grid\n" + p, "s.yaml:1: name needs to be a text", "a list of 1"},
        },
        "", "");
}

TEST(BadSweepFileTest, RefusesBadEarlyTermination) {
    expect_refused(
        {
            {"{min_iter: 3}", "s.yaml:4: early_terminate needs the key type", "missing"},
            {"{type: envelope}", "s.yaml:4: early_terminate.type needs to be hyperband or median",
             "envelope"},
            {"{type: hyperband}", "s.yaml:4: early_terminate needs min_iter, or max_iter and s", "neither"},
            {"{type: hyperband, max_iter: 27}", "s.yaml:4: early_terminate needs the key s", "missing"},
            {"{type: hyperband, max_iter: 2, s: 1}",
             "s.yaml:4: early_terminate.max_iter needs to be at least eta", "eta is 3"},
            {"{type: hyperband, min_iter: 0}",
             "s.yaml:4: early_terminate.min_iter needs to be a whole number", "0"},
            {"{type: hyperband, min_iter: 3, eta: 1}", "s.yaml:4: early_terminate.eta needs to be above 1",
             "it is 1"},
            {"{type: hyperband, min_iter: 3, strict: 2}",
             "s.yaml:4: early_terminate.strict needs to be true or false", "2"},
            {"{type: median, eta: 3}", "s.yaml:4: early_terminate.eta needs a key that melvit knows here",
             "it is another one"},
        },
        "method: grid\nmetric: {name: loss}\nparameters: {a: {value: 1}}\nearly_terminate: ", "\n");
    EXPECT_TRUE(
        test::holds(refusal("method: grid\nparameters: {a: {value: 1}}\nearly_terminate: {type: median}\n"),
                    "s.yaml:3: early_terminate needs the key metric"));
}

const std::vector<BadCase> kBadParameters = {
    {"3", "s.yaml:5: parameters.p needs to be a map such as", "it is 3"},
    {"{}", "s.yaml:5: parameters.p needs value, values", "none of these"},
    {"{value: 1, values: [2]}", "s.yaml:5: parameters.p.values needs a key that melvit knows here",
     "it is another one"},
    {"{value: }", "s.yaml:5: parameters.p.value needs to be a number, a text", "it is empty"},
    {"{value: [1, 2]}", "s.yaml:5: parameters.p.value needs to be a number, a text", "a list of 2"},
    {"{value: .inf}", "s.yaml:5: parameters.p.value needs to be a finite number", ".inf"},
    {"{values: []}", "s.yaml:5: parameters.p.values needs at least one value", "empty"},
    {"{values: 3}", "s.yaml:5: parameters.p.values needs to be a list", "it is 3"},
    {"{values: [1, [2]]}", "s.yaml:5: parameters.p.values needs to be a number, a text", "a list of 1"},
    {"{values: [010]}", "s.yaml:5: parameters.p.values needs a value that all readers read alike", "010"},
    {"{values: [1:30]}", "s.yaml:5: parameters.p.values needs a value that all readers read alike", "1:30"},
    {"{values: [1e999]}", "s.yaml:5: parameters.p.values needs a value that all readers read alike", "1e999"},
    {"{values: [1, 2], probabilities: [0.5, 0.6]}",
     "s.yaml:5: parameters.p.probabilities needs probabilities with the sum 1", "1.1"},
    {"{values: [1, 2], probabilities: [1]}",
     "s.yaml:5: parameters.p.probabilities needs a probability for each of the 2", "1"},
    {"{values: [1, 2], probabilities: [1.5, -0.5]}",
     "s.yaml:5: parameters.p.probabilities needs to be at least 0", "-0.5"},
    {"{distribution: categorical_w_probabilities, values: [1]}",
     "s.yaml:5: parameters.p needs the key probabilities", "missing"},
    {"{min: 1}", "s.yaml:5: parameters.p needs value, values, min and max", "none of these"},
    {"{min: 2, max: 1}", "s.yaml:5: parameters.p needs min below max", "min is 2 and max is 1"},
    {"{min: 1.0, max: 1.0}", "s.yaml:5: parameters.p needs min below max", "min is 1 and max is 1"},
    {"{min: low, max: 1.0}", "s.yaml:5: parameters.p.min needs to be a number", "it is low"},
    {"{min: '0.1', max: 1.0}", "s.yaml:5: parameters.p.min needs to be a number", "0.1 in quotes"},
    {"{min: -.inf, max: 1.0}", "s.yaml:5: parameters.p.min needs to be a finite number", "-.inf"},
    {"{min: 0.0, max: .NaN}", "s.yaml:5: parameters.p.max needs to be a finite number", ".NaN"},
    {"{min: -1.7e308, max: 1.7e308}", "s.yaml:5: parameters.p needs a finite range", "overflows"},
    {"{distribution: int_uniform, min: 1.5, max: 3}", "s.yaml:5: parameters.p.min needs to be a whole number",
     "1.5"},
    {"{distribution: gaussian}", "s.yaml:5: parameters.p.distribution needs to be a distribution",
     "gaussian"},
    {"{distribution: uniform, min: 0}", "s.yaml:5: parameters.p needs the key max", "missing"},
    {"{distribution: uniform, min: 0, max: 1, q: 2}",
     "s.yaml:5: parameters.p.q needs a key that melvit knows here", "it is another one"},
    {"{distribution: log_uniform, min: 0, max: 1000}",
     "s.yaml:5: parameters.p.max needs to be an exponent of e", "it is 1000"},
    {"{distribution: log_uniform_values, min: 0, max: 1}", "s.yaml:5: parameters.p.min needs to be above 0",
     "it is 0"},
    {"{distribution: log_uniform_values, min: -1, max: 1}", "s.yaml:5: parameters.p.min needs to be above 0",
     "-1"},
    {"{distribution: q_uniform, min: 0, max: 1, q: 0}", "s.yaml:5: parameters.p.q needs to be above 0",
     "it is 0"},
    {"{distribution: q_uniform, min: 0, max: 1, q: 1e-300}", "s.yaml:5: parameters.p.q needs to be a step",
     "1e-300"},
    {"{distribution: normal, sigma: 0}", "s.yaml:5: parameters.p.sigma needs to be above 0", "it is 0"},
    {"{distribution: log_normal, sigma: 1000}", "s.yaml:5: parameters.p needs mu and sigma", "1000"},
    {"{distribution: beta, a: 0}", "s.yaml:5: parameters.p.a needs to be from 0.01", "it is 0"},
    {"{parameters: {}}", "s.yaml:5: parameters.p.parameters needs at least one parameter", "none"},
    {"{parameters: {a: {value: 1}}, value: 2}",
     "s.yaml:5: parameters.p.value needs a key that melvit knows here", "it is another one"},
    {"{parameters: {4a: {value: 1}}}", "s.yaml:5: parameters.p.parameters.4a needs a name of letters",
     "another"},
    {"!!python/name:os.system x", "s.yaml:5: needs plain values", "python"},
};

TEST(BadSweepFileTest, RefusesBadParameters) {
    expect_refused(kBadParameters,
                   "method: random\nrun_cap: 3\nmetric: {name: loss}\nparameters:\n  p: ", "\n");
}

TEST(BadSweepFileTest, RefusesTwoParametersOfOneName) {
    const std::string sentence =
        refusal("method: grid\nparameters:\n  a.b: {value: 1}\n  a:\n    parameters:\n      b: {value: 2}\n");
    EXPECT_TRUE(test::holds(sentence, "s.yaml:6"));
    EXPECT_TRUE(test::holds(sentence, "needs each parameter once: a.b, it stands in line 3 as well"));
    EXPECT_TRUE(test::holds(refusal("method: grid\nparameters:\n  a: {value: 1}\n  a: {value: 2}\n"),
                            "s.yaml:4: needs each key once: a, it stands in line 3 as well"));
}

TEST(BadSweepFileTest, RefusesGridsThatHaveNoEnd) {
    expect_refused(
        {
            {"{min: 0.0, max: 1.0}", "s.yaml:3: parameters.p needs a list of values in a grid",
             "it is uniform"},
            {"{distribution: normal}", "s.yaml:3: parameters.p needs a list of values in a grid",
             "it is normal"},
            {"{values: [1, 2], probabilities: [0.5, 0.5]}",
             "s.yaml:3: parameters.p needs values without prob", "it has them"},
            {"{min: 0, max: 1000000}", "s.yaml:3: parameters.p needs a grid of at most 1000000 points",
             "1000001"},
            {"{distribution: q_uniform, min: 0, max: 1, q: 1e-12}", "s.yaml:3: parameters.p needs a grid",
             "points"},
            {"{min: 1, max: 1000}\n  q: {min: 1, max: 1000}\n  r: {min: 1, max: 2}",
             "s.yaml:5: parameters.r needs a grid", "2 values"},
        },
        "method: grid\nparameters:\n  p: ", "\n");
    EXPECT_EQ(
        make_search(parse_sweep_file("method: grid\nparameters: {a: {min: 1, max: 1000000}}\n", "s.yaml"), 0)
            ->trials(),
        1'000'000U);
}

TEST(BadSweepFileTest, RefusesWhatIsNoYaml) {
    expect_refused(
        {
            {"a: [1, 2\n", "s.yaml:2: needs to be YAML", "end of sequence"},
            {"a: 'b\nc: 1\n", "s.yaml:3: needs to be YAML", "document indicator in scalar"},
            {"a: *b\n", "s.yaml:1: needs to be YAML", "anchor is not defined"},
            {"a: &a [*a]\n", "s.yaml:1: needs aliases of what ended before", "in itself"},
            {"a: 1\n---\nb: 2\n", "s.yaml:2: needs to hold one YAML document", "second"},
            {"a:\n\tb: 1\n", "s.yaml:2: needs spaces as indentation", "a tab"},
            {"a: 1\nb: \xff\n", "s.yaml:2: needs to be text in UTF-8", "0xff"},
            {"a: \xed\xa0\x80\n", "s.yaml:1: needs to be text in UTF-8", "0xed"},
            {"a: 1\nb: \x01\n", "s.yaml:2: needs to be text", "0x01"},
            {"[a]: 1\n", "s.yaml:1: needs texts as keys", "another"},
            {"~: 1\n", "s.yaml:1: needs texts as keys", "another"},
            {"a: {<<: 3}\n", "s.yaml:1: needs a map after <<", "another"},
            {std::string(100'000, 'x'), "s.yaml:1: needs lines of at most 64 kB", "97 kB"},
        },
        "", "");
    const std::string utf16("\xff\xfem\0e\0", 6);
    EXPECT_TRUE(test::holds(refusal(utf16), "s.yaml:1: needs to be text in UTF-8"));
}

TEST(BadSweepFileTest, RefusesDeepNesting) {
    const std::string rest = "method: grid\nparameters: ";
    std::string block;
    for (int i = 0; i < 1000; ++i) block += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
    for (const std::string& yaml :
         {rest + std::string(30'000, '['), rest + std::string(100'000, '\n') + "[[[[", block,
          std::string("a0: &a0 [x]\n") + [] {
              std::string chain;
              for (int i = 1; i < 200; ++i) {
                  chain += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" +
                           std::to_string(i - 1) + "]\n";
              }
              return chain;
          }()}) {
        const std::string sentence = refusal(yaml);
        EXPECT_TRUE(test::holds(sentence, "s.yaml:")) << yaml.substr(0, 40);
        EXPECT_TRUE(sentence.find("32 levels") != std::string::npos ||
                    sentence.find("to be YAML") != std::string::npos)
            << sentence;
    }
}

TEST(BadSweepFileTest, RefusesAliasesThatStandForBillionsOfValues) {
    std::string laughs = "a: &a [x, x, x, x, x, x, x, x, x]\n";
    for (char name = 'b'; name < 'k'; ++name) {
        laughs += std::string{name} + ": &" + name + " [";
        for (int i = 0; i < 9; ++i) laughs += std::string(i > 0 ? ", *" : "*") + static_cast<char>(name - 1);
        laughs += "]\n";
    }
    EXPECT_TRUE(test::holds(refusal(laughs), "s.yaml:5: needs to hold at most 100000 values"));
}

TEST(BadSweepFileTest, RefusesTenMegabytesOfValuesButReadsThemAsComments) {
    const std::string good = "method: grid\nparameters: {a: {values: [1, 2]}}\n";
    std::string comment;
    while (comment.size() < 9'000'000)
        comment += "# all that was tried before, kept for the record ------------\n";
    EXPECT_EQ(parse_sweep_file(comment + good, "s.yaml").parameters.size(), 1U);
    std::string values = "a:\n";
    while (values.size() < 500'000) values += "- 1\n";
    EXPECT_TRUE(test::holds(refusal(values), "needs to hold at most 100000 values"));
    std::string brackets;
    while (brackets.size() < 2'000'000) brackets += "[\n";
    EXPECT_TRUE(test::holds(refusal(brackets), "needs at most 500000 words and brackets"));
    EXPECT_TRUE(
        test::holds(refusal(std::string(10'000'001, '\n')), "needs to be a YAML file of at most 10 MB"));
}

TEST(BadSweepFileTest, AFileIsNamedInItsErrors) {
    const test::TempFolder folder;
    write_file(folder / "sweep.yaml", "method: grid\nparameters:\n  lr: 3\n");
    const std::string sentence = test::error_of([&] { read_sweep_file(folder / "sweep.yaml"); });
    EXPECT_TRUE(test::holds(sentence, (folder / "sweep.yaml").string() + ":3: parameters.lr needs"));
    EXPECT_TRUE(test::holds(test::error_of([&] { read_sweep_file(folder / "gone.yaml"); }), "gone.yaml"));
}

}  // namespace
}  // namespace melvit
