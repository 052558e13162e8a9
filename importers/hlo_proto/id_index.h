// Positions by the ids of a message.
#ifndef EQSAT_IMPORTERS_HLO_PROTO_ID_INDEX_H_
#define EQSAT_IMPORTERS_HLO_PROTO_ID_INDEX_H_

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"

namespace eqsat::importers {

class IdIndex {
 public:
  // Position i has ids[i]. False if two have the same; then `first` and `second` are such.
  bool Build(absl::Span<const int64_t> ids, int* first, int* second);

  // -1 if none has it.
  int Find(int64_t id) const {
    if (!table_.empty()) {
      const uint64_t place = static_cast<uint64_t>(id) - static_cast<uint64_t>(lowest_);
      return place < table_.size() ? table_[place] : -1;
    }
    auto found = map_.find(id);
    return found == map_.end() ? -1 : found->second;
  }

 private:
  // Ids that lie close together, as they mostly do, are places in a table.
  int64_t lowest_ = 0;
  std::vector<int> table_;
  absl::flat_hash_map<int64_t, int> map_;
};

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_PROTO_ID_INDEX_H_
