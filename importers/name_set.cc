#include "importers/name_set.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "ir/base/strings.h"

namespace eqsat::importers {

std::string NameSet::Fresh(std::string_view name) {
  if (Add(name)) return std::string(name);
  int& next = next_[std::string(name)];
  while (true) {
    std::string candidate = base::StrCat(name, ".", ++next);
    if (Add(candidate)) return candidate;
  }
}

bool BeginsModuleName(char c) { return absl::ascii_isalnum(c) || c == '_' || c == '<'; }

std::string LegalModuleName(std::string_view name) {
  std::string legal(name);
  for (char& c : legal)
    if (!absl::ascii_isalnum(c) && kModuleNameMarks.find(c) == std::string_view::npos) c = '_';
  return !legal.empty() && BeginsModuleName(legal[0]) ? legal : LegalName(name);
}

namespace {

constexpr std::array<bool, 256> kLegal = [] {
  std::array<bool, 256> legal{};
  for (unsigned char c : std::string_view("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789_.-"))
    legal[c] = true;
  return legal;
}();

bool IsLegal(char c) { return kLegal[static_cast<unsigned char>(c)]; }
bool IsLegalFirst(char c) { return absl::ascii_isalpha(c) || c == '_'; }

}  // namespace

bool IsLegalName(std::string_view name) {
  return !name.empty() && IsLegalFirst(name[0]) && std::ranges::all_of(name, IsLegal);
}

std::string LegalName(std::string_view name) {
  std::string legal(name.empty() ? "_" : name);
  for (char& c : legal)
    if (!IsLegal(c)) c = '_';
  if (!IsLegalFirst(legal[0])) legal.insert(legal.begin(), '_');
  return legal;
}

}  // namespace eqsat::importers
