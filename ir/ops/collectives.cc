// Ops that exchange data between devices.
#include <algorithm>

#include "ir/ops/elementwise.h"
#include "ir/ops/replica_groups.h"
#include "ir/ops/shape_checks.h"
#include "ir/ops/work_counts.h"

namespace eqsat::ir {
namespace {

// One array as it is, several as a tuple; a tuple of one where that is declared.
Shape ResultOf(const OpContext& context, std::vector<Shape> shapes) {
  bool tuple_of_one = shapes.size() == 1 && context.declared && context.declared->IsTuple();
  return tuple_of_one ? Shape::Tuple(std::move(shapes)) : TupleUnlessSingle(std::move(shapes));
}

std::vector<Shape> OperandShapes(absl::Span<const Shape> operands) {
  std::vector<Shape> shapes;
  for (const Shape& operand : operands) shapes.push_back(operand.WithoutLayout());
  return shapes;
}

// Groups of all-reduces may differ in size, those of ops that cut arrays may not.
absl::Status CheckGroups(const OpContext& context, const AllReduceAttributes& attributes) {
  bool global = attributes.use_global_device_ids;
  if (global && attributes.channel_id == 0)
    return OpError(context, "use_global_device_ids=true needs a channel_id");
  return CheckReplicaGroups(context, attributes.replica_groups,
                            global ? GroupMode::kDevices : GroupMode::kReplicas, GroupSizes::kAny);
}

// The computation takes two scalars and gives one; its precision may be its own.
absl::Status CheckScalarReducer(const OpContext& context) {
  const ProgramShape& region = context.regions[0];
  bool fits = region.parameters.size() == 2 && region.result.IsScalar() &&
              region.parameters[0].IsScalar() && region.parameters[1].IsScalar();
  if (fits) return absl::OkStatus();
  return OpError(context, "computation 0 must fold two scalars into one, but gives %s from %d",
                 region.result.ToString(), region.parameters.size());
}

// --- all-reduce ----------------------------------------------------------------------------------

absl::StatusOr<Shape> InferAllReduce(const OpContext& context) {
  const auto& attributes = context.attr<AllReduceAttributes>();
  EQSAT_RETURN_IF_ERROR(ExpectOperands(context, 1));
  EQSAT_RETURN_IF_ERROR(ExpectArrays(context));
  EQSAT_RETURN_IF_ERROR(CheckScalarReducer(context));
  EQSAT_RETURN_IF_ERROR(CheckGroups(context, attributes));
  return ResultOf(context, OperandShapes(context.operands));
}

// What one device adds: an element of each other's for each of its own.
Work ReduceCollectiveWork(const OpContext& context, absl::Span<const double> region_flops) {
  Work work = MovementWork(context, region_flops);
  for (const Shape& operand : context.operands)
    work.flops += ElementsOf(operand) * RegionFlops(region_flops, 0);
  return work;
}

// --- all-gather, reduce-scatter ------------------------------------------------------------------

// `whole` is `part` but for one dimension, which is a multiple.
bool IsMultipleAlong(const Shape& whole, const Shape& part, int64_t dimension) {
  if (!whole.IsArray() || !part.IsArray() || whole.rank() != part.rank() ||
      whole.element_type() != part.element_type() || dimension < 0 || dimension >= whole.rank())
    return false;
  for (int64_t d = 0; d < whole.rank(); ++d) {
    int64_t large = whole.dimension(d);
    int64_t small = part.dimension(d);
    if (SizesAgree(large, small)) continue;
    if (d != dimension || small == 0 || large % small != 0) return false;
  }
  return true;
}

// One device's part times the devices of a group is the whole. Replicas with all of their
// partitions are as many as the module says.
absl::Status CheckShardCount(const OpContext& context,
                             const GatherScatterCollectiveAttributes& attributes,
                             const Shape& whole, const Shape& part) {
  // A channel of 0 cannot be told from none here, so the flag alone decides.
  GroupMode mode = attributes.use_global_device_ids ? GroupMode::kDevices
                   : attributes.channel_id != 0     ? GroupMode::kReplicasAllPartitions
                                                    : GroupMode::kReplicas;
  EQSAT_RETURN_IF_ERROR(
      CheckReplicaGroups(context, attributes.replica_groups, mode, GroupSizes::kUniform));
  int64_t dimension = attributes.dimensions[0];
  int64_t devices = GroupSize(attributes.replica_groups);
  int64_t size = part.dimension(dimension);
  if (devices <= 1 || size <= 0 || whole.dimension(dimension) == Shape::kUnbounded)
    return absl::OkStatus();
  int64_t shards = whole.dimension(dimension) / size;
  bool fits = mode == GroupMode::kReplicasAllPartitions ? shards % devices == 0 : shards == devices;
  if (fits) return absl::OkStatus();
  return OpError(context, "%s is %d times %s along dimension %d, but a group has %d devices",
                 whole.ToString(), shards, part.ToString(), dimension, devices);
}

// Checks each operand against its part of `results`. One of both is the part, the other the whole.
absl::Status CheckAlongDimension(const OpContext& context, const Shape& results,
                                 bool result_is_whole) {
  const auto& attributes = context.attr<GatherScatterCollectiveAttributes>();
  EQSAT_RETURN_IF_ERROR(ExpectOperands(context, 1));
  EQSAT_RETURN_IF_ERROR(ExpectArrays(context));
  if (attributes.dimensions.size() != 1) {
    return OpError(context, "dimensions=%s must name one dimension", Braced(attributes.dimensions));
  }
  size_t count = results.IsTuple() ? results.elements().size() : 1;
  if (count != context.operands.size()) {
    return OpError(context, "has %d operands, but the result is %s", context.operands.size(),
                   results.ToString());
  }
  for (size_t i = 0; i < count; ++i) {
    const Shape& result = results.IsTuple() ? results.element(static_cast<int64_t>(i)) : results;
    const Shape& operand = context.operands[i];
    const Shape& whole = result_is_whole ? result : operand;
    const Shape& part = result_is_whole ? operand : result;
    if (!IsMultipleAlong(whole, part, attributes.dimensions[0])) {
      return OpError(context, "%s is not a multiple of %s along dimension %d", whole.ToString(),
                     part.ToString(), attributes.dimensions[0]);
    }
    EQSAT_RETURN_IF_ERROR(CheckShardCount(context, attributes, whole, part));
  }
  return absl::OkStatus();
}

absl::StatusOr<Shape> InferAllGather(const OpContext& context) {
  EQSAT_ASSIGN_OR_RETURN(Shape declared, RequireDeclared(context));
  EQSAT_RETURN_IF_ERROR(CheckAlongDimension(context, declared, true));
  return declared;
}

absl::StatusOr<Shape> InferReduceScatter(const OpContext& context) {
  EQSAT_ASSIGN_OR_RETURN(Shape declared, RequireDeclared(context));
  EQSAT_RETURN_IF_ERROR(CheckAlongDimension(context, declared, false));
  EQSAT_RETURN_IF_ERROR(CheckScalarReducer(context));
  return declared;
}

// --- start and done ------------------------------------------------------------------------------

// What a start declares: (operands, results, contexts…).
absl::StatusOr<Shape> RequireStartTuple(const OpContext& context) {
  EQSAT_ASSIGN_OR_RETURN(Shape declared, RequireDeclared(context));
  Shape operands = TupleUnlessSingle(OperandShapes(context.operands));
  if (!declared.IsTuple() || declared.elements().size() < 2)
    return OpError(context, "the result must be a tuple of operands and results, but is %s",
                   declared.ToString());
  const Shape& kept = declared.element(0);
  bool agrees = ShapesAgree(kept, operands) || ShapesAgree(kept, Shape::Tuple({operands}));
  if (agrees) return declared;
  return OpError(context, "the result %s must begin with the operands %s", declared.ToString(),
                 operands.ToString());
}

absl::StatusOr<Shape> InferAllGatherStart(const OpContext& context) {
  EQSAT_ASSIGN_OR_RETURN(Shape declared, RequireStartTuple(context));
  EQSAT_RETURN_IF_ERROR(CheckAlongDimension(context, declared.element(1), true));
  return declared;
}

// The result of a start that gives its operands beside it.
absl::StatusOr<Shape> InferDoneOfTuple(const OpContext& context) {
  const Shape& start = context.operands[0];
  if (start.IsTuple() && start.elements().size() >= 2) return start.element(1).WithoutLayout();
  return OpError(context, "the operand must be a tuple of operands and results, but is %s",
                 start.ToString());
}

absl::StatusOr<Shape> InferAllReduceDone(const OpContext& context) {
  return context.operands[0].WithoutLayout();
}

// --- all-to-all ----------------------------------------------------------------------------------

// With a dimension an array is cut along it and the pieces change places; without one each operand
// goes to one device.
absl::StatusOr<Shape> InferAllToAll(const OpContext& context) {
  const auto& attributes = context.attr<GatherScatterCollectiveAttributes>();
  EQSAT_RETURN_IF_ERROR(ExpectOperands(context, 1));
  EQSAT_RETURN_IF_ERROR(ExpectArrays(context));
  GroupMode mode = attributes.channel_id != 0 ? GroupMode::kPartitions : GroupMode::kReplicas;
  EQSAT_RETURN_IF_ERROR(
      CheckReplicaGroups(context, attributes.replica_groups, mode, GroupSizes::kUniform));
  int64_t devices = GroupSize(attributes.replica_groups);
  int64_t count = static_cast<int64_t>(context.operands.size());
  if (attributes.dimensions.empty()) {
    if (devices != 0 && devices != count)
      return OpError(context, "has %d operands for a group of %d devices", count, devices);
    return ResultOf(context, OperandShapes(context.operands));
  }
  const Shape& first = context.operands[0];
  if (attributes.dimensions.size() != 1) {
    return OpError(context, "dimensions=%s must name one dimension", Braced(attributes.dimensions));
  }
  EQSAT_RETURN_IF_ERROR(
      ExpectDistinctDimensions(context, "dimensions", attributes.dimensions, first.rank()));
  int64_t size = first.dimension(attributes.dimensions[0]);
  if (devices != 0 && size != Shape::kUnbounded && size % devices != 0) {
    return OpError(context,
                   "dimension %d of %s does not divide into a piece for each of %d devices",
                   attributes.dimensions[0], first.ToString(), devices);
  }
  return ResultOf(context, OperandShapes(context.operands));
}

absl::StatusOr<Shape> InferRaggedAllToAll(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectArrays(context));
  const auto& attributes = context.attr<GroupCollectiveAttributes>();
  GroupMode mode = attributes.channel_id != 0 ? GroupMode::kPartitions : GroupMode::kReplicas;
  EQSAT_RETURN_IF_ERROR(
      CheckReplicaGroups(context, attributes.replica_groups, mode, GroupSizes::kUniform));
  const Shape& input = context.operands[0];
  const Shape& output = context.operands[1];
  bool fits = input.element_type() == output.element_type() && input.rank() == output.rank() &&
              input.rank() > 0;
  for (int64_t d = 1; fits && d < input.rank(); ++d)
    fits = SizesAgree(input.dimension(d), output.dimension(d));
  if (!fits) {
    return OpError(context, "input %s and output %s must agree but for dimension 0",
                   input.ToString(), output.ToString());
  }
  for (int64_t i = 2; i < 6; ++i) {
    EQSAT_RETURN_IF_ERROR(ExpectElements(context, i, type_rules::kInteger));
    if (ShapesAgree(context.operands[i], context.operands[2])) continue;
    return OpError(context, "offsets and sizes must agree, but operand 2 is %s and %d is %s",
                   context.operands[2].ToString(), i, context.operands[i].ToString());
  }
  return output.WithoutLayout();
}

// --- collective-permute --------------------------------------------------------------------------

// No device occurs more than `limit` times among `ids`.
absl::Status CheckOccurrences(const OpContext& context, std::string_view role,
                              std::vector<int64_t> ids, size_t limit) {
  std::ranges::sort(ids);
  for (size_t i = limit; i < ids.size(); ++i) {
    if (ids[i] != ids[i - limit]) continue;
    std::string times = limit == 1 ? "once" : base::StrCat(limit, " times");
    return OpError(context, "%s %d appears more than %s in source_target_pairs", role, ids[i],
                   times);
  }
  return absl::OkStatus();
}

// No device sends or receives more often than there are slices.
absl::Status CheckPairs(const OpContext& context, const CollectivePermuteAttributes& attributes,
                        size_t slices) {
  std::vector<int64_t> targets, sources;
  for (const SourceTarget& pair : attributes.source_target_pairs) {
    if (pair.source < 0 || pair.target < 0)
      return OpError(context, "the pair {%d,%d} must not be negative", pair.source, pair.target);
    targets.push_back(pair.target);
    sources.push_back(pair.source);
  }
  EQSAT_RETURN_IF_ERROR(CheckOccurrences(context, "source", std::move(sources), slices));
  return CheckOccurrences(context, "target", std::move(targets), slices);
}

// Where slices start in one buffer: a number for each dimension, or a tuple of such tuples. Gives
// how many slices there are.
absl::StatusOr<size_t> CountOffsets(const OpContext& context, const Shape& buffer,
                                    const Shape& offsets) {
  bool fits = buffer.IsArray() && offsets.IsTuple() && !offsets.elements().empty();
  bool one = fits && offsets.element(0).IsArray();
  auto full = [&buffer](const Shape& start) {
    return start.IsTuple() && static_cast<int64_t>(start.elements().size()) == buffer.rank() &&
           std::ranges::all_of(start.elements(), &Shape::IsScalar);
  };
  fits = fits && (one ? full(offsets) : std::ranges::all_of(offsets.elements(), full));
  if (fits) return one ? 1 : offsets.elements().size();
  return OpError(context, "the offsets %s do not give a start in each dimension of the buffer %s",
                 offsets.ToString(), buffer.ToString());
}

// Slices of input buffers go into output buffers: (inputs, outputs, offsets in the inputs, offsets
// in the outputs), each for one buffer or a tuple for several. Gives the most slices of a buffer.
absl::StatusOr<size_t> CheckInPlace(const OpContext& context) {
  if (context.operands.size() != 4) {
    return OpError(context, "takes 4 operands with slice_sizes, but has %d",
                   context.operands.size());
  }
  const Shape& input = context.operands[0];
  const Shape& output = context.operands[1];
  if (input.IsTuple() != output.IsTuple() || input.elements().size() != output.elements().size()) {
    return OpError(context, "the input buffers %s and the output buffers %s differ in number",
                   input.ToString(), output.ToString());
  }
  size_t slices = 0;
  for (int64_t side : {0, 1}) {
    const Shape& buffers = context.operands[side];
    const Shape& offsets = context.operands[side + 2];
    size_t count = buffers.IsTuple() ? buffers.elements().size() : 1;
    if (buffers.IsTuple() && (!offsets.IsTuple() || offsets.elements().size() != count)) {
      return OpError(context, "the buffers %s and their offsets %s differ in number",
                     buffers.ToString(), offsets.ToString());
    }
    for (size_t i = 0; i < count; ++i) {
      auto at = static_cast<int64_t>(i);
      bool tuple = buffers.IsTuple();
      EQSAT_ASSIGN_OR_RETURN(size_t found,
                             CountOffsets(context, tuple ? buffers.element(at) : buffers,
                                          tuple ? offsets.element(at) : offsets));
      slices = std::max(slices, found);
    }
  }
  return slices;
}

// Whole arrays, or with slice_sizes slices of arrays into arrays that are there already.
absl::StatusOr<Shape> PermutedShape(const OpContext& context) {
  const auto& attributes = context.attr<CollectivePermuteAttributes>();
  EQSAT_RETURN_IF_ERROR(ExpectOperands(context, 1));
  if (attributes.slice_sizes.empty()) {
    EQSAT_RETURN_IF_ERROR(CheckPairs(context, attributes, 1));
    return ResultOf(context, OperandShapes(context.operands));
  }
  EQSAT_ASSIGN_OR_RETURN(size_t slices, CheckInPlace(context));
  EQSAT_RETURN_IF_ERROR(CheckPairs(context, attributes, slices));
  return context.operands[1].WithoutLayout();
}

absl::StatusOr<Shape> InferCollectivePermuteStart(const OpContext& context) {
  OpContext whole = context;
  whole.declared = nullptr;
  EQSAT_ASSIGN_OR_RETURN(Shape permuted, PermutedShape(whole));
  EQSAT_ASSIGN_OR_RETURN(Shape declared, RequireDeclared(context));
  bool fits = declared.IsTuple() && declared.elements().size() >= 2;
  if (fits) {
    const Shape& result = declared.element(1);
    fits = ShapesAgree(result, permuted) || ShapesAgree(result, Shape::Tuple({permuted}));
  }
  if (fits) return declared;
  return OpError(context, "the result must be a tuple of the operands and %s, but is %s",
                 permuted.ToString(), declared.ToString());
}

absl::StatusOr<Shape> InferCollectiveBroadcast(const OpContext& context) {
  EQSAT_RETURN_IF_ERROR(ExpectOperands(context, 1));
  bool root = context.attr<GroupCollectiveAttributes>().has_dynamic_root;
  if (root) {
    EQSAT_RETURN_IF_ERROR(ExpectOperands(context, 2));
    const Shape& roots = context.operands.back();
    const auto arrays = static_cast<int64_t>(context.operands.size()) - 1;
    if (!ShapesAgree(roots, Shape(ElementType::kS32, {arrays}))) {
      return OpError(context, "the last operand must be s32[%d], the roots, but is %s", arrays,
                     roots.ToString());
    }
  }
  return ResultOf(context,
                  OperandShapes(context.operands.first(context.operands.size() - (root ? 1 : 0))));
}

template <typename A>
OpInfo Collective(std::string_view doc, absl::StatusOr<Shape> (*infer)(const OpContext&),
                  std::initializer_list<OpTrait> traits = {}) {
  OpInfo info;
  info.traits = Traits(traits) | Traits({OpTrait::kCollective, OpTrait::kSideEffect});
  info.doc = doc;
  info.attributes.emplace<A>();
  info.infer = infer;
  info.work = MovementWork;
  return info;
}

OpInfo Done(std::string_view doc, absl::StatusOr<Shape> (*infer)(const OpContext&)) {
  OpInfo info = Collective<NoAttributes>(doc, infer);
  info.work = NoWork;
  return info;
}

}  // namespace

