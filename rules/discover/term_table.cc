#include "rules/discover/term_table.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "absl/strings/str_format.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/interpret/interpreter.h"
#include "ir/ops/op_info.h"
#include "rules/compile/vocabulary.h"
#include "rules/testing/sample_values.h"

namespace eqsat::rules {
namespace {

constexpr int64_t kSamples = 512;
constexpr uint64_t kSeed = 1;

// The value's bits, but that NaNs are alike.
std::string FingerprintOf(const ir::Literal& value) {
  std::string text(value.bytes().begin(), value.bytes().end());
  if (!ir::IsFloat(value.shape().element_type())) return text;
  for (int64_t i = 0; i < value.shape().ElementCount(); ++i)
    if (std::isnan(value.AsDouble(i))) base::StrAppend(&text, "N", i);
  // A NaN's own bits do not count.
  const size_t width = value.bytes().size() / static_cast<size_t>(kSamples);
  for (int64_t i = 0; i < value.shape().ElementCount(); ++i)
    if (std::isnan(value.AsDouble(i)))
      std::fill_n(text.begin() + i * static_cast<int64_t>(width), width, '\0');
  return text;
}

}  // namespace

absl::StatusOr<TermTable> TermTable::Enumerate(const TermSpace& space) {
  TermTable table(space);
  EQSAT_RETURN_IF_ERROR(table.AddLeaves());
  for (int operations = 1; operations <= space.operations; ++operations)
    EQSAT_RETURN_IF_ERROR(table.AddOperations(operations));
  return table;
}

absl::Status TermTable::AddLeaves() {
  const ir::Shape shape(space_.type, {kSamples});
  base::Random random(kSeed);
  for (int i = 0; i < space_.variables; ++i) {
    EQSAT_RETURN_IF_ERROR(Add({.kind = SmallTerm::Kind::kVariable, .variable = i},
                              SampleLiteral(random, shape, Numerics::kExact)));
  }
  for (double number : space_.numbers) {
    const std::optional<ir::Literal> scalar = ScalarOf(number, space_.type);
    if (!scalar) {
      return base::InvalidArgument("%g is no number of %s", number,
                                   std::string(ir::Name(space_.type)));
    }
    EQSAT_ASSIGN_OR_RETURN(
        ir::Literal value,
        ir::EvaluateOp(ir::OpCode::kBroadcast, ir::DimensionsAttributes{}, shape, {*scalar}));
    EQSAT_RETURN_IF_ERROR(
        Add({.kind = SmallTerm::Kind::kNumber, .number = number}, std::move(value)));
  }
  return absl::OkStatus();
}

absl::Status TermTable::AddOperations(int operations) {
  for (ir::OpCode opcode : space_.ops) {
    std::vector<size_t> operands;
    EQSAT_RETURN_IF_ERROR(AddCombinations(opcode, operations - 1, &operands));
  }
  return absl::OkStatus();
}

// Completes `operands`, representatives' places, with `operations` to share out among the rest.
absl::Status TermTable::AddCombinations(ir::OpCode opcode, int operations,
                                        std::vector<size_t>* operands) {
  const auto left = static_cast<size_t>(ir::Arity(opcode)) - operands->size();
  if (left == 0) return operations == 0 ? AddOperation(opcode, *operands) : absl::OkStatus();
  // Only what is there now: operands are smaller than the term.
  const size_t count = representatives_.size();
  const bool commutes = ir::GetOpInfo(opcode).Has(ir::OpTrait::kCommutative);
  for (size_t place = commutes && !operands->empty() ? operands->back() : 0; place < count;
       ++place) {
    const int own = terms_[representatives_[place]].operations;
    // The last operand takes all that is left; before it, any share.
    if (own > operations || (left == 1 && own != operations)) continue;
    operands->push_back(place);
    EQSAT_RETURN_IF_ERROR(AddCombinations(opcode, operations - own, operands));
    operands->pop_back();
  }
  return absl::OkStatus();
}

absl::Status TermTable::AddOperation(ir::OpCode opcode, const std::vector<size_t>& operands) {
  SmallTerm term{.kind = SmallTerm::Kind::kOperation, .opcode = opcode, .operations = 1};
  std::vector<ir::Literal> values;
  bool all_numbers = true;
  for (size_t place : operands) {
    const SmallTerm& operand = terms_[representatives_[place]];
    term.operands.push_back(representatives_[place]);
    term.operations += operand.operations;
    all_numbers &= operand.kind == SmallTerm::Kind::kNumber;
    values.push_back(values_[place]);
  }
  // The optimizer folds constants.
  if (all_numbers) return absl::OkStatus();
  EQSAT_ASSIGN_OR_RETURN(ir::Literal value, ir::EvaluateOp(opcode, ir::GetOpInfo(opcode).attributes,
                                                           values[0].shape(), values));
  return Add(std::move(term), std::move(value));
}

absl::Status TermTable::Add(SmallTerm term, ir::Literal value) {
  if (terms_.size() >= space_.max_terms)
    return absl::ResourceExhaustedError(
        absl::StrFormat("more than %d terms; take fewer ops or a smaller size", space_.max_terms));
  const size_t id = terms_.size();
  terms_.push_back(std::move(term));
  auto [found, is_new] = by_fingerprint_.emplace(FingerprintOf(value), representatives_.size());
  if (is_new) {
    representatives_.push_back(id);
    values_.push_back(std::move(value));
  } else {
    pairs_.emplace_back(representatives_[found->second], id);
  }
  return absl::OkStatus();
}

bool TermTable::HasVariablesOf(size_t a, size_t b) const {
  auto variables = [this](size_t term) {
    std::vector<bool> used(static_cast<size_t>(space_.variables));
    std::vector<size_t> stack = {term};
    while (!stack.empty()) {
      const SmallTerm& top = terms_[stack.back()];
      stack.pop_back();
      if (top.kind == SmallTerm::Kind::kVariable) used[static_cast<size_t>(top.variable)] = true;
      stack.insert(stack.end(), top.operands.begin(), top.operands.end());
    }
    return used;
  };
  const std::vector<bool> of_a = variables(a);
  const std::vector<bool> of_b = variables(b);
  for (size_t i = 0; i < of_a.size(); ++i)
    if (of_b[i] && !of_a[i]) return false;
  return true;
}

std::string TermTable::Text(size_t term, const std::string& type, std::string* typed) const {
  const SmallTerm& top = terms_[term];
  switch (top.kind) {
    case SmallTerm::Kind::kVariable: {
      std::string name(1, static_cast<char>('a' + top.variable));
      if (type.empty() || typed->find(name) != std::string::npos) return name;
      *typed += name;
      return base::StrCat(name, ": ", type);
    }
    case SmallTerm::Kind::kNumber:
      return top.number == 0 && std::signbit(top.number) ? "-0"
                                                         : absl::StrFormat("%.9g", top.number);
    case SmallTerm::Kind::kOperation:
      break;
  }
  std::vector<std::string> operands;
  for (size_t operand : top.operands) operands.push_back(Text(operand, type, typed));
  return base::StrCat(RuleNameOf(top.opcode), "(", base::Join(operands, ", "), ")");
}

}  // namespace eqsat::rules
