// How InstanceGenerator makes each family of ops: attributes that are free are chosen, operand
// shapes follow from the result that is wanted, or from operands that are already there.

#include <algorithm>
#include <functional>
#include <numeric>
#include <utility>

#include "ir/base/status.h"
#include "ir/ops/op_info.h"
#include "rules/compile/vocabulary.h"
#include "rules/testing/instance_generator.h"

namespace eqsat::rules {
namespace {

using engine::ClassId;
using ir::ElementType;
using ir::OpCode;
using ClassOr = absl::StatusOr<ClassId>;

absl::Status NoLuck() { return absl::InvalidArgumentError("this attempt does not fit"); }

ir::DimensionVector ToDims(const Ints& list) { return {list.begin(), list.end()}; }

bool Contains(const Ints& list, int64_t value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

bool AreDims(const Ints& dims, int64_t rank) {
  Ints seen;
  for (int64_t d : dims) {
    if (d < 0 || d >= rank || Contains(seen, d)) return false;
    seen.push_back(d);
  }
  return true;
}

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
  std::vector<ClassId> children;
  for (size_t i = 0; i < term.children.size(); ++i) {
    Want each = operand;
    if (opcode == OpCode::kSelect && i == 0) each.type = ElementType::kPred;
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
Ints Refactor(Random& random, Ints dims) {
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

// ---- Slices, pads, concatenations ----

ClassOr InstanceGenerator::MakeSlice(const Term& term, const Want& want) {
  std::optional<Ints> start = FixedInts(term, "start");
  std::optional<Ints> limit = FixedInts(term, "limit");
  std::optional<Ints> stride = FixedInts(term, "stride");
  bool names_stride = stride || term.capture != kNoSymbol;
  for (const Term::Attribute& attribute : term.attributes)
    names_stride |= attribute.name == "stride";
  Want below{.type = want.type};
  std::optional<Ints> operand = KnownDims(term.children[0]);

  if (want.dims && !operand) {
    below.dims = *want.dims;
    for (size_t i = 0; i < want.dims->size(); ++i) {
      int64_t step = stride && i < stride->size() ? (*stride)[i] : 1;
      (*below.dims)[i] = (*want.dims)[i] * step + random_.Between(0, 2);
      if (limit && i < limit->size()) (*below.dims)[i] = std::max((*below.dims)[i], (*limit)[i]);
    }
  }
  EQSAT_ASSIGN_OR_RETURN(ClassId child, Make(term.children[0], below));
  if (!graph_.shape(child).IsArray()) return NoLuck();
  auto sizes = graph_.shape(child).dimensions();
  ir::SliceAttributes attributes;
  for (size_t i = 0; i < sizes.size(); ++i) {
    ir::SliceRange range;
    if (names_stride) range.stride = random_.Chance(60) ? 1 : random_.Between(2, 3);
    if (stride && i < stride->size()) range.stride = (*stride)[i];
    bool whole = random_.Chance(35);
    range.start = whole ? 0 : random_.Between(0, sizes[i]);
    if (start && i < start->size()) range.start = (*start)[i];
    range.limit = whole ? sizes[i] : random_.Between(std::min(range.start, sizes[i]), sizes[i]);
    if (want.dims && i < want.dims->size() && (*want.dims)[i] > 0) {
      int64_t span = ((*want.dims)[i] - 1) * range.stride + 1;
      if (!start)
        range.start =
            std::max<int64_t>(0, random_.Between(0, std::max<int64_t>(0, sizes[i] - span)));
      range.limit = range.start + span;
    }
    if (limit && i < limit->size()) range.limit = (*limit)[i];
    attributes.slice.push_back(range);
  }
  return Finish(term, OpCode::kSlice, std::move(attributes), {child});
}

ClassOr InstanceGenerator::MakePad(const Term& term, const Want& want) {
  std::optional<Ints> low = FixedInts(term, "low");
  std::optional<Ints> high = FixedInts(term, "high");
  std::optional<Ints> interior = FixedInts(term, "interior");
  bool names_interior = interior || term.capture != kNoSymbol;
  for (const Term::Attribute& attribute : term.attributes)
    names_interior |= attribute.name == "interior";
  std::optional<Ints> operand = KnownDims(term.children[0]);
  size_t rank = low         ? low->size()
                : operand   ? operand->size()
                : want.dims ? want.dims->size()
                            : base_dims_.size();
  bool none = random_.Chance(15);
  bool no_interior = random_.Chance(50);
  bool no_negative = random_.Chance(60);
  ir::PadAttributes attributes;
  for (size_t i = 0; i < rank; ++i) {
    ir::PaddingDimension dim;
    bool untouched = none || random_.Chance(40);
    int64_t least = no_negative ? 0 : -1;
    dim.low = untouched ? 0 : random_.Between(least, 2);
    dim.high = untouched ? 0 : random_.Between(least, 2);
    dim.interior = !names_interior || no_interior || untouched ? 0 : random_.Between(0, 2);
    if (low && i < low->size()) dim.low = (*low)[i];
    if (high && i < high->size()) dim.high = (*high)[i];
    if (interior && i < interior->size()) dim.interior = (*interior)[i];
    attributes.padding.push_back(dim);
  }
  Want below{.type = want.type};
  if (want.dims && !operand && want.dims->size() == rank) {
    below.dims.emplace();
    for (size_t i = 0; i < rank; ++i) {
      const ir::PaddingDimension& dim = attributes.padding[i];
      int64_t inside = (*want.dims)[i] - dim.low - dim.high + dim.interior;
      if (inside < 0 || inside % (dim.interior + 1) != 0) return NoLuck();
      below.dims->push_back(inside / (dim.interior + 1));
    }
  } else if (!operand && base_dims_.size() != rank) {
    below.dims.emplace(rank);
    for (int64_t& size : *below.dims) size = RandomSize();
  }
  EQSAT_ASSIGN_OR_RETURN(ClassId child, Make(term.children[0], below));
  EQSAT_ASSIGN_OR_RETURN(
      ClassId value,
      Make(term.children[1], {.type = graph_.shape(child).element_type(), .dims = Ints()}));
  return Finish(term, OpCode::kPad, std::move(attributes), {child, value});
}

// A position for `attribute` that the term does not fix.
int64_t InstanceGenerator::PositionOf(const Term& owner, int64_t rank, std::string_view attribute) {
  if (std::optional<Ints> fixed = FixedInts(owner, attribute); fixed && fixed->size() == 1)
    return (*fixed)[0];
  return random_.Between(0, std::max<int64_t>(0, rank - 1));
}

ClassOr InstanceGenerator::MakeConcatenate(const Term& term, const Want& want) {
  std::optional<Ints> dims = want.dims;
  for (const Term& child : term.children)
    if (!dims) dims = KnownDims(child);
  if (!dims) dims = !base_dims_.empty() ? base_dims_ : Ints{RandomSize(), RandomSize()};
  if (dims->empty()) return NoLuck();
  int64_t dim = PositionOf(term, static_cast<int64_t>(dims->size()), "dim");
  if (dim < 0 || dim >= static_cast<int64_t>(dims->size())) return NoLuck();
  const Term& last = term.children.back();
  bool sequence = last.kind == Term::Kind::kSpread || last.kind == Term::Kind::kEach;
  size_t count = term.children.size() + (sequence ? static_cast<size_t>(random_.Between(0, 2)) : 0);
  int64_t left = want.dims ? (*want.dims)[dim] : 0;
  // Bound operands keep their sizes; the others share what is left.
  std::vector<Want> wants(count, Want{.type = want.type, .dims = dims});
  for (size_t i = 0; i < count; ++i) {
    std::optional<Ints> known =
        i < term.children.size() ? KnownDims(term.children[i]) : std::nullopt;
    bool is_last = i + 1 == count;
    int64_t size = known && known->size() == dims->size() ? (*known)[dim]
                   : !want.dims                           ? RandomSize()
                   : is_last ? left
                             : random_.Between(0, std::max<int64_t>(0, left));
    (*wants[i].dims)[dim] = std::max<int64_t>(0, size);
    left -= size;
  }
  std::vector<ClassId> children;
  size_t plain = term.children.size() - (sequence ? 1 : 0);
  for (size_t i = 0; i < plain; ++i) {
    if (i > 0 && !wants[i].type) wants[i].type = graph_.shape(children[0]).element_type();
    EQSAT_ASSIGN_OR_RETURN(ClassId child, Make(term.children[i], wants[i]));
    children.push_back(child);
  }
  if (sequence) {
    EQSAT_ASSIGN_OR_RETURN(
        std::vector<ClassId> rest,
        MakeSequence(last,
                     std::vector<Want>(wants.begin() + static_cast<int64_t>(plain), wants.end())));
    children.insert(children.end(), rest.begin(), rest.end());
  }
  return Finish(term, OpCode::kConcatenate, ir::DimensionsAttributes{{dim}}, std::move(children));
}

ClassOr InstanceGenerator::MakeDynamicSlice(const Term& term, const Want& want) {
  Want below{.type = want.type};
  std::optional<Ints> sizes = FixedInts(term, "sizes");
  if (!sizes) sizes = want.dims;
  std::optional<size_t> rank;
  const Term& last = term.children.back();
  bool sequence = last.kind == Term::Kind::kSpread || last.kind == Term::Kind::kEach;
  if (!sequence) rank = term.children.size() - 1;
  if (sizes && !KnownDims(term.children[0])) {
    below.dims = *sizes;
    for (int64_t& size : *below.dims) size += random_.Between(0, 2);
  } else if (rank && !KnownDims(term.children[0])) {
    below.dims.emplace(*rank);
    for (int64_t& size : *below.dims) size = RandomSize();
  }
  EQSAT_ASSIGN_OR_RETURN(ClassId child, Make(term.children[0], below));
  if (!graph_.shape(child).IsArray()) return NoLuck();
  auto dims = graph_.shape(child).dimensions();
  if (!sizes) {
    sizes.emplace(dims.begin(), dims.end());
    bool whole = random_.Chance(30);
    for (int64_t& size : *sizes)
      if (!whole && random_.Chance(60)) size = random_.Between(0, size);
  }
  std::vector<ClassId> children = {child};
  std::vector<ClassId> indices;
  for (size_t i = 0; i < dims.size(); ++i) {
    Want index{.type = ElementType::kS32, .dims = Ints()};
    if (!sequence && i + 1 < term.children.size()) {
      EQSAT_ASSIGN_OR_RETURN(ClassId made, Make(term.children[i + 1], index));
      indices.push_back(made);
    } else if (random_.Chance(60)) {
      ir::Shape scalar(ElementType::kS32, {});
      indices.push_back(
          graph_.AddConstant(ir::Literal::FromInt64s(scalar, {random_.Between(-1, 4)})));
    } else {
      indices.push_back(graph_.AddParameter(ir::Shape(ElementType::kS32, {})));
    }
  }
  if (sequence) {
    SymbolId list = last.kind == Term::Kind::kSpread ? last.symbol : last.list;
    if (const auto* bound = std::get_if<std::vector<ClassId>>(&bindings_[list])) indices = *bound;
    bindings_[list] = indices;
  }
  children.insert(children.end(), indices.begin(), indices.end());
  return Finish(term, OpCode::kDynamicSlice, ir::DynamicSliceAttributes{ToDims(*sizes)},
                std::move(children));
}

ClassOr InstanceGenerator::MakeDynamicUpdateSlice(const Term& term, const Want& want) {
  EQSAT_ASSIGN_OR_RETURN(ClassId child, Make(term.children[0], want));
  if (!graph_.shape(child).IsArray()) return NoLuck();
  Ints sizes(graph_.shape(child).dimensions().begin(), graph_.shape(child).dimensions().end());
  Want update{.type = graph_.shape(child).element_type(), .dims = sizes};
  bool whole = random_.Chance(40);
  for (int64_t& size : *update.dims)
    if (!whole && random_.Chance(60)) size = random_.Between(0, size);
  EQSAT_ASSIGN_OR_RETURN(ClassId part, Make(term.children[1], update));
  std::vector<ClassId> children = {child, part};
  const Term& last = term.children.back();
  bool sequence = last.kind == Term::Kind::kSpread;
  const auto* bound =
      sequence ? std::get_if<std::vector<ClassId>>(&bindings_[last.symbol]) : nullptr;
  std::vector<ClassId> indices = bound ? *bound : std::vector<ClassId>();
  for (size_t i = 0; !bound && i < sizes.size(); ++i) {
    Want index{.type = ElementType::kS32, .dims = Ints()};
    if (!sequence && i + 2 < term.children.size()) {
      EQSAT_ASSIGN_OR_RETURN(ClassId made, Make(term.children[i + 2], index));
      indices.push_back(made);
    } else {
      ir::Shape scalar(ElementType::kS32, {});
      indices.push_back(random_.Chance(60) ? graph_.AddConstant(ir::Literal::FromInt64s(
                                                 scalar, {random_.Between(-1, 4)}))
                                           : graph_.AddParameter(scalar));
    }
  }
  if (sequence) bindings_[last.symbol] = indices;
  children.insert(children.end(), indices.begin(), indices.end());
  return Finish(term, OpCode::kDynamicUpdateSlice,
                ir::GetOpInfo(OpCode::kDynamicUpdateSlice).attributes, std::move(children));
}

// ---- Reduce, dot ----

ClassOr InstanceGenerator::MakeReduce(const Term& term, const Want& want) {
  if (term.children.size() != 2) return absl::UnimplementedError("no test can make this reduce");
  OpCode kind = OpCode::kAdd;
  if (term.region.opcode) {
    kind = *term.region.opcode;
  } else {
    const auto* bound = std::get_if<Reducer>(&bindings_[term.region.symbol]);
    std::vector<OpCode> allowed = rule_.symbols[term.region.symbol].opcodes;
    if (allowed.empty()) allowed = *BuiltInOpSet("monoid");
    kind = bound && bound->kind ? *bound->kind : random_.Pick(allowed);
    // The identity below may need it before the node is there.
    if (!bound) bindings_[term.region.symbol] = Reducer{.kind = kind};
  }
  std::optional<Ints> dims = FixedInts(term, "dims");
  std::optional<Ints> operand = KnownDims(term.children[0]);
  Want below{.type = want.type};
  std::optional<Ints> result = FixedShape(term);
  if (!result) result = want.dims;
  if (result && !operand) {
    int64_t rank = static_cast<int64_t>(result->size()) +
                   (dims ? static_cast<int64_t>(dims->size()) : random_.Between(0, 2));
    if (!dims) dims = RandomSubset(rank, rank - static_cast<int64_t>(result->size()));
    if (!AreDims(*dims, rank)) return NoLuck();
    below.dims.emplace();
    for (int64_t i = 0, kept = 0; i < rank; ++i)
      below.dims->push_back(Contains(*dims, i) ? RandomSize() : (*result)[kept++]);
  }
  EQSAT_ASSIGN_OR_RETURN(ClassId child, Make(term.children[0], below));
  const ir::Shape shape = graph_.shape(child);
  if (!shape.IsArray()) return NoLuck();
  if (!dims) {
    int64_t count = FixedLength(term, "dims") ? static_cast<int64_t>(*FixedLength(term, "dims"))
                                              : random_.Between(0, shape.rank());
    dims = RandomSubset(shape.rank(), count);
  }
  EQSAT_ASSIGN_OR_RETURN(ClassId initial,
                         Make(term.children[1], {.type = shape.element_type(), .dims = Ints()}));
  bool bits = kind == OpCode::kAnd || kind == OpCode::kOr || kind == OpCode::kXor;
  if (bits && !ir::IsInteger(shape.element_type()) && shape.element_type() != ElementType::kPred)
    return NoLuck();
  if (ir::IsComplex(shape.element_type()) && kind != OpCode::kAdd && kind != OpCode::kMultiply)
    return NoLuck();
  ir::ComputationId region = graph_.terms().ScalarRegion(kind, shape.element_type());
  if (term.region.symbol != kNoSymbol)
    bindings_[term.region.symbol] = Reducer{.computation = region, .kind = kind};
  return Finish(term, OpCode::kReduce, ir::DimensionsAttributes{ToDims(*dims)}, {child, initial},
                nullptr, {region});
}

namespace {

// One operand of a dot: which positions hold batch, contracted and free sizes.
struct DotSide {
  Ints batch;
  Ints contract;
  Ints dims;
};

// Lays out a side of which positions are given or free to choose.
bool LayOut(Random& random, const std::optional<Ints>& batch, const std::optional<Ints>& contract,
            const Ints& batch_sizes, const Ints& contract_sizes, const Ints& free_sizes,
            DotSide* side) {
  int64_t rank =
      static_cast<int64_t>(batch_sizes.size() + contract_sizes.size() + free_sizes.size());
  Ints order(static_cast<size_t>(rank));
  std::iota(order.begin(), order.end(), 0);
  if (random.Chance(50)) random.Shuffle(&order);
  Ints taken;
  if (batch) taken = *batch;
  if (contract) taken.insert(taken.end(), contract->begin(), contract->end());
  if (!AreDims(taken, rank)) return false;
  std::erase_if(order, [&](int64_t d) { return Contains(taken, d); });
  auto choose = [&](const std::optional<Ints>& fixed, size_t count) {
    if (fixed) return *fixed;
    Ints chosen(order.begin(), order.begin() + static_cast<int64_t>(std::min(count, order.size())));
    order.erase(order.begin(), order.begin() + static_cast<int64_t>(chosen.size()));
    return chosen;
  };
  side->batch = choose(batch, batch_sizes.size());
  side->contract = choose(contract, contract_sizes.size());
  if (side->batch.size() != batch_sizes.size() || side->contract.size() != contract_sizes.size())
    return false;
  side->dims.assign(static_cast<size_t>(rank), 0);
  for (size_t i = 0; i < batch_sizes.size(); ++i) side->dims[side->batch[i]] = batch_sizes[i];
  for (size_t i = 0; i < contract_sizes.size(); ++i)
    side->dims[side->contract[i]] = contract_sizes[i];
  size_t next = 0;
  for (int64_t d = 0; d < rank; ++d)
    if (!Contains(side->batch, d) && !Contains(side->contract, d))
      side->dims[d] = free_sizes[next++];
  return true;
}

}  // namespace

ClassOr InstanceGenerator::MakeDot(const Term& term, const Want& want) {
  std::optional<Ints> lb = FixedInts(term, "lhs_batch");
  std::optional<Ints> lc = FixedInts(term, "lhs_contract");
  std::optional<Ints> rb = FixedInts(term, "rhs_batch");
  std::optional<Ints> rc = FixedInts(term, "rhs_contract");
  // What the term leaves unsaid is empty, unless it is captured.
  auto unsaid = [&](std::string_view name, std::optional<Ints>* list) {
    bool named = term.capture != kNoSymbol && bindings_[term.capture].index() == 0;
    for (const Term::Attribute& attribute : term.attributes) named |= attribute.name == name;
    if (!named && !*list) list->emplace();
  };
  unsaid("lhs_batch", &lb);
  unsaid("lhs_contract", &lc);
  unsaid("rhs_batch", &rb);
  unsaid("rhs_contract", &rc);
  auto count = [&](const std::optional<Ints>& a, const std::optional<Ints>& b,
                   std::string_view left, std::string_view right, int64_t most) {
    if (a) return static_cast<int64_t>(a->size());
    if (b) return static_cast<int64_t>(b->size());
    for (std::string_view name : {left, right})
      if (std::optional<size_t> length = FixedLength(term, name))
        return static_cast<int64_t>(*length);
    return random_.Between(0, most);
  };
  auto sizes = [&](int64_t n) {
    Ints list(static_cast<size_t>(n));
    for (int64_t& size : list) size = RandomSize();
    return list;
  };
  int64_t batch_count = count(lb, rb, "lhs_batch", "rhs_batch", 1);
  int64_t contract_count = count(lc, rc, "lhs_contract", "rhs_contract", 2);
  Ints batch = sizes(batch_count);
  Ints contract = sizes(contract_count);
  Ints left_free = sizes(random_.Between(0, 2));
  Ints right_free = sizes(random_.Between(0, 2));
  DotSide left;
  DotSide right;
  std::optional<Ints> left_known = KnownDims(term.children[0]);
  std::optional<Ints> right_known = KnownDims(term.children[1]);
  // A known operand says the sizes; of its positions those not given are chosen.
  auto read_known = [&](const Ints& dims, std::optional<Ints> b, std::optional<Ints> c,
                        DotSide* side) {
    int64_t rank = static_cast<int64_t>(dims.size());
    Ints free = RandomSubset(rank, rank);
    auto take = [&](std::optional<Ints> fixed, int64_t n) {
      if (fixed) return *fixed;
      Ints taken;
      for (int64_t d : free)
        if (static_cast<int64_t>(taken.size()) < n && !(b && Contains(*b, d)) &&
            !(c && Contains(*c, d)) && !Contains(side->batch, d))
          taken.push_back(d);
      return taken;
    };
    side->batch = take(b, batch_count);
    side->contract = take(c, contract_count);
    side->dims = dims;
    Ints used = side->batch;
    used.insert(used.end(), side->contract.begin(), side->contract.end());
    return AreDims(used, rank) && static_cast<int64_t>(used.size()) == batch_count + contract_count;
  };
  auto sizes_at = [](const DotSide& side, const Ints& positions) {
    Ints list;
    for (int64_t d : positions) list.push_back(side.dims[d]);
    return list;
  };
  if (want.dims) {
    int64_t rank = static_cast<int64_t>(want.dims->size());
    if (rank < batch_count) return NoLuck();
    int64_t split = random_.Between(batch_count, rank);
    if (left_known)
      split = static_cast<int64_t>(left_known->size()) - contract_count;
    else if (right_known)
      split = rank - (static_cast<int64_t>(right_known->size()) - contract_count - batch_count);
    if (split < batch_count || split > rank) return NoLuck();
    auto first = want.dims->begin();
    batch.assign(first, first + batch_count);
    left_free.assign(first + batch_count, first + split);
    right_free.assign(first + split, want.dims->end());
  }
  if (left_known) {
    if (!read_known(*left_known, lb, lc, &left)) return NoLuck();
    batch = sizes_at(left, left.batch);
    contract = sizes_at(left, left.contract);
  }
  if (right_known) {
    if (!read_known(*right_known, rb, rc, &right)) return NoLuck();
    batch = sizes_at(right, right.batch);
    contract = sizes_at(right, right.contract);
  }
  if (!left_known && !LayOut(random_, lb, lc, batch, contract, left_free, &left)) return NoLuck();
  if (!right_known && !LayOut(random_, rb, rc, batch, contract, right_free, &right))
    return NoLuck();
  // The contracted sizes of a side may be found only when its operand is made from below.
  EQSAT_ASSIGN_OR_RETURN(ClassId a, Make(term.children[0], {.type = want.type, .dims = left.dims}));
  if (!graph_.shape(a).IsArray()) return NoLuck();
  EQSAT_ASSIGN_OR_RETURN(ClassId b, Make(term.children[1], {.type = graph_.shape(a).element_type(),
                                                            .dims = right.dims}));
  ir::DotAttributes attributes{.lhs_batch_dims = ToDims(left.batch),
                               .lhs_contracting_dims = ToDims(left.contract),
                               .rhs_batch_dims = ToDims(right.batch),
                               .rhs_contracting_dims = ToDims(right.contract)};
  return Finish(term, OpCode::kDot, std::move(attributes), {a, b});
}

// ---- Leaves, tuples ----

ClassOr InstanceGenerator::MakeIota(const Term& term, const Want& want) {
  std::optional<Ints> dims = FixedShape(term);
  if (!dims) dims = want.dims;
  if (!dims && term.shape && term.shape->kind == Code::Kind::kList) {
    dims.emplace();
    for (size_t i = 0; i < term.shape->arguments.size(); ++i) dims->push_back(RandomSize());
  }
  if (!dims) dims = !base_dims_.empty() ? base_dims_ : Ints{RandomSize()};
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
