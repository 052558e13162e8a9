// How InstanceGenerator makes elementwise ops, movement and leaves: attributes that are free are
// chosen; operand shapes follow from the result that is wanted, or from operands already there.

#include <algorithm>
#include <numeric>
#include <utility>

#include "ir/base/status.h"
#include "ir/ops/op_info.h"
#include "rules/compile/vocabulary.h"
#include "rules/testing/dimension_lists.h"
#include "rules/testing/instance_generator.h"

namespace eqsat::rules {
namespace {

using engine::ClassId;
using ir::ElementType;
using ir::OpCode;
using ClassOr = absl::StatusOr<ClassId>;

bool IsOneOf(const ir::OpInfo& info, std::initializer_list<OpCode> opcodes) {
  return std::find(opcodes.begin(), opcodes.end(), info.opcode) != opcodes.end();
}

}  // namespace

// ---- Elementwise ----

ClassOr InstanceGenerator::MakeElementwise(const Term& term, OpCode opcode, const Want& want) {
  const ir::OpInfo& info = ir::GetOpInfo(opcode);
  bool gives_pred = IsOneOf(info, {OpCode::kCompare, OpCode::kIsFinite});
  Want operand{.type = gives_pred ? std::nullopt : want.type, .dims = want.dims};
  for (size_t i = 0; i < term.children.size(); ++i) {
    std::optional<ir::Shape> known = KnownShape(term.children[i]);
    if (!known) continue;
    if (!operand.dims) operand.dims = KnownDims(term.children[i]);
    bool condition = opcode == OpCode::kSelect && i == 0;
    if (!operand.type && !condition) operand.type = known->element_type();
  }
  if (!operand.dims) operand.dims = random_.Chance(80) ? base_dims_ : RandomDims();
  bool scalar_bounds = random_.Chance(40);
  std::vector<ClassId> children;
  for (size_t i = 0; i < term.children.size(); ++i) {
    Want each = operand;
    if (opcode == OpCode::kSelect && i == 0) each.type = ElementType::kPred;
    if (opcode == OpCode::kClamp && i != 1 && scalar_bounds) each.dims = Ints();
    EQSAT_ASSIGN_OR_RETURN(ClassId child, Make(term.children[i], each));
    children.push_back(child);
    const ir::Shape& shape = graph_.shape(child);
    if (!shape.IsArray()) return NoLuck();
    bool condition = opcode == OpCode::kSelect && i == 0;
    if (!operand.type && !condition) operand.type = shape.element_type();
  }
  ir::Attributes attributes = info.attributes;
  if (auto* compare = std::get_if<ir::CompareAttributes>(&attributes)) {
    compare->direction = static_cast<ir::ComparisonDirection>(random_.Between(0, 5));
    if (std::optional<Value> fixed = Fixed(term, "direction")) {
      const auto* name = std::get_if<std::string>(&*fixed);
      auto names = ir::EnumNames(ir::ComparisonDirection());
      for (size_t i = 0; name && i < names.size(); ++i)
        if (names[i] == *name) compare->direction = static_cast<ir::ComparisonDirection>(i);
    }
  }
  if (auto* precision = std::get_if<ir::ReducePrecisionAttributes>(&attributes)) {
    precision->exponent_bits = random_.Between(1, 8);
    precision->mantissa_bits = random_.Between(0, 23);
    if (auto fixed = FixedInts(term, "exponent_bits")) precision->exponent_bits = (*fixed)[0];
    if (auto fixed = FixedInts(term, "mantissa_bits")) precision->mantissa_bits = (*fixed)[0];
  }
  return Finish(term, opcode, std::move(attributes), std::move(children));
}

ClassOr InstanceGenerator::MakeConvert(const Term& term, OpCode opcode, const Want& want) {
  std::optional<ElementType> type = FixedType(term);
  if (!type) type = want.type;
  if (!type && term.dtype && term.dtype->kind == Code::Kind::kSymbol) {
    const auto& allowed = rule_.symbols[term.dtype->symbol].element_types;
    if (!allowed.empty()) type = random_.Pick(allowed);
  }
  if (!type) type = RandomType();
  Want operand{.dims = want.dims};
  if (term.children[0].kind != Term::Kind::kVariable && random_.Chance(70))
    operand.type = RandomType();
  if (term.children[0].kind == Term::Kind::kVariable &&
      !rule_.symbols[term.children[0].symbol].type && random_.Chance(80))
    operand.type = RandomType();
  EQSAT_ASSIGN_OR_RETURN(ClassId child, Make(term.children[0], operand));
  if (!graph_.shape(child).IsArray()) return NoLuck();
  ir::Shape result = graph_.shape(child).WithElementType(*type);
  return Finish(term, opcode, ir::GetOpInfo(opcode).attributes, {child}, &result);
}

// ---- Movement ----

ClassOr InstanceGenerator::MakeTranspose(const Term& term, const Want& want) {
  std::optional<Ints> perm = FixedInts(term, "perm");
  std::optional<Ints> operand = KnownDims(term.children[0]);
  size_t rank = perm                  ? perm->size()
                : want.dims           ? want.dims->size()
                : operand             ? operand->size()
                : !base_dims_.empty() ? base_dims_.size()
                                      : RandomDims().size();
  if (!perm) {
    perm.emplace(rank);
    std::iota(perm->begin(), perm->end(), 0);
    if (random_.Chance(80)) random_.Shuffle(&*perm);
  }
  Want below{.type = want.type};
  if (want.dims) {
    if (want.dims->size() != rank || !AreDims(*perm, static_cast<int64_t>(rank))) return NoLuck();
    below.dims.emplace(rank);
    for (size_t i = 0; i < rank; ++i) (*below.dims)[(*perm)[i]] = (*want.dims)[i];
  } else if (!operand && base_dims_.size() != rank) {
    below.dims.emplace(rank);
    for (int64_t& size : *below.dims) size = RandomSize();
  }
  EQSAT_ASSIGN_OR_RETURN(ClassId child, Make(term.children[0], below));
  return Finish(term, OpCode::kTranspose, ir::DimensionsAttributes{ToDims(*perm)}, {child});
}

namespace {

// Other sizes with the same product: ones added or removed, neighbours joined, or one split.
Ints Refactor(base::Random& random, Ints dims) {
  for (int64_t step = random.Between(0, 3); step > 0; --step) {
    int64_t rank = static_cast<int64_t>(dims.size());
    int64_t choice = random.Between(0, 3);
    if (choice == 0 && rank < 5) dims.insert(dims.begin() + random.Between(0, rank), 1);
    if (choice == 1) {
      auto one = std::find(dims.begin(), dims.end(), 1);
      if (one != dims.end()) dims.erase(one);
    }
    if (choice == 2 && rank >= 2) {
      int64_t at = random.Between(0, rank - 2);
      dims[at] *= dims[at + 1];
      dims.erase(dims.begin() + at + 1);
    }
    if (choice == 3 && rank >= 1 && rank < 5) {
      int64_t at = random.Between(0, rank - 1);
      int64_t factor = random.Between(2, 3);
      if (dims[at] % factor != 0) continue;
      dims[at] /= factor;
      dims.insert(dims.begin() + at, factor);
    }
  }
  return dims;
}

}  // namespace

ClassOr InstanceGenerator::MakeReshape(const Term& term, const Want& want) {
  std::optional<Ints> result = FixedShape(term);
  if (!result) result = want.dims;
  Want below{.type = want.type};
  std::optional<Ints> operand = KnownDims(term.children[0]);
  if (result && !operand) below.dims = Refactor(random_, *result);
  if (!result && !operand && random_.Chance(50)) below.dims = RandomDims();
  EQSAT_ASSIGN_OR_RETURN(ClassId child, Make(term.children[0], below));
  const ir::Shape from = graph_.shape(child);
  if (!from.IsArray()) return NoLuck();
  if (!result) {
    Ints dims(from.dimensions().begin(), from.dimensions().end());
    bool one_dim = term.shape && term.shape->kind == Code::Kind::kList;
    result = one_dim ? Ints(term.shape->arguments.size(), 1) : Refactor(random_, dims);
    if (one_dim && result->size() == 1) (*result)[0] = from.ElementCount();
  }
  EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, ir::Shape::Make(from.element_type(), *result));
  return Finish(term, OpCode::kReshape, ir::ReshapeAttributes{}, {child}, &shape);
}

