// A module of which some parts took plainer forms, and which those are.
#ifndef EQSAT_RULES_HLO_PLAIN_MODULE_H_
#define EQSAT_RULES_HLO_PLAIN_MODULE_H_

#include <cstddef>
#include <map>
#include <string>

#include "ir/graph/module.h"

namespace eqsat::rules {

// How often each form was taken, by its name; docs/cli.md lists them.
using FormCounts = std::map<std::string, size_t>;

struct PlainModule {
  ir::Module module;
  FormCounts forms;  // at least one
};

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_HLO_PLAIN_MODULE_H_
