// Gathers and scatters. Indices that are negative count from the end.
#include "importers/onnx/indexed.h"

#include <algorithm>
#include <numeric>

#include "importers/onnx/op_table.h"

namespace eqsat::importers::onnx {
namespace {

using ir::ElementType;

constexpr double kMaxOneHotDepth = 1e12;  // of OneHot

// Negative indices of a dimension of `size` from its beginning.
InstructionId FromBeginning(Emitter& e, InstructionId indices, int64_t size) {
  if (std::optional<Sizes> known = e.ConstantInts(indices)) {
    if (std::ranges::all_of(*known, [](int64_t i) { return i >= 0; })) return indices;
  }
  InstructionId negative = e.Comparing(indices, Direction::kLt, 0);
  return e.Select(negative, e.AddTo(indices, static_cast<double>(size)), indices);
}

ir::DimensionVector DimRange(int64_t start, int64_t count) {
  ir::DimensionVector dims(count);
  std::iota(dims.begin(), dims.end(), start);
  return dims;
}

// Slices at index vectors: the last dimension of `vectors` names the first dimensions of `data`.
InstructionId TakeAtVectors(Emitter& e, InstructionId data, InstructionId vectors) {
  if (!e.Ok(data) || !e.Ok(vectors)) return {};
  const int64_t last = e.rank(vectors) - 1, count = e.size(vectors, last);
  ir::GatherAttributes attributes;
  attributes.collapsed_slice_dims = attributes.start_index_map = DimRange(0, count);
  attributes.offset_dims = DimRange(last, e.rank(data) - count);
  attributes.index_vector_dim = last;
  for (int64_t d = 0; d < e.rank(data); ++d) {
    attributes.slice_sizes.push_back(d < count ? 1 : e.size(data, d));
  }
  return e.Add(OpCode::kGather, {data, vectors}, std::move(attributes));
}

// Index vectors for every place of `indices`: its own coordinates, but the index along `dim`.
InstructionId VectorsAlong(Emitter& e, InstructionId indices, int64_t dim) {
  const Sizes sizes = e.sizes(indices);
  const auto rank = static_cast<int64_t>(sizes.size());
  std::vector<InstructionId> coordinates;
  for (int64_t d = 0; d < rank; ++d) {
    InstructionId along = d == dim ? indices : e.Iota(e.type(indices), sizes, d);
    coordinates.push_back(e.Unsqueeze(along, rank));
  }
  return e.Concatenate(coordinates, rank);
}

absl::Status Gather(Emitter& e, const Node& node) {
  InstructionId data = e.Input(node, 0), indices = e.Input(node, 1);
  const int64_t dim = e.Axis(node.Int("axis", 0), e.rank(data));
  EQSAT_RETURN_IF_ERROR(e.status());
  const int64_t size = e.size(data, dim);
  // One place that is known is a slice.
  std::optional<Sizes> known = e.rank(indices) == 0 ? e.ConstantInts(indices) : std::nullopt;
  if (known) {
    const int64_t at = (*known)[0] < 0 ? (*known)[0] + size : (*known)[0];
    if (at < 0 || at >= size) {
      return base::InvalidArgument("index %d is outside dimension %d of %s", (*known)[0], dim,
                                   e.shape(data).ToString());
    }
    e.Return(node, e.Squeeze(e.Slice(data, dim, at, at + 1), dim));
    return absl::OkStatus();
  }
  e.Return(node, Take(e, data, FromBeginning(e, indices, size), dim));
  return absl::OkStatus();
}

// Data and indices have one rank; sizes of the indices beside `dim` are at most the data's.
absl::StatusOr<InstructionId> VectorsOfElements(Emitter& e, const Node& node) {
  InstructionId data = e.Input(node, 0), indices = e.Input(node, 1);
  const int64_t dim = e.Axis(node.Int("axis", 0), e.rank(data));
  EQSAT_RETURN_IF_ERROR(e.status());
  if (e.rank(indices) != e.rank(data)) {
    return base::InvalidArgument("indices of %s into %s", e.shape(indices).ToString(),
                                 e.shape(data).ToString());
  }
  return VectorsAlong(e, FromBeginning(e, indices, e.size(data, dim)), dim);
}

absl::Status GatherElements(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(InstructionId vectors, VectorsOfElements(e, node));
  e.Return(node, TakeAtVectors(e, e.Input(node, 0), vectors));
  return absl::OkStatus();
}

// The vectors of GatherND and ScatterND, none of their entries negative, with the coordinates of
// the batch in front.
absl::StatusOr<InstructionId> CompleteVectors(Emitter& e, InstructionId data, InstructionId indices,
                                              int64_t batch_dims) {
  const int64_t last = e.rank(indices) - 1, count = e.size(indices, last);
  if (last < batch_dims || batch_dims < 0 || batch_dims + count > e.rank(data)) {
    return base::InvalidArgument("indices of %s into %s", e.shape(indices).ToString(),
                                 e.shape(data).ToString());
  }
  const ElementType type = e.type(indices);
  std::vector<double> limits;
  for (int64_t i = 0; i < count; ++i) {
    limits.push_back(static_cast<double>(e.size(data, batch_dims + i)));
  }
  InstructionId wrapped = e.AddTo(indices, e.Doubles(type, {count}, limits));
  std::vector<InstructionId> parts;
  Sizes one = e.sizes(indices);
  one[last] = 1;
  for (int64_t d = 0; d < batch_dims; ++d) parts.push_back(e.Iota(type, one, d));
  parts.push_back(e.Select(e.Comparing(indices, Direction::kLt, 0), wrapped, indices));
  return e.Concatenate(parts, last);
}

absl::Status GatherNd(Emitter& e, const Node& node) {
  InstructionId data = e.Input(node, 0);
  EQSAT_ASSIGN_OR_RETURN(InstructionId vectors,
                         CompleteVectors(e, data, e.Input(node, 1), node.Int("batch_dims", 0)));
  e.Return(node, TakeAtVectors(e, data, vectors));
  return absl::OkStatus();
}

// What becomes of an element and an update; with no reduction, the update.
absl::StatusOr<ir::ComputationId> UpdateRegion(Emitter& e, std::string_view reduction,
                                               ElementType type) {
  if (reduction == "add") return e.Combiner(OpCode::kAdd, type);
  if (reduction == "mul") return e.Combiner(OpCode::kMultiply, type);
  if (reduction == "max") return e.Combiner(OpCode::kMaximum, type);
  if (reduction == "min") return e.Combiner(OpCode::kMinimum, type);
  if (reduction != "none") {
    return base::InvalidArgument("reduction '%s' is none of none, add, mul, max and min",
                                 reduction);
  }
  Emitter body(e, "update");
  body.Parameter(0, ir::Shape(type, {}));
  return body.Finish({{body.Parameter(1, ir::Shape(type, {}))}});
}

absl::Status Scatter(Emitter& e, const Node& node, InstructionId vectors, InstructionId updates) {
  EQSAT_ASSIGN_OR_RETURN(InstructionId result, ScatterAt(e, e.Input(node, 0), vectors, updates,
                                                         node.String("reduction", "none")));
  e.Return(node, result);
  return absl::OkStatus();
}

absl::Status ScatterElements(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(InstructionId vectors, VectorsOfElements(e, node));
  return Scatter(e, node, vectors, e.Input(node, 2));
}

absl::Status ScatterNd(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(InstructionId vectors,
                         CompleteVectors(e, e.Input(node, 0), e.Input(node, 1), 0));
  return Scatter(e, node, vectors, e.Input(node, 2));
}

// Writes a piece of a cache's sequence, for each batch from its own place on; `circular` goes on at
// the beginning.
absl::Status TensorScatter(Emitter& e, const Node& node) {
  InstructionId cache = e.Input(node, 0), update = e.Input(node, 1);
  const int64_t dim = e.Axis(node.Int("axis", -2), e.rank(cache));
  EQSAT_RETURN_IF_ERROR(e.status());
  if (e.rank(update) != e.rank(cache)) {
    return base::InvalidArgument("an update of %s for %s", e.shape(update).ToString(),
                                 e.shape(cache).ToString());
  }
  InstructionId place = e.Iota(ElementType::kS64, e.sizes(update), dim);
  if (node.Has(2)) {
    InstructionId start = e.Convert(e.Input(node, 2), ElementType::kS64);
    place = e.AddTo(place, e.Along(start, 0, e.rank(cache)));
  }
  if (node.String("mode", "linear") == "circular") {
    place = e.Binary(OpCode::kRemainder, place, static_cast<double>(e.size(cache, dim)));
  }
  return Scatter(e, node, VectorsAlong(e, place, dim), update);
}

// Indices outside -depth … depth - 1 give the off value everywhere.
absl::Status OneHot(Emitter& e, const Node& node) {
  InstructionId indices = e.Convert(e.Input(node, 0), ElementType::kS64);
  EQSAT_ASSIGN_OR_RETURN(double depth, e.NumberInput(node, 1, "the depth"));
  const int64_t dim = e.Axis(node.Int("axis", -1), e.rank(indices) + 1);
  EQSAT_RETURN_IF_ERROR(e.status());
  InstructionId values = e.Input(node, 2);
  if (!(depth >= 0 && depth < kMaxOneHotDepth) || e.sizes(values) != Sizes{2}) {
    return base::InvalidArgument("a depth of %g and values of %s", depth,
                                 e.shape(values).ToString());
  }
  const auto size = static_cast<int64_t>(depth);
  Sizes sizes = e.sizes(indices);
  sizes.insert(sizes.begin() + dim, size);
  InstructionId at = e.Unsqueeze(FromBeginning(e, indices, size), dim);
  InstructionId hot = e.Comparing(e.Iota(ElementType::kS64, sizes, dim), Direction::kEq, at);
  InstructionId off = e.Reshape(e.Slice(values, 0, 0, 1), Sizes{});
  InstructionId on = e.Reshape(e.Slice(values, 0, 1, 2), Sizes{});
  e.Return(node, e.Select(hot, on, off));
  return absl::OkStatus();
}

// The first `sequence_lens` elements of each batch entry, backwards.
absl::Status ReverseSequence(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  const int64_t time = node.Int("time_axis", 0), batch = node.Int("batch_axis", 1);
  if (e.rank(x) < 2 || time + batch != 1 || time * batch != 0) {
    return base::InvalidArgument("time_axis %d and batch_axis %d of %s", time, batch,
                                 e.shape(x).ToString());
  }
  const Sizes plane = {e.size(x, 0), e.size(x, 1)};
  InstructionId lengths = e.Along(e.Convert(e.Input(node, 1), ElementType::kS64), batch, 2);
  InstructionId place = e.Iota(ElementType::kS64, plane, time);
  InstructionId reversed = e.Sub(e.AddTo(lengths, -1.0), place);
  place = e.Select(e.Comparing(place, Direction::kLt, lengths), reversed, place);
  std::vector<InstructionId> vectors = {e.Iota(ElementType::kS64, plane, 0),
                                        e.Iota(ElementType::kS64, plane, 1)};
  vectors[time] = place;
  for (InstructionId& coordinate : vectors) coordinate = e.Unsqueeze(coordinate, 2);
  e.Return(node, TakeAtVectors(e, x, e.Concatenate(vectors, 2)));
  return absl::OkStatus();
}

// The slices that a known condition picks; without an axis, of all elements in a row.
absl::Status Compress(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  EQSAT_ASSIGN_OR_RETURN(ir::Literal condition, e.ConstantInput(node, 1, "the condition"));
  int64_t dim = 0;
  if (node.Find("axis") != nullptr) {
    dim = e.Axis(node.Int("axis", 0), e.rank(x));
  } else {
    x = e.Reshape(x, Sizes{e.shape(x).ElementCount()});
  }
  EQSAT_RETURN_IF_ERROR(e.status());
  Sizes places;
  const int64_t count = std::min(condition.shape().ElementCount(), e.size(x, dim));
  if (condition.shape().element_type() != ElementType::kPred) {
    return base::InvalidArgument("the condition is %s", condition.shape().ToString());
  }
  for (int64_t i = 0; i < count; ++i) {
    if (condition.AsInt64(i) != 0) places.push_back(i);
  }
  e.Return(node, Take(e, x, e.Ints(places), dim));
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> IndexedOps() {
  static constexpr OpEntry kEntries[] = {
      {"Compress", 2, 2, Compress},
      {"Gather", 2, 2, Gather},
      {"GatherElements", 2, 2, GatherElements},
      {"GatherND", 2, 2, GatherNd},
      {"OneHot", 3, 3, OneHot},
      {"ReverseSequence", 2, 2, ReverseSequence},
      {"ScatterElements", 3, 3, ScatterElements},
      {"ScatterND", 3, 3, ScatterNd},
      {"TensorScatter", 2, 3, TensorScatter},
  };
  return kEntries;
}

InstructionId Take(TensorEmitter& e, InstructionId data, InstructionId indices, int64_t dim) {
  if (!e.Ok(data) || !e.Ok(indices)) return {};
  ir::GatherAttributes attributes;
  attributes.collapsed_slice_dims = attributes.start_index_map = {dim};
  attributes.index_vector_dim = e.rank(indices);
  for (int64_t d = 0; d < e.rank(data); ++d) {
    attributes.slice_sizes.push_back(d == dim ? 1 : e.size(data, d));
    if (d != dim) attributes.offset_dims.push_back(d < dim ? d : d - 1 + e.rank(indices));
  }
  return e.Add(OpCode::kGather, {data, indices}, std::move(attributes));
}

absl::StatusOr<InstructionId> ScatterAt(Emitter& e, InstructionId data, InstructionId vectors,
                                        InstructionId updates, std::string_view reduction) {
  EQSAT_ASSIGN_OR_RETURN(ir::ComputationId region, UpdateRegion(e, reduction, e.type(data)));
  EQSAT_RETURN_IF_ERROR(e.status());
  const int64_t last = e.rank(vectors) - 1, count = e.size(vectors, last);
  ir::ScatterAttributes attributes;
  attributes.inserted_window_dims = attributes.scatter_dims_to_operand_dims = DimRange(0, count);
  attributes.update_window_dims = DimRange(last, e.rank(data) - count);
  attributes.index_vector_dim = last;
  const InstructionId operands[] = {data, vectors, updates};
  return e.Add(OpCode::kScatter, operands, std::move(attributes), {&region, 1});
}

}  // namespace eqsat::importers::onnx