ClassOr InstanceGenerator::MakeBroadcast(const Term& term, const Want& want) {
  std::optional<Ints> result = FixedShape(term);
  if (!result) result = want.dims;
  std::optional<Ints> dims = FixedInts(term, "dims");
  std::optional<size_t> length = FixedLength(term, "dims");
  std::optional<Ints> operand = KnownDims(term.children[0]);
  Want below{.type = want.type};
  if (!result && operand) {
    int64_t extra = random_.Between(0, 2);
    int64_t rank = static_cast<int64_t>(operand->size()) + extra;
    if (dims)
      rank = std::max(rank, dims->empty() ? 0 : *std::max_element(dims->begin(), dims->end()) + 1);
    if (!dims) dims = RandomSubset(rank, static_cast<int64_t>(operand->size()));
    if (dims->size() != operand->size() || !AreDims(*dims, rank)) return NoLuck();
    result.emplace(rank);
    for (int64_t& size : *result) size = RandomSize();
    for (size_t i = 0; i < dims->size(); ++i) (*result)[(*dims)[i]] = (*operand)[i];
  }
  if (!result) result = random_.Chance(70) ? base_dims_ : RandomDims();
  int64_t rank = static_cast<int64_t>(result->size());
  if (!dims) {
    int64_t count = operand  ? static_cast<int64_t>(operand->size())
                    : length ? static_cast<int64_t>(*length)
                             : random_.Between(0, rank);
    dims = RandomSubset(rank, count);
  }
  if (!AreDims(*dims, rank)) return NoLuck();
  below.dims.emplace();
  for (int64_t d : *dims) below.dims->push_back((*result)[d]);
  EQSAT_ASSIGN_OR_RETURN(ClassId child, Make(term.children[0], below));
  if (!graph_.shape(child).IsArray()) return NoLuck();
  EQSAT_ASSIGN_OR_RETURN(ir::Shape shape,
                         ir::Shape::Make(graph_.shape(child).element_type(), *result));
  return Finish(term, OpCode::kBroadcast, ir::DimensionsAttributes{ToDims(*dims)}, {child}, &shape);
}

