// Modules for tests of rules/hlo.
#ifndef EQSAT_TESTS_RULES_FLAT_MODULE_H_
#define EQSAT_TESTS_RULES_FLAT_MODULE_H_

#include <gtest/gtest.h>

#include <string_view>
#include <utility>

#include "importers/hlo_text/hlo_text.h"
#include "rules/hlo/flatten.h"

namespace eqsat::rules {

// The text's module, flattened; a failure of the test where that is not possible.
inline ir::Module Flat(std::string_view text) {
  absl::StatusOr<ir::Module> module = importers::ParseHloText(text);
  EXPECT_TRUE(module.ok()) << module.status();
  absl::StatusOr<ir::Module> flat = Flatten(*module);
  EXPECT_TRUE(flat.ok()) << flat.status();
  return *std::move(flat);
}

}  // namespace eqsat::rules

#endif  // EQSAT_TESTS_RULES_FLAT_MODULE_H_
