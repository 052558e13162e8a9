// Short programs with hand-computed results, for the tests of the interpreter.
#ifndef EQSAT_TESTS_INTERPRET_INTERPRET_TESTING_H_
#define EQSAT_TESTS_INTERPRET_INTERPRET_TESTING_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "gtest/gtest.h"
#include "importers/hlo_text/hlo_text.h"
#include "ir/base/strings.h"
#include "ir/interpret/compare.h"
#include "ir/interpret/interpreter.h"

namespace eqsat::ir {

// Runs HLO text without parameters, or with `arguments`.
inline absl::StatusOr<Literal> RunHlo(std::string_view hlo,
                                      const std::vector<Literal>& arguments = {},
                                      const InterpreterOptions& options = {}) {
  auto module = importers::ParseHloText(hlo);
  if (!module.ok()) return module.status();
  return Evaluate(*module, arguments, options);
}

// The instructions of one computation, the last of them the root.
inline std::string Entry(std::string_view instructions) {
  return base::StrCat("ENTRY e {\n", instructions, "\n}");
}

inline Literal Value(std::string_view type, std::string_view values) {
  auto literal = RunHlo(Entry(base::StrCat("ROOT v = ", type, " constant(", values, ")")));
  EXPECT_TRUE(literal.ok()) << literal.status() << " in " << type << " " << values;
  return literal.ok() ? *literal : Literal();
}

// `hlo` gives exactly `values` of `type`, or values within `tolerance`.
inline void ExpectRun(std::string_view hlo, std::string_view type, std::string_view values,
                      Tolerance tolerance = {}) {
  auto result = RunHlo(hlo);
  ASSERT_TRUE(result.ok()) << result.status() << " in\n" << hlo;
  auto difference = CompareLiterals(Value(type, values), *result, tolerance);
  EXPECT_FALSE(difference.has_value()) << *difference << " in\n" << hlo;
}

inline void ExpectEntry(std::string_view instructions, std::string_view type,
                        std::string_view values, Tolerance tolerance = {}) {
  ExpectRun(Entry(instructions), type, values, tolerance);
}

inline void ExpectError(const absl::StatusOr<Literal>& result, absl::StatusCode code,
                        std::string_view part) {
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.status().code(), code) << result.status();
  EXPECT_NE(std::string(result.status().message()).find(part), std::string::npos)
      << result.status();
}

}  // namespace eqsat::ir

#endif  // EQSAT_TESTS_INTERPRET_INTERPRET_TESTING_H_
