#include "importers/hlo_proto/shape_codec.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::importers {
namespace {

using ir::ElementType;
using ir::Layout;
using ir::Shape;

// XLA's number for an unbounded dimension.
constexpr int64_t kProtoUnbounded = std::numeric_limits<int64_t>::min();

// The parts of a sparse layout, which have no fields here.
constexpr char kLevels[] = "D", kPhysicalShape[] = "P";

void EncodeLayout(const Shape& shape, hlo::LayoutProto* proto) {
  for (int64_t dimension : shape.MinorToMajor()) proto->add_minor_to_major(dimension);
  proto->set_tail_padding_alignment_in_elements(1);
  if (!shape.layout()) return;
  const Layout& layout = *shape.layout();
  for (const std::vector<int64_t>& tile : layout.tiles)
    proto->add_tiles()->mutable_dimensions()->Add(tile.begin(), tile.end());
  proto->set_element_size_in_bits(layout.element_size_in_bits);
  proto->set_memory_space(layout.memory_space);
  proto->set_index_primitive_type(static_cast<hlo::PrimitiveType>(layout.index_primitive_type));
  proto->set_pointer_primitive_type(static_cast<hlo::PrimitiveType>(layout.pointer_primitive_type));
  proto->set_dynamic_shape_metadata_prefix_bytes(layout.dynamic_metadata_prefix_bytes);
  proto->set_tail_padding_alignment_in_elements(layout.tail_padding_alignment);
  for (const Layout::Split& split : layout.splits) {
    hlo::SplitConfigProto* config = proto->add_split_configs();
    config->set_dimension(split.dimension);
    config->mutable_split_indices()->Add(split.indices.begin(), split.indices.end());
  }
  for (auto [name, text] : {std::pair(kLevels, &layout.dim_level_types),
                            std::pair(kPhysicalShape, &layout.physical_shape)}) {
    if (text->empty()) continue;
    hlo::Text* entry = proto->add_eqsat_text();
    entry->set_name(name);
    entry->set_text(*text);
  }
}

absl::StatusOr<Layout> DecodeLayout(const hlo::LayoutProto& proto, int64_t rank) {
  Layout layout;
  layout.minor_to_major.assign(proto.minor_to_major().begin(), proto.minor_to_major().end());
  if (layout.minor_to_major.empty()) layout.minor_to_major = ir::RowMajorOrder(rank);
  std::vector<bool> seen(rank);
  bool permutation = static_cast<int64_t>(layout.minor_to_major.size()) == rank;
  for (int64_t dimension : layout.minor_to_major) {
    permutation = permutation && dimension >= 0 && dimension < rank && !seen[dimension];
    if (permutation) seen[dimension] = true;
  }
  if (!permutation) {
    return base::InvalidArgument("the layout {%s} does not order %d dimensions",
                                 base::Join(layout.minor_to_major, ","), rank);
  }
  bool empty = false;
  for (const hlo::TileProto& tile : proto.tiles()) empty |= tile.dimensions().empty();
  for (const hlo::SplitConfigProto& config : proto.split_configs())
    empty |= config.split_indices().empty();
  if (empty) return base::InvalidArgument("a layout has a tile or split of no dimensions");
  for (const hlo::TileProto& tile : proto.tiles())
    layout.tiles.emplace_back(tile.dimensions().begin(), tile.dimensions().end());
  layout.element_size_in_bits = proto.element_size_in_bits();
  layout.memory_space = proto.memory_space();
  layout.index_primitive_type = proto.index_primitive_type();
  layout.pointer_primitive_type = proto.pointer_primitive_type();
  layout.dynamic_metadata_prefix_bytes = proto.dynamic_shape_metadata_prefix_bytes();
  if (proto.tail_padding_alignment_in_elements() != 0)
    layout.tail_padding_alignment = proto.tail_padding_alignment_in_elements();
  for (const hlo::SplitConfigProto& config : proto.split_configs()) {
    layout.splits.push_back(
        {.dimension = config.dimension(),
         .indices = {config.split_indices().begin(), config.split_indices().end()}});
  }
  for (const hlo::Text& entry : proto.eqsat_text())
    (entry.name() == kLevels ? layout.dim_level_types : layout.physical_shape) = entry.text();
  return layout;
}

absl::StatusOr<Shape> DecodeArray(ElementType type, const hlo::ShapeProto& proto) {
  std::vector<int64_t> sizes(proto.dimensions().begin(), proto.dimensions().end());
  absl::InlinedVector<bool, 8> dynamic(sizes.size());
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (i < static_cast<size_t>(proto.is_dynamic_dimension_size()))
      dynamic[i] = proto.is_dynamic_dimension(static_cast<int>(i));
    if (sizes[i] != kProtoUnbounded) continue;
    sizes[i] = Shape::kUnbounded;
    dynamic[i] = true;
  }
  EQSAT_ASSIGN_OR_RETURN(Shape shape, Shape::Make(type, sizes, dynamic));
  if (!proto.has_layout()) return shape;
  EQSAT_ASSIGN_OR_RETURN(Layout layout, DecodeLayout(proto.layout(), shape.rank()));
  return shape.WithLayout(std::move(layout));
}

}  // namespace

