// How InstanceGenerator makes reductions, dots and convolutions.

#include <algorithm>
#include <array>
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

// Before the operands are made: an identity among them may need it.
OpCode InstanceGenerator::ChooseReducer(const Term& term) {
  if (term.region.opcode) return *term.region.opcode;
  const auto* bound = std::get_if<Reducer>(&bindings_[term.region.symbol]);
  std::vector<OpCode> allowed = rule_.symbols[term.region.symbol].opcodes;
  if (allowed.empty()) allowed = *BuiltInOpSet("monoid");
  const OpCode kind = bound && bound->kind ? *bound->kind : random_.Pick(allowed);
  if (!bound) bindings_[term.region.symbol] = Reducer{.kind = kind};
  return kind;
}

absl::StatusOr<ir::ComputationId> InstanceGenerator::MakeReducer(const Term& term,
                                                                 ElementType type) {
  const OpCode kind = ChooseReducer(term);
  const bool bits = kind == OpCode::kAnd || kind == OpCode::kOr || kind == OpCode::kXor;
  if (bits && !ir::IsInteger(type) && type != ElementType::kPred) return NoLuck();
  if (ir::IsComplex(type) && kind != OpCode::kAdd && kind != OpCode::kMultiply) return NoLuck();
  const ir::ComputationId region = graph_.terms().ScalarRegion(kind, type);
  if (term.region.symbol != kNoSymbol)
    bindings_[term.region.symbol] = Reducer{.computation = region, .kind = kind};
  return region;
}

ClassOr InstanceGenerator::MakeReduce(const Term& term, const Want& want) {
  if (term.children.size() != 2) return absl::UnimplementedError("no test can make this reduce");
  ChooseReducer(term);
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
      below.dims->push_back(absl::c_linear_search(*dims, i) ? RandomSize() : (*result)[kept++]);
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
  EQSAT_ASSIGN_OR_RETURN(const ir::ComputationId region, MakeReducer(term, shape.element_type()));
  return Finish(term, OpCode::kReduce, ir::DimensionsAttributes{ToDims(*dims)}, {child, initial},
                nullptr, {region});
}

// Windows of one operand, small and now and then padded, strided or dilated.
ClassOr InstanceGenerator::MakeReduceWindow(const Term& term, const Want& want) {
  if (term.children.size() != 2) return absl::UnimplementedError("no test can make this window");
  ChooseReducer(term);
  EQSAT_ASSIGN_OR_RETURN(ClassId child, Make(term.children[0], {.type = want.type}));
  const ir::Shape shape = graph_.shape(child);
  if (!shape.IsArray() || ir::IsComplex(shape.element_type())) return NoLuck();
  EQSAT_ASSIGN_OR_RETURN(const ir::ComputationId region, MakeReducer(term, shape.element_type()));
  EQSAT_ASSIGN_OR_RETURN(ClassId initial,
                         Make(term.children[1], {.type = shape.element_type(), .dims = Ints()}));
  ir::WindowAttributes attributes;
  const bool plain = random_.Chance(50), trivial = random_.Chance(40);
  for (int64_t d = 0; d < shape.rank(); ++d) {
    ir::WindowDimension dimension;
    if (!trivial) dimension.size = random_.Chance(30) ? shape.dimension(d) : random_.Between(1, 3);
    dimension.size = std::max<int64_t>(dimension.size, 1);
    if (random_.Chance(30)) dimension.padding_low = random_.Between(0, dimension.size);
    if (random_.Chance(30)) dimension.padding_high = random_.Between(0, dimension.size);
    if (!plain && random_.Chance(30)) dimension.stride = random_.Between(1, 3);
    if (!plain && random_.Chance(20)) dimension.base_dilation = random_.Between(1, 2);
    if (!plain && random_.Chance(20)) dimension.window_dilation = random_.Between(1, 2);
    attributes.window.push_back(dimension);
  }
  return Finish(term, OpCode::kReduceWindow, attributes, {child, initial}, nullptr, {region});
}

namespace {

// One operand of a dot: its sizes, and which positions hold batch and contracted ones.
struct DotSide {
  std::optional<Ints> fixed_batch;
  std::optional<Ints> fixed_contract;
  std::optional<Ints> known;  // the sizes, where the operand is there already
  Ints batch;
  Ints contract;
  Ints dims;

  Ints SizesAt(const Ints& positions) const {
    Ints sizes;
    for (int64_t d : positions) sizes.push_back(dims[d]);
    return sizes;
  }
};

// The numbers of dimensions and the sizes that the two operands of a dot share or bring.
struct DotSizes {
  size_t batch_count;
  size_t contract_count;
  Ints batch;
  Ints contract;
  Ints left_free;
  Ints right_free;

