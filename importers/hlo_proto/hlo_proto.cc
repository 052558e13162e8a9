#include "importers/hlo_proto/hlo_proto.h"

#include <algorithm>
#include <limits>

#include "google/protobuf/arena.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/stubs/logging.h"
#include "importers/hlo_proto/module_codec.h"
#include "ir/base/status.h"

namespace eqsat::importers {
namespace {

constexpr size_t kArenaBlockBytes = size_t{1} << 18;

// Parses all of `bytes`; where that fails, `*reached` is at least the offset that was reached.
template <typename Message>
bool ParseMessage(std::string_view bytes, Message* message, int* reached) {
  // What is wrong with the bytes is told by the status, not on standard error.
  google::protobuf::LogSilencer silence;
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()),
                                            static_cast<int>(bytes.size()));
  bool ok = message->MergeFromCodedStream(&in) && in.ConsumedEntireMessage();
  if (!ok) *reached = std::max(*reached, in.CurrentPosition());
  return ok;
}

bool HoldsModule(const hlo::HloModuleProto& module) { return module.computations_size() > 0; }

}  // namespace

absl::StatusOr<ir::Module> ParseHloProto(std::string_view bytes) {
  if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max()))
    return base::InvalidArgument("the message has %d bytes, more than protobuf reads",
                                 bytes.size());
  int reached = 0;
  bool parsed = false;
  // One block of memory for all that the messages hold, to be freed as one.
  google::protobuf::ArenaOptions options;
  options.start_block_size = options.max_block_size = kArenaBlockBytes;
  google::protobuf::Arena arena(options);
  // An HloUnoptimizedSnapshot has its module where an HloProto has it.
  auto& proto = *google::protobuf::Arena::CreateMessage<hlo::HloProto>(&arena);
  if (ParseMessage(bytes, &proto, &reached)) {
    if (HoldsModule(proto.hlo_module())) return DecodeModule(proto.hlo_module());
    parsed = true;
  }
  auto& module = *google::protobuf::Arena::CreateMessage<hlo::HloModuleProto>(&arena);
  if (ParseMessage(bytes, &module, &reached)) {
    if (HoldsModule(module)) return DecodeModule(module);
    parsed = true;
  }
  auto& snapshot = *google::protobuf::Arena::CreateMessage<hlo::HloSnapshot>(&arena);
  if (ParseMessage(bytes, &snapshot, &reached)) {
    if (HoldsModule(snapshot.hlo().hlo_module())) return DecodeModule(snapshot.hlo().hlo_module());
    parsed = true;
  }
  if (parsed) return base::InvalidArgument("the message holds no HLO module with a computation");
  return base::InvalidArgument(
      "byte %d: neither an HloProto, an HloModuleProto nor an HloSnapshot goes on like this, of %d "
      "bytes",
      reached, bytes.size());
}

std::string SerializeHloProto(const ir::Module& module) {
  hlo::HloProto proto;
  EncodeModule(module, proto.mutable_hlo_module());
  // Maps are written in order of their keys, so that equal modules give equal bytes.
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream out(&stream);
  out.SetSerializationDeterministic(true);
  proto.SerializeToCodedStream(&out);
  out.Trim();
  return bytes;
}

}  // namespace eqsat::importers