void EncodeShape(const Shape& shape, hlo::ShapeProto* proto) {
  proto->set_element_type(static_cast<hlo::PrimitiveType>(ProtoNumber(shape.element_type())));
  for (const Shape& element : shape.elements()) EncodeShape(element, proto->add_tuple_shapes());
  if (!shape.IsArray()) return;
  for (int64_t i = 0; i < shape.rank(); ++i) {
    bool unbounded = shape.dimension(i) == Shape::kUnbounded;
    proto->add_dimensions(unbounded ? kProtoUnbounded : shape.dimension(i));
    proto->add_is_dynamic_dimension(shape.is_dynamic(i));
  }
  EncodeLayout(shape, proto->mutable_layout());
}

absl::StatusOr<Shape> DecodeShape(const hlo::ShapeProto& proto) {
  auto type = ir::ElementTypeFromProtoNumber(proto.element_type());
  if (!type)
    return base::InvalidArgument("a shape has the unknown element type %d", proto.element_type());
  if (IsArrayElement(*type)) return DecodeArray(*type, proto);
  if (type == ElementType::kToken) return Shape::Token();
  if (type == ElementType::kOpaque) return Shape::Opaque();
  std::vector<Shape> elements;
  for (const hlo::ShapeProto& element : proto.tuple_shapes()) {
    EQSAT_ASSIGN_OR_RETURN(Shape decoded, DecodeShape(element));
    elements.push_back(std::move(decoded));
  }
  if (type == ElementType::kTuple) return Shape::Tuple(std::move(elements));
  if (elements.size() != 1 || !elements[0].IsArray())
    return base::InvalidArgument("a buffer's shape holds no array");
  return Shape::Buffer(std::move(elements[0]));
}

void EncodeProgramShape(const ir::ProgramShape& shape, hlo::ProgramShapeProto* proto) {
  for (const Shape& parameter : shape.parameters) EncodeShape(parameter, proto->add_parameters());
  EncodeShape(shape.result, proto->mutable_result());
}

absl::StatusOr<ir::ProgramShape> DecodeProgramShape(const hlo::ProgramShapeProto& proto) {
  ir::ProgramShape shape;
  for (const hlo::ShapeProto& parameter : proto.parameters()) {
    EQSAT_ASSIGN_OR_RETURN(Shape decoded, DecodeShape(parameter));
    shape.parameters.push_back(std::move(decoded));
  }
  EQSAT_ASSIGN_OR_RETURN(shape.result, DecodeShape(proto.result()));
  return shape;
}

}  // namespace eqsat::importers
