#include "importers/message_place.h"

#include <initializer_list>

namespace eqsat::importers {

bool BeginsWithPlace(std::string_view message) {
  for (std::string_view end : {":", ": "}) {
    const size_t digits = message.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string_view::npos) return false;
    message.remove_prefix(digits);
    if (!message.starts_with(end)) return false;
    message.remove_prefix(end.size());
  }
  return true;
}

}  // namespace eqsat::importers
