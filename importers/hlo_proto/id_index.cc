#include "importers/hlo_proto/id_index.h"

#include <algorithm>

namespace eqsat::importers {

bool IdIndex::Build(absl::Span<const int64_t> ids, int* first, int* second) {
  table_.clear();
  map_.clear();
  if (ids.empty()) return true;
  auto [lowest, highest] = std::ranges::minmax_element(ids);
  lowest_ = *lowest;
  const uint64_t range = static_cast<uint64_t>(*highest) - static_cast<uint64_t>(*lowest);
  constexpr uint64_t kMostPlacesPerId = 8;
  const bool close = range < kMostPlacesPerId * ids.size();
  if (close) table_.assign(range + 1, -1);
  if (!close) map_.reserve(ids.size());
  for (int i = 0; i < static_cast<int>(ids.size()); ++i) {
    int& place = close ? table_[static_cast<uint64_t>(ids[i]) - static_cast<uint64_t>(lowest_)]
                       : map_.try_emplace(ids[i], -1).first->second;
    if (place >= 0) {
      *first = place;
      *second = i;
      return false;
    }
    place = i;
  }
  return true;
}

}  // namespace eqsat::importers
