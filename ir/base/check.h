// Check macros for our own bugs: conditions that no input can make false.
//
// A failed check prints the place, the condition and aborts. What input can cause is an
// absl::Status instead (ir/base/status.h).
#ifndef EQSAT_IR_BASE_CHECK_H_
#define EQSAT_IR_BASE_CHECK_H_

namespace eqsat::base {

[[noreturn]] void CheckFailed(const char* file, int line, const char* condition);

}  // namespace eqsat::base

// Always on; costs one predictable branch.
#define EQSAT_CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::eqsat::base::CheckFailed(__FILE__, __LINE__, #condition))

// On in builds without NDEBUG only; for checks on hot paths.
#ifdef NDEBUG
#define EQSAT_DCHECK(condition) static_cast<void>(sizeof(!(condition)))
#else
#define EQSAT_DCHECK(condition) EQSAT_CHECK(condition)
#endif

#endif  // EQSAT_IR_BASE_CHECK_H_