ClassOr InstanceGenerator::MakeReverse(const Term& term, const Want& want) {
  EQSAT_ASSIGN_OR_RETURN(ClassId child, Make(term.children[0], want));
  if (!graph_.shape(child).IsArray()) return NoLuck();
  int64_t rank = graph_.shape(child).rank();
  Ints dims = FixedInts(term, "dims").value_or(RandomSubset(rank, random_.Between(0, rank)));
  return Finish(term, OpCode::kReverse, ir::DimensionsAttributes{ToDims(dims)}, {child});
}

// ---- Leaves, tuples ----

// More than the narrow types count.
constexpr int64_t kLongIota = 150;

ClassOr InstanceGenerator::MakeIota(const Term& term, const Want& want) {
  std::optional<Ints> dims = FixedShape(term);
  if (!dims) dims = want.dims;
  if (!dims && term.shape && term.shape->kind == Code::Kind::kList) {
    dims.emplace();
    for (size_t i = 0; i < term.shape->arguments.size(); ++i) dims->push_back(RandomSize());
  }
  if (!dims) {
    dims = !base_dims_.empty() ? base_dims_ : Ints{RandomSize()};
    if (random_.Chance(30)) (*dims)[0] = kLongIota;
  }
  if (dims->empty()) return NoLuck();
  ElementType type = FixedType(term).value_or(want.type.value_or(base_type_));
  EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, ir::Shape::Make(type, *dims));
  int64_t dim = PositionOf(term, static_cast<int64_t>(dims->size()), "dim");
  return Finish(term, OpCode::kIota, ir::IotaAttributes{dim}, {}, &shape);
}

ClassOr InstanceGenerator::MakeTuple(const Term& term, const Want& want) {
  std::vector<ClassId> children;
  for (const Term& child : term.children) {
    if (child.kind == Term::Kind::kSpread || child.kind == Term::Kind::kEach) {
      std::vector<Want> wants(static_cast<size_t>(random_.Between(1, 3)), want);
      for (Want& element : wants)
        if (random_.Chance(50)) element = {.type = RandomType(), .dims = RandomDims()};
      EQSAT_ASSIGN_OR_RETURN(std::vector<ClassId> rest, MakeSequence(child, wants));
      children.insert(children.end(), rest.begin(), rest.end());
      continue;
    }
    EQSAT_ASSIGN_OR_RETURN(ClassId made, Make(child, want));
    children.push_back(made);
  }
  return Finish(term, OpCode::kTuple, ir::NoAttributes{}, std::move(children));
}

ClassOr InstanceGenerator::MakeGetTupleElement(const Term& term, const Want& want) {
  EQSAT_ASSIGN_OR_RETURN(ClassId child, Make(term.children[0], want));
  if (!graph_.shape(child).IsTuple()) return NoLuck();
  int64_t count = static_cast<int64_t>(graph_.shape(child).elements().size());
  int64_t index = PositionOf(term, count, "index");
  return Finish(term, OpCode::kGetTupleElement, ir::GetTupleElementAttributes{index}, {child});
}

}  // namespace eqsat::rules
