#include "codegen/kernel_ir/op.h"

namespace eqsat::codegen {
namespace {

struct OpRow {
  std::string_view name;
  int arity;
  OpFamily family;
};
constexpr OpRow kOps[] = {
#define KERNEL_OP(enumerator, name, operands, family) {name, operands, OpFamily::family},
#include "codegen/kernel_ir/op.def"
#undef KERNEL_OP
};

}  // namespace

std::string_view Name(Op op) { return kOps[static_cast<int>(op)].name; }

int Arity(Op op) { return kOps[static_cast<int>(op)].arity; }

OpFamily Family(Op op) { return kOps[static_cast<int>(op)].family; }

bool IsPure(Op op) { return Family(op) < OpFamily::kMemory; }

}  // namespace eqsat::codegen
