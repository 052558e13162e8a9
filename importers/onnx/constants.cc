// Tensors that come from attributes, shapes and ranges.
#include <algorithm>
#include <cmath>
#include <numbers>

#include "importers/onnx/op_table.h"
#include "importers/onnx/tensor.h"

namespace eqsat::importers::onnx {
namespace {

using ir::ElementType;

constexpr int64_t kMaxRange = int64_t{1} << 31;
constexpr int64_t kMaxWindow = int64_t{1} << 24;

absl::StatusOr<ir::Literal> AttributeLiteral(const Node& node, const std::string& folder) {
  for (const auto& [name, attribute] : node.attributes()) {
    if (name == "value") return LiteralOf(attribute->t(), folder);
    if (name == "sparse_value") return LiteralOf(attribute->sparse_tensor(), folder);
    if (name == "value_float") return ScalarLiteral(ElementType::kF32, attribute->f());
    if (name == "value_int") {
      return ir::Literal::FromInt64s(ir::Shape(ElementType::kS64, {}), {attribute->i()});
    }
    if (name == "value_ints") {
      Sizes values(attribute->ints().begin(), attribute->ints().end());
      ir::Shape shape(ElementType::kS64, {static_cast<int64_t>(values.size())});
      return ir::Literal::FromInt64s(shape, values);
    }
    if (name == "value_floats") {
      std::vector<float> values(attribute->floats().begin(), attribute->floats().end());
      ir::Shape shape(ElementType::kF32, {static_cast<int64_t>(values.size())});
      return ir::Literal::Of<float>(shape, values);
    }
  }
  return base::Unimplemented("it holds no tensor of numbers");
}

absl::Status ConstantOp(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(ir::Literal value, AttributeLiteral(node, e.program().folder()));
  e.Return(node, e.Constant(std::move(value)));
  return absl::OkStatus();
}

absl::Status ConstantOfShape(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(Sizes sizes, e.IntsInput(node, 0, "the shape"));
  ir::Literal value = ScalarLiteral(ElementType::kF32, 0);
  if (node.Find("value") != nullptr) {
    EQSAT_ASSIGN_OR_RETURN(value, LiteralOf(node.Find("value")->t(), e.program().folder()));
  }
  if (value.shape().ElementCount() != 1) {
    return base::InvalidArgument("its value is %s, not one number", value.shape().ToString());
  }
  value = value.Reshaped(ir::Shape(value.shape().element_type(), {}));
  e.Return(node, e.Expand(e.Constant(std::move(value)), sizes));
  return absl::OkStatus();
}

absl::Status ShapeOp(Emitter& e, const Node& node) {
  const Sizes sizes = e.sizes(e.Input(node, 0));
  const auto rank = static_cast<int64_t>(sizes.size());
  auto bound = [&](std::string_view name, int64_t fallback) {
    const int64_t at = node.Int(name, fallback);
    return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  const int64_t start = bound("start", 0), end = std::max(bound("end", rank), start);
  e.Return(node, e.Ints(absl::MakeConstSpan(sizes).subspan(start, end - start)));
  return absl::OkStatus();
}

absl::Status SizeOp(Emitter& e, const Node& node) {
  const int64_t count = e.shape(e.Input(node, 0)).ElementCount();
  ir::Shape scalar(ElementType::kS64, {});
  e.Return(node, e.Constant(ir::Literal::FromInt64s(scalar, {count})));
  return absl::OkStatus();
}

// start + i * delta; how many there are must be known, what they are need not.
absl::Status Range(Emitter& e, const Node& node) {
  const ElementType type = e.type(e.Input(node, 0));
  double bounds[3];
  for (size_t i = 0; i < 3; ++i) {
    EQSAT_ASSIGN_OR_RETURN(ir::Literal value, e.ConstantInput(node, i, "a bound of the range"));
    if (value.shape().ElementCount() != 1 || ir::IsComplex(value.shape().element_type())) {
      return base::InvalidArgument("a bound of the range is %s", value.shape().ToString());
    }
    bounds[i] = value.AsDouble(0);
  }
  const double count = std::ceil((bounds[1] - bounds[0]) / bounds[2]);
  if (!(std::abs(count) < static_cast<double>(kMaxRange))) {
    return base::InvalidArgument("a range from %g to %g in steps of %g", bounds[0], bounds[1],
                                 bounds[2]);
  }
  const Sizes sizes = {std::max<int64_t>(static_cast<int64_t>(count), 0)};
  InstructionId steps = e.Iota(type, sizes, 0);
  InstructionId start = e.Reshape(e.Input(node, 0), Sizes{});
  InstructionId delta = e.Reshape(e.Input(node, 2), Sizes{});
  e.Return(node, e.AddTo(e.Mul(steps, delta), start));
  return absl::OkStatus();
}

absl::Status EyeLike(Emitter& e, const Node& node) {
  InstructionId like = e.Input(node, 0);
  if (e.rank(like) != 2) {
    return base::InvalidArgument("%s is no matrix", e.shape(like).ToString());
  }
  ElementType type = e.type(like);
  if (node.Find("dtype") != nullptr) {
    EQSAT_ASSIGN_OR_RETURN(type, ElementTypeOf(node.Int("dtype", 0)));
  }
  InstructionId row = e.Iota(ElementType::kS64, e.sizes(like), 0);
  InstructionId column = e.Iota(ElementType::kS64, e.sizes(like), 1);
  row = e.AddTo(row, static_cast<double>(node.Int("k", 0)));
  e.Return(node, e.Convert(e.Comparing(row, Direction::kEq, column), type));
  return absl::OkStatus();
}

// Of a constant; how many there are of anything else is not known.
absl::Status NonZero(Emitter& e, const Node& node) {
  EQSAT_ASSIGN_OR_RETURN(ir::Literal value, e.ConstantInput(node, 0, "what is searched"));
  const Sizes sizes = e.sizes(e.Input(node, 0));
  std::vector<Sizes> indices(sizes.size());
  for (int64_t i = 0; i < value.shape().ElementCount(); ++i) {
    if (value.AsComplex(i) == std::complex<double>(0)) continue;
    int64_t rest = i;
    for (size_t d = sizes.size(); d-- > 0; rest /= sizes[d]) {
      indices[d].push_back(rest % sizes[d]);
    }
  }
  Sizes all;
  for (const Sizes& along : indices) all.insert(all.end(), along.begin(), along.end());
  const auto rank = static_cast<int64_t>(sizes.size());
  const int64_t count = rank == 0 ? 0 : static_cast<int64_t>(indices[0].size());
  ir::Shape shape(ElementType::kS64, {rank, count});
  e.Return(node, e.Constant(ir::Literal::FromInt64s(shape, all)));
  return absl::OkStatus();
}

// A sum of cosines over one period.
absl::Status CosineWindow(Emitter& e, const Node& node, const double (&weights)[3]) {
  EQSAT_ASSIGN_OR_RETURN(Sizes size, e.IntsInput(node, 0, "the size"));
  EQSAT_ASSIGN_OR_RETURN(ElementType type, ElementTypeOf(node.Int("output_datatype", 1)));
  if (size.size() != 1 || size[0] < 0 || size[0] > kMaxWindow) {
    return base::InvalidArgument("a window of [%s]", base::Join(size, ","));
  }
  const auto period = static_cast<double>(
      node.Flag("periodic", true) ? size[0] : std::max<int64_t>(size[0] - 1, 1));
  std::vector<double> values;
  for (int64_t i = 0; i < size[0]; ++i) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(i) / period;
    values.push_back(weights[0] - weights[1] * std::cos(angle) + weights[2] * std::cos(2 * angle));
  }
  e.Return(node, e.Doubles(type, size, values));
  return absl::OkStatus();
}

absl::Status HannWindow(Emitter& e, const Node& node) {
  return CosineWindow(e, node, {0.5, 0.5, 0});
}

absl::Status HammingWindow(Emitter& e, const Node& node) {
  return CosineWindow(e, node, {25.0 / 46, 21.0 / 46, 0});
}

absl::Status BlackmanWindow(Emitter& e, const Node& node) {
  return CosineWindow(e, node, {0.42, 0.5, 0.08});
}

}  // namespace

absl::Span<const OpEntry> ConstantOps() {
  static constexpr OpEntry kEntries[] = {
      {"BlackmanWindow", 1, 1, BlackmanWindow},
      {"HammingWindow", 1, 1, HammingWindow},
      {"HannWindow", 1, 1, HannWindow},
      {"Constant", 0, 0, ConstantOp},
      {"ConstantOfShape", 1, 1, ConstantOfShape},
      {"EyeLike", 1, 1, EyeLike},
      {"NonZero", 1, 1, NonZero},
      {"Range", 3, 3, Range},
      {"Shape", 1, 1, ShapeOp},
      {"Size", 1, 1, SizeOp},
  };
  return kEntries;
}

}  // namespace eqsat::importers::onnx
