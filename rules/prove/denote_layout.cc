// Denotations of what rearranges elements.

#include <algorithm>
#include <optional>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "rules/prove/denote.h"

namespace eqsat::rules {
namespace {

bool IsDim(int64_t d, size_t rank) { return d >= 0 && d < static_cast<int64_t>(rank); }

// Distinct dims of an array of this rank.
bool AreDims(Ints dims, size_t rank) {
  std::sort(dims.begin(), dims.end());
  return std::adjacent_find(dims.begin(), dims.end()) == dims.end() &&
         std::all_of(dims.begin(), dims.end(), [&](int64_t d) { return IsDim(d, rank); });
}

}  // namespace

absl::StatusOr<Tensor> DenoteTranspose(const TensorOp& op) {
  EQSAT_ASSIGN_OR_RETURN(Ints perm, op.PlainList("perm"));
  const Tensor& x = op.operands[0];
  if (perm.size() != x.dims.size() || !AreDims(perm, perm.size())) return op.Misfit(kNoSuchDims);
  Polys dims;
  for (int64_t d : perm) dims.push_back(x.dims[d]);
  auto at = [x, perm](const Polys& indices) {
    Polys source(indices.size());
    for (size_t i = 0; i < perm.size(); ++i) source[perm[i]] = indices[i];
    return x.at(source);
  };
  return Tensor{dims, x.type, at};
}

absl::StatusOr<Tensor> DenoteBroadcast(const TensorOp& op) {
  EQSAT_ASSIGN_OR_RETURN(Ints dims, op.PlainList("dims"));
  if (!op.shape) return NoDenotation("the shape of a broadcast is not known");
  const Tensor& x = op.operands[0];
  if (dims.size() != x.dims.size() || !AreDims(dims, op.shape->size()))
    return op.Misfit(kNoSuchDims);
  for (size_t i = 0; i < dims.size(); ++i)
    EQSAT_RETURN_IF_ERROR(op.DemandEqual(x.dims[i], (*op.shape)[dims[i]]));
  auto at = [x, dims](const Polys& indices) {
    Polys source;
    for (int64_t d : dims) source.push_back(indices[d]);
    return x.at(source);
  };
  return Tensor{*op.shape, x.type, at};
}

absl::StatusOr<Tensor> DenoteReverse(const TensorOp& op) {
  EQSAT_ASSIGN_OR_RETURN(Ints dims, op.PlainList("dims"));
  const Tensor& x = op.operands[0];
  if (!AreDims(dims, x.dims.size())) return op.Misfit(kNoSuchDims);
  auto at = [x, dims](const Polys& indices) {
    Polys source = indices;
    for (int64_t d : dims) source[d] = x.dims[d] - 1 - indices[d];
    return x.at(source);
  };
  return Tensor{x.dims, x.type, at};
}

absl::StatusOr<Tensor> DenoteIota(const TensorOp& op) {
  EQSAT_ASSIGN_OR_RETURN(int64_t dim, op.PlainInt("dim"));
  if (!op.shape || !op.type) return NoDenotation("the shape or type of an iota is not known");
  if (!IsDim(dim, op.shape->size())) return op.Misfit(kNoSuchDims);
  auto at = [op, dim](const Polys& indices) -> absl::StatusOr<Element> {
    const bool one = op.assumptions->Simplify((*op.shape)[dim]) == Poly(1);
    if (one) return ElementMaker::Number(*op.type, 0);
    return op.make->Index(*op.type, indices[dim]);
  };
  return Tensor{*op.shape, *op.type, at};
}

// ---- Reshape ----
//
// Sizes of 1 and runs of dims with one product on both sides are told apart by their polynomials.
// Within a run, splitting one dim is arithmetic; every other run is a named bijection of row-major
// order, of which only this is used: a bijection after another is one, and from equal sizes to
// equal sizes it is the identity.
namespace {

struct Run {
  Polys from;
  Polys to;
  Polys indices;  // in `to`
};

std::string TextOf(const Polys& list) {
  std::string text;
  for (const Poly& p : list) base::StrAppend(&text, p.ToString(), ",");
  return text;
}

Poly Product(const Polys& list) {
  Poly product(1);
  for (const Poly& p : list) product = product * p;
  return product;
}

// The runs of equal product, shortest first; what is left over is one last run.
std::vector<Run> RunsOf(Polys from, Polys to, Polys indices) {
  std::vector<Run> runs;
  auto take = [&](size_t a, size_t b) {
    auto cut = [](Polys& list, size_t n) {
      Polys head(list.begin(), list.begin() + static_cast<int64_t>(n));
      list.erase(list.begin(), list.begin() + static_cast<int64_t>(n));
      return head;
    };
    Polys source = cut(from, a);
    Polys target = cut(to, b);
    runs.push_back({source, target, cut(indices, b)});
  };
  auto shortest = [&]() -> std::optional<std::pair<size_t, size_t>> {
    for (size_t total = 2; total <= from.size() + to.size(); ++total) {
      for (size_t a = 1; a < total; ++a) {
        const size_t b = total - a;
        if (a > from.size() || b > to.size()) continue;
        Polys left(from.begin(), from.begin() + static_cast<int64_t>(a));
        Polys right(to.begin(), to.begin() + static_cast<int64_t>(b));
        if (Product(left) == Product(right)) return std::make_pair(a, b);
      }
    }
    return std::nullopt;
  };
  while (!from.empty() && !to.empty()) {
    auto sizes = shortest().value_or(std::make_pair(from.size(), to.size()));
    take(sizes.first, sizes.second);
  }
  if (!from.empty() || !to.empty()) take(from.size(), to.size());
  return runs;
}

// The indices in `run.from`.
absl::StatusOr<Polys> Undo(const Run& run, Assumptions* assumptions) {
  if (run.from == run.to) return run.indices;
  if (run.from.size() == 1) {
    Poly linear;
    for (size_t i = 0; i < run.to.size(); ++i) linear = linear * run.to[i] + run.indices[i];
    if (Product(run.to) == run.from[0]) return Polys{linear};
  }
  std::string made_of = base::StrCat("reshape ", TextOf(run.from), "|");
  std::string tail = base::StrCat(TextOf(run.to), "|", TextOf(run.indices));
  // If the indices are those of a reshape themselves, the two are one.
  if (auto inner = assumptions->ReshapeOf(run.indices); inner && inner->from == run.to) {
    if (inner->to == run.from) return inner->indices;
    tail = base::StrCat(TextOf(inner->to), "|", TextOf(inner->indices));
    return assumptions->ReshapeIndices(base::StrCat(made_of, tail),
                                       {run.from, inner->to, inner->indices});
  }
  return assumptions->ReshapeIndices(base::StrCat(made_of, tail), {run.from, run.to, run.indices});
}

// The product as far as sizes of 1 are known.
Poly CountOf(const Polys& sizes, const Assumptions& assumptions) {
  Poly product(1);
  for (const Poly& size : sizes) product = product * assumptions.Simplify(size);
  return product;
}

// A reshape keeps the number of elements: known of those on the left, and what is asked of those on
// the right. Products are compared as polynomials, since solvers are slow at them.
absl::Status DemandSameCount(const TensorOp& op, const Polys& from, const Polys& to) {
  const Poly a = CountOf(from, *op.assumptions);
  const Poly b = CountOf(to, *op.assumptions);
  if (a == b) return absl::OkStatus();
  if (op.side == RuleSide::kLeft) {
    op.assumptions->AssumeSameCount(a, b);
    return absl::OkStatus();
  }
  if (op.assumptions->KnownSameCount(a, b) || op.assumptions->ProvablyEqual(a, b))
    return absl::OkStatus();
  return NoDenotation("a reshape of the right side may not keep the number of elements");
}

}  // namespace

absl::StatusOr<Tensor> DenoteReshape(const TensorOp& op) {
  if (!op.shape) return NoDenotation("the shape of a reshape is not known");
  const Tensor& x = op.operands[0];
  EQSAT_RETURN_IF_ERROR(DemandSameCount(op, x.dims, *op.shape));
  auto at = [x, to = *op.shape,
             assumptions = op.assumptions](const Polys& indices) -> absl::StatusOr<Element> {
    Polys from_sizes;
    Polys to_sizes;
    Polys longer;
    for (const Poly& size : x.dims)
      if (Poly s = assumptions->Simplify(size); s != Poly(1)) from_sizes.push_back(s);
    for (size_t i = 0; i < to.size(); ++i) {
      Poly s = assumptions->Simplify(to[i]);
      if (s == Poly(1)) continue;
      to_sizes.push_back(s);
      longer.push_back(assumptions->Simplify(indices[i]));
    }
    Polys source;
    for (const Run& run : RunsOf(from_sizes, to_sizes, longer)) {
      EQSAT_ASSIGN_OR_RETURN(Polys undone, Undo(run, assumptions));
      source.insert(source.end(), undone.begin(), undone.end());
    }
    Polys all;
    size_t next = 0;
    for (const Poly& size : x.dims)
      all.push_back(assumptions->Simplify(size) == Poly(1) ? Poly(0) : source[next++]);
    return x.at(all);
  };
  return Tensor{*op.shape, x.type, at};
}

}  // namespace eqsat::rules
