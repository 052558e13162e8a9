// Denotations of what takes parts and puts parts together.

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "rules/prove/denote.h"

namespace eqsat::rules {
namespace {

using StatusOrElement = absl::StatusOr<Element>;

constexpr std::string_view kWrongRanks = "ranks of the right side do not fit together";

// What is put together has one type. Names for any type may be names for one.
absl::Status DemandOneType(const TensorOp& op, ProofType a, ProofType b) {
  if (a == b || a.is_abstract() || b.is_abstract()) return absl::OkStatus();
  return op.Misfit("types of the right side do not fit together");
}

}  // namespace

absl::StatusOr<Tensor> DenoteSlice(const TensorOp& op) {
  EQSAT_ASSIGN_OR_RETURN(Polys start, op.List("start"));
  EQSAT_ASSIGN_OR_RETURN(Polys limit, op.List("limit"));
  EQSAT_ASSIGN_OR_RETURN(Polys stride, op.List("stride"));
  const Tensor& x = op.operands[0];
  const size_t rank = x.dims.size();
  if (start.size() != rank || limit.size() != rank || stride.size() != rank)
    return op.Misfit(kWrongRanks);
  Polys dims;
  for (size_t i = 0; i < rank; ++i) {
    EQSAT_RETURN_IF_ERROR(op.Demand(start[i]));
    EQSAT_RETURN_IF_ERROR(op.Demand(limit[i] - start[i]));
    EQSAT_RETURN_IF_ERROR(op.Demand(x.dims[i] - limit[i]));
    EQSAT_RETURN_IF_ERROR(op.Demand(stride[i] - 1));
    EQSAT_ASSIGN_OR_RETURN(Poly size, op.assumptions->CeilDiv(limit[i] - start[i], stride[i]));
    dims.push_back(size);
  }
  auto at = [x, start, limit, stride, a = op.assumptions](const Polys& indices) -> StatusOrElement {
    Polys source;
    for (size_t i = 0; i < indices.size(); ++i) {
      source.push_back(start[i] + indices[i] * stride[i]);
      // In bounds of the result is below the limit, which needs products to be seen.
      EQSAT_RETURN_IF_ERROR(a->AssumeNonNegative(limit[i] - 1 - source.back()));
    }
    return x.at(source);
  };
  return Tensor{dims, x.type, at};
}

absl::StatusOr<Tensor> DenotePad(const TensorOp& op) {
  EQSAT_ASSIGN_OR_RETURN(Polys low, op.List("low"));
  EQSAT_ASSIGN_OR_RETURN(Polys high, op.List("high"));
  EQSAT_ASSIGN_OR_RETURN(Polys interior, op.List("interior"));
  const Tensor x = op.operands[0];
  const Tensor value = op.operands[1];
  const size_t rank = x.dims.size();
  if (low.size() != rank || high.size() != rank || interior.size() != rank)
    return op.Misfit(kWrongRanks);
  if (!value.dims.empty()) return op.Misfit(kWrongRanks);
  EQSAT_RETURN_IF_ERROR(DemandOneType(op, x.type, value.type));
  Polys dims;
  for (size_t i = 0; i < rank; ++i) {
    EQSAT_RETURN_IF_ERROR(op.Demand(interior[i]));
    Poly size = low[i] + x.dims[i] + high[i];
    if (op.assumptions->Simplify(interior[i]) != Poly(0)) {
      EQSAT_ASSIGN_OR_RETURN(bool has_gaps, op.assumptions->NonNegative(x.dims[i] - 1));
      if (has_gaps) size = size + interior[i] * (x.dims[i] - 1);
    }
    EQSAT_RETURN_IF_ERROR(op.Demand(size));
    dims.push_back(size);
  }
  auto at = [=, a = op.assumptions](const Polys& indices) -> StatusOrElement {
    Polys source;
    for (size_t i = 0; i < indices.size(); ++i) {
      EQSAT_ASSIGN_OR_RETURN(auto place, a->Divide(indices[i] - low[i], interior[i] + 1));
      EQSAT_ASSIGN_OR_RETURN(bool inside, a->NonNegative(place.quotient));
      if (!inside) return value.at({});
      EQSAT_ASSIGN_OR_RETURN(inside, a->NonNegative(x.dims[i] - 1 - place.quotient));
      if (!inside) return value.at({});
      EQSAT_ASSIGN_OR_RETURN(inside, a->Equal(place.rest, Poly(0)));
      if (!inside) return value.at({});
      source.push_back(place.quotient);
    }
    return x.at(source);
  };
  return Tensor{dims, x.type, at};
}

absl::StatusOr<Tensor> DenoteConcatenate(const TensorOp& op) {
  EQSAT_ASSIGN_OR_RETURN(int64_t dim, op.PlainInt("dim"));
  if (op.operands.empty()) return op.Misfit(kWrongRanks);
  Polys dims = op.operands[0].dims;
  if (dim < 0 || dim >= static_cast<int64_t>(dims.size())) return op.Misfit(kWrongRanks);
  for (size_t i = 1; i < op.operands.size(); ++i) {
    Polys sizes = op.operands[i].dims;
    if (sizes.size() != dims.size()) return op.Misfit(kWrongRanks);
    const Poly joined = dims[dim] + sizes[dim];
    sizes[dim] = dims[dim];
    EQSAT_RETURN_IF_ERROR(op.DemandEqual(sizes, dims));
    EQSAT_RETURN_IF_ERROR(DemandOneType(op, op.operands[0].type, op.operands[i].type));
    dims[dim] = joined;
  }
  auto at = [operands = op.operands, dim,
             a = op.assumptions](const Polys& indices) -> StatusOrElement {
    Polys source = indices;
    for (size_t i = 0; i + 1 < operands.size(); ++i) {
      const Poly& size = operands[i].dims[dim];
      EQSAT_ASSIGN_OR_RETURN(bool here, a->NonNegative(size - 1 - source[dim]));
      if (here) return operands[i].at(source);
      source[dim] = source[dim] - size;
    }
    return operands.back().at(source);
  };
  return Tensor{dims, op.operands[0].type, at};
}

namespace {

// The place of a part of `sizes` in `x` that the index operands from `first` on name, moved inside.
absl::StatusOr<Polys> Starts(const TensorOp& op, size_t first, const Polys& sizes) {
  Polys starts;
  Assumptions& assumptions = *op.assumptions;
  for (size_t i = 0; i < sizes.size(); ++i) {
    const Poly most = assumptions.Simplify(op.operands[0].dims[i] - sizes[i]);
    if (most == Poly(0)) {
      starts.push_back(0);
      continue;
    }
    EQSAT_ASSIGN_OR_RETURN(Element index, op.operands[first + i].at({}));
    if (index->kind == ElementNode::Kind::kIndex) {
      Poly start = index->indices[0];
      EQSAT_ASSIGN_OR_RETURN(bool low, assumptions.NonNegative(-start));
      EQSAT_ASSIGN_OR_RETURN(bool fits, assumptions.NonNegative(most - start));
      starts.push_back(low ? Poly(0) : fits ? start : most);
      continue;
    }
    Poly start =
        assumptions.Opaque(base::StrCat("start ", index->text, " up to ", most.ToString()));
    EQSAT_RETURN_IF_ERROR(assumptions.AssumeNonNegative(most - start));
    starts.push_back(start);
  }
  return starts;
}

absl::Status CheckPart(const TensorOp& op, size_t first, const Polys& sizes) {
  const Tensor& x = op.operands[0];
  if (sizes.size() != x.dims.size() || op.operands.size() != first + sizes.size())
    return op.Misfit(kWrongRanks);
  for (size_t i = 0; i < sizes.size(); ++i) {
    EQSAT_RETURN_IF_ERROR(op.Demand(sizes[i]));
    EQSAT_RETURN_IF_ERROR(op.Demand(x.dims[i] - sizes[i]));
    if (!op.operands[first + i].dims.empty()) return op.Misfit(kWrongRanks);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Tensor> DenoteDynamicSlice(const TensorOp& op) {
  EQSAT_ASSIGN_OR_RETURN(Polys sizes, op.List("sizes"));
  EQSAT_RETURN_IF_ERROR(CheckPart(op, 1, sizes));
  auto at = [op, sizes](const Polys& indices) -> StatusOrElement {
    EQSAT_ASSIGN_OR_RETURN(Polys source, Starts(op, 1, sizes));
    for (size_t i = 0; i < indices.size(); ++i) source[i] = source[i] + indices[i];
    return op.operands[0].at(source);
  };
  return Tensor{sizes, op.operands[0].type, at};
}

absl::StatusOr<Tensor> DenoteDynamicUpdateSlice(const TensorOp& op) {
  const Polys sizes = op.operands[1].dims;
  EQSAT_RETURN_IF_ERROR(CheckPart(op, 2, sizes));
  EQSAT_RETURN_IF_ERROR(DemandOneType(op, op.operands[0].type, op.operands[1].type));
  auto at = [op, sizes](const Polys& indices) -> StatusOrElement {
    EQSAT_ASSIGN_OR_RETURN(Polys starts, Starts(op, 2, sizes));
    Polys inside;
    for (size_t i = 0; i < indices.size(); ++i) {
      const Poly place = indices[i] - starts[i];
      EQSAT_ASSIGN_OR_RETURN(bool holds, op.assumptions->NonNegative(place));
      if (!holds) return op.operands[0].at(indices);
      EQSAT_ASSIGN_OR_RETURN(holds, op.assumptions->NonNegative(sizes[i] - 1 - place));
      if (!holds) return op.operands[0].at(indices);
      inside.push_back(place);
    }
    return op.operands[1].at(inside);
  };
  return Tensor{op.operands[0].dims, op.operands[0].type, at};
}

}  // namespace eqsat::rules
