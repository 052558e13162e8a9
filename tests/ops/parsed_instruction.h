// The root of a small HLO text, with what its op is told of it.
#ifndef EQSAT_TESTS_OPS_PARSED_INSTRUCTION_H_
#define EQSAT_TESTS_OPS_PARSED_INSTRUCTION_H_

#include <cctype>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "importers/hlo_text/hlo_text.h"
#include "ir/base/strings.h"
#include "ir/graph/module.h"
#include "ir/ops/op_info.h"

namespace eqsat::ir {

// Computations that cases may call.
inline constexpr std::string_view kRegions = R"(
add { a = f32[] parameter(0)  b = f32[] parameter(1)  ROOT r = f32[] add(a, b) }
max { a = f32[] parameter(0)  b = f32[] parameter(1)  ROOT r = f32[] maximum(a, b) }
less { a = f32[] parameter(0)  b = f32[] parameter(1)  ROOT r = pred[] compare(a, b), direction=LT }
less2 { a = f32[] parameter(0)  b = f32[] parameter(1)  c = s32[] parameter(2)  d = s32[] parameter(3)
  ROOT r = pred[] compare(a, b), direction=LT }
pair { a = f32[] parameter(0)  b = s32[] parameter(1)  c = f32[] parameter(2)  d = s32[] parameter(3)
  x = f32[] maximum(a, c)  y = s32[] maximum(b, d)  ROOT r = (f32[], s32[]) tuple(x, y) }
step { a = f32[2] parameter(0)  c = f32[2] parameter(1)  s = f32[2] add(a, c)
  ROOT r = (f32[2], f32[2]) tuple(s, s) }
negate { a = f32[4] parameter(0)  ROOT r = f32[4] negate(a) }
copy { a = f32[4] parameter(0)  ROOT r = f32[4] copy(a) }
positive { a = f32[4] parameter(0)  ROOT r = pred[] constant(true) }
)";

class ParsedInstruction {
 public:
  // The text of one instruction; operands are written with their shapes: `add(f32[2] a, f32[2] b)`.
  static absl::StatusOr<ParsedInstruction> Parse(std::string_view instruction) {
    std::vector<std::string> parameters;
    std::string line = NameOperands(instruction, &parameters);
    std::string text = base::StrCat(kRegions, "\nENTRY main {\n");
    for (const std::string& parameter : parameters) base::StrAppend(&text, parameter, "\n");
    base::StrAppend(&text, "  ROOT root = ", line, "\n}\n");
    absl::StatusOr<Module> module = importers::ParseHloText(text);
    if (!module.ok()) return module.status();
    return ParsedInstruction(*std::move(module));
  }

  const Instruction& root() const { return module_.entry()[module_.entry().root()]; }
  // What the op is told; `declared` is the shape in the text or the one inferred from it.
  OpContext context() const {
    return {root().opcode, operands_, root().Attrs(), regions_, &root().shape};
  }
  const Module& module() const { return module_; }

 private:
  explicit ParsedInstruction(Module module) : module_(std::move(module)) {
    for (InstructionId id : root().operands) operands_.push_back(module_.entry()[id].shape);
    regions_ = module_.RegionShapes(root());
  }

  // Turns `op(f32[2] a)` into `op(a)` and the parameter `a = f32[2] parameter(0)`.
  static std::string NameOperands(std::string_view text, std::vector<std::string>* parameters);

  Module module_;
  std::vector<Shape> operands_;
  std::vector<ProgramShape> regions_;
};

inline std::string ParsedInstruction::NameOperands(std::string_view text,
                                                   std::vector<std::string>* parameters) {
  // The operand list is the first parenthesis that directly follows a word, the opcode, but for
  // that of a buffer's shape, `b(f32[2])`.
  size_t open = 0;
  for (size_t i = text.starts_with("b(") ? 2 : 1; i < text.size(); ++i) {
    if (text[i] == '(' && std::isalnum(static_cast<unsigned char>(text[i - 1]))) {
      open = i;
      break;
    }
  }
  int depth = 0;
  size_t begin = open + 1, close = open;
  std::string names;
  auto finish = [&](size_t end) {
    std::string_view operand = text.substr(begin, end - begin);
    size_t space = operand.rfind(' ');
    if (space == std::string_view::npos) {
      base::StrAppend(&names, operand);  // parameter(0), iota()
      return;
    }
    std::string_view name = operand.substr(space + 1);
    base::StrAppend(&names, names.empty() ? "" : ", ", name);
    parameters->push_back(base::StrCat("  ", name, " = ", operand.substr(0, space), " parameter(",
                                       parameters->size(), ")"));
  };
  for (size_t i = open; i < text.size(); ++i) {
    if (text[i] == '(' || text[i] == '[' || text[i] == '{') ++depth;
    if (text[i] == ')' || text[i] == ']' || text[i] == '}') --depth;
    if ((text[i] == ',' && depth == 1) || depth == 0) {
      finish(i);
      begin = i + 2;
      close = i;
    }
    if (depth == 0) break;
  }
  return base::StrCat(text.substr(0, open + 1), names, text.substr(close));
}

}  // namespace eqsat::ir

#endif  // EQSAT_TESTS_OPS_PARSED_INSTRUCTION_H_
