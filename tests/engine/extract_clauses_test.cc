#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <random>
#include <vector>

#include "engine/extract/clause_solver.h"
#include "engine/extract/totalizer.h"

namespace eqsat::engine {
namespace {

using Clauses = std::vector<std::vector<Literal>>;

bool Holds(const std::vector<Literal>& clause, uint32_t assignment) {
  for (Literal l : clause)
    if ((assignment >> l.variable() & 1) != l.negated()) return true;
  return false;
}

bool Satisfiable(const Clauses& clauses, const std::vector<Literal>& assumptions, uint32_t count) {
  for (uint32_t assignment = 0; assignment < (uint32_t{1} << count); ++assignment) {
    bool all = true;
    for (const auto& clause : clauses) all = all && Holds(clause, assignment);
    for (Literal l : assumptions) all = all && Holds({l}, assignment);
    if (all) return true;
  }
  return false;
}

TEST(ExtractClauses, AgreeWithTryingEverything) {
  constexpr uint32_t kVariables = 9;
  std::mt19937 random(1);
  auto literal = [&] { return Literal{static_cast<uint32_t>(random() % (2 * kVariables))}; };
  int refuted = 0;
  for (int i = 0; i < 400; ++i) {
    ClauseSolver solver;
    for (uint32_t v = 0; v < kVariables; ++v) solver.AddVariable(random() % 2);
    Clauses clauses;
    for (uint32_t c = 0; c < 20 + random() % 15; ++c) {
      clauses.push_back({literal(), literal(), literal()});
      solver.AddClause(clauses.back());
    }
    for (int query = 0; query < 3; ++query) {
      std::vector<Literal> assumptions = {literal(), literal(), literal()};
      bool satisfiable = Satisfiable(clauses, assumptions, kVariables);
      ClauseSolver::Answer answer = solver.Solve(assumptions, 1'000'000);
      ASSERT_EQ(answer == ClauseSolver::Answer::kSatisfied, satisfiable);
      if (satisfiable) {
        for (Literal l : assumptions) EXPECT_TRUE(solver.model(l));
        continue;
      }
      ++refuted;
      EXPECT_FALSE(Satisfiable(clauses, solver.core(), kVariables));
      for (Literal l : solver.core()) EXPECT_GT(std::ranges::count(assumptions, l), 0);
    }
  }
  EXPECT_GE(refuted, 100);
}

// Eight pigeons in seven holes: thousands of conflicts, so that clauses are forgotten too.
TEST(ExtractClauses, RefuteThePigeons) {
  constexpr uint32_t kHoles = 7;
  ClauseSolver solver;
  auto sits = [](uint32_t pigeon, uint32_t hole) { return Positive(pigeon * kHoles + hole); };
  for (uint32_t i = 0; i < (kHoles + 1) * kHoles; ++i) solver.AddVariable();
  for (uint32_t pigeon = 0; pigeon <= kHoles; ++pigeon) {
    std::vector<Literal> clause;
    for (uint32_t hole = 0; hole < kHoles; ++hole) clause.push_back(sits(pigeon, hole));
    solver.AddClause(clause);
    for (uint32_t other = 0; other < pigeon; ++other)
      for (uint32_t hole = 0; hole < kHoles; ++hole)
        solver.AddClause({~sits(pigeon, hole), ~sits(other, hole)});
  }
  EXPECT_EQ(solver.Solve({}, 1'000'000), ClauseSolver::Answer::kRefuted);
  EXPECT_TRUE(solver.is_refuted());
}

TEST(ExtractClauses, GiveUpAfterSoManyConflicts) {
  std::mt19937 random(7);
  ClauseSolver solver;
  for (int v = 0; v < 200; ++v) solver.AddVariable();
  for (int c = 0; c < 860; ++c)
    solver.AddClause({Literal{static_cast<uint32_t>(random() % 400)},
                      Literal{static_cast<uint32_t>(random() % 400)},
                      Literal{static_cast<uint32_t>(random() % 400)}});
  EXPECT_EQ(solver.Solve({}, 10), ClauseSolver::Answer::kGaveUp);
}

TEST(ExtractClauses, TotalizersCount) {
  constexpr uint32_t kInputs = 5;
  for (uint32_t set = 0; set < (1u << kInputs); ++set) {
    ClauseSolver solver;
    std::vector<Literal> inputs;
    for (uint32_t i = 0; i < kInputs; ++i) inputs.push_back(Positive(solver.AddVariable()));
    Totalizer totalizer(inputs);
    for (uint32_t i = 0; i < kInputs; ++i)
      solver.AddClause({set >> i & 1 ? inputs[i] : ~inputs[i]});
    for (uint32_t count = 1; count <= kInputs; ++count) {
      std::vector<Literal> fewer = {~totalizer.AtLeast(count, &solver)};
      bool is_true = std::popcount(set) >= static_cast<int>(count);
      EXPECT_EQ(solver.Solve(fewer, 1000) == ClauseSolver::Answer::kRefuted, is_true);
    }
  }
}

}  // namespace
}  // namespace eqsat::engine
