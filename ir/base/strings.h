// String building over std::string_view (the system's Abseil has a string_view of its own).
#ifndef EQSAT_IR_BASE_STRINGS_H_
#define EQSAT_IR_BASE_STRINGS_H_

#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace eqsat::base {

// absl's view of the same bytes.
inline absl::string_view Absl(std::string_view s) { return {s.data(), s.size()}; }

namespace internal {
template <typename T>
decltype(auto) CatArg(const T& value) {
  if constexpr (std::is_same_v<T, std::string_view>) {
    return Absl(value);
  } else {
    return (value);
  }
}
}  // namespace internal

// absl::StrCat that takes std::string_view too.
template <typename... Args>
std::string StrCat(const Args&... args) {
  return absl::StrCat(internal::CatArg(args)...);
}

template <typename... Args>
void StrAppend(std::string* out, const Args&... args) {
  absl::StrAppend(out, internal::CatArg(args)...);
}

// "a,b,c" for any range of things that StrCat takes.
template <typename Range>
std::string Join(const Range& range, std::string_view separator) {
  std::string out;
  bool first = true;
  for (const auto& element : range) {
    if (!first) out.append(separator);
    first = false;
    StrAppend(&out, element);
  }
  return out;
}

// The candidate nearest to `name` by edit distance, or empty if none is near (a third of its
// length).
std::string_view NearestName(std::string_view name,
                             const std::vector<std::string_view>& candidates);

}  // namespace eqsat::base

#endif  // EQSAT_IR_BASE_STRINGS_H_
