// What a module's text repeats: read once, then shared.
#ifndef EQSAT_IMPORTERS_HLO_TEXT_SHARED_VALUES_H_
#define EQSAT_IMPORTERS_HLO_TEXT_SHARED_VALUES_H_

#include <memory>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "importers/shared_attributes.h"
#include "ir/base/strings.h"
#include "ir/graph/annotations.h"
#include "ir/shape/shape.h"

namespace eqsat::importers {

// Keys view the module's text. The system's Abseil knows how to hash its own views only.
struct TextHash {
  size_t operator()(std::string_view text) const {
    return absl::Hash<absl::string_view>()(base::Absl(text));
  }
};
template <typename T>
using ByText = absl::flat_hash_map<std::string_view, T, TextHash>;

// Arrays, without space: `f32[8,4]{1,0}`.
using ShapesByText = ByText<ir::Shape>;

// In a network most instructions have the shape, the attributes and the metadata of some other one.
struct SharedValues {
  ShapesByText shapes;
  // Annotations of metadata alone, by the text of the metadata.
  ByText<std::shared_ptr<const ir::Annotations>> metadata;
  SharedAttributes attributes;
};

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_TEXT_SHARED_VALUES_H_
