// What the engine must know about the operators of a term language.
#ifndef EQSAT_ENGINE_EGRAPH_SIGNATURE_H_
#define EQSAT_ENGINE_EGRAPH_SIGNATURE_H_

#include <cstddef>
#include <string_view>

#include "engine/egraph/ids.h"

namespace eqsat::engine {

// How the engine treats the order of an operator's operands.
enum class Commutativity {
  // f(a, b) and f(b, a) have nothing to do with each other.
  kOrdered,
  // A pattern f(p, q) is tried on f(a, b) in both orders; f(a, b) and f(b, a) stay two nodes.
  kMatchBothOrders,
  // As above, and f(a, b) and f(b, a) are one node. The node keeps the order in which it was first
  // added. Only for operators whose two orders are equal in every respect a client can observe.
  kUnordered,
  // For a variadic operator that is associative and commutative: its children are a multiset, kept
  // sorted. A pattern's operands are tried on any different elements, and terms are flattened as
  // they are built; see engine/rewrite/multiset.h.
  kMultiset,
};

// Must be constant while an EGraph uses it. Operators are 0 .. op_count() - 1.
class Signature {
 public:
  static constexpr int kVariadic = -1;

  virtual ~Signature() = default;
  virtual size_t op_count() const = 0;
  virtual std::string_view name(OpId op) const = 0;
  // The number of children, or kVariadic.
  virtual int arity(OpId op) const = 0;
  // kMultiset needs kVariadic, anything else but kOrdered arity 2.
  virtual Commutativity commutativity(OpId op) const = 0;
};

}  // namespace eqsat::engine

#endif  // EQSAT_ENGINE_EGRAPH_SIGNATURE_H_
