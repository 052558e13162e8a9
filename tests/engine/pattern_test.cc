#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <span>

#include "engine/pattern/matcher.h"
#include "engine/pattern/plan.h"
#include "tests/engine/math.h"

namespace eqsat::engine::testing {
namespace {

// The variables' classes of all matches, without repetitions.
std::set<std::vector<ClassId>> Bindings(const CleanView& view, const Plan& plan,
                                        const SearchOptions& options = {}) {
  MatchList matches(plan.pattern().variable_count(), plan.pattern().slot_count());
  EXPECT_EQ(Search(view, plan, options, &matches), SearchEnd::kComplete);
  std::set<std::vector<ClassId>> result;
  for (size_t i = 0; i < matches.size(); ++i) {
    std::vector<ClassId> row;
    for (size_t v = 0; v < plan.pattern().variable_count(); ++v)
      row.push_back(matches[i].variable(VarId(v)));
    result.insert(row);
  }
  return result;
}

class PatternTest : public ::testing::Test {
 protected:
  ClassId Add(const std::string& term) { return math_.Add(egraph_, term); }
  std::shared_ptr<const Plan> Compile(const std::vector<std::string>& roots) {
    absl::StatusOr<std::shared_ptr<const Plan>> plan =
        Plan::Compile(math_.MakePattern(roots), math_.signature());
    EXPECT_TRUE(plan.ok());
    return *plan;
  }
  std::set<std::vector<ClassId>> Find(const std::vector<std::string>& roots) {
    return Bindings(*egraph_.Rebuild(), *Compile(roots));
  }
  using Rows = std::set<std::vector<ClassId>>;

