// Shardings fit the shapes that they split, and both ends of a loop or branch agree.
#include <algorithm>
#include <optional>
#include <vector>

#include "ir/base/status.h"
#include "ir/verify/rules.h"

namespace eqsat::ir {
namespace {

using Kind = Sharding::Kind;

// The arrays, tokens and opaques in a shape, and one for an empty tuple.
int64_t LeafCount(const Shape& shape) {
  if (!shape.IsTuple()) return 1;
  int64_t count = 0;
  for (const Shape& element : shape.elements()) count += LeafCount(element);
  return count;
}

// Each device of a tile assignment stands in it once.
absl::Status CheckDeviceList(const Sharding& sharding) {
  std::vector<int64_t> devices = sharding.devices;
  std::ranges::sort(devices);
  if (!devices.empty() && devices[0] < 0)
    return base::InvalidArgument("the sharding's tile assignment names device %d", devices[0]);
  auto twice = std::ranges::adjacent_find(devices);
  if (twice == devices.end()) return absl::OkStatus();
  return base::InvalidArgument("the sharding's tile assignment names device %d twice", *twice);
}

// Tile sizes are positive and their product is the number of devices.
absl::Status CheckTileCount(const Sharding& sharding) {
  auto product = [](const std::vector<int64_t>& sizes) -> std::optional<int64_t> {
    int64_t result = 1;
    for (int64_t size : sizes)
      if (size <= 0 || __builtin_mul_overflow(result, size, &result)) return std::nullopt;
    return result;
  };
  std::optional<int64_t> tiles = product(sharding.tile_dimensions);
  std::optional<int64_t> devices = sharding.iota_reshape.empty()
                                       ? static_cast<int64_t>(sharding.devices.size())
                                       : product(sharding.iota_reshape);
  if (tiles && devices && *tiles == *devices) return absl::OkStatus();
  return base::InvalidArgument("the sharding has %d tiles for %d devices", tiles.value_or(-1),
                               devices.value_or(-1));
}

// A tile assignment cuts each dimension of an array.
absl::Status CheckTiles(const Sharding& sharding, const Shape& shape) {
  EQSAT_RETURN_IF_ERROR(CheckDeviceList(sharding));
  EQSAT_RETURN_IF_ERROR(CheckTileCount(sharding));
  if (!shape.IsArray()) return absl::OkStatus();
  int64_t subgroups = static_cast<int64_t>(sharding.last_tile_dims.size()) +
                      (sharding.replicate_on_last_tile_dim ? 1 : 0);
  int64_t cut = static_cast<int64_t>(sharding.tile_dimensions.size()) - subgroups;
  if (cut == shape.rank()) return absl::OkStatus();
  return base::InvalidArgument("the sharding cuts %d dimensions of %s", cut, shape.ToString());
}

absl::Status CheckOne(const Sharding& sharding, const Shape& shape) {
  if (sharding.kind == Kind::kMaximal && sharding.maximal_device < 0)
    return base::InvalidArgument("the sharding names device %d", sharding.maximal_device);
  return sharding.kind == Kind::kTiled ? CheckTiles(sharding, shape) : absl::OkStatus();
}

// The leaves of `shape` from the one numbered `*next` on against their shardings.
absl::Status CheckLeaves(const std::vector<Sharding>& shardings, const Shape& shape, size_t* next) {
  if (!shape.IsTuple()) return CheckOne(shardings[(*next)++], shape);
  for (const Shape& element : shape.elements())
    EQSAT_RETURN_IF_ERROR(CheckLeaves(shardings, element, next));
  return absl::OkStatus();
}

absl::Status CheckSharding(const Sharding& sharding, const Shape& shape) {
  if (sharding.kind != Kind::kTuple) return CheckOne(sharding, shape);
  // One sharding for each leaf; that of an empty tuple has one or none.
  int64_t leaves = LeafCount(shape);
  auto count = static_cast<int64_t>(sharding.elements.size());
  if (leaves == 0 && count <= 1) return absl::OkStatus();
  if (!shape.IsTuple() || count != leaves) {
    return base::InvalidArgument("the sharding has %d parts for the %d leaves of %s", count, leaves,
                                 shape.ToString());
  }
  size_t next = 0;
  return CheckLeaves(sharding.elements, shape, &next);
}

// Of `instructions` those that state a sharding state the same.
absl::Status ExpectOneSharding(const std::vector<const Instruction*>& instructions) {
  const Instruction* first = nullptr;
  for (const Instruction* instruction : instructions) {
    if (!instruction->Notes().sharding) continue;
    if (first == nullptr) first = instruction;
    if (*instruction->Notes().sharding == *first->Notes().sharding) continue;
    return base::InvalidArgument("%s and %s hold one value, but state different shardings",
                                 first->name, instruction->name);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckShardings(const Module& module, const Instruction& instruction) {
  // The sharding of an outfeed is that of what it sends.
  if (instruction.Notes().sharding && instruction.opcode != OpCode::kOutfeed)
    EQSAT_RETURN_IF_ERROR(CheckSharding(*instruction.Notes().sharding, instruction.shape));
  if (instruction.opcode != OpCode::kWhile && instruction.opcode != OpCode::kConditional)
    return absl::OkStatus();
  std::vector<const Instruction*> same = {&instruction};
  for (size_t i = 0; i < instruction.called.size(); ++i) {
    const Computation& callee = module[instruction.called[i]];
    bool loop = instruction.opcode == OpCode::kWhile;
    if (!loop || i == 1) same.push_back(&callee[callee.root()]);
    if (loop) same.push_back(&callee[callee.parameters()[0]]);
  }
  return ExpectOneSharding(same);
}

}  // namespace eqsat::ir
