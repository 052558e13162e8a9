#include "ir/ops/attributes.h"

namespace eqsat::ir {

size_t HashOf(const Attributes& attributes) {
  size_t hash = std::visit([](const auto& fields) { return absl::HashOf(fields); }, attributes);
  return absl::HashOf(attributes.index(), hash);
}

}  // namespace eqsat::ir
