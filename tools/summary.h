// What `optimize` says it did.
#ifndef EQSAT_TOOLS_SUMMARY_H_
#define EQSAT_TOOLS_SUMMARY_H_

#include <cstddef>
#include <map>
#include <string>

#include "tools/optimize.h"

namespace eqsat::tools {

struct Summary {
  std::string input_hash;
  std::string ruleset_hash;
  std::string target;
  std::string target_hash;
  std::string target_note;                    // of a default that was chosen; may be empty
  size_t kernels = 0;                         // distinct ones
  size_t launches = 0;                        // in the plan
  std::map<std::string, size_t> not_lowered;  // opcode (and custom-call target) to count
  std::string not_compiled;                   // why there is no code at all; empty if there is
  double codegen_seconds = 0;
  int verified_runs = 0;  // on which input and result agreed
};

// "add ×3, dot ×1": by falling count, then by name, the first `limit` and how many more there are.
std::string Listing(const std::map<std::string, size_t>& counts, size_t limit);

// A few lines for a person.
std::string SummaryText(const Summary& summary, const OptimizeResult& result);
// One JSON object, one line.
std::string SummaryJson(const Summary& summary, const OptimizeResult& result);

}  // namespace eqsat::tools

#endif  // EQSAT_TOOLS_SUMMARY_H_