  MathLanguage math_;
  EGraph egraph_{&math_.signature()};
};

TEST_F(PatternTest, MatchesNestedTermsAndLeaves) {
  ClassId x = Add("x");
  Add("(+ (* x 2) y)");
  Add("(+ (* x 3) y)");
  EXPECT_EQ(Find({"(+ (* ?a 2) ?b)"}), (Rows{{x, Add("y")}}));
  EXPECT_EQ(Find({"(+ (* ?a 4) ?b)"}), Rows{});
}

TEST_F(PatternTest, ARepeatedVariableIsOneClass) {
  Add("(- x y)");
  ClassId x = Add("x");
  ClassId y = Add("y");
  EXPECT_EQ(Find({"(- ?a ?a)"}), Rows{});
  egraph_.Union(x, y);
  EXPECT_EQ(Find({"(- ?a ?a)"}), (Rows{{egraph_.Find(x)}}));
}

TEST_F(PatternTest, RootsAreJoinedOnTheirVariables) {
  Add("(* x y)");
  Add("(+ x z)");
  Add("(+ y y)");
  EXPECT_EQ(Find({"(* ?a ?b)", "(+ ?a ?c)"}), (Rows{{Add("x"), Add("y"), Add("z")}}));
  // No shared variable: all pairs.
  EXPECT_EQ(Find({"(* ?a ?b)", "(+ ?c ?d)"}).size(), 2u);
}

// Asked once for each first root, before the second is looked for.
TEST_F(PatternTest, AConditionIsAskedAsSoonAsItsVariablesAreBound) {
  for (const char* term : {"(sin x)", "(sin y)", "(cos x)", "(cos y)", "(cos z)"}) Add(term);
  ClassId x = Add("x");
  Pattern pattern = math_.MakePattern({"(sin ?a)", "(cos ?b)"});
  size_t asked = 0;
  pattern.AddCondition({{VarId(0)}, [&](const EGraph&, const Match& match) {
                          ++asked;
                          return match.variable(VarId(0)) == x;
                        }});
  auto plan = *Plan::Compile(pattern, math_.signature());
  EXPECT_EQ(Bindings(*egraph_.Rebuild(), *plan), (Rows{{x, x}, {x, Add("y")}, {x, Add("z")}}));
  EXPECT_EQ(asked, 2u);
}

TEST_F(PatternTest, AConditionOfTwoRootsIsAskedOfEveryPair) {
  for (const char* term : {"(sin x)", "(sin y)", "(cos x)", "(cos y)"}) Add(term);
  Pattern pattern = math_.MakePattern({"(sin ?a)", "(cos ?b)"});
  size_t asked = 0;
  pattern.AddCondition({{VarId(0), VarId(1)}, [&](const EGraph&, const Match& match) {
                          ++asked;
                          return match.variable(VarId(0)) != match.variable(VarId(1));
                        }});
  auto plan = *Plan::Compile(pattern, math_.signature());
  EXPECT_EQ(Bindings(*egraph_.Rebuild(), *plan),
            (Rows{{Add("x"), Add("y")}, {Add("y"), Add("x")}}));
  EXPECT_EQ(asked, 4u);
}

TEST_F(PatternTest, APartMayBelongToTwoRoots) {
  Add("(sin (* x y))");
  Add("(cos (* x y))");
  Add("(sin (* x z))");
  Pattern pattern;
  PartId product = math_.AddPattern(&pattern, ParseSexp("(* ?a ?b)"));
  pattern.AddRoot(pattern.Operator(math_.signature().op("sin"), AttrId(0), {product}));
  pattern.AddRoot(pattern.Operator(math_.signature().op("cos"), AttrId(0), {product}));
  auto plan = *Plan::Compile(pattern, math_.signature());
  EXPECT_EQ(Bindings(*egraph_.Rebuild(), *plan), (Rows{{Add("x"), Add("y")}}));
}

TEST_F(PatternTest, OperatorVariablesPredicatesAndRests) {
  ClassId list = Add("(list x y z)");
  Add("(list y x)");
  Add("(sin x)");
  Add("(cos y)");
  Pattern pattern;
  OperatorPattern any;
  any.ops = {math_.signature().op("sin"), math_.signature().op("cos")};
  any.children = {pattern.Variable("a")};
  pattern.AddRoot(pattern.Operator(any));
  OperatorPattern rest;
  rest.ops = {math_.signature().op("list")};
  rest.children = {pattern.Variable("a")};
  rest.captures_rest = true;
  rest.predicate = [](const EGraph&, const NodeView& node) { return node.children.size() == 3; };
  PartId list_part = pattern.Operator(rest);
  pattern.AddRoot(list_part);
  auto plan = *Plan::Compile(pattern, math_.signature());
  MatchList matches(1, 2);
  CleanView view = *egraph_.Rebuild();
  ASSERT_EQ(Search(view, *plan, {}, &matches), SearchEnd::kComplete);
  ASSERT_EQ(matches.size(), 1u);
  EXPECT_EQ(egraph_.op(matches[0].node(SlotId(0))), math_.signature().op("sin"));
  EXPECT_EQ(matches[0].cls(egraph_, SlotId(1)), list);
  std::span<const ClassId> tail = matches[0].rest(egraph_, pattern, SlotId(1));
  EXPECT_EQ(std::vector<ClassId>(tail.begin(), tail.end()),
            (std::vector<ClassId>{Add("y"), Add("z")}));
}

TEST(CommutativeOperators, MatchInBothOrders) {
  for (Commutativity kind : {Commutativity::kMatchBothOrders, Commutativity::kUnordered}) {
    MathLanguage math(kind);
    EGraph egraph(&math.signature());
    math.Add(egraph, "(+ 0 x)");
    math.Add(egraph, "(+ y y)");
    Pattern pattern = math.MakePattern({"(+ ?a 0)"});
    auto plan = *Plan::Compile(pattern, math.signature());
    MatchList matches(1, 2);
    CleanView view = *egraph.Rebuild();
    Search(view, *plan, {}, &matches);
    ASSERT_EQ(matches.size(), 1u);
    EXPECT_EQ(matches[0].variable(VarId(0)), math.Add(egraph, "x"));
    EXPECT_TRUE(matches[0].exchanged(pattern.slot(pattern.roots()[0])));
    auto both = *Plan::Compile(math.MakePattern({"(+ ?a ?b)"}), math.signature());
    EXPECT_EQ(Bindings(*egraph.Rebuild(), *both).size(), 3u);
  }
}

TEST_F(PatternTest, MalformedPatternsAreErrors) {
  auto error = [&](const Pattern& pattern) {
    return std::string(Plan::Compile(pattern, math_.signature()).status().message());
  };
  EXPECT_EQ(error(Pattern()), "a pattern needs a root");
  Pattern variable;
  variable.AddRoot(variable.Variable("a"));
  EXPECT_EQ(error(variable), "the root of a pattern must be an operator, not variable 'a'");
  Pattern arity;
  arity.AddRoot(arity.Operator(math_.signature().op("+"), AttrId(0), {arity.Variable("a")}));
  EXPECT_EQ(error(arity), "operator '+' has 2 operands, but the pattern names 1");
  Pattern stray = math_.MakePattern({"(sin ?a)"});
  stray.Variable("b");
  EXPECT_EQ(error(stray), "part 2 of the pattern is below no root");
  Pattern big;
  PartId part = big.Variable("a");
  for (size_t i = 0; i < 2 * Plan::kMaxParts; ++i)
    part = big.Operator(math_.signature().op("sin"), AttrId(0), {part});
  big.AddRoot(part);
  EXPECT_EQ(error(big), "the pattern has 2049 parts; at most 1024 are supported");
}

TEST_F(PatternTest, LimitsEndASearch) {
  for (int i = 0; i < 40; ++i)
    for (int j = 0; j < 40; ++j) Add("(+ " + std::to_string(i) + " " + std::to_string(j) + ")");
  CleanView view = *egraph_.Rebuild();
  auto plan = Compile({"(+ ?a ?b)"});
  MatchList matches(2, 1);
  EXPECT_EQ(Search(view, *plan, {.max_matches = 1600}, &matches), SearchEnd::kComplete);
  matches.Clear();
  EXPECT_EQ(Search(view, *plan, {.max_matches = 1599}, &matches), SearchEnd::kMatchLimit);
  EXPECT_EQ(matches.size(), 1599u);
  matches.Clear();
  SearchOptions stop;
  stop.should_stop = [] { return true; };
  EXPECT_EQ(Search(view, *plan, stop, &matches), SearchEnd::kStopped);
  EXPECT_LT(matches.size(), 1600u);
}

// All bindings by trying every tuple of nodes: a slot's children must agree with what is bound.
class NaiveSearch {
 public:
  NaiveSearch(const EGraph& egraph, const Pattern& pattern) : egraph_(egraph), pattern_(pattern) {}

