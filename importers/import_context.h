// What an input does not say itself; only models of ONNX ask for it.
#ifndef EQSAT_IMPORTERS_IMPORT_CONTEXT_H_
#define EQSAT_IMPORTERS_IMPORT_CONTEXT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>

namespace eqsat::importers {

struct ImportContext {
  // Where the input's file lies: weights that a model keeps beside itself are read from here and
  // below. Empty: none can be read.
  std::string folder;
  // Sizes of dimensions that have only a name. One without a name is called INPUT.AXIS.
  std::map<std::string, int64_t, std::less<>> dimension_sizes;
};

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_IMPORT_CONTEXT_H_
