// Runs the cases of a saturation program and checks what they expect.
#ifndef EQSAT_RULES_PROGRAMS_RUN_PROGRAM_H_
#define EQSAT_RULES_PROGRAMS_RUN_PROGRAM_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/saturate/runner.h"
#include "rules/language/source_text.h"
#include "rules/programs/program.h"

namespace eqsat::rules {

// What the caller says over the file's own settings.
struct ProgramOptions {
  std::optional<size_t> iterations;
  std::optional<size_t> nodes;
  std::vector<std::string> cases;  // those to run; all if empty
  size_t threads = 1;              // that search for matches at once
  bool explain = false;            // record the runs, and explain what `prove` asked for
  uint64_t hash_seed = 0;          // changes nothing that can be seen
  const std::atomic<bool>* interrupt = nullptr;
};

struct IterationSize {
  size_t nodes = 0;
  size_t classes = 0;
};

// How two terms were found equal, checked by engine/explain's checker (guards are taken as given).
struct ProgramProof {
  Place place;                     // of the `prove` statement's left term
  std::vector<std::string> rules;  // one for each equation that is needed
};

struct CaseReport {
  std::string name;
  engine::RunResult run;                  // of the last round
  std::vector<IterationSize> iterations;  // of the last round
  size_t start_nodes = 0;
  size_t rounds = 1;
  bool goals_reached = false;
  size_t proofs = 0;                    // of the `prove` statements that hold
  double seconds = 0;                   // of all rounds, without reading
  std::vector<std::string> failures;    // expectations that are not met
  std::vector<ProgramProof> explained;  // with ProgramOptions::explain
  size_t log_bytes = 0;                 // what was recorded for that, in the last round
};

// An error is a fault of the file. With limits other than the file's own, its expectations about
// sizes are not checked.
absl::StatusOr<std::vector<CaseReport>> RunProgram(const SourceText& source, const Program& program,
                                                   const ProgramOptions& options);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_PROGRAMS_RUN_PROGRAM_H_
