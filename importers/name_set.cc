#include "importers/name_set.h"

#include "absl/strings/ascii.h"
#include "ir/base/strings.h"

namespace eqsat::importers {

std::string NameSet::Fresh(std::string_view name) {
  if (Add(name)) return std::string(name);
  int& next = next_[std::string(name)];
  while (true) {
    std::string candidate = base::StrCat(name, ".", ++next);
    if (used_.insert(candidate).second) return candidate;
  }
}

std::string LegalModuleName(std::string_view name) {
  constexpr std::string_view kOthers = "_.-+@/$<>";  // as importers/hlo_text/header_parser reads
  std::string legal(name);
  for (char& c : legal)
    if (!absl::ascii_isalnum(c) && kOthers.find(c) == std::string_view::npos) c = '_';
  bool begins = !legal.empty() && (absl::ascii_isalnum(legal[0]) || legal[0] == '_');
  return begins ? legal : LegalName(name);
}

std::string LegalName(std::string_view name) {
  std::string legal(name.empty() ? "_" : name);
  for (char& c : legal) {
    if (!absl::ascii_isalnum(c) && c != '_' && c != '.' && c != '-') c = '_';
  }
  if (!absl::ascii_isalpha(legal[0]) && legal[0] != '_') legal.insert(legal.begin(), '_');
  return legal;
}

}  // namespace eqsat::importers
