#include "ir/base/status.h"

#include <string>

namespace eqsat::base {

absl::Status Annotate(const absl::Status& status, std::string_view prefix) {
  if (status.ok()) return status;
  std::string message(prefix);
  message.append(status.message().data(), status.message().size());
  return absl::Status(status.code(), message);
}

}  // namespace eqsat::base
