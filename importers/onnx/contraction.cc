// Products of matrices, einsums.
#include <algorithm>

#include "importers/onnx/op_table.h"

namespace eqsat::importers::onnx {
namespace {

using ir::ElementType;

absl::Status MatMulOp(Emitter& e, const Node& node) {
  e.Return(node, e.MatMul(e.Input(node, 0), e.Input(node, 1)));
  return absl::OkStatus();
}

// alpha * A' * B' + beta * C
absl::Status Gemm(Emitter& e, const Node& node) {
  InstructionId a = e.Input(node, 0), b = e.Input(node, 1);
  if (e.rank(a) != 2 || e.rank(b) != 2) {
    return base::InvalidArgument("A is %s and B is %s, not matrices", e.shape(a).ToString(),
                                 e.shape(b).ToString());
  }
  ir::DotAttributes attributes;
  attributes.lhs_contracting_dims = {node.Flag("transA", false) ? 0 : 1};
  attributes.rhs_contracting_dims = {node.Flag("transB", false) ? 1 : 0};
  InstructionId product = e.Dot(a, b, std::move(attributes));
  const double alpha = node.Float("alpha", 1), beta = node.Float("beta", 1);
  if (alpha != 1) product = e.Mul(product, alpha);
  if (node.Has(2) && beta != 0) {
    InstructionId c = e.Input(node, 2);
    if (beta != 1) c = e.Mul(c, beta);
    product = e.AddTo(product, e.Expand(c, e.sizes(product)));
  }
  e.Return(node, product);
  return absl::OkStatus();
}

// One operand of an einsum: a letter for each dimension. Dimensions of `...` get letters of their
// own, counted from the end, so that they broadcast.
struct Side {
  InstructionId value;
  std::string letters;
};

constexpr char kEllipsisEnd = '\x7f';  // the letter of the last dimension of `...`

absl::Status ReadLetters(Emitter& e, std::string_view text, Side* side) {
  const size_t dots = text.find("...");
  const int64_t named = static_cast<int64_t>(text.size()) - (dots == text.npos ? 0 : 3);
  const int64_t covered = e.rank(side->value) - named;
  if (covered < 0 || (dots == text.npos && covered > 0) || covered > 16) {
    return base::InvalidArgument("the term '%s' does not fit %s", text,
                                 e.shape(side->value).ToString());
  }
  side->letters = text.substr(0, dots);
  if (dots == text.npos) return absl::OkStatus();
  for (int64_t i = covered; i > 0; --i) side->letters += static_cast<char>(kEllipsisEnd - (i - 1));
  side->letters += text.substr(dots + 3);
  return absl::OkStatus();
}

// A letter that stands twice picks the diagonal.
void TakeDiagonals(Emitter& e, Side* side) {
  for (size_t i = 0; i < side->letters.size(); ++i) {
    const size_t j = side->letters.find(side->letters[i], i + 1);
    if (j == std::string::npos) continue;
    const Sizes sizes = e.sizes(side->value);
    const auto first = static_cast<int64_t>(i), second = static_cast<int64_t>(j);
    InstructionId on = e.Compare(e.Iota(ElementType::kS64, sizes, first), Direction::kEq,
                                 e.Iota(ElementType::kS64, sizes, second));
    InstructionId kept = e.Select(on, side->value, e.Like(side->value, 0));
    side->value = e.Reduce(OpCode::kAdd, kept, {second}, Keep::kNo);
    side->letters.erase(j, 1);
    --i;
  }
}

// Sums over letters that nothing else names.
void SumAway(Emitter& e, std::string_view keep, Side* side) {
  Sizes dims;
  std::string letters;
  for (size_t i = 0; i < side->letters.size(); ++i) {
    if (keep.find(side->letters[i]) == keep.npos) {
      dims.push_back(static_cast<int64_t>(i));
    } else {
      letters += side->letters[i];
    }
  }
  side->value = e.Reduce(OpCode::kAdd, side->value, dims, Keep::kNo);
  side->letters = std::move(letters);
}

// Sizes of 1 that meet a larger one are dropped: they stand for all.
void DropOnes(Emitter& e, const Side& other, Side* side) {
  for (size_t i = side->letters.size(); i-- > 0;) {
    const size_t j = other.letters.find(side->letters[i]);
    if (j == std::string::npos || e.size(side->value, i) != 1 || e.size(other.value, j) == 1) {
      continue;
    }
    side->value = e.Squeeze(side->value, static_cast<int64_t>(i));
    side->letters.erase(i, 1);
  }
}

Side Contract(Emitter& e, Side a, Side b, std::string_view needed) {
  DropOnes(e, b, &a);
  DropOnes(e, a, &b);
  SumAway(e, b.letters + std::string(needed), &a);
  SumAway(e, a.letters + std::string(needed), &b);
  ir::DotAttributes dims;
  std::string batch, a_free, b_free;
  for (size_t i = 0; i < a.letters.size(); ++i) {
    const char letter = a.letters[i];
    const size_t other = b.letters.find(letter);
    const auto here = static_cast<int64_t>(i), there = static_cast<int64_t>(other);
    if (other == std::string::npos) {
      a_free += letter;
    } else if (needed.find(letter) != needed.npos) {
      batch += letter;
      dims.lhs_batch_dims.push_back(here);
      dims.rhs_batch_dims.push_back(there);
    } else {
      dims.lhs_contracting_dims.push_back(here);
      dims.rhs_contracting_dims.push_back(there);
    }
  }
  for (char letter : b.letters) {
    if (a.letters.find(letter) == std::string::npos) b_free += letter;
  }
  return {e.Dot(a.value, b.value, std::move(dims)), batch + a_free + b_free};
}

// `ab,bc->ac`. Without an arrow: the letters that stand once, in the order of the alphabet.
struct Equation {
  std::vector<std::string> terms;
  std::optional<std::string> result;
};

Equation Split(std::string text) {
  std::erase(text, ' ');
  Equation out;
  const size_t arrow = text.find("->");
  if (arrow != std::string::npos) out.result = text.substr(arrow + 2);
  std::string_view left = std::string_view(text).substr(0, arrow);
  while (true) {
    const size_t comma = left.find(',');
    out.terms.emplace_back(left.substr(0, comma));
    if (comma == left.npos) return out;
    left.remove_prefix(comma + 1);
  }
}

std::string ResultLetters(const Equation& equation, const std::vector<Side>& sides) {
  std::string all, covered;
  for (const Side& side : sides) {
    all += side.letters;
    std::string own;
    for (char c : side.letters) {
      if (c > kEllipsisEnd - 16 && c > 'z') own += c;
    }
    if (own.size() > covered.size()) covered = own;
  }
  if (equation.result) {
    std::string result = *equation.result;
    const size_t dots = result.find("...");
    return dots == std::string::npos ? result : result.replace(dots, 3, covered);
  }
  std::string once;
  for (char c : all) {
    if (c <= 'z' && std::ranges::count(all, c) == 1) once += c;
  }
  std::ranges::sort(once);
  return covered + once;
}

absl::Status Einsum(Emitter& e, const Node& node) {
  const Equation equation = Split(node.String("equation", ""));
  if (equation.terms.size() != node.input_count()) {
    return base::InvalidArgument("the equation '%s' has %d terms for %d inputs",
                                 node.String("equation", ""), equation.terms.size(),
                                 node.input_count());
  }
  std::vector<Side> sides;
  for (size_t i = 0; i < node.input_count(); ++i) {
    sides.push_back({.value = e.Input(node, i)});
    EQSAT_RETURN_IF_ERROR(ReadLetters(e, equation.terms[i], &sides.back()));
  }
  const std::string result = ResultLetters(equation, sides);
  for (Side& side : sides) TakeDiagonals(e, &side);
  EQSAT_RETURN_IF_ERROR(e.status());
  Side product = sides[0];
  for (size_t i = 1; i < sides.size(); ++i) {
    std::string needed = result;
    for (size_t j = i + 1; j < sides.size(); ++j) needed += sides[j].letters;
    product = Contract(e, product, sides[i], needed);
    EQSAT_RETURN_IF_ERROR(e.status());
  }
  SumAway(e, result, &product);
  Sizes order;
  for (char letter : result) {
    const size_t at = product.letters.find(letter);
    if (at == std::string::npos) {
      return base::InvalidArgument("the result's '%c' is no operand's", letter);
    }
    order.push_back(static_cast<int64_t>(at));
  }
  e.Return(node, e.Transpose(product.value, order));
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> ContractionOps() {
  static constexpr OpEntry kEntries[] = {
      {"Einsum", 1, kAny, Einsum},
      {"Gemm", 2, 3, Gemm},
      {"MatMul", 2, 2, MatMulOp},
  };
  return kEntries;
}

}  // namespace eqsat::importers::onnx
