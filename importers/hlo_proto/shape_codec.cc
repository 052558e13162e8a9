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

absl::StatusOr<Layout> DecodeLayout(const WireMessage& proto, int64_t rank) {
  using P = hlo::LayoutProto;
  Layout layout;
  proto.AppendVarints(P::kMinorToMajorFieldNumber, &layout.minor_to_major);
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
  proto.ForEachChild(P::kTilesFieldNumber, [&](const WireMessage& tile) {
    tile.AppendVarints(hlo::TileProto::kDimensionsFieldNumber, &layout.tiles.emplace_back());
    empty |= layout.tiles.back().empty();
  });
  proto.ForEachChild(P::kSplitConfigsFieldNumber, [&](const WireMessage& config) {
    Layout::Split& split = layout.splits.emplace_back();
    split.dimension = config.Int64(hlo::SplitConfigProto::kDimensionFieldNumber);
    config.AppendVarints(hlo::SplitConfigProto::kSplitIndicesFieldNumber, &split.indices);
    empty |= split.indices.empty();
  });
  if (empty) return base::InvalidArgument("a layout has a tile or split of no dimensions");
  layout.element_size_in_bits = proto.Int64(P::kElementSizeInBitsFieldNumber);
  layout.memory_space = proto.Int64(P::kMemorySpaceFieldNumber);
  layout.index_primitive_type = proto.Int32(P::kIndexPrimitiveTypeFieldNumber);
  layout.pointer_primitive_type = proto.Int32(P::kPointerPrimitiveTypeFieldNumber);
  layout.dynamic_metadata_prefix_bytes =
      proto.Int64(P::kDynamicShapeMetadataPrefixBytesFieldNumber);
  const int64_t alignment = proto.Int64(P::kTailPaddingAlignmentInElementsFieldNumber);
  if (alignment != 0) layout.tail_padding_alignment = alignment;
  proto.ForEachPair(P::kEqsatTextFieldNumber, [&](std::string_view name, std::string_view text) {
    (name == kLevels ? layout.dim_level_types : layout.physical_shape) = text;
  });
  return layout;
}

absl::StatusOr<Shape> DecodeArray(ElementType type, const WireMessage& proto) {
  using P = hlo::ShapeProto;
  ir::DimensionVector sizes;
  proto.AppendVarints(P::kDimensionsFieldNumber, &sizes);
  absl::InlinedVector<bool, 8> dynamic;
  proto.AppendVarints(P::kIsDynamicDimensionFieldNumber, &dynamic);
  dynamic.resize(sizes.size());
  for (size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] != kProtoUnbounded) continue;
    sizes[i] = Shape::kUnbounded;
    dynamic[i] = true;
  }
  EQSAT_ASSIGN_OR_RETURN(Shape shape, Shape::Make(type, sizes, dynamic));
  if (!proto.HasChild(P::kLayoutFieldNumber)) return shape;
  EQSAT_ASSIGN_OR_RETURN(Layout layout,
                         DecodeLayout(proto.Child(P::kLayoutFieldNumber), shape.rank()));
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

absl::StatusOr<std::vector<Shape>> DecodeShapes(const WireMessage& proto, int number) {
  std::vector<Shape> shapes;
  EQSAT_RETURN_IF_ERROR(proto.TryEachChild(number, [&shapes](const WireMessage& element) {
    EQSAT_ASSIGN_OR_RETURN(Shape shape, DecodeShape(element));
    shapes.push_back(std::move(shape));
    return absl::OkStatus();
  }));
  return shapes;
}

absl::StatusOr<Shape> DecodeShape(const WireMessage& proto) {
  const int number = proto.Int32(hlo::ShapeProto::kElementTypeFieldNumber);
  auto type = ir::ElementTypeFromProtoNumber(number);
  if (!type) return base::InvalidArgument("a shape has the unknown element type %d", number);
  if (IsArrayElement(*type)) return DecodeArray(*type, proto);
  if (type == ElementType::kToken) return Shape::Token();
  if (type == ElementType::kOpaque) return Shape::Opaque();
  EQSAT_ASSIGN_OR_RETURN(std::vector<Shape> elements,
                         DecodeShapes(proto, hlo::ShapeProto::kTupleShapesFieldNumber));
  if (type == ElementType::kTuple) return Shape::Tuple(std::move(elements));
  if (elements.size() != 1 || !elements[0].IsArray())
    return base::InvalidArgument("a buffer's shape holds no array");
  return Shape::Buffer(std::move(elements[0]));
}

void EncodeProgramShape(const ir::ProgramShape& shape, hlo::ProgramShapeProto* proto) {
  for (const Shape& parameter : shape.parameters) EncodeShape(parameter, proto->add_parameters());
  EncodeShape(shape.result, proto->mutable_result());
}

absl::StatusOr<ir::ProgramShape> DecodeProgramShape(const WireMessage& proto) {
  using P = hlo::ProgramShapeProto;
  ir::ProgramShape shape;
  EQSAT_ASSIGN_OR_RETURN(shape.parameters, DecodeShapes(proto, P::kParametersFieldNumber));
  EQSAT_ASSIGN_OR_RETURN(shape.result, DecodeShape(proto.Child(P::kResultFieldNumber)));
  return shape;
}

}  // namespace eqsat::importers
