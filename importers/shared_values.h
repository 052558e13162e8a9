// What a module repeats: read once, then shared.
#ifndef EQSAT_IMPORTERS_SHARED_VALUES_H_
#define EQSAT_IMPORTERS_SHARED_VALUES_H_

#include <memory>

#include "importers/by_text.h"
#include "importers/shared_attributes.h"
#include "ir/graph/annotations.h"
#include "ir/shape/shape.h"

namespace eqsat::importers {

// Keys view the module's text or bytes. In text these shapes are arrays, without space:
// `f32[8,4]{1,0}`.
using ShapesByText = ByText<ir::Shape>;

// In a network most instructions have the shape, the attributes and the metadata of some other one.
struct SharedValues {
  ShapesByText shapes;
  // Annotations of metadata alone, by the metadata.
  ByText<std::shared_ptr<const ir::Annotations>> metadata;
  SharedAttributes attributes;
};

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_SHARED_VALUES_H_
