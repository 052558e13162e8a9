// Errors that input can cause are absl::Status; these macros pass them up.
#ifndef EQSAT_IR_BASE_STATUS_H_
#define EQSAT_IR_BASE_STATUS_H_

#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_format.h"

namespace eqsat::base {

// An InvalidArgument status with a printf-style message.
template <typename... Args>
absl::Status InvalidArgument(const absl::FormatSpec<Args...>& format, const Args&... args) {
  return absl::InvalidArgumentError(absl::StrFormat(format, args...));
}

// An Unimplemented status: the input is legal, but this program cannot do it.
template <typename... Args>
absl::Status Unimplemented(const absl::FormatSpec<Args...>& format, const Args&... args) {
  return absl::UnimplementedError(absl::StrFormat(format, args...));
}

// The same error with `prefix` before its message.
absl::Status Annotate(const absl::Status& status, std::string_view prefix);

}  // namespace eqsat::base

#define EQSAT_RETURN_IF_ERROR(expr)                                                     \
  do {                                                                                  \
    if (absl::Status eqsat_status_ = (expr); !eqsat_status_.ok()) return eqsat_status_; \
  } while (false)

#define EQSAT_CONCAT_INNER_(a, b) a##b
#define EQSAT_CONCAT_(a, b) EQSAT_CONCAT_INNER_(a, b)
#define EQSAT_ASSIGN_OR_RETURN(lhs, expr) \
  EQSAT_ASSIGN_OR_RETURN_IMPL_(EQSAT_CONCAT_(eqsat_or_, __LINE__), lhs, expr)
#define EQSAT_ASSIGN_OR_RETURN_IMPL_(name, lhs, expr) \
  auto name = (expr);                                 \
  if (!name.ok()) return std::move(name).status();    \
  lhs = *std::move(name)

#endif  // EQSAT_IR_BASE_STATUS_H_
