// libFuzzer's entry for the reader named EQSAT_FUZZED_READER: stops at the first broken promise.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/fuzz/reader_checks.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const eqsat::fuzz::ReaderCheck kCheck = eqsat::fuzz::FindReaderCheck(EQSAT_FUZZED_READER);
  absl::Status status = kCheck({reinterpret_cast<const char*>(data), size});
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", status.ToString().c_str());
    std::abort();
  }
  return 0;
}
