#include "rules/compile/rule.h"

#include <array>

#include "absl/strings/str_format.h"

namespace eqsat::rules {
namespace {

constexpr std::array<std::string_view, 4> kNumericsNames = {"exact", "special", "reassoc",
                                                            "approx"};

}  // namespace

std::string_view NameOf(Numerics numerics) { return kNumericsNames[static_cast<int>(numerics)]; }

std::optional<Numerics> NumericsFromName(std::string_view name) {
  for (size_t i = 0; i < kNumericsNames.size(); ++i)
    if (kNumericsNames[i] == name) return static_cast<Numerics>(i);
  return std::nullopt;
}

std::string Rule::Where() const {
  return absl::StrFormat("rule %s (%s:%d:%d)", name, source->path(), place.line, place.column);
}

}  // namespace eqsat::rules
