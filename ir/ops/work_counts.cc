#include "ir/ops/work_counts.h"

namespace eqsat::ir {

double ElementsOf(const Shape& shape) {
  if (shape.IsTuple()) return shape.elements().empty() ? 0 : ElementsOf(shape.element(0));
  if (!shape.IsArray()) return 0;
  double count = 1;
  for (int64_t size : shape.dimensions()) count *= size > 0 ? static_cast<double>(size) : 0;
  return count;
}

double BytesOf(const Shape& shape) {
  if (shape.IsArray()) return ElementsOf(shape) * ByteWidth(shape.element_type());
  double bytes = 0;
  for (const Shape& element : shape.elements()) bytes += BytesOf(element);
  return bytes;
}

Work NoWork(const OpContext& context, absl::Span<const double>) {
  Work work;
  work.bytes_read.assign(context.operands.size(), 0);
  return work;
}

Work MovementWork(const OpContext& context, absl::Span<const double>) {
  Work work;
  for (const Shape& operand : context.operands) work.bytes_read.push_back(BytesOf(operand));
  if (context.declared) work.bytes_written = BytesOf(*context.declared);
  return work;
}

Work ElementwiseWork(const OpContext& context, absl::Span<const double> region_flops) {
  Work work = MovementWork(context, region_flops);
  if (context.declared) work.flops = ElementsOf(*context.declared);
  return work;
}

Work TranscendentalWork(const OpContext& context, absl::Span<const double> region_flops) {
  Work work = MovementWork(context, region_flops);
  if (context.declared) work.transcendentals = ElementsOf(*context.declared);
  return work;
}

Work CallWork(const OpContext& context, absl::Span<const double> region_flops) {
  Work work = MovementWork(context, region_flops);
  for (double flops : region_flops) work.flops += flops;
  return work;
}

double RegionFlops(absl::Span<const double> region_flops, size_t i) {
  return i < region_flops.size() ? region_flops[i] : 0;
}

}  // namespace eqsat::ir
