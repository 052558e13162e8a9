// Attributes that many instructions have, kept once.
#ifndef EQSAT_IMPORTERS_SHARED_ATTRIBUTES_H_
#define EQSAT_IMPORTERS_SHARED_ATTRIBUTES_H_

#include <cstddef>
#include <memory>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "ir/ops/attributes.h"

namespace eqsat::importers {

class SharedAttributes {
 public:
  // The one copy that equals `attributes`.
  std::shared_ptr<const ir::Attributes> Share(ir::Attributes attributes) {
    auto found = kept_.find(attributes);
    if (found != kept_.end()) return *found;
    return *kept_.insert(std::make_shared<const ir::Attributes>(std::move(attributes))).first;
  }

 private:
  // Pointers count as what they point to.
  struct ByValue {
    using is_transparent = void;
    static const ir::Attributes* Of(const ir::Attributes& attributes) { return &attributes; }
    static const ir::Attributes* Of(const std::shared_ptr<const ir::Attributes>& attributes) {
      return attributes.get();
    }
  };
  struct Hash : ByValue {
    size_t operator()(const auto& attributes) const { return ir::HashOf(*Of(attributes)); }
  };
  struct Equal : ByValue {
    bool operator()(const auto& a, const auto& b) const { return *Of(a) == *Of(b); }
  };
  absl::flat_hash_set<std::shared_ptr<const ir::Attributes>, Hash, Equal> kept_;
};

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_SHARED_ATTRIBUTES_H_
