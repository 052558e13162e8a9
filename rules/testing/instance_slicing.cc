// How InstanceGenerator makes slices, pads, concatenations, dynamic slices and gathers.

#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/algorithm/container.h"
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

}  // namespace

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

// Slices at the places that an array of indices lists: one place, or one a row.
// One slice or a row of them; now and then along a batch dimension, which is the indices' first.
ClassOr InstanceGenerator::MakeGather(const Term& term, const Want& want) {
  EQSAT_ASSIGN_OR_RETURN(ClassId child, Make(term.children[0], {.type = want.type}));
  const ir::Shape shape = graph_.shape(child);
  if (!shape.IsArray()) return NoLuck();
  std::optional<Ints> vector_dim = FixedInts(term, "index_vector_dim");
  bool rows = !vector_dim ? random_.Chance(50) : (*vector_dim)[0] == 1;
  Ints mapped = RandomSubset(shape.rank(), random_.Between(0, shape.rank()));
  const bool batched = !vector_dim && shape.rank() > 0 && random_.Chance(30);
  const int64_t batch = batched ? random_.Between(0, shape.rank() - 1) : -1;
  std::erase(mapped, batch);
  ir::GatherAttributes attributes{.start_index_map = ToDims(mapped),
                                  .index_vector_dim = rows + batched};
  if (batched) {
    attributes.operand_batching_dims = {batch};
    attributes.start_indices_batching_dims = {0};
  }
  bool whole = random_.Chance(40);
  for (int64_t d = 0; d < shape.rank(); ++d) {
    int64_t size = shape.dimension(d);
    if (d == batch) {
      attributes.slice_sizes.push_back(std::min<int64_t>(size, 1));
      continue;
    }
    attributes.slice_sizes.push_back(
        whole || !absl::c_linear_search(mapped, d) || size == 0 ? size : random_.Between(0, size));
    bool collapsed = attributes.slice_sizes.back() == 1 && random_.Chance(50);
    if (collapsed) attributes.collapsed_slice_dims.push_back(d);
    if (!collapsed)
      attributes.offset_dims.push_back(static_cast<int64_t>(attributes.offset_dims.size()) + rows +
                                       batched);
  }
  Want index{.type = ElementType::kS32, .dims = Ints{static_cast<int64_t>(mapped.size())}};
  if (rows) index.dims->insert(index.dims->begin(), RandomSize());
  if (batched) index.dims->insert(index.dims->begin(), shape.dimension(batch));
  EQSAT_ASSIGN_OR_RETURN(ClassId indices, Make(term.children[1], index));
  return Finish(term, OpCode::kGather, std::move(attributes), {child, indices});
}

}  // namespace eqsat::rules
