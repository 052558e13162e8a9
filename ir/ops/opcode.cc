#include "ir/ops/opcode.h"

#include <string>

#include "absl/container/flat_hash_map.h"
#include "ir/base/strings.h"

namespace eqsat::ir {
namespace {

struct Row {
  std::string_view name;
  int arity;
};

constexpr Row kRows[] = {
#define OP(enumerator, name, arity) {name, arity},
#include "ir/ops.def"
#undef OP
};

}  // namespace

std::string_view Name(OpCode opcode) { return kRows[static_cast<int>(opcode)].name; }
int Arity(OpCode opcode) { return kRows[static_cast<int>(opcode)].arity; }

std::optional<OpCode> OpCodeFromName(std::string_view name) {
  static const auto* const kByName = [] {
    auto* map = new absl::flat_hash_map<std::string, OpCode>;
    for (int i = 0; i < kNumOpCodes; ++i)
      map->emplace(std::string(kRows[i].name), static_cast<OpCode>(i));
    return map;
  }();
  auto found = kByName->find(base::Absl(name));
  if (found == kByName->end()) return std::nullopt;
  return found->second;
}

}  // namespace eqsat::ir