  std::set<std::vector<ClassId>> Run() {
    bound_.assign(pattern_.part_count(), ClassId());
    Visit(pattern_.part_count());
    return std::move(rows_);
  }

 private:
  // Parts from the last down, so that an operator binds its children's classes before they check.
  void Visit(size_t remaining) {
    if (remaining == 0) return Emit();
    PartId part(remaining - 1);
    if (!pattern_.slot(part).valid()) return Visit(remaining - 1);
    const OperatorPattern& op = pattern_.op(pattern_.slot(part));
    for (size_t i = 0; i < egraph_.node_id_limit(); ++i) {
      if (!egraph_.alive(NodeId(i))) continue;
      NodeView node = egraph_.node(NodeId(i));
      if (node.op != op.ops[0] || node.attrs != *op.attrs) continue;
      std::vector<ClassId> saved = bound_;
      bool fits = Bind(part, node.cls);
      for (size_t c = 0; c < op.children.size(); ++c)
        fits = fits && Bind(op.children[c], node.children[c]);
      if (fits) Visit(remaining - 1);
      bound_ = std::move(saved);
    }
  }
  bool Bind(PartId part, ClassId cls) {
    ClassId& slot = bound_[part.value()];
    if (!slot.valid()) slot = cls;
    return slot == cls;
  }
  void Emit() {
    std::vector<ClassId> row(pattern_.variable_count());
    for (size_t i = 0; i < bound_.size(); ++i)
      if (VarId v = pattern_.variable(PartId(i)); v.valid()) row[v.value()] = bound_[i];
    rows_.insert(row);
  }