  // Gives batch and free sizes those of a wanted result.
  bool TakeResult(const Ints& want, const DotSide& left, const DotSide& right,
                  base::Random& random) {
    auto rank = static_cast<int64_t>(want.size());
    auto batches = static_cast<int64_t>(batch_count);
    if (rank < batches) return false;
    int64_t split = random.Between(batches, rank);
    if (left.known) {
      split = static_cast<int64_t>(left.known->size() - contract_count);
    } else if (right.known) {
      split = rank - static_cast<int64_t>(right.known->size() - contract_count - batch_count);
    }
    if (split < batches || split > rank) return false;
    batch.assign(want.begin(), want.begin() + batches);
    left_free.assign(want.begin() + batches, want.begin() + split);
    right_free.assign(want.begin() + split, want.end());
    return true;
  }
};

// Positions of a side in the order in which they are given away: those that are fixed are taken.
Ints FreePositions(base::Random& random, const DotSide& side, size_t rank) {
  Ints order(rank);
  std::iota(order.begin(), order.end(), 0);
  if (random.Chance(50)) random.Shuffle(&order);
  std::erase_if(order, [&](int64_t d) {
    return (side.fixed_batch && absl::c_linear_search(*side.fixed_batch, d)) ||
           (side.fixed_contract && absl::c_linear_search(*side.fixed_contract, d));
  });
  return order;
}

// Chooses the positions that are not fixed.
bool ChoosePositions(base::Random& random, size_t batch_count, size_t contract_count, size_t rank,
                     DotSide* side) {
  Ints order = FreePositions(random, *side, rank);
  auto choose = [&](const std::optional<Ints>& fixed, size_t count) {
    if (fixed) return *fixed;
    Ints chosen(order.begin(), order.begin() + static_cast<int64_t>(std::min(count, order.size())));
    order.erase(order.begin(), order.begin() + static_cast<int64_t>(chosen.size()));
    return chosen;
  };
  side->batch = choose(side->fixed_batch, batch_count);
  side->contract = choose(side->fixed_contract, contract_count);
  Ints used = side->batch;
  used.insert(used.end(), side->contract.begin(), side->contract.end());
  return side->batch.size() == batch_count && side->contract.size() == contract_count &&
         AreDims(used, static_cast<int64_t>(rank));
}

// Reads the shared sizes off an operand that is there already.
bool ReadKnown(base::Random& random, DotSide* side, DotSizes* sizes) {
  if (!ChoosePositions(random, sizes->batch_count, sizes->contract_count, side->known->size(),
                       side))
    return false;
  side->dims = *side->known;
  sizes->batch = side->SizesAt(side->batch);
  sizes->contract = side->SizesAt(side->contract);
  return true;
}

// Makes the sizes of an operand.
bool LayOut(base::Random& random, const DotSizes& sizes, const Ints& free, DotSide* side) {
  size_t rank = sizes.batch_count + sizes.contract_count + free.size();
  if (!ChoosePositions(random, sizes.batch_count, sizes.contract_count, rank, side)) return false;
  side->dims.assign(rank, -1);
  for (size_t i = 0; i < side->batch.size(); ++i) side->dims[side->batch[i]] = sizes.batch[i];
  for (size_t i = 0; i < side->contract.size(); ++i)
    side->dims[side->contract[i]] = sizes.contract[i];
  size_t next = 0;
  for (int64_t& size : side->dims)
    if (size < 0) size = free[next++];
  return true;
}

}  // namespace

// What a dot fixes for a list of its dimension numbers: one that is neither named nor captured is
// empty.
std::optional<Ints> InstanceGenerator::FixedDotDims(const Term& term, std::string_view name) const {
  std::optional<Ints> fixed = FixedInts(term, name);
  bool captured = term.capture != kNoSymbol && bindings_[term.capture].index() == 0;
  bool open = captured && term.attributes.empty();
  for (const Term::Attribute& attribute : term.attributes) open |= attribute.name == name;
  return fixed || open ? fixed : std::optional(Ints());
}

// How many dimension numbers a dot lists, if its term says.
size_t InstanceGenerator::DotCount(const Term& term, const std::optional<Ints>& left,
                                   const std::optional<Ints>& right, std::string_view left_name,
                                   std::string_view right_name, int64_t most) {
  if (left) return left->size();
  if (right) return right->size();
  for (std::string_view name : {left_name, right_name})
    if (std::optional<size_t> length = FixedLength(term, name)) return *length;
  return static_cast<size_t>(random_.Between(0, most));
}

Ints InstanceGenerator::RandomSizes(size_t count) {
  Ints sizes(count);
  for (int64_t& size : sizes) size = RandomSize();
  return sizes;
}

