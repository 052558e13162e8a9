// A conflict-driven solver for propositional clauses under assumptions.
#ifndef EQSAT_ENGINE_EXTRACT_CLAUSE_SOLVER_H_
#define EQSAT_ENGINE_EXTRACT_CLAUSE_SOLVER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace eqsat::engine {

// A variable, or its negation.
struct Literal {
  uint32_t code = 0;  // twice the variable, and one more if negated

  uint32_t variable() const { return code >> 1; }
  bool negated() const { return code & 1; }
  Literal operator~() const { return {code ^ 1}; }
  friend bool operator==(Literal, Literal) = default;
};
inline Literal Positive(uint32_t variable) { return {2 * variable}; }

// Clauses may be added between calls of Solve. Its decisions depend on nothing but the calls made.
class ClauseSolver {
 public:
  enum class Answer { kSatisfied, kRefuted, kGaveUp };

  // `phase`: the value that is tried first.
  uint32_t AddVariable(bool phase = false);
  void SetPhase(uint32_t variable, bool phase) { phase_[variable] = phase; }
  // A clause that is false at once makes every later answer kRefuted.
  void AddClause(std::vector<Literal> clause);

  // Gives up after `max_conflicts`.
  Answer Solve(std::span<const Literal> assumptions, size_t max_conflicts);
  // After kSatisfied.
  bool model(Literal literal) const { return model_[literal.variable()] != literal.negated(); }
  // After kRefuted: some of the assumptions, which cannot hold together.
  const std::vector<Literal>& core() const { return core_; }
  // True once the clauses alone are refuted.
  bool is_refuted() const { return refuted_; }
  // All so far.
  size_t conflicts() const { return conflicts_; }

 private:
  static constexpr uint32_t kNoClause = ~uint32_t{0};
  enum : int8_t { kFalse = -1, kOpen = 0, kTrue = 1 };
  struct Watch {
    uint32_t clause;
    Literal blocker;
  };
  // In literals_ from `first`; the first two are watched.
  struct Clause {
    uint32_t first;
    uint32_t size;
    uint32_t glue;  // decision levels when it was learned
    bool learned;
  };

  int8_t value(Literal l) const {
    return l.negated() ? -value_[l.variable()] : value_[l.variable()];
  }
  uint32_t level() const { return static_cast<uint32_t>(level_start_.size()); }
  std::span<Literal> literals(uint32_t clause) {
    return {literals_.data() + clauses_[clause].first, clauses_[clause].size};
  }

  void Assign(Literal literal, uint32_t reason);
  uint32_t Propagate();
  void Backtrack(uint32_t to_level);
  uint32_t Attach(std::span<const Literal> clause, bool learned, uint32_t glue);

  // Learns from a conflict and goes back; false if there is nowhere to go.
  bool Learn(uint32_t conflict);
  void Analyze(uint32_t conflict, std::vector<Literal>* learned, uint32_t* back);
  bool IsRedundant(Literal literal) const;
  uint32_t Glue(std::span<const Literal> clause);
  bool ForgetClauses();
  // Which assumptions lead to `literal`.
  void AnalyzeFinal(Literal literal);

  bool Decide(std::span<const Literal> assumptions, bool* refuted);
  void Bump(uint32_t variable);
  bool Before(uint32_t a, uint32_t b) const { return activity_[a] > activity_[b]; }
  void HeapInsert(uint32_t variable);
  void HeapUp(uint32_t position);
  void HeapDown(uint32_t position);
  uint32_t HeapPop();

  std::vector<Literal> literals_;
  std::vector<Clause> clauses_;
  std::vector<std::vector<Watch>> watches_;  // by literal code: clauses that watch it
  std::vector<int8_t> value_;
  std::vector<bool> phase_;
  std::vector<uint32_t> level_of_;
  std::vector<uint32_t> reason_;
  std::vector<Literal> trail_;
  std::vector<uint32_t> level_start_;
  size_t next_to_propagate_ = 0;
  std::vector<double> activity_;
  double activity_step_ = 1;
  std::vector<uint32_t> heap_;
  std::vector<uint32_t> heap_position_;
  std::vector<bool> seen_;
  std::vector<uint32_t> level_stamp_;
  uint32_t stamp_ = 0;
  std::vector<bool> model_;
  std::vector<Literal> core_;
  size_t learned_count_ = 0;
  size_t learned_limit_ = 4000;
  size_t conflicts_ = 0;
  bool refuted_ = false;
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EXTRACT_CLAUSE_SOLVER_H_
