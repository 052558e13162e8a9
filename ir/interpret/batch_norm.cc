// Batch normalization: its three ops, in f64 and rounded at the end.
#include <cmath>
#include <vector>

#include "ir/base/status.h"
#include "ir/interpret/elementwise.h"
#include "ir/interpret/evaluator.h"

namespace eqsat::ir {
namespace {

using Values = std::vector<double>;

Values ToDoubles(const Literal& literal) {
  const Literal wide = ConvertElements(literal, ElementType::kF64);
  absl::Span<const double> values = wide.values<double>();
  return {values.begin(), values.end()};
}

// The feature of each element, and sums over the others.
class Features {
 public:
  Features(const Shape& shape, int64_t feature_index)
      : count_(shape.ElementCount()),
        features_(shape.dimension(feature_index)),
        stride_(RowMajorStrides(shape.dimensions())[feature_index]) {}

  int64_t count() const { return count_; }
  int64_t features() const { return features_; }
  double per_feature() const {
    const int64_t elements = features_ == 0 ? 0 : count_ / features_;
    return static_cast<double>(elements);
  }
  int64_t Of(int64_t position) const { return position / stride_ % features_; }

  template <typename Value>
  Values Sum(Value value) const {
    Values sums(features_);
    for (int64_t i = 0; i < count_; ++i) sums[Of(i)] += value(i);
    return sums;
  }

 private:
  int64_t count_;
  int64_t features_;
  int64_t stride_;
};

void DivideBy(double divisor, Values& values) {
  for (double& value : values) value /= divisor;
}

absl::Status CheckFloat(const OpCall& call) {
  if (IsFloat(call.operand_shape(0).element_type())) return absl::OkStatus();
  return base::Unimplemented("%s is not defined on %s", Name(call.opcode),
                             Name(call.operand_shape(0).element_type()));
}

Literal Normalized(const Shape& shape, const Features& features, const Values& x,
                   const Values& scale, const Values& offset, const Values& mean,
                   const Values& variance, double epsilon) {
  Values y(x.size());
  for (int64_t i = 0; i < features.count(); ++i) {
    const int64_t f = features.Of(i);
    y[i] = (x[i] - mean[f]) / std::sqrt(variance[f] + epsilon) * scale[f] + offset[f];
  }
  return Literal::FromDoubles(shape, y);
}

// (operand, scale, offset) -> (normalized, mean, variance)
absl::StatusOr<Literal> EvaluateTraining(const OpCall& call) {
  EQSAT_RETURN_IF_ERROR(CheckFloat(call));
  const auto& attributes = call.attr<BatchNormAttributes>();
  const Features features(call.operand_shape(0), attributes.feature_index);
  const Values x = ToDoubles(call.operands[0]);
  Values mean = features.Sum([&](int64_t i) { return x[i]; });
  DivideBy(features.per_feature(), mean);
  Values variance = features.Sum([&](int64_t i) {
    const double distance = x[i] - mean[features.Of(i)];
    return distance * distance;
  });
  DivideBy(features.per_feature(), variance);
  return Literal::Tuple(
      {Normalized(call.shape.element(0), features, x, ToDoubles(call.operands[1]),
                  ToDoubles(call.operands[2]), mean, variance, attributes.epsilon),
       Literal::FromDoubles(call.shape.element(1), mean),
       Literal::FromDoubles(call.shape.element(2), variance)});
}

// (operand, scale, offset, mean, variance) -> normalized
absl::StatusOr<Literal> EvaluateInference(const OpCall& call) {
  EQSAT_RETURN_IF_ERROR(CheckFloat(call));
  const auto& attributes = call.attr<BatchNormAttributes>();
  const Features features(call.operand_shape(0), attributes.feature_index);
  return Normalized(call.shape, features, ToDoubles(call.operands[0]), ToDoubles(call.operands[1]),
                    ToDoubles(call.operands[2]), ToDoubles(call.operands[3]),
                    ToDoubles(call.operands[4]), attributes.epsilon);
}

// (operand, scale, mean, variance, grad_output) -> (grad_operand, grad_scale, grad_offset)
absl::StatusOr<Literal> EvaluateGrad(const OpCall& call) {
  EQSAT_RETURN_IF_ERROR(CheckFloat(call));
  const auto& attributes = call.attr<BatchNormAttributes>();
  const Features features(call.operand_shape(0), attributes.feature_index);
  const Values x = ToDoubles(call.operands[0]);
  const Values scale = ToDoubles(call.operands[1]);
  const Values mean = ToDoubles(call.operands[2]);
  const Values variance = ToDoubles(call.operands[3]);
  const Values grad = ToDoubles(call.operands[4]);
  auto inverse_deviation = [&](int64_t f) {
    return 1 / std::sqrt(variance[f] + attributes.epsilon);
  };
  auto standardized = [&](int64_t i) {
    const int64_t f = features.Of(i);
    return (x[i] - mean[f]) * inverse_deviation(f);
  };
  const Values grad_offset = features.Sum([&](int64_t i) { return grad[i]; });
  const Values grad_scale = features.Sum([&](int64_t i) { return grad[i] * standardized(i); });
  Values grad_operand(x.size());
  for (int64_t i = 0; i < features.count(); ++i) {
    const int64_t f = features.Of(i);
    const double centred = grad[i] - grad_offset[f] / features.per_feature() -
                           standardized(i) * grad_scale[f] / features.per_feature();
    grad_operand[i] = scale[f] * inverse_deviation(f) * centred;
  }
  return Literal::Tuple({Literal::FromDoubles(call.shape.element(0), grad_operand),
                         Literal::FromDoubles(call.shape.element(1), grad_scale),
                         Literal::FromDoubles(call.shape.element(2), grad_offset)});
}

}  // namespace

void AddBatchNorm(EvaluatorTable& table) {
  table[OpCode::kBatchNormTraining].evaluate = EvaluateTraining;
  table[OpCode::kBatchNormInference].evaluate = EvaluateInference;
  table[OpCode::kBatchNormGrad].evaluate = EvaluateGrad;
}

}  // namespace eqsat::ir
