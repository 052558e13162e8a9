// Maps whose keys view text that outlives them.
#ifndef EQSAT_IMPORTERS_BY_TEXT_H_
#define EQSAT_IMPORTERS_BY_TEXT_H_

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "ir/base/strings.h"

namespace eqsat::importers {

// The system's Abseil knows how to hash its own views only, and leaves what has more than 16 bytes
// to a function of a library: up to 32 are hashed here, as four words that may overlap.
struct TextHash {
  size_t operator()(std::string_view text) const {
    if (text.size() <= 16 || text.size() > 32)
      return absl::Hash<absl::string_view>()(base::Absl(text));
    auto word = [text](size_t at) {
      uint64_t bytes = 0;
      std::memcpy(&bytes, text.data() + at, sizeof bytes);
      return bytes;
    };
    return absl::HashOf(word(0), word(8), word(text.size() - 16), word(text.size() - 8),
                        text.size());
  }
};
template <typename T>
using ByText = absl::flat_hash_map<std::string_view, T, TextHash>;

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_BY_TEXT_H_
