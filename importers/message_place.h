// Where messages about texts begin.
#ifndef EQSAT_IMPORTERS_MESSAGE_PLACE_H_
#define EQSAT_IMPORTERS_MESSAGE_PLACE_H_

#include <string_view>

namespace eqsat::importers {

// Whether a message begins with `LINE:COLUMN: `.
bool BeginsWithPlace(std::string_view message);

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_MESSAGE_PLACE_H_
