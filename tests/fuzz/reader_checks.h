// What must hold whatever bytes a reader is given, one check for each reader of the program.
#ifndef EQSAT_TESTS_FUZZ_READER_CHECKS_H_
#define EQSAT_TESTS_FUZZ_READER_CHECKS_H_

#include <string_view>

#include "absl/status/status.h"
#include "absl/types/span.h"

namespace eqsat::fuzz {

// OK if the input is refused with a message that names its place, or if it is accepted and what it
// became keeps its promises: a graph can be verified and, if it is valid, is equal after a trip
// through each format that is written. Otherwise the broken promise.
using ReaderCheck = absl::Status (*)(std::string_view bytes);

struct ReaderCheckEntry {
  std::string_view name;  // of the fuzzer, its seeds and its findings
  ReaderCheck check;
};
absl::Span<const ReaderCheckEntry> AllReaderChecks();

// Null if there is none.
ReaderCheck FindReaderCheck(std::string_view name);

}  // namespace eqsat::fuzz

#endif  // EQSAT_TESTS_FUZZ_READER_CHECKS_H_
