// A rule file's text, and errors that point into it.
#ifndef EQSAT_RULES_LANGUAGE_SOURCE_TEXT_H_
#define EQSAT_RULES_LANGUAGE_SOURCE_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace eqsat::rules {

// Lines and columns count from 1; columns are bytes.
struct Place {
  int32_t line = 1;
  int32_t column = 1;
};

class SourceText {
 public:
  SourceText(std::string path, std::string text);

  const std::string& path() const { return path_; }
  const std::string& text() const { return text_; }

  // InvalidArgument: `path:line:column: message`, the source line, and a caret under the column.
  absl::Status Error(Place place, std::string_view message) const;

 private:
  std::string path_;
  std::string text_;
};

// `, did you mean 'x'?` for the candidate nearest to `name`; empty if none is near.
std::string DidYouMean(std::string_view name, const std::vector<std::string_view>& candidates);

}  // namespace eqsat::rules

#endif  // EQSAT_RULES_LANGUAGE_SOURCE_TEXT_H_
