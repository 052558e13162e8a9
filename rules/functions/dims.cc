// Dimension numbers, permutations and lists of integers.

#include <algorithm>
#include <functional>
#include <numeric>

#include "absl/algorithm/container.h"
#include "ir/shape/permutation.h"
#include "rules/functions/function.h"

namespace eqsat::rules {
namespace {

using OptInts = std::optional<Ints>;
using OptInt = std::optional<int64_t>;

// No list that a rule makes is longer: it would be no shape of this world.
constexpr int64_t kMaxLength = 1024;

bool InRange(int64_t index, const Ints& list) {
  return index >= 0 && index < static_cast<int64_t>(list.size());
}

// result[i] = list[indices[i]]
OptInts Map(const Facts&, const Ints& list, const Ints& indices) {
  Ints result;
  for (int64_t i : indices) {
    if (!InRange(i, list)) return std::nullopt;
    result.push_back(list[i]);
  }
  return result;
}

OptInts Inverse(const Facts&, const Ints& p) {
  if (!ir::IsPermutation(p, p.size())) return std::nullopt;
  Ints result(p.size());
  for (size_t i = 0; i < p.size(); ++i) result[p[i]] = static_cast<int64_t>(i);
  return result;
}

OptInts Range(const Facts&, const int64_t& n) {
  if (n < 0 || n > kMaxLength) return std::nullopt;
  Ints result(n);
  std::iota(result.begin(), result.end(), 0);
  return result;
}

OptInts Complement(const Facts& facts, const int64_t& rank, const Ints& dims) {
  OptInts all = Range(facts, rank);
  if (all) std::erase_if(*all, [&](int64_t d) { return absl::c_linear_search(dims, d); });
  return all;
}

OptInts Free(const Facts& facts, const int64_t& rank, const Ints& a, const Ints& b) {
  OptInts rest = Complement(facts, rank, a);
  if (rest) std::erase_if(*rest, [&](int64_t d) { return absl::c_linear_search(b, d); });
  return rest;
}

Ints Union(const Facts&, const Ints& a, const Ints& b) {
  Ints result = a;
  result.insert(result.end(), b.begin(), b.end());
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

// Where the dims of what is left after `removed` were before.
OptInts Lift(const Facts&, const Ints& removed, const Ints& dims) {
  Ints result;
  for (int64_t d : dims) {
    if (d < 0 || d > kMaxLength) return std::nullopt;
    int64_t original = -1;
    for (int64_t left = d + 1; left > 0;) left -= !absl::c_linear_search(removed, ++original);
    result.push_back(original);
  }
  return result;
}

// Where dims that are not removed are once `removed` are gone.
OptInts Lower(const Facts&, const Ints& removed, const Ints& dims) {
  Ints result;
  for (int64_t d : dims) {
    if (absl::c_linear_search(removed, d)) return std::nullopt;
    result.push_back(
        d - std::count_if(removed.begin(), removed.end(), [&](int64_t r) { return r < d; }));
  }
  return result;
}

bool Increasing(const Facts&, const Ints& list) {
  for (size_t i = 1; i < list.size(); ++i)
    if (list[i - 1] >= list[i]) return false;
  return true;
}

bool IsIdentity(const Facts&, const Ints& p) {
  for (size_t i = 0; i < p.size(); ++i)
    if (p[i] != static_cast<int64_t>(i)) return false;
  return true;
}

OptInts Concat(const Facts&, const Ints& a, const Ints& b) {
  Ints result = a;
  result.insert(result.end(), b.begin(), b.end());
  return result;
}

OptInts Drop(const Facts&, const Ints& list, const Ints& positions) {
  Ints result;
  for (int64_t p : positions)
    if (!InRange(p, list)) return std::nullopt;
  for (size_t i = 0; i < list.size(); ++i)
    if (!absl::c_linear_search(positions, static_cast<int64_t>(i))) result.push_back(list[i]);
  return result;
}

OptInts Take(const Facts&, const Ints& list, const int64_t& n) {
  if (n < 0 || n > static_cast<int64_t>(list.size())) return std::nullopt;
  return Ints(list.begin(), list.begin() + n);
}

OptInts Skip(const Facts&, const Ints& list, const int64_t& n) {
  if (n < 0 || n > static_cast<int64_t>(list.size())) return std::nullopt;
  return Ints(list.begin() + n, list.end());
}

OptInt At(const Facts&, const Ints& list, const int64_t& i) {
  return InRange(i, list) ? OptInt(list[i]) : std::nullopt;
}

OptInts With(const Facts&, const Ints& list, const int64_t& i, const int64_t& value) {
  if (!InRange(i, list)) return std::nullopt;
  Ints result = list;
  result[i] = value;
  return result;
}

OptInts Insert(const Facts&, const Ints& list, const int64_t& i, const int64_t& value) {
  if (i < 0 || i > static_cast<int64_t>(list.size())) return std::nullopt;
  Ints result = list;
  result.insert(result.begin() + i, value);
  return result;
}

OptInt IndexOf(const Facts&, const Ints& list, const int64_t& value) {
  auto at = std::find(list.begin(), list.end(), value);
  return at == list.end() ? std::nullopt : OptInt(at - list.begin());
}

OptInts Positions(const Facts& facts, const Ints& list, const Ints& values) {
  Ints result;
  for (int64_t value : values) {
    OptInt at = IndexOf(facts, list, value);
    if (!at) return std::nullopt;
    result.push_back(*at);
  }
  return result;
}

OptInts Fill(const Facts&, const int64_t& n, const int64_t& value) {
  if (n < 0 || n > kMaxLength) return std::nullopt;
  return Ints(n, value);
}

OptInt Sum(const Facts&, const Ints& list) {
  int64_t total = 0;
  for (int64_t value : list)
    if (__builtin_add_overflow(total, value, &total)) return std::nullopt;
  return total;
}

OptInt Product(const Facts&, const Ints& list) {
  int64_t total = 1;
  for (int64_t value : list)
    if (__builtin_mul_overflow(total, value, &total)) return std::nullopt;
  return total;
}

template <typename Pick>
OptInts Zip(const Ints& a, const Ints& b, Pick pick) {
  if (a.size() != b.size()) return std::nullopt;
  Ints result;
  for (size_t i = 0; i < a.size(); ++i) result.push_back(pick(a[i], b[i]));
  return result;
}

template <typename Test>
bool All(const Ints& list, Test test) {
  return std::all_of(list.begin(), list.end(), test);
}

bool Subset(const Facts&, const Ints& a, const Ints& b) {
  return All(a, [&](int64_t d) { return absl::c_linear_search(b, d); });
}

OptInts KeepPositions(const Facts&, const Ints& list, const Ints& keep) {
  Ints result;
  for (size_t i = 0; i < list.size(); ++i)
    if (absl::c_linear_search(keep, list[i])) result.push_back(static_cast<int64_t>(i));
  return result;
}

// Walks a reshape from its first dimension on and calls group(i0, i1, j0, j1) for the smallest runs
// of dimensions [i0, i1) of `from` and [j0, j1) of `to` that hold the same elements. A size of 1
// without a partner is a run of its own, against none. Returns whether the sizes fit.
template <typename Group>
bool WalkReshape(const Ints& from, const Ints& to, Group group) {
  if (absl::c_linear_search(from, 0) || absl::c_linear_search(to, 0)) return false;
  size_t i = 0;
  size_t j = 0;
  while (i < from.size() || j < to.size()) {
    const size_t i0 = i;
    const size_t j0 = j;
    const int64_t a = i < from.size() ? from[i] : 0;  // 0: none left
    const int64_t b = j < to.size() ? to[j] : 0;
    i += a == b || a == 1 || (b > 1 && a > 1);
    j += a == b || (b == 1 && a != 1) || (b > 1 && a > 1);
    if (i == i0 && j == j0) return false;
    int64_t product = a;
    int64_t wanted = b;
    while (a > 1 && b > 1 && product != wanted) {
      bool behind = product < wanted;
      const Ints& sizes = behind ? from : to;
      size_t& next = behind ? i : j;
      int64_t& total = behind ? product : wanted;
      if (next == sizes.size() || __builtin_mul_overflow(total, sizes[next], &total)) return false;
      ++next;
    }
    group(i0, i, j0, j);
  }
  return true;
}

// The dims of `from` that a reshape to `to` makes into `dims`, each of which is made of whole ones.
OptInts ReshapeSources(const Facts&, const Ints& from, const Ints& to, const Ints& dims) {
  std::vector<OptInts> sources(to.size());
  bool fits = WalkReshape(from, to, [&](size_t i0, size_t i1, size_t j0, size_t j1) {
    if (j1 != j0 + 1) return;
    sources[j0] = Ints();
    for (size_t i = i0; i < i1; ++i) sources[j0]->push_back(static_cast<int64_t>(i));
  });
  if (!fits) return std::nullopt;
  Ints result;
  for (int64_t d : dims) {
    if (!InRange(d, to) || !sources[d]) return std::nullopt;
    result.insert(result.end(), sources[d]->begin(), sources[d]->end());
  }
  return result;
}

// For each dim of `to` the first of the dims of `from` that it is made of.
OptInts ReshapeHeads(const Facts&, const Ints& from, const Ints& to) {
  Ints heads(to.size(), -1);
  const bool fits = WalkReshape(from, to, [&](size_t i0, size_t i1, size_t j0, size_t j1) {
    if (j1 == j0 + 1 && i0 < i1) heads[j0] = static_cast<int64_t>(i0);
  });
  if (!fits || absl::c_linear_search(heads, -1)) return std::nullopt;
  return heads;
}

// A part of dims [j0, j1) of `to` as one run [*low, *high) of their elements in row-major order, if
// it is one: single indices, then one range, then whole dims.
bool FlattenRun(const Ints& sizes, const Ints& start, const Ints& limit, int64_t* low,
                int64_t* high) {
  *low = 0;
  *high = 1;
  bool in_range = false;
  for (size_t j = 0; j < sizes.size(); ++j) {
    const int64_t taken = limit[j] - start[j];
    if (taken < 1 || start[j] < 0 || limit[j] > sizes[j]) return false;
    if (in_range && taken != sizes[j]) return false;
    *low = *low * sizes[j] + start[j];
    *high = in_range ? *high * sizes[j] : (*high - 1) * sizes[j] + limit[j];
    in_range |= taken != 1;
  }
  return true;
}

// The other way: the run as a part of dims of these sizes.
bool UnflattenRun(const Ints& sizes, int64_t low, int64_t high, Ints* start, Ints* limit) {
  int64_t stride = std::accumulate(sizes.begin(), sizes.end(), int64_t{1}, std::multiplies<>());
  bool in_range = false;
  for (int64_t size : sizes) {
    stride /= size;
    if (in_range) {
      start->push_back(0);
      limit->push_back(size);
      continue;
    }
    const int64_t first = low / stride;
    const int64_t last = (high - 1) / stride;
    in_range = first != last || (low % stride == 0 && high == low + stride);
    if (first != last && (low % stride != 0 || high % stride != 0)) return false;
    start->push_back(first);
    limit->push_back(last + 1);
    low -= first * stride;
    high -= first * stride;
  }
  return true;
}

// Where a part of what a reshape makes lies before the reshape: starts, then limits.
OptInts PartBeforeReshape(const Ints& from, const Ints& to, const Ints& start, const Ints& limit) {
  if (start.size() != to.size() || limit.size() != to.size()) return std::nullopt;
  if (absl::c_linear_search(from, 0) || absl::c_linear_search(to, 0)) return std::nullopt;
  Ints starts, limits;
  bool found = true;
  auto part = [](const Ints& list, size_t begin, size_t end) {
    return Ints(list.begin() + static_cast<int64_t>(begin),
                list.begin() + static_cast<int64_t>(end));
  };
  found &= WalkReshape(from, to, [&](size_t i0, size_t i1, size_t j0, size_t j1) {
    int64_t low, high;
    found = found &&
            FlattenRun(part(to, j0, j1), part(start, j0, j1), part(limit, j0, j1), &low, &high) &&
            UnflattenRun(part(from, i0, i1), low, high, &starts, &limits);
  });
  if (!found || starts.size() != from.size()) return std::nullopt;
  starts.insert(starts.end(), limits.begin(), limits.end());
  return starts;
}

OptInts StartBeforeReshape(const Facts&, const Ints& from, const Ints& to, const Ints& start,
                           const Ints& limit) {
  OptInts part = PartBeforeReshape(from, to, start, limit);
  if (part) part->resize(from.size());
  return part;
}

OptInts LimitBeforeReshape(const Facts&, const Ints& from, const Ints& to, const Ints& start,
                           const Ints& limit) {
  OptInts part = PartBeforeReshape(from, to, start, limit);
  if (part) part->erase(part->begin(), part->begin() + static_cast<int64_t>(from.size()));
  return part;
}

// n zeros, but values[i] at positions[i].
OptInts Place(const Facts&, const int64_t& n, const Ints& positions, const Ints& values) {
  if (n < 0 || n > kMaxLength || positions.size() != values.size()) return std::nullopt;
  Ints result(n);
  for (size_t i = 0; i < positions.size(); ++i) {
    if (!InRange(positions[i], result)) return std::nullopt;
    result[positions[i]] = values[i];
  }
  return result;
}

// Whether reshaping `from` to `to` only adds or removes dimensions of size 1.
bool SameButOnes(const Facts&, const Ints& from, const Ints& to) {
  Ints a = from;
  Ints b = to;
  std::erase(a, 1);
  std::erase(b, 1);
  return a == b;
}

std::vector<Function> ListFunctions() {
  return {
      Define("concat", "The elements of a, then those of b.", Concat),
      Define("drop", "The list without the elements at these positions.", Drop),
      Define("take", "The first n elements.", Take),
      Define("skip", "All but the first n elements.", Skip),
      Define("at", "Element i.", At),
      Define("with", "The list with element i replaced by v.", With),
      Define("insert", "The list with v inserted before position i.", Insert),
      Define("index_of", "The position of the first element that equals v.", IndexOf),
      Define("positions", "For each of values, its first position in the list.", Positions),
      Define("positions_of_members", "The positions whose elements are in the second list.",
             KeepPositions),
      Define("fill", "n times v.", Fill),
      Define("range", "[0, 1, …, n - 1]", Range),
      Define("sum", "The sum of the elements.", Sum),
      Define("prod", "The product of the elements.", Product),
      Define(
          "length", "The number of elements.",
          +[](const Facts&, const Ints& list) { return static_cast<int64_t>(list.size()); }),
      Define(
          "count", "How many elements equal v.",
          +[](const Facts&, const Ints& list, const int64_t& value) {
            return static_cast<int64_t>(std::count(list.begin(), list.end(), value));
          }),
      Define(
          "max_each", "The larger of the two, element by element.",
          +[](const Facts&, const Ints& a, const Ints& b) {
            return Zip(a, b, [](int64_t x, int64_t y) { return std::max(x, y); });
          }),
      Define(
          "min_each", "The smaller of the two, element by element.",
          +[](const Facts&, const Ints& a, const Ints& b) {
            return Zip(a, b, [](int64_t x, int64_t y) { return std::min(x, y); });
          }),
      Define(
          "min", "The smaller of two integers.",
          +[](const Facts&, const int64_t& a, const int64_t& b) { return std::min(a, b); }),
      Define(
          "max", "The larger of two integers.",
          +[](const Facts&, const int64_t& a, const int64_t& b) { return std::max(a, b); }),
      Define(
          "contains", "Whether v is an element.",
          +[](const Facts&, const Ints& list, const int64_t& value) {
            return absl::c_linear_search(list, value);
          }),
      Define("subset", "Whether every element of a is in b.", Subset),
      Define(
          "disjoint", "Whether no element of a is in b.",
          +[](const Facts&, const Ints& a, const Ints& b) {
            return All(a, [&](int64_t d) { return !absl::c_linear_search(b, d); });
          }),
      Define(
          "all_equal", "Whether every element equals v.",
          +[](const Facts&, const Ints& list, const int64_t& value) {
            return All(list, [&](int64_t x) { return x == value; });
          }),
      Define(
          "all_at_least", "Whether no element is below v.",
          +[](const Facts&, const Ints& list, const int64_t& value) {
            return All(list, [&](int64_t x) { return x >= value; });
          }),
      Define(
          "all_at_most", "Whether no element of a is above its partner in b.",
          +[](const Facts&, const Ints& a, const Ints& b) -> std::optional<bool> {
            OptInts fits = Zip(a, b, [](int64_t x, int64_t y) { return int64_t{x <= y}; });
            if (!fits) return std::nullopt;
            return !absl::c_linear_search(*fits, 0);
          }),
  };
}

}  // namespace

std::vector<Function> DimensionFunctions() {
  std::vector<Function> all = {
      Define("compose", "compose(p, q)[i] = p[q[i]]", Map),
      Define("map", "map(p, dims)[i] = p[dims[i]]", Map),
      Define("permute", "permute(list, p)[i] = list[p[i]]", Map),
      Define("inverse", "The permutation that undoes p.", Inverse),
      Define(
          "is_permutation", "Whether the list holds 0 … n - 1, each once.",
          +[](const Facts&, const Ints& p) { return ir::IsPermutation(p, p.size()); }),
      Define("is_identity", "Whether the list is [0, 1, …, n - 1].", IsIdentity),
      Define("increasing", "Whether each element is larger than the one before it.", Increasing),
      Define("free", "The dims of an array of this rank that are in neither list.", Free),
      Define("complement", "The dims of an array of this rank that are not in the list.",
             Complement),
      Define("union", "The dims of both lists, in order, each once.", Union),
      Define("lift", "lift(removed, dims): dims of what is left without `removed`, as they were.",
             Lift),
      Define("lower", "lower(removed, dims): dims as they are numbered without `removed`.", Lower),
      Define("reshape_sources",
             "reshape_sources(from, to, dims): the dims of `from` that a reshape between these "
             "sizes makes into dims of `to`, each made of whole ones.",
             ReshapeSources),
      Define(
          "reshape_heads",
          "reshape_heads(from, to): for each dim of `to`, which is made of whole dims of `from`, "
          "the first of those.",
          ReshapeHeads),
      Define("start_before_reshape",
             "start_before_reshape(from, to, start, limit): where a part of what a reshape makes "
             "starts before the reshape, if it is one part there.",
             StartBeforeReshape),
      Define("limit_before_reshape",
             "limit_before_reshape(from, to, start, limit): where that part ends.",
             LimitBeforeReshape),
      Define("place", "place(n, positions, values): n zeros, but values[i] at positions[i].",
             Place),
      Define("same_but_ones", "Whether two lists of sizes differ only in sizes of 1.", SameButOnes),
  };
  for (Function& function : ListFunctions()) all.push_back(std::move(function));
  return all;
}

}  // namespace eqsat::rules
