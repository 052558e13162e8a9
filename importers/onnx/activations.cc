#include "importers/onnx/activations.h"

#include <cmath>
#include <numbers>

#include "importers/onnx/op_table.h"

namespace eqsat::importers::onnx {
namespace {

// What the specification gives as Selu's constants.
constexpr double kSeluAlpha = 1.67326319217681884765625;
constexpr double kSeluGamma = 1.05070102214813232421875;

InstructionId Positive(TensorEmitter& e, InstructionId x) {
  return e.Binary(OpCode::kMaximum, x, 0.0);
}

// alpha * (exp(x / scale) - 1) below 0.
InstructionId ExponentialBelowZero(TensorEmitter& e, InstructionId x, double alpha, double scale) {
  InstructionId scaled = scale == 1 ? x : e.Binary(OpCode::kDivide, x, scale);
  InstructionId below = e.Mul(e.Unary(OpCode::kExponentialMinusOne, scaled), alpha);
  return e.Select(e.Comparing(x, Direction::kLt, 0), below, x);
}

// x from 0 to 1 as alpha * x + beta.
InstructionId HardSigmoidOf(TensorEmitter& e, InstructionId x, double alpha, double beta) {
  InstructionId line = e.AddTo(e.Mul(x, alpha), beta);
  return e.Binary(OpCode::kMinimum, Positive(e, line), 1.0);
}

InstructionId LeakyRelu(TensorEmitter& e, InstructionId x, double alpha) {
  return e.Select(e.Comparing(x, Direction::kLt, 0), e.Mul(x, alpha), x);
}

absl::Status ActivationOp(Emitter& e, const Node& node) {
  Activation activation{.name = node.op_type()};
  if (node.Find("alpha") != nullptr) activation.alpha = node.Float("alpha", 0);
  const std::string_view second = node.op_type() == "Selu" ? "gamma" : "beta";
  if (node.Find(second) != nullptr) activation.beta = node.Float(second, 0);
  e.Return(node, Apply(e, activation, e.Input(node, 0)));
  return absl::OkStatus();
}

absl::Status PRelu(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  InstructionId below = e.Mul(x, e.Expand(e.Input(node, 1), e.sizes(x)));
  e.Return(node, e.Select(e.Comparing(x, Direction::kLt, 0), below, x));
  return absl::OkStatus();
}

absl::Status Gelu(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  const std::string approximate = node.String("approximate", "none");
  InstructionId inner;
  if (approximate == "tanh") {
    InstructionId cube = e.Mul(e.Mul(x, x), x);
    InstructionId sum = e.AddTo(x, e.Mul(cube, 0.044715));
    inner = e.Unary(OpCode::kTanh, e.Mul(sum, std::sqrt(2 / std::numbers::pi)));
  } else if (approximate == "none") {
    inner = e.Unary(OpCode::kErf, e.Mul(x, 1 / std::numbers::sqrt2));
  } else {
    return base::InvalidArgument("approximate is '%s', neither none nor tanh", approximate);
  }
  e.Return(node, e.Mul(e.Mul(x, 0.5), e.AddTo(inner, 1.0)));
  return absl::OkStatus();
}

absl::Status HardSwish(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  e.Return(node, e.Mul(x, HardSigmoidOf(e, x, 1.0 / 6, 0.5)));
  return absl::OkStatus();
}

absl::Status Mish(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  e.Return(node, e.Mul(x, e.Unary(OpCode::kTanh, Softplus(e, x))));
  return absl::OkStatus();
}

InstructionId SwishOf(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  const double alpha = node.Float("alpha", 1);
  InstructionId scaled = alpha == 1 ? x : e.Mul(x, alpha);
  return e.Mul(x, e.Unary(OpCode::kLogistic, scaled));
}

absl::Status Swish(Emitter& e, const Node& node) {
  e.Return(node, SwishOf(e, node));
  return absl::OkStatus();
}

absl::Status SwiGlu(Emitter& e, const Node& node) {
  e.Return(node, e.Add(OpCode::kMultiply, {SwishOf(e, node), e.Input(node, 1)}));
  return absl::OkStatus();
}

absl::Status Shrink(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  const double bias = node.Float("bias", 0), lambda = node.Float("lambd", 0.5);
  InstructionId zero = e.Like(x, 0);
  InstructionId above = e.Select(e.Comparing(x, Direction::kGt, lambda), e.AddTo(x, -bias), zero);
  e.Return(node, e.Select(e.Comparing(x, Direction::kLt, -lambda), e.AddTo(x, bias), above));
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> ActivationOps() {
  static constexpr OpEntry kEntries[] = {
      {"Celu", 1, 1, ActivationOp},
      {"Elu", 1, 1, ActivationOp},
      {"Gelu", 1, 1, Gelu},
      {"HardSigmoid", 1, 1, ActivationOp},
      {"HardSwish", 1, 1, HardSwish},
      {"LeakyRelu", 1, 1, ActivationOp},
      {"Mish", 1, 1, Mish},
      {"PRelu", 2, 2, PRelu},
      {"Relu", 1, 1, ActivationOp},
      {"Selu", 1, 1, ActivationOp},
      {"Shrink", 1, 1, Shrink},
      {"Softplus", 1, 1, ActivationOp},
      {"Softsign", 1, 1, ActivationOp},
      {"SwiGLU", 2, 2, SwiGlu},
      {"Swish", 1, 1, Swish},
      {"ThresholdedRelu", 1, 1, ActivationOp},
  };
  return kEntries;
}

// In a form that does not overflow: log(exp(x) + 1).
InstructionId Softplus(TensorEmitter& e, InstructionId x) {
  InstructionId below = e.Unary(OpCode::kNegate, e.Unary(OpCode::kAbs, x));
  InstructionId rest = e.Unary(OpCode::kLogPlusOne, e.Unary(OpCode::kExponential, below));
  return e.AddTo(Positive(e, x), rest);
}

InstructionId Apply(TensorEmitter& e, const Activation& activation, InstructionId x) {
  const std::string_view name = activation.name;
  auto alpha = [&](double fallback) { return activation.alpha.value_or(fallback); };
  auto beta = [&](double fallback) { return activation.beta.value_or(fallback); };
  if (name == "Relu") return Positive(e, x);
  if (name == "Tanh") return e.Unary(OpCode::kTanh, x);
  if (name == "Sigmoid") return e.Unary(OpCode::kLogistic, x);
  if (name == "Affine") return e.AddTo(e.Mul(x, alpha(1)), beta(0));
  if (name == "LeakyRelu") return LeakyRelu(e, x, alpha(0.01));
  if (name == "Elu") return ExponentialBelowZero(e, x, alpha(1), 1);
  if (name == "Celu") return ExponentialBelowZero(e, x, alpha(1), alpha(1));
  if (name == "HardSigmoid") return HardSigmoidOf(e, x, alpha(0.2), beta(0.5));
  if (name == "Softplus") return Softplus(e, x);
  if (name == "Softsign") return e.Div(x, e.AddTo(e.Unary(OpCode::kAbs, x), 1.0));
  if (name == "ScaledTanh") {
    return e.Mul(e.Unary(OpCode::kTanh, e.Mul(x, beta(1))), alpha(1));
  }
  if (name == "Selu") {
    return e.Mul(ExponentialBelowZero(e, x, alpha(kSeluAlpha), 1), beta(kSeluGamma));
  }
  if (name == "ThresholdedRelu") {
    return e.Select(e.Comparing(x, Direction::kGt, alpha(1)), x, e.Like(x, 0));
  }
  e.Fail(base::Unimplemented("the activation function %s is not supported", name));
  return {};
}

}  // namespace eqsat::importers::onnx
