#include "importers/hlo_proto/hlo_proto.h"

#include <initializer_list>
#include <limits>

#include "importers/hlo_proto/module_decoder.h"
#include "importers/hlo_proto/module_encoder.h"
#include "ir/base/status.h"

namespace eqsat::importers {
namespace {

// The numbers of the fields that lead to the module, outermost first.
using PathToModule = std::initializer_list<int>;

// Of an HloProto (and an HloUnoptimizedSnapshot, which has its module there too), an HloModuleProto
// and an HloSnapshot.
constexpr PathToModule kPaths[] = {
    {hlo::HloProto::kHloModuleFieldNumber},
    {},
    {hlo::HloSnapshot::kHloFieldNumber, hlo::HloProto::kHloModuleFieldNumber}};

absl::Status CheckSize(std::string_view message) {
  if (message.size() <= static_cast<size_t>(std::numeric_limits<int>::max())) {
    return absl::OkStatus();
  }
  return base::InvalidArgument("the message has %d bytes; none has 2 GiB", message.size());
}

}  // namespace

absl::StatusOr<ir::Module> ParseHloProto(std::string_view bytes) {
  EQSAT_RETURN_IF_ERROR(CheckSize(bytes));
  size_t reached = 0;
  std::string error;
  for (const PathToModule& path : kPaths) {
    WireInput input(bytes);
    WireMessage message(&input);
    for (int number : path) message = message.Child(number);
    if (input.ok() && HoldsModule(message)) return DecodeModule(message);
    if (input.ok() || input.error_offset() < reached) continue;
    reached = input.error_offset();
    error = input.error();
  }
  if (error.empty())
    return base::InvalidArgument("the message holds no HLO module with a computation");
  return base::InvalidArgument(
      "byte %d: %s, so that this is neither an HloProto, an HloModuleProto nor an HloSnapshot, of "
      "%d bytes",
      reached, error, bytes.size());
}

absl::StatusOr<std::string> SerializeHloProto(const ir::Module& module) {
  std::string bytes = EncodeModule(module);
  EQSAT_RETURN_IF_ERROR(CheckSize(bytes));
  return bytes;
}

}  // namespace eqsat::importers
