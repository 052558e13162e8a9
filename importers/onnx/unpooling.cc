// MaxUnpool and Col2Im: windows put back where they were read.
#include <algorithm>

#include "importers/onnx/indexed.h"
#include "importers/onnx/op_table.h"
#include "importers/onnx/window.h"

namespace eqsat::importers::onnx {
namespace {

using ir::ElementType;

constexpr int64_t kMaxUnpooledSize = int64_t{1} << 40;

// The sizes of what was pooled, as far as windows reached.
absl::StatusOr<Sizes> UnpooledSizes(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  EQSAT_RETURN_IF_ERROR(ExpectSpatial(e, x));
  const Sizes input = SpatialSizes(e, x);
  EQSAT_ASSIGN_OR_RETURN(ir::Window window,
                         WindowOf(node, input, node.Ints("kernel_shape").value_or(Sizes())));
  Sizes sizes = {e.size(x, 0), e.size(x, 1)};
  for (size_t i = 0; i < window.size(); ++i) {
    const ir::WindowDimension& d = window[i];
    if (input[i] > kMaxUnpooledSize / d.stride) {
      return base::InvalidArgument("%d windows that are %d apart", input[i], d.stride);
    }
    sizes.push_back((input[i] - 1) * d.stride - d.padding_low - d.padding_high + d.size);
  }
  return sizes;
}

// Each element goes to its place in the whole tensor; the others are 0.
absl::Status MaxUnpool(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0), places = e.Input(node, 1);
  EQSAT_ASSIGN_OR_RETURN(Sizes sizes, UnpooledSizes(e, node));
  if (e.sizes(places) != e.sizes(x)) {
    return base::InvalidArgument("places of %s for %s", e.shape(places).ToString(),
                                 e.shape(x).ToString());
  }
  EQSAT_ASSIGN_OR_RETURN(ir::Shape whole, ir::Shape::Make(e.type(x), sizes));
  const int64_t count = e.shape(x).ElementCount();
  EQSAT_ASSIGN_OR_RETURN(
      InstructionId flat,
      ScatterAt(e, e.Full(e.type(x), {whole.ElementCount()}, 0), e.Reshape(places, Sizes{count, 1}),
                e.Reshape(x, Sizes{count}), "none"));
  InstructionId result = e.Reshape(flat, sizes);
  if (node.Has(2)) {
    EQSAT_ASSIGN_OR_RETURN(Sizes stated, e.IntsInput(node, 2, "the output's shape"));
    if (stated.size() != sizes.size()) {
      return base::InvalidArgument("an output of [%s] for %s", base::Join(stated, ","),
                                   e.shape(x).ToString());
    }
    Sizes high = stated;
    for (size_t d = 0; d < sizes.size(); ++d) {
      if (stated[d] < 0 || stated[d] > kMaxUnpooledSize) {
        return base::InvalidArgument("a dimension of %d", stated[d]);
      }
      high[d] -= sizes[d];
    }
    result = e.Pad(result, e.Scalar(e.type(x), 0), Sizes(sizes.size()), high);
  }
  e.Return(node, result);
  return absl::OkStatus();
}

// Where the elements of all blocks lie in the image: block's element, block, spatial dimension.
InstructionId BlockPlaces(Emitter& e, const ir::Window& window, const Sizes& blocks) {
  Sizes all;
  int64_t elements = 1, count = 1;
  for (const ir::WindowDimension& d : window) all.push_back(d.size), elements *= d.size;
  for (int64_t size : blocks) all.push_back(size), count *= size;
  std::vector<InstructionId> places;
  for (size_t i = 0; i < window.size(); ++i) {
    const auto dim = static_cast<int64_t>(i), dims = static_cast<int64_t>(window.size());
    InstructionId element = e.Iota(ElementType::kS64, all, dim);
    InstructionId block = e.Iota(ElementType::kS64, all, dim + dims);
    InstructionId at = e.AddTo(e.Mul(element, static_cast<double>(window[i].window_dilation)),
                               e.Mul(block, static_cast<double>(window[i].stride)));
    at = e.AddTo(at, -static_cast<double>(window[i].padding_low));
    places.push_back(e.Reshape(at, Sizes{elements, count, 1}));
  }
  return e.Concatenate(places, 2);
}

// The sum of blocks that overlap; what lies in the padding is dropped.
absl::Status Col2Im(Emitter& e, const Node& node) {
  InstructionId x = e.Input(node, 0);
  EQSAT_ASSIGN_OR_RETURN(Sizes image, e.IntsInput(node, 1, "the image's shape"));
  EQSAT_ASSIGN_OR_RETURN(Sizes block, e.IntsInput(node, 2, "the block's shape"));
  EQSAT_ASSIGN_OR_RETURN(ir::Window window, WindowOf(node, image, block));
  Sizes blocks;
  int64_t elements = 1, count = 1;
  for (size_t i = 0; i < image.size(); ++i) {
    if (image[i] < 0 || image[i] > kMaxUnpooledSize || elements > kMaxUnpooledSize / block[i]) {
      return base::InvalidArgument("blocks of [%s] in [%s]", base::Join(block, ","),
                                   base::Join(image, ","));
    }
    elements *= block[i];
    blocks.push_back(OutputSize(window[i], image[i]));
    if (count > kMaxUnpooledSize / std::max<int64_t>(blocks[i], 1)) count = kMaxUnpooledSize + 1;
    if (count <= kMaxUnpooledSize) count *= blocks[i];
  }
  if (e.rank(x) != 3 || image.empty() || e.size(x, 1) % elements != 0 || e.size(x, 2) != count) {
    return base::InvalidArgument("%d blocks of [%s] in [%s] are not %s", count,
                                 base::Join(block, ","), base::Join(image, ","),
                                 e.shape(x).ToString());
  }
  const int64_t batch = e.size(x, 0), channels = e.size(x, 1) / elements;
  InstructionId updates = e.Reshape(x, Sizes{batch, channels, elements, count});
  updates = e.Transpose(updates, Sizes{2, 3, 0, 1});
  Sizes sizes = image;
  sizes.insert(sizes.end(), {batch, channels});
  EQSAT_ASSIGN_OR_RETURN(
      InstructionId sum,
      ScatterAt(e, e.Full(e.type(x), sizes, 0), BlockPlaces(e, window, blocks), updates, "add"));
  const auto dims = static_cast<int64_t>(image.size());
  Sizes order = {dims, dims + 1};
  for (int64_t d = 0; d < dims; ++d) order.push_back(d);
  e.Return(node, e.Transpose(sum, order));
  return absl::OkStatus();
}

}  // namespace

absl::Span<const OpEntry> UnpoolingOps() {
  static constexpr OpEntry kEntries[] = {
      {"Col2Im", 3, 3, Col2Im},
      {"MaxUnpool", 2, 3, MaxUnpool},
  };
  return kEntries;
}

}  // namespace eqsat::importers::onnx
