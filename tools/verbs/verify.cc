// `xla-eqsat verify A B`: do two programs compute the same?
#include <cstdint>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "rules/hlo/flatten.h"
#include "tools/driver.h"
#include "tools/equivalence.h"
#include "tools/load.h"
#include "tools/rule_options.h"
#include "tools/verbs/verbs.h"

namespace eqsat::tools {
namespace {

struct VerifyFlags {
  DimensionSizes dimensions;
  std::string a;
  std::string b;
  uint64_t seed = 1;
  int runs = 1;
  double tolerance = -1;
  std::string numerics = "reassoc";
};

// The same instructions, but for calls, bitcasts and layouts inside? A graph that was left as it is
// may be too large to run.
bool AreAlike(const ir::Module& a, const ir::Module& b) {
  if (!ir::FirstDifference(a, b)) return true;
  absl::StatusOr<ir::Module> flat_a = rules::Flatten(a);
  absl::StatusOr<ir::Module> flat_b = rules::Flatten(b);
  return flat_a.ok() && flat_b.ok() && !ir::FirstDifference(*flat_a, *flat_b);
}

int Verify(const VerifyFlags& options) {
  absl::StatusOr<rules::Numerics> numerics = NumericsOf(options.numerics);
  if (!numerics.ok()) return Fail(kUsage, numerics.status());
  absl::StatusOr<ir::Module> a = LoadModule(options.a, options.dimensions);
  if (!a.ok()) return Fail(kBadInput, a.status());
  absl::StatusOr<ir::Module> b = LoadModule(options.b, options.dimensions);
  if (!b.ok()) return Fail(kBadInput, b.status());
  if (!SameInterface(*a, *b))
    return Fail(kMismatch, "the entry computations take or return different shapes");
  if (AreAlike(*a, *b)) {
    std::cout << "equal, instruction by instruction\n";
    return kOk;
  }
  EquivalenceOptions equivalence{.numerics = *numerics,
                                 .seed = options.seed,
                                 .runs = options.runs,
                                 .interrupt = &InterruptFlag()};
  if (options.tolerance >= 0)
    equivalence.tolerance = ir::Tolerance{.abs = options.tolerance, .rel = options.tolerance};
  absl::StatusOr<std::optional<Difference>> found = FindDifference(*a, *b, equivalence);
  if (!found.ok()) return Fail(kBadInput, found.status());
  if (*found)
    return Fail(kMismatch, absl::StrFormat("with --seed=%d: %s", (*found)->seed, (*found)->text));
  std::cout << "equal on " << options.runs << " random input" << (options.runs == 1 ? "" : "s")
            << "\n";
  return kOk;
}

}  // namespace

void AddVerifyVerb(CLI::App& app, int* exit_code) {
  CLI::App* verb = app.add_subcommand(
      "verify", "Run two graphs on the reference interpreter with the same random inputs");
  auto options = std::make_shared<VerifyFlags>();
  verb->add_option("A", options->a, "The reference")->required();
  AddDimensionOption(verb, &options->dimensions);
  verb->add_option("B", options->b, "The graph to check against it")->required();
  verb->add_option("--seed", options->seed, "Of the first run's inputs; each run adds one");
  verb->add_option("--runs", options->runs, "How many inputs to try")->check(CLI::PositiveNumber);
  verb->add_option("--tolerance", options->tolerance,
                   "Absolute and relative; default: by element type")
      ->check(CLI::NonNegativeNumber);
  verb->add_option("--numerics", options->numerics,
                   "exact or special: compare bits, with NaN, infinities and extremes among the "
                   "inputs; reassoc (default) or approx: compare within the tolerance");
  verb->footer(
      "Exits 5 and prints the first difference if the results differ.\n"
      "A custom call of unknown code is an uninterpreted function: equal operands give equal,\n"
      "arbitrary results. Collectives run on as many devices as A's groups name.\n"
      "Integers that place elements, count turns or size dimensions are small; others have the\n"
      "extremes of their type among them. Of values too large to be held, a sample of elements is\n"
      "compared, where they can be computed one by one.\n"
      "Examples:\n"
      "  xla-eqsat verify graph.hlo better.hlo --runs=3\n"
      "  xla-eqsat verify graph.hlo better.hlo --numerics=exact --runs=20");
  verb->callback([options, exit_code] {
    CatchInterrupts();
    *exit_code = Verify(*options);
  });
}

}  // namespace eqsat::tools
