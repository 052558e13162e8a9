// All small terms over some elementwise ops, grouped by what they compute.
#ifndef EQSAT_RULES_DISCOVER_TERM_TABLE_H_
#define EQSAT_RULES_DISCOVER_TERM_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "ir/base/random.h"
#include "ir/ops/opcode.h"
#include "ir/shape/literal.h"

namespace eqsat::rules {

struct SmallTerm {
  enum class Kind : uint8_t { kVariable, kNumber, kOperation };
  Kind kind = Kind::kVariable;
  int variable = 0;
  double number = 0;
  ir::OpCode opcode{};
  std::vector<size_t> operands;  // terms
  int operations = 0;            // in it, as a tree
};

struct TermSpace {
  std::vector<ir::OpCode> ops;  // elementwise, from arrays of `type` to one
  ir::ElementType type = ir::ElementType::kF32;
  int operations = 3;  // of the largest term
  int variables = 2;
  std::vector<double> numbers = {0, 1};
  size_t max_terms = 200'000;
};

// Terms are equal in fingerprint if they have the same value on some hundred inputs, among them the
// extremes of the type. Larger terms are made of the first term of each fingerprint alone: what
// holds for the others follows from the pairs.
class TermTable {
 public:
  // ResourceExhausted beyond `max_terms`.
  static absl::StatusOr<TermTable> Enumerate(const TermSpace& space);

  const SmallTerm& operator[](size_t term) const { return terms_[term]; }
  size_t size() const { return terms_.size(); }
  // (first term, later term) of one fingerprint, smaller ones first.
  const std::vector<std::pair<size_t, size_t>>& pairs() const { return pairs_; }
  // Has term `b` no other variables than term `a`?
  bool HasVariablesOf(size_t a, size_t b) const;
  // As the rule language writes it; `type` stands at the first use of each variable not yet in
  // `typed`.
  std::string Text(size_t term, const std::string& type, std::string* typed) const;

 private:
  explicit TermTable(const TermSpace& space) : space_(space) {}

  absl::Status AddLeaves();
  absl::Status AddOperations(int operations);
  absl::Status AddCombinations(ir::OpCode opcode, int operations, std::vector<size_t>* operands);
  absl::Status Add(SmallTerm term, ir::Literal value);
  absl::Status AddOperation(ir::OpCode opcode, const std::vector<size_t>& operands);

  TermSpace space_;
  std::vector<SmallTerm> terms_;
  std::vector<size_t> representatives_;           // terms; the first of each fingerprint
  std::vector<ir::Literal> values_;               // of the representatives
  std::map<std::string, size_t> by_fingerprint_;  // to a representative's place
  std::vector<std::pair<size_t, size_t>> pairs_;
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_DISCOVER_TERM_TABLE_H_
