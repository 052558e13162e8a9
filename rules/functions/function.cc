#include "rules/functions/function.h"

#include <algorithm>

#include "ir/base/check.h"

namespace eqsat::rules {

const std::vector<Function>& AllFunctions() {
  static const auto* const kAll = [] {
    auto* all = new std::vector<Function>();
    for (auto family :
         {DimensionFunctions, ShapeFunctions, ConstantFunctions, RangeFunctions, GraphFunctions})
      for (Function& function : family()) all->push_back(std::move(function));
    std::sort(all->begin(), all->end(),
              [](const Function& a, const Function& b) { return a.name < b.name; });
    for (size_t i = 1; i < all->size(); ++i) EQSAT_CHECK((*all)[i - 1].name != (*all)[i].name);
    return all;
  }();
  return *kAll;
}

const Function* FindFunction(std::string_view name) {
  const std::vector<Function>& all = AllFunctions();
  auto at = std::lower_bound(all.begin(), all.end(), name,
                             [](const Function& f, std::string_view n) { return f.name < n; });
  return at != all.end() && at->name == name ? &*at : nullptr;
}

}  // namespace eqsat::rules
