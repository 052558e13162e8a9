// The text of an instruction's original value against its shape.
#include <string_view>

#include "ir/base/status.h"
#include "ir/verify/rules.h"

namespace eqsat::ir {
namespace {

// Reads `({"v1"}, ({"v2"}, {}))`: a tuple in parentheses, a leaf in braces. Input that is not like
// that has no structure to compare.
class StructureReader {
 public:
  explicit StructureReader(std::string_view text) : text_(text) {}

  enum class Answer { kEqual, kDifferent, kUnreadable };

  Answer Compare(const Shape& shape) {
    SkipSpace();
    if (At('{'))
      return ReadLeaf() ? (shape.IsTuple() ? Answer::kDifferent : Answer::kEqual)
                        : Answer::kUnreadable;
    if (!At('(')) return Answer::kUnreadable;
    if (!shape.IsTuple()) return Answer::kDifferent;
    ++at_;
    for (const Shape& element : shape.elements()) {
      SkipSpace();
      if (At(')')) return Answer::kDifferent;
      if (Answer answer = Compare(element); answer != Answer::kEqual) return answer;
      SkipSpace();
      if (At(',')) ++at_;
    }
    SkipSpace();
    if (!At(')')) return At('{') || At('(') ? Answer::kDifferent : Answer::kUnreadable;
    ++at_;
    return Answer::kEqual;
  }

 private:
  bool At(char c) const { return at_ < text_.size() && text_[at_] == c; }
  void SkipSpace() {
    while (At(' ') || At('\n')) ++at_;
  }
  // `{"name" {0,1}}`
  bool ReadLeaf() {
    int depth = 0;
    bool quoted = false;
    for (; at_ < text_.size(); ++at_) {
      char c = text_[at_];
      if (c == '"') quoted = !quoted;
      if (quoted) continue;
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
      if (depth > 0) continue;
      ++at_;
      return true;
    }
    return false;
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

absl::Status CheckOriginalValue(const Instruction& instruction) {
  std::string_view origin = *instruction.Notes().origin;
  if (origin.size() < 2 || origin.front() != '{' || origin.back() != '}') return absl::OkStatus();
  StructureReader reader(origin.substr(1, origin.size() - 2));
  if (reader.Compare(instruction.shape) != StructureReader::Answer::kDifferent)
    return absl::OkStatus();
  return base::InvalidArgument("the origin is not of the structure of %s",
                               instruction.shape.ToString());
}

}  // namespace eqsat::ir
