// Whether bytes are UTF-8.
#ifndef EQSAT_IR_BASE_UTF8_H_
#define EQSAT_IR_BASE_UTF8_H_

#include <cstddef>
#include <string_view>

namespace eqsat::base {

// Bytes of the UTF-8 sequence at the front of `text`, which is not empty; 0 if it is malformed.
size_t Utf8SequenceLength(std::string_view text);

bool IsUtf8(std::string_view text);

}  // namespace eqsat::base

#endif  // EQSAT_IR_BASE_UTF8_H_
