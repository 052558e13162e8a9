#include "ir/interpret/solvers/solver_call.h"

#include <charconv>

#include "absl/strings/ascii.h"
#include "ir/base/status.h"
#include "ir/interpret/solvers/lapack.h"

namespace eqsat::ir {

SolverCall::SolverCall(const OpCall& call, size_t matrix) : call_(call), matrix_(matrix) {
  // NaNs are for the routines to pass on, as their callers expect.
  [[maybe_unused]] static const bool unchecked = (LAPACKE_set_nancheck(0), true);
  shapes_ = call.shape.IsTuple()
                ? std::vector<Shape>(call.shape.elements().begin(), call.shape.elements().end())
                : std::vector<Shape>{call.shape};
  for (const Shape& shape : shapes_) {
    Expect(shape.IsArray());
    parts_.emplace_back(shape.IsArray() ? shape.ByteSize() : 0);
  }
  Expect(matrix < call.operands.size());
  for (const Literal& operand : call.operands) Expect(operand.shape().IsArray());
  if (!fits_) return;
  const Shape& shape = call.operand_shape(matrix);
  Expect(shape.rank() >= 2);
  batch_ = 1;
  for (int64_t d = 0; d < shape.rank() - 2; ++d) batch_ *= shape.dimension(d);
}

void SolverCall::Expect(bool fits) { fits_ = fits_ && fits; }

int64_t SolverCall::Choice(std::string_view key, size_t operand, int64_t otherwise) {
  if (!HasScalars()) return ConfigInteger(call_.backend_config, key, otherwise);
  const bool fits = operand < matrix_ && call_.operand_shape(operand).IsScalar() &&
                    IsInteger(call_.operand_shape(operand).element_type());
  Expect(fits);
  return fits ? call_.operands[operand].AsInt64(0) : otherwise;
}

int64_t SolverCall::Size(size_t operand, int64_t from_end) const {
  const Shape& shape = call_.operand_shape(operand);
  return shape.rank() < from_end ? 0 : shape.dimension(shape.rank() - from_end);
}

bool SolverCall::IsPart(size_t part, ElementType type, int64_t size) const {
  return HasPart(part) && shapes_[part].element_type() == type &&
         shapes_[part].ElementCount() == batch_ * size;
}

int64_t SolverCall::PartSize(size_t part) const {
  return batch_ == 0 || !HasPart(part) ? 0 : shapes_[part].ElementCount() / batch_;
}

absl::StatusOr<Literal> SolverCall::Result() const {
  if (!fits_) {
    return base::Unimplemented(
        "%s of %s that gives %s", call_.attr<CustomCallAttributes>().custom_call_target,
        call_.operands.empty() ? "nothing" : call_.operands[0].shape().ToString(),
        call_.shape.ToString());
  }
  std::vector<Literal> results;
  for (size_t i = 0; i < parts_.size(); ++i)
    results.push_back(Literal::FromBytes(shapes_[i], parts_[i]));
  return call_.shape.IsTuple() ? Literal::Tuple(std::move(results)) : results[0];
}

std::string_view ConfigText(std::string_view config, std::string_view key) {
  auto is_name = [](char c) { return absl::ascii_isalnum(c) || c == '_'; };
  for (size_t at = config.find(key); at != std::string_view::npos; at = config.find(key, at + 1)) {
    std::string_view behind = config.substr(at + key.size());
    if ((at > 0 && is_name(config[at - 1])) || (!behind.empty() && is_name(behind[0]))) continue;
    const size_t begin = behind.find_first_not_of(" =:\"");
    if (begin != std::string_view::npos) return behind.substr(begin);
  }
  return {};
}

int64_t ConfigInteger(std::string_view config, std::string_view key, int64_t otherwise) {
  const std::string_view text = ConfigText(config, key);
  int64_t value = otherwise;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool ConfigFlag(std::string_view config, std::string_view key, bool otherwise) {
  const std::string_view text = ConfigText(config, key);
  return text.empty() ? otherwise : text.starts_with("true");
}

bool IsLower(std::string_view config) {
  // hipBLAS has 121 for the upper triangle, cuBLAS 1.
  constexpr size_t kFillMode = 4;
  if (!config.empty() && config[0] != '{' && config.size() > kFillMode) {
    return config[kFillMode] != 1 && config[kFillMode] != 121;
  }
  return ConfigInteger(config, "uplo", 'L') == 'L' && ConfigFlag(config, "lower", true);
}

}  // namespace eqsat::ir
