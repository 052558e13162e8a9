// Rules about the instructions of a module that share a channel, and about devices that wait for
// each other.
#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"
#include "ir/verify/rules.h"

namespace eqsat::ir {
namespace {

const TransferAttributes* TransferOf(const Instruction& instruction) {
  return std::get_if<TransferAttributes>(&instruction.Attrs());
}

// --- a transfer and its end ----------------------------------------------------------------------

// A send-done or recv-done is of the channel and the kind of the transfer that it ends.
absl::Status CheckEnd(const Computation& computation, const Instruction& done) {
  if (done.opcode != OpCode::kSendDone && done.opcode != OpCode::kRecvDone) return absl::OkStatus();
  const Instruction& start = computation[done.operands[0]];
  const TransferAttributes* begun = TransferOf(start);
  if (begun == nullptr) return absl::OkStatus();
  const auto& ended = done.attr<TransferAttributes>();
  OpCode expected = done.opcode == OpCode::kSendDone ? OpCode::kSend : OpCode::kRecv;
  if (start.opcode != expected) {
    return base::InvalidArgument("the operand of the %s %s must be a %s, but is the %s %s",
                                 Name(done.opcode), done.name, Name(expected), Name(start.opcode),
                                 start.name);
  }
  if (ended.channel_id != begun->channel_id) {
    return base::InvalidArgument("%s %s is of channel %d, but its %s of channel %d",
                                 Name(done.opcode), done.name, ended.channel_id, Name(start.opcode),
                                 begun->channel_id);
  }
  if (ended.is_host_transfer != begun->is_host_transfer) {
    return base::InvalidArgument("of %s %s and its %s only one is a host transfer",
                                 Name(done.opcode), done.name, Name(start.opcode));
  }
  return absl::OkStatus();
}

// --- transfers of one channel --------------------------------------------------------------------

// Sends to the host over one channel are of one value and reach one place; so are receives.
absl::Status CheckHostTransfers(const Module& module) {
  std::map<std::pair<int64_t, OpCode>, const Instruction*> first;
  for (const Computation& computation : module.computations()) {
    for (const Instruction& instruction : computation.instructions()) {
      const TransferAttributes* transfer = TransferOf(instruction);
      if (transfer == nullptr || !transfer->is_host_transfer || transfer->channel_id == 0) continue;
      auto [place, is_new] =
          first.emplace(std::pair(transfer->channel_id, instruction.opcode), &instruction);
      if (is_new) continue;
      const Instruction& other = *place->second;
      if (Shape::Compatible(instruction.shape, other.shape) &&
          instruction.Notes().frontend_attributes == other.Notes().frontend_attributes)
        continue;
      return base::InvalidArgument(
          "host transfers of channel %d must be equal, but %s and %s differ in shape or frontend "
          "attributes",
          transfer->channel_id, other.name, instruction.name);
    }
  }
  return absl::OkStatus();
}

// --- who sends to whom ---------------------------------------------------------------------------

// The pairs of a send or recv, `{{0,1},{1,2}}` in a frontend attribute; nullopt if there are none
// or they are not written like that.
std::optional<std::vector<SourceTarget>> PairsOf(const Instruction& instruction) {
  const std::string* text = nullptr;
  for (const auto& [key, value] : instruction.Notes().frontend_attributes)
    if (key == "_xla_send_recv_source_target_pairs") text = &value;
  if (text == nullptr) return std::nullopt;
  std::vector<int64_t> numbers;
  bool in_number = false;
  for (char c : *text) {
    bool digit = absl::ascii_isdigit(c);
    if (digit && !in_number) numbers.push_back(0);
    if (digit && numbers.back() < (int64_t{1} << 40))
      numbers.back() = numbers.back() * 10 + (c - '0');
    if (!digit && c != '{' && c != '}' && c != ',' && c != ' ') return std::nullopt;
    in_number = digit;
  }
  if (numbers.size() % 2 != 0) return std::nullopt;
  std::vector<SourceTarget> pairs;
  for (size_t i = 0; i < numbers.size(); i += 2) pairs.push_back({numbers[i], numbers[i + 1]});
  return pairs;
}

// Each device sends to one other and receives from one, and none waits for itself.
absl::Status CheckPairs(const Instruction& instruction, const std::vector<SourceTarget>& pairs) {
  std::map<int64_t, int64_t> target_of, source_of;
  for (const SourceTarget& pair : pairs) {
    bool unique = target_of.emplace(pair.source, pair.target).second &&
                  source_of.emplace(pair.target, pair.source).second;
    if (unique) continue;
    return base::InvalidArgument(
        "the source and target pairs of %s name {%d,%d} and another pair "
        "of %d or %d",
        instruction.name, pair.source, pair.target, pair.source, pair.target);
  }
  // Sources and targets are unique, so a cycle is met again at its beginning.
  for (const SourceTarget& pair : pairs) {
    int64_t at = pair.target;
    for (size_t steps = 0; steps < pairs.size() && at != pair.source; ++steps) {
      auto next = target_of.find(at);
      if (next == target_of.end()) break;
      at = next->second;
    }
    if (at != pair.source) continue;
    return base::InvalidArgument("by the source and target pairs of %s device %d waits for itself",
                                 instruction.name, pair.source);
  }
  return absl::OkStatus();
}

// In a schedule a send or recv that names its devices must be met by its counterpart before
// anything else that devices do together: those that do not take part would wait for ever.
absl::Status CheckSchedule(const Computation& computation) {
  const Instruction* open = nullptr;
  std::vector<SourceTarget> open_pairs;
  for (const Instruction& instruction : computation.instructions()) {
    bool transfer = instruction.opcode == OpCode::kSend || instruction.opcode == OpCode::kRecv;
    std::optional<std::vector<SourceTarget>> pairs;
    if (transfer) pairs = PairsOf(instruction);
    if (pairs) EQSAT_RETURN_IF_ERROR(CheckPairs(instruction, *pairs));
    bool collective = GetOpInfo(instruction.opcode).Has(OpTrait::kCollective);
    if (!pairs && !collective) continue;
    if (open == nullptr) {
      if (!pairs) continue;
      open = &instruction;
      open_pairs = *std::move(pairs);
      continue;
    }
    bool met = pairs && instruction.opcode != open->opcode && *pairs == open_pairs;
    if (!met) {
      return base::InvalidArgument("%s %s must be met by its counterpart before %s %s",
                                   Name(open->opcode), open->name, Name(instruction.opcode),
                                   instruction.name);
    }
    open = nullptr;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckChannels(const Module& module) {
  for (const Computation& computation : module.computations()) {
    for (const Instruction& instruction : computation.instructions()) {
      absl::Status status = CheckEnd(computation, instruction);
      if (!status.ok())
        return base::Annotate(status, base::StrCat("computation ", computation.name(), ": "));
    }
    if (!module.header().is_scheduled) continue;
    absl::Status status = CheckSchedule(computation);
    if (!status.ok())
      return base::Annotate(status, base::StrCat("computation ", computation.name(), ": "));
  }
  return CheckHostTransfers(module);
}

}  // namespace eqsat::ir