OpInfo DefinekAllReduce() {
  OpInfo info = Collective<AllReduceAttributes>(
      "The operands of all devices of a group folded by a computation.", InferAllReduce);
  info.regions = {{"to_apply"}};
  info.work = ReduceCollectiveWork;
  return info;
}

OpInfo DefinekAllReduceStart() {
  OpInfo info = DefinekAllReduce();
  info.doc = "The begin of an all-reduce that may run beside other ops.";
  return info;
}

OpInfo DefinekReduceScatter() {
  OpInfo info = Collective<GatherScatterCollectiveAttributes>(
      "One device's part of an all-reduce, cut along a dimension.", InferReduceScatter,
      {OpTrait::kShapeDeclared});
  info.regions = {{"to_apply"}};
  info.work = ReduceCollectiveWork;
  return info;
}

OpInfo DefinekAllGather() {
  return Collective<GatherScatterCollectiveAttributes>(
      "The operands of all devices of a group joined along a dimension.", InferAllGather,
      {OpTrait::kShapeDeclared});
}

OpInfo DefinekAllGatherStart() {
  return Collective<GatherScatterCollectiveAttributes>(
      "The begin of an all-gather that may run beside other ops.", InferAllGatherStart,
      {OpTrait::kShapeDeclared});
}

OpInfo DefinekAllToAll() {
  return Collective<GatherScatterCollectiveAttributes>(
      "Each device sends one piece to every device of its group.", InferAllToAll);
}

OpInfo DefinekRaggedAllToAll() {
  return Collective<GroupCollectiveAttributes>(
      "An all-to-all of pieces whose offsets and sizes are operands.", InferRaggedAllToAll);
}

OpInfo DefinekCollectivePermute() {
  return Collective<CollectivePermuteAttributes>(
      "What the source that is paired with this device sends; zeros without one.", PermutedShape);
}

OpInfo DefinekCollectivePermuteStart() {
  return Collective<CollectivePermuteAttributes>(
      "The begin of a collective-permute that may run beside other ops.",
      InferCollectivePermuteStart, {OpTrait::kShapeDeclared});
}

OpInfo DefinekCollectiveBroadcast() {
  return Collective<GroupCollectiveAttributes>("The operand of the first device of the group.",
                                               InferCollectiveBroadcast);
}

OpInfo DefinekAllReduceDone() {
  return Done("The result of an all-reduce that was started.", InferAllReduceDone);
}
OpInfo DefinekAllGatherDone() {
  return Done("The result of an all-gather that was started.", InferDoneOfTuple);
}
OpInfo DefinekCollectivePermuteDone() {
  return Done("The result of a collective-permute that was started.", InferDoneOfTuple);
}

}  // namespace eqsat::ir
