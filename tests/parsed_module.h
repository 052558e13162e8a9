// Modules for tests, from HLO text.
#ifndef EQSAT_TESTS_PARSED_MODULE_H_
#define EQSAT_TESTS_PARSED_MODULE_H_

#include <string_view>
#include <utility>

#include "gtest/gtest.h"
#include "importers/hlo_text/hlo_text.h"
#include "ir/graph/module.h"

namespace eqsat {

inline ir::Module Parse(std::string_view text) {
  absl::StatusOr<ir::Module> module = importers::ParseHloText(text);
  EXPECT_TRUE(module.ok()) << module.status();
  return *std::move(module);
}

}  // namespace eqsat

#endif  // EQSAT_TESTS_PARSED_MODULE_H_