namespace {

// Of the same kind; nothing if there is none.
struct Widening {
  ElementType narrow;
  ElementType wide;
};
constexpr std::array kWidenings = {
    Widening{ElementType::kS8, ElementType::kS32}, Widening{ElementType::kU8, ElementType::kU32},
    Widening{ElementType::kF16, ElementType::kF32}, Widening{ElementType::kBF16, ElementType::kF32},
    Widening{ElementType::kF32, ElementType::kF64}};

std::optional<ElementType> WiderThan(ElementType type) {
  for (const Widening& widening : kWidenings)
    if (widening.narrow == type) return widening.wide;
  return std::nullopt;
}
std::optional<ElementType> NarrowerThan(ElementType type) {
  for (const Widening& widening : kWidenings)
    if (widening.wide == type) return widening.narrow;
  return std::nullopt;
}

}  // namespace

// Products may be summed in a wider type than that of the operands, or in any.
absl::StatusOr<ir::Shape> InstanceGenerator::DotShape(const Term& term, const Want& want,
                                                      const ir::DotAttributes& attributes,
                                                      ClassId a, ClassId b) {
  std::optional<ElementType> type = FixedType(term);
  if (!type) type = want.type;
  if (!type && random_.Chance(25)) type = WiderThan(graph_.shape(a).element_type());
  if (!type && random_.Chance(5)) type = RandomType();
  EQSAT_ASSIGN_OR_RETURN(ir::Shape shape,
                         ir::InferShape({.opcode = OpCode::kDot,
                                         .operands = {graph_.shape(a), graph_.shape(b)},
                                         .attributes = ir::Attributes(attributes)}));
  return type ? shape.WithElementType(*type) : shape;
}

ClassOr InstanceGenerator::MakeDot(const Term& term, const Want& want) {
  DotSide left{.fixed_batch = FixedDotDims(term, "lhs_batch"),
               .fixed_contract = FixedDotDims(term, "lhs_contract"),
               .known = KnownDims(term.children[0])};
  DotSide right{.fixed_batch = FixedDotDims(term, "rhs_batch"),
                .fixed_contract = FixedDotDims(term, "rhs_contract"),
                .known = KnownDims(term.children[1])};
  DotSizes sizes{.batch_count = DotCount(term, left.fixed_batch, right.fixed_batch, "lhs_batch",
                                         "rhs_batch", 1),
                 .contract_count = DotCount(term, left.fixed_contract, right.fixed_contract,
                                            "lhs_contract", "rhs_contract", 2)};
  sizes.batch = RandomSizes(sizes.batch_count);
  sizes.contract = RandomSizes(sizes.contract_count);
  sizes.left_free = RandomSizes(static_cast<size_t>(random_.Between(0, 2)));
  sizes.right_free = RandomSizes(static_cast<size_t>(random_.Between(0, 2)));
  if (want.dims && !sizes.TakeResult(*want.dims, left, right, random_)) return NoLuck();
  if (left.known && !ReadKnown(random_, &left, &sizes)) return NoLuck();
  if (right.known && !ReadKnown(random_, &right, &sizes)) return NoLuck();
  if (!left.known && !LayOut(random_, sizes, sizes.left_free, &left)) return NoLuck();
  if (!right.known && !LayOut(random_, sizes, sizes.right_free, &right)) return NoLuck();
  std::optional<ElementType> type = want.type;
  if (type && random_.Chance(25)) type = NarrowerThan(*type) ? NarrowerThan(*type) : type;
  EQSAT_ASSIGN_OR_RETURN(ClassId a, Make(term.children[0], {.type = type, .dims = left.dims}));
  if (!graph_.shape(a).IsArray()) return NoLuck();
  // Any two types may meet.
  type = graph_.shape(a).element_type();
  if (random_.Chance(15)) type = std::nullopt;
  EQSAT_ASSIGN_OR_RETURN(ClassId b, Make(term.children[1], {.type = type, .dims = right.dims}));
  ir::DotAttributes attributes{.lhs_batch_dims = ToDims(left.batch),
                               .lhs_contracting_dims = ToDims(left.contract),
                               .rhs_batch_dims = ToDims(right.batch),
                               .rhs_contracting_dims = ToDims(right.contract)};
  EQSAT_ASSIGN_OR_RETURN(ir::Shape shape, DotShape(term, want, attributes, a, b));
  return Finish(term, OpCode::kDot, std::move(attributes), {a, b}, &shape);
}

// What a convolution fixes for where an array has its dimensions; else any order.
absl::StatusOr<Ints> InstanceGenerator::ConvolutionLabels(const Term& term, std::string_view name,
                                                          int64_t rank) {
  std::optional<Ints> labels = FixedInts(term, name);
  if (!labels) {
    labels.emplace(static_cast<size_t>(rank));
    std::iota(labels->begin(), labels->end(), 0);
    if (random_.Chance(75)) random_.Shuffle(&*labels);
  }
  if (static_cast<int64_t>(labels->size()) != rank || !AreDims(*labels, rank)) return NoLuck();
  return *std::move(labels);
}

