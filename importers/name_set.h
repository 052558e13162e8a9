// Names that are taken, and fresh ones.
#ifndef EQSAT_IMPORTERS_NAME_SET_H_
#define EQSAT_IMPORTERS_NAME_SET_H_

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "importers/by_text.h"

namespace eqsat::importers {

class NameSet {
 public:
  NameSet() = default;
  NameSet(NameSet&&) = default;
  NameSet& operator=(NameSet&&) = default;

  // For `count` names without growing.
  void Reserve(size_t count) { used_.reserve(count); }
  // False if the name was there already.
  bool Add(std::string_view name) {
    return !used_.contains(name) && AddView(copies_.emplace_back(name));
  }
  // As Add without a copy: what `name` views must outlive the set.
  bool AddView(std::string_view name) { return used_.insert(name).second; }
  // `name`, or `name.1`, `name.2`, … where it is taken; adds a copy of it.
  std::string Fresh(std::string_view name);

 private:
  absl::flat_hash_set<std::string_view, TextHash> used_;
  std::deque<std::string> copies_;  // of names in `used_`
  absl::flat_hash_map<std::string, int> next_;
};

// Does HLO text take the name as it is?
bool IsLegalName(std::string_view name);
// The name with `_` for each byte that HLO text does not take in a name.
std::string LegalName(std::string_view name);
// The name of a module may hold more: any letter, any digit and these bytes.
inline constexpr std::string_view kModuleNameMarks = "_.-+@/$<>";
bool BeginsModuleName(char c);
// As LegalName.
std::string LegalModuleName(std::string_view name);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_NAME_SET_H_
