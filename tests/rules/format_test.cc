#include "rules/syntax/format.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

#include "ir/base/strings.h"
#include "rules/language/parser.h"
#include "rules/rule_set.h"
#include "rules/syntax/keywords.h"

namespace eqsat::rules {
namespace {

std::string ReadAll(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.good()) << path;
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

std::string Formatted(const std::string& text) {
  absl::StatusOr<std::string> formatted = FormatRuleFile(SourceText("t.eqr", text));
  EXPECT_TRUE(formatted.ok()) << formatted.status();
  return formatted.ok() ? *formatted : "";
}

TEST(FormatTest, SpacesAndIndentation) {
  EXPECT_EQ(Formatted(R"(language   1
package std . test
dtypes   X={f32,bf16}
fn f( a,b )=a+b*-2
a-b[exact,explore] : add( x :X,-0 )=>x
   where rank( x )in[0, 1],not is_nan (x) and(x == 1)


sum [ exact when T in Int , else reassoc ]:reduce<add>(x: T,z,dims=[1,0],..A)
=> x
)"),
            R"(language 1
package std.test
dtypes X = { f32, bf16 }
fn f(a, b) = a + b * -2
a-b [exact, explore]: add(x: X, -0) => x
  where rank(x) in [0,1], not is_nan(x) and (x == 1)

sum [exact when T in Int, else reassoc]: reduce<add>(x: T, z, dims=[1,0], ..A)
  => x
)");
}

TEST(FormatTest, FieldsOfARule) {
  EXPECT_EQ(Formatted(R"(language 1
rule r { doc "text"
numerics approx(2 ^ -7)  given xs... : T[...], a: f32[ M,D... ]
   match f(concatenate(xs...,dim=d),
    ..A) let n=rank(a) limit = n - 1
to concatenate(each x in xs:f(x, ..A),dim=d)
test {a:f32[2,3]
 tanh(a)=>fires}}
)"),
            R"(language 1
rule r {
  doc     "text"
  numerics approx(2^-7)
  given   xs...: T[...], a: f32[M, D...]
  match   f(concatenate(xs..., dim=d),
            ..A)
  let     n = rank(a)
          limit = n - 1
  to      concatenate(each x in xs: f(x, ..A), dim=d)
  test    { a: f32[2,3]
            tanh(a) => fires }
}
)");
}

TEST(FormatTest, CommentsStay) {
  const std::string text = R"(# About the file.
#
# More.
language 1  # the only one

# ---- Part ----
# Why.
a [exact]: abs(x) => x  # sure

rule r {
  # The class.
  numerics exact
  match   add(x,
              # the zero
              0)
  to      x
}
# The end.
)";
  EXPECT_EQ(Formatted(text), text);
}

TEST(FormatTest, LongLinesAreBroken) {
  const std::string name(40, 'n');
  EXPECT_EQ(Formatted(base::StrCat("language 1\na [exact]: add(", name, ", ", name, ") => add(",
                                   name, ", x) where is_constant(x)\n")),
            base::StrCat("language 1\na [exact]:\n  add(", name, ", ", name, ")\n  => add(", name,
                         ", x) where is_constant(x)\n"));
}

TEST(FormatTest, WhatIsNoRuleFileIsAnError) {
  EXPECT_FALSE(FormatRuleFile(SourceText("t.eqr", "language 1\nrule {")).ok());
}

TEST(FormatTest, TheLibraryIsFormattedAndFormattingIsIdempotent) {
  auto files = RuleSet::DefaultFiles();
  ASSERT_TRUE(files.ok());
  files->push_back(EQSAT_SOURCE_DIR "/examples/activations.eqr");
  for (const std::string& file : *files) {
    const std::string text = ReadAll(file);
    EXPECT_TRUE(Formatted(text) == text) << "run: xla-eqsat rules fmt " << file;
  }
}

TEST(FormatTest, IndentationIsNotAMatterOfTheInput) {
  auto files = RuleSet::DefaultFiles();
  ASSERT_TRUE(files.ok());
  for (const std::string& file : *files) {
    const std::string text = ReadAll(file);
    std::string flush;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
      flush += line.substr(std::min(line.size(), line.find_first_not_of(' '))) + "  \n";
    EXPECT_TRUE(Formatted(flush) == text) << file;
  }
}

// ---- Keywords ----

// The words of the grammar's patterns.
std::set<std::string> WordsOf(const std::string& patterns) {
  std::set<std::string> words;
  std::string word;
  for (char c : patterns + "(") {
    if (c >= 'a' && c <= 'z') {
      word += c;
    } else {
      words.insert(word);
      word.clear();
    }
  }
  return words;
}

TEST(KeywordsTest, TheEditorsGrammarKnowsAll) {
  const std::string text = ReadAll(EQSAT_SOURCE_DIR "/rules/editor/eqr.tmLanguage.json");
  ASSERT_TRUE(nlohmann::json::accept(text));
  const std::set<std::string> words = WordsOf(text);
  for (KeywordUse use : {KeywordUse::kStatement, KeywordUse::kField, KeywordUse::kOperator,
                         KeywordUse::kNumerics, KeywordUse::kPhase, KeywordUse::kValue})
    for (std::string_view word : KeywordsFor(use))
      EXPECT_TRUE(words.contains(std::string(word))) << word;
}

std::string ParseError(const std::string& text) {
  return std::string(ParseRuleFile(SourceText("t.eqr", text)).status().message());
}

TEST(KeywordsTest, TheParserKnowsThem) {
  for (std::string_view word : KeywordsFor(KeywordUse::kStatement))
    EXPECT_EQ(ParseError(base::StrCat(word == "language" ? "" : "language 1\n", word, " ;"))
                  .find("begins no statement"),
              std::string::npos)
        << word;
  for (std::string_view word : KeywordsFor(KeywordUse::kField))
    EXPECT_EQ(ParseError(base::StrCat("language 1\nrule r { ", word, " ; }")).find("is no field"),
              std::string::npos)
        << word;
}

}  // namespace
}  // namespace eqsat::rules
