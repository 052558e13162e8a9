// Names that are taken, and fresh ones.
#ifndef EQSAT_IMPORTERS_NAME_SET_H_
#define EQSAT_IMPORTERS_NAME_SET_H_

#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"

namespace eqsat::importers {

class NameSet {
 public:
  // False if the name was there already.
  bool Add(std::string_view name) { return used_.insert(std::string(name)).second; }
  // `name`, or `name.1`, `name.2`, … where it is taken; adds it.
  std::string Fresh(std::string_view name);

 private:
  absl::flat_hash_set<std::string> used_;
  absl::flat_hash_map<std::string, int> next_;
};

// The name with `_` for each byte that HLO text does not take in a name.
std::string LegalName(std::string_view name);
// As LegalName, for the name of a module, which may hold more.
std::string LegalModuleName(std::string_view name);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_NAME_SET_H_