// Small windows, often of one element or of all; every other attribute now and then.
ir::Window InstanceGenerator::RandomWindow(int64_t rank) {
  const bool plain = random_.Chance(50), trivial = random_.Chance(35);
  ir::Window window(static_cast<size_t>(rank));
  for (ir::WindowDimension& dimension : window) {
    if (!trivial) dimension.size = random_.Between(1, 3);
    if (plain) continue;
    if (random_.Chance(30)) dimension.padding_low = random_.Between(0, 2);
    if (random_.Chance(30)) dimension.padding_high = random_.Between(0, 2);
    if (random_.Chance(20)) dimension.stride = random_.Between(1, 3);
    if (random_.Chance(20)) dimension.base_dilation = random_.Between(1, 2);
    if (random_.Chance(20)) dimension.window_dilation = random_.Between(1, 2);
    dimension.window_reversal = random_.Chance(20);
  }
  return window;
}

ClassOr InstanceGenerator::MakeConvolution(const Term& term, const Want& want) {
  if (KnownShape(term.children[0]) || KnownShape(term.children[1])) return NoLuck();
  const auto labels = FixedLength(term, "input");
  int64_t rank = labels ? static_cast<int64_t>(*labels) : random_.Between(2, 4);
  if (want.dims) rank = static_cast<int64_t>(want.dims->size());
  const int64_t spatial = rank - 2;
  if (spatial < 0) return NoLuck();
  EQSAT_ASSIGN_OR_RETURN(const Ints input, ConvolutionLabels(term, "input", rank));
  EQSAT_ASSIGN_OR_RETURN(const Ints kernel, ConvolutionLabels(term, "kernel", rank));
  EQSAT_ASSIGN_OR_RETURN(const Ints output, ConvolutionLabels(term, "output", rank));
  ir::ConvolutionAttributes attributes{.window = RandomWindow(spatial)};
  // What is wanted of the result is met by windows that only have a size.
  if (want.dims)
    for (ir::WindowDimension& dimension : attributes.window) dimension = {.size = dimension.size};
  const int64_t groups = !want.dims && random_.Chance(25) ? random_.Between(2, 3) : 1;
  const bool by_feature = random_.Chance(60);
  attributes.feature_group_count = by_feature ? groups : 1;
  attributes.batch_group_count = by_feature ? 1 : groups;
  // Features of each group, so that groups of one are common.
  const int64_t features = groups > 1 && random_.Chance(50) ? 1 : RandomSize();
  Ints left(static_cast<size_t>(rank)), right(static_cast<size_t>(rank));
  left[input[0]] = RandomSize() * attributes.batch_group_count;
  left[input[1]] = features * attributes.feature_group_count;
  right[kernel[0]] = features;
  right[kernel[1]] = (random_.Chance(50) ? 1 : RandomSize()) * groups;
  for (int64_t i = 0; i < spatial; ++i) {
    const int64_t window = attributes.window[i].size;
    left[input[i + 2]] = random_.Chance(30) ? window : RandomSize();
    right[kernel[i + 2]] = window;
    if (want.dims) left[input[i + 2]] = (*want.dims)[output[i + 2]] + window - 1;
  }
  if (want.dims) {
    left[input[0]] = (*want.dims)[output[0]];
    right[kernel[1]] = (*want.dims)[output[1]];
  }
  EQSAT_ASSIGN_OR_RETURN(ClassId a, Make(term.children[0], {.type = want.type, .dims = left}));
  if (!graph_.shape(a).IsArray()) return NoLuck();
  const ElementType type = graph_.shape(a).element_type();
  EQSAT_ASSIGN_OR_RETURN(ClassId b, Make(term.children[1], {.type = type, .dims = right}));
  attributes.dim_labels = {.input_batch = input[0],
                           .input_feature = input[1],
                           .kernel_input_feature = kernel[0],
                           .kernel_output_feature = kernel[1],
                           .output_batch = output[0],
                           .output_feature = output[1]};
  attributes.dim_labels.input_spatial.assign(input.begin() + 2, input.end());
  attributes.dim_labels.kernel_spatial.assign(kernel.begin() + 2, kernel.end());
  attributes.dim_labels.output_spatial.assign(output.begin() + 2, output.end());
  EQSAT_ASSIGN_OR_RETURN(ir::Shape shape,
                         ir::InferShape({.opcode = OpCode::kConvolution,
                                         .operands = {graph_.shape(a), graph_.shape(b)},
                                         .attributes = ir::Attributes(attributes)}));
  if (std::optional<ElementType> stated = FixedType(term)) shape = shape.WithElementType(*stated);
  return Finish(term, OpCode::kConvolution, std::move(attributes), {a, b}, &shape);
}

}  // namespace eqsat::rules