  const EGraph& egraph_;
  const Pattern& pattern_;
  std::vector<ClassId> bound_;
  std::set<std::vector<ClassId>> rows_;
};

const std::vector<std::vector<std::string>> kPatterns = {
    {"(+ ?a ?b)"},
    {"(+ ?a ?a)"},
    {"(+ (* ?a ?b) (* ?a ?c))"},
    {"(+ ?a (+ ?b (* ?c ?a)))"},
    {"(* (sin ?a) y)"},
    {"(sin (sin ?x))"},
    {"(* ?a ?b)", "(+ ?b ?c)"},
    {"(* (sin ?a) ?b)", "(+ ?b ?c)", "(sin ?c)"},
    {"(sin ?a)", "(* x ?b)"},
    {"(list ?a ?b ?c)"},
    {"(list ?a ?b ?b)"},
    {"(list (sin ?a) ?b (+ ?b ?a))"},
};

constexpr std::array<const char*, 4> kOperators = {"+", "*", "sin", "list"};

// Random terms over `operators` (those that are there more often are more frequent) and three
// variables, and random merges among them.
void Grow(MathLanguage& math, std::mt19937& random, size_t terms, size_t merges, EGraph* egraph,
          std::vector<ClassId>* classes, std::span<const char* const> operators = kOperators) {
  for (size_t i = 0; i < terms; ++i) {
    std::array<ClassId, 3> children;
    for (ClassId& child : children) child = (*classes)[random() % classes->size()];
    OpId op = math.signature().op(operators[random() % operators.size()]);
    int arity = math.signature().arity(op);
    size_t count = arity == Signature::kVariadic ? children.size() : static_cast<size_t>(arity);
    classes->push_back(egraph->Add(op, AttrId(0), std::span(children).first(count)));
  }
  for (size_t i = 0; i < merges; ++i)
    egraph->Union((*classes)[random() % classes->size()], (*classes)[random() % classes->size()]);
}

void ExpectBruteForce(unsigned seed, size_t terms, std::span<const char* const> operators) {
  MathLanguage math;
  std::mt19937 random(seed);
  EGraph egraph(&math.signature());
  std::vector<ClassId> classes;
  for (const char* leaf : {"x", "y", "z"}) classes.push_back(math.Add(egraph, leaf));
  Grow(math, random, terms, 4, &egraph, &classes, operators);
  CleanView view = *egraph.Rebuild();
  for (const auto& roots : kPatterns) {
    Pattern pattern = math.MakePattern(roots);
    auto plan = *Plan::Compile(pattern, math.signature());
    EXPECT_EQ(Bindings(view, *plan), NaiveSearch(egraph, pattern).Run())
        << "seed " << seed << " pattern " << roots[0];
  }
}

TEST(Search, AgreesWithBruteForce) {
  for (unsigned seed = 0; seed < 30; ++seed) ExpectBruteForce(seed, 25, kOperators);
}

// A search of everything begins at the operator with the fewest nodes.
TEST(Search, AgreesWithBruteForceWhereAnOperatorIsRare) {
  for (const char* frequent : kOperators) {
    std::vector<const char*> operators(kOperators.begin(), kOperators.end());
    operators.resize(30, frequent);
    for (unsigned seed = 0; seed < 10; ++seed) ExpectBruteForce(seed, 60, operators);
  }
}

// What is found now, and was not there before (up to merges), is found by looking near changes.
TEST(Search, NearChangesFindsAllThatIsNew) {
  MathLanguage math;
  for (unsigned seed = 0; seed < 60; ++seed) {
    std::mt19937 random(seed);
    EGraph egraph(&math.signature());
    std::vector<ClassId> classes;
    for (const char* leaf : {"x", "y", "z"}) classes.push_back(math.Add(egraph, leaf));
    Grow(math, random, 60, 3, &egraph, &classes);
    CleanView before = *egraph.Rebuild();
    egraph.TakeChanges();
    std::vector<std::set<std::vector<ClassId>>> old;
    std::vector<std::shared_ptr<const Plan>> plans;
    for (const auto& roots : kPatterns) {
      plans.push_back(*Plan::Compile(math.MakePattern(roots), math.signature()));
      old.push_back(Bindings(before, *plans.back()));
    }
    size_t first_new = egraph.node_id_limit();
    Grow(math, random, 4, seed % 3, &egraph, &classes);
    CleanView after = *egraph.Rebuild();
    ChangeSet changes;
    changes.Update(egraph, egraph.TakeChanges(), first_new, ChangeSet::kMaxDepth);
    for (size_t i = 0; i < plans.size(); ++i) {
      std::set<std::vector<ClassId>> known;
      for (std::vector<ClassId> row : old[i]) {
        for (ClassId& cls : row) cls = egraph.Find(cls);
        known.insert(row);
      }
      SearchOptions near;
      near.changes = &changes;
      near.depth = plans[i]->compares_classes() ? plans[i]->depth() : plans[i]->operator_depth();
      std::set<std::vector<ClassId>> found = Bindings(after, *plans[i], near);
      std::set<std::vector<ClassId>> all = Bindings(after, *plans[i]);
      EXPECT_TRUE(std::ranges::includes(all, found));
      for (const auto& row : all)
        EXPECT_TRUE(known.contains(row) || found.contains(row))
            << "seed " << seed << " pattern " << kPatterns[i][0];
    }
  }
}

// The variables' and the first root's classes of a match, by their present names.
std::vector<ClassId> Names(const EGraph& egraph, const Plan& plan, const Match& match) {
  std::vector<ClassId> names;
  for (size_t v = 0; v < plan.pattern().variable_count(); ++v)
    names.push_back(egraph.Find(match.variable(VarId(v))));
  names.push_back(match.cls(egraph, plan.root(0)));
  return names;
}

struct FoundBefore {
  std::shared_ptr<const Plan> plan;
  MatchList matches;
};

std::vector<FoundBefore> FindPatterns(MathLanguage& math, const CleanView& view) {
  std::vector<FoundBefore> found;
  for (const auto& roots : kPatterns) {
    auto plan = *Plan::Compile(math.MakePattern(roots), math.signature());
    found.push_back({plan, {plan->pattern().variable_count(), plan->pattern().slot_count()}});
    EXPECT_EQ(Search(view, *plan, {}, &found.back().matches), SearchEnd::kComplete);
  }
  return found;
}

// Checks that what is found now is found among fresh rows, unless a match of these names was there
// before.
void CheckFresh(const CleanView& view, const FoundBefore& before, const SearchOptions& fresh) {
  const EGraph& egraph = view.egraph();
  const Plan& plan = *before.plan;
  std::set<std::vector<ClassId>> known;
  for (size_t i = 0; i < before.matches.size(); ++i)
    known.insert(Names(egraph, plan, before.matches[i]));
  MatchList all(plan.pattern().variable_count(), plan.pattern().slot_count());
  MatchList found = all;
  EXPECT_EQ(Search(view, plan, {}, &all), SearchEnd::kComplete);
  EXPECT_EQ(Search(view, plan, fresh, &found), SearchEnd::kComplete);
  for (size_t i = 0; i < found.size(); ++i) known.insert(Names(egraph, plan, found[i]));
  for (size_t i = 0; i < all.size(); ++i) EXPECT_TRUE(known.contains(Names(egraph, plan, all[i])));
}

TEST(Search, FreshRowsLeadToAllThatIsNew) {
  size_t modes[2] = {0, 0};  // by FreshRows::everything
  for (unsigned seed = 0; seed < 400; ++seed) {
    std::mt19937 random(seed);
    MathLanguage math(seed % 2 ? Commutativity::kUnordered : Commutativity::kOrdered);
    EGraph egraph(&math.signature());
    std::vector<ClassId> classes;
    for (const char* leaf : {"x", "y", "z"}) classes.push_back(math.Add(egraph, leaf));
    Grow(math, random, seed % 8 == 0 ? 10 : 50, 3, &egraph, &classes);
    std::vector<FoundBefore> before = FindPatterns(math, *egraph.Rebuild());
    egraph.TakeRenamed();
    size_t first_new = egraph.node_id_limit();
    size_t nodes_before = egraph.node_count();
    Grow(math, random, seed % 8 == 0 ? 60 : random() % 6, random() % 12, &egraph, &classes);
    CleanView after = *egraph.Rebuild();
    FreshRows fresh;
    fresh.Update(egraph, egraph.TakeRenamed(), first_new, nodes_before);
    ++modes[fresh.everything()];
    for (const FoundBefore& pattern : before) {
      SCOPED_TRACE(::testing::Message() << "seed " << seed);
      CheckFresh(after, pattern, {.fresh = &fresh});
      CheckFresh(after, pattern, {.fresh = &fresh, .compared_alone = true});
    }
  }
  EXPECT_GT(std::min(modes[0], modes[1]), 10u);
}

}  // namespace
}  // namespace eqsat::engine::testing
