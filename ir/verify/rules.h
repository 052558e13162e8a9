// The groups of checks that Verify is made of. Each message names the instruction's fault alone;
// the caller adds the place.
#ifndef EQSAT_IR_VERIFY_RULES_H_
#define EQSAT_IR_VERIFY_RULES_H_

#include <string>

#include "absl/status/status.h"
#include "ir/graph/module.h"
#include "ir/verify/verify.h"

namespace eqsat::ir {

// The shape is the inferred one and its layouts are possible.
absl::Status CheckShape(const Module& module, const Computation& computation,
                        const Instruction& instruction, const VerifyOptions& options);

// Only ops that can reach the host's memory read from it or write to it, and copies from there keep
// the order of dimensions.
absl::Status CheckMemoryChange(const Computation& computation, const Instruction& instruction);

// Where layouts are decided, ops that move no elements keep those of their operands.
absl::Status CheckLayoutKept(const Computation& computation, const Instruction& instruction);

// The result of a reshape lies in memory as its operand does.
absl::Status CheckReshapeIsBitcast(const Computation& computation, const Instruction& instruction);

// What messages call an execution thread; the unnamed one is the main one.
inline std::string ThreadName(const std::string& thread) {
  return thread.empty() ? "main" : thread;
}

// Callees run on the caller's thread, but for those of async ops, which state theirs.
absl::Status CheckThreads(const Module& module, const Computation& computation,
                          const Instruction& instruction);

// Device numbers in collectives fit the module, and groups name all of its devices.
absl::Status CheckDevices(const Module& module, const Instruction& instruction,
                          const VerifyOptions& options);

// The computation of an async op has one instruction beside its parameters.
absl::Status CheckOneOpAsync(const Module& module, const Instruction& instruction);

// A sharding has a part for each leaf of the shape, tiles for each dimension and devices for each
// tile; what a loop or conditional hands on is sharded alike everywhere.
absl::Status CheckShardings(const Module& module, const Instruction& instruction);

// What HLO holds as text is UTF-8: names of targets, algorithms and threads, metadata, frontend
// attributes.
absl::Status CheckTexts(const Instruction& instruction);
absl::Status CheckTexts(const ModuleHeader& header);

// An original value has the structure of the shape.
absl::Status CheckOriginalValue(const Instruction& instruction);

// A done's operand is the start that it belongs to, and a start has one done. Chains of async ops
// keep the operands and the result of the computation that they started.
absl::Status CheckStartsAndDones(const Module& module, const Computation& computation);

// Composite calls carry the name and version of what they stand for.
absl::Status CheckComposite(const Instruction& instruction);

// Rules about several instructions of one computation: control edges and the agreement of
// all-reduces about layouts.
absl::Status CheckWholeComputation(const Computation& computation);

// Each state of a buffer has one user.
absl::Status CheckBufferUsers(const Computation& computation);

// What an async op continues or ends is what was begun, wherever the value went in between.
absl::Status CheckAsyncChains(const Module& module);

// Transfers and their ends are of one channel, host transfers of a channel are equal, and devices
// that send to each other do not wait for themselves.
absl::Status CheckChannels(const Module& module);

// The header fits the entry computation, its layouts too where they are decided.
absl::Status CheckInterface(const Module& module, LayoutRule layouts);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_VERIFY_RULES_H_
