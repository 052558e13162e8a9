// Typed dense ids: an index that cannot be mistaken for another kind of index.
#ifndef EQSAT_IR_BASE_ID_H_
#define EQSAT_IR_BASE_ID_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>

namespace eqsat::base {

// 32 bits. The default value is invalid; valid ids count from 0.
template <typename Tag>
class Id {
 public:
  constexpr Id() = default;
  constexpr explicit Id(size_t value) : value_(static_cast<uint32_t>(value)) {}

  constexpr uint32_t value() const { return value_; }
  constexpr bool valid() const { return value_ != kInvalid; }

  friend constexpr auto operator<=>(Id, Id) = default;
  template <typename H>
  friend H AbslHashValue(H h, Id id) {
    return H::combine(std::move(h), id.value_);
  }

 private:
  static constexpr uint32_t kInvalid = std::numeric_limits<uint32_t>::max();
  uint32_t value_ = kInvalid;
};

}  // namespace eqsat::base

#endif  // EQSAT_IR_BASE_ID_H_
