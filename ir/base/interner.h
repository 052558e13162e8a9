// Maps equal values to one dense id.
#ifndef EQSAT_IR_BASE_INTERNER_H_
#define EQSAT_IR_BASE_INTERNER_H_

#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "ir/base/id.h"

namespace eqsat::base {

// T needs ==, AbslHashValue and a copy. Ids count up from 0 in order of first use, so they depend
// on the order of calls alone, never on hash values. References stay valid.
template <typename IdType, typename T>
class Interner {
 public:
  IdType Intern(const T& value) {
    size_t hash = absl::HashOf(value);
    auto& bucket = buckets_[hash];
    for (IdType id : bucket)
      if (values_[id.value()] == value) return id;
    IdType id(values_.size());
    values_.push_back(value);
    bucket.push_back(id);
    return id;
  }

  const T& operator[](IdType id) const { return values_[id.value()]; }
  size_t size() const { return values_.size(); }

 private:
  std::deque<T> values_;
  absl::flat_hash_map<size_t, std::vector<IdType>> buckets_;
};

}  // namespace eqsat::base

#endif  // EQSAT_IR_BASE_INTERNER_H_
