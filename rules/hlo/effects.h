// What programs do beyond their values.
#ifndef EQSAT_RULES_HLO_EFFECTS_H_
#define EQSAT_RULES_HLO_EFFECTS_H_

#include <cstdint>
#include <vector>

#include "ir/graph/module.h"

namespace eqsat::rules {

// Which computations of a module have side effects, themselves or in what they call. Found when
// asked for, and kept: a computation that takes another's place has the same ones.
class Effects {
 public:
  explicit Effects(const ir::Module& module) : module_(module) {}

  // Must an instruction stay as it is, equal to nothing else? For its own sake or for what it
  // calls.
  bool MakeUnique(const ir::Instruction& instruction);

 private:
  enum class Known : uint8_t { kNot, kNone, kSome };

  bool Has(ir::ComputationId id);

  const ir::Module& module_;
  std::vector<Known> known_;  // by computation
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_HLO_EFFECTS_H_
