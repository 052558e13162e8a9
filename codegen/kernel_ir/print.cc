#include "codegen/kernel_ir/print.h"

#include "absl/strings/str_format.h"
#include "codegen/kernel_ir/scalar.h"
#include "ir/base/strings.h"

namespace eqsat::codegen {
namespace {

std::string ValueName(ValueId id) { return base::StrCat("%", id.value()); }

template <typename Ids>
std::string Names(const Ids& ids) {
  std::vector<std::string> names;
  for (ValueId id : ids) names.push_back(ValueName(id));
  return base::Join(names, ", ");
}

std::string_view Name(BufferRole role) {
  constexpr std::string_view kNames[] = {"in", "out", "inout", "scratch"};
  return kNames[static_cast<int>(role)];
}

void AppendStatement(const Kernel& kernel, const Statement& s, std::string* out) {
  if (!s.results.empty()) base::StrAppend(out, Names(s.results), " = ");
  base::StrAppend(out, Name(s.op));
  if (s.reassociate) base::StrAppend(out, " reassociate");
  if (s.hint == LoopHint::kUnroll) base::StrAppend(out, " unroll");
  if (s.buffer.valid()) base::StrAppend(out, " buffer", s.buffer.value());
  if (!s.operands.empty()) base::StrAppend(out, " ", Names(s.operands));
  if (s.op == Op::kExtract) base::StrAppend(out, " at ", s.bits);
  if (s.op == Op::kConstant) {
    Scalar type = kernel.type(s.results[0]).scalar;
    if (IsFloat(type)) {
      base::StrAppend(out, " ", absl::StrFormat("%.17g", ToDouble(type, s.bits)));
    } else {
      base::StrAppend(out, " ", SignExtend(type, s.bits));
    }
  }
  std::vector<std::string> types;
  for (ValueId id : s.results) types.push_back(ToString(kernel.type(id)));
  if (!types.empty()) base::StrAppend(out, " : ", base::Join(types, ", "));
}

void AppendBlock(const Kernel& kernel, const Block& block, int depth, std::string* out) {
  std::string indent(static_cast<size_t>(2 * depth), ' ');
  if (!block.arguments.empty()) base::StrAppend(out, indent, "(", Names(block.arguments), "):\n");
  for (const Statement& s : block.statements) {
    base::StrAppend(out, indent);
    AppendStatement(kernel, s, out);
    for (size_t i = 0; i < s.blocks.size(); ++i) {
      base::StrAppend(out, i == 0 ? " {\n" : indent + "} else {\n");
      AppendBlock(kernel, s.blocks[i], depth + 1, out);
    }
    base::StrAppend(out, s.blocks.empty() ? "\n" : indent + "}\n");
  }
  if (!block.yields.empty()) base::StrAppend(out, indent, "yield ", Names(block.yields), "\n");
}

}  // namespace

std::string ToString(const Kernel& kernel, const Statement& statement) {
  std::string text;
  AppendStatement(kernel, statement, &text);
  return text;
}

std::string ToString(const Kernel& kernel) {
  std::string text =
      base::StrCat("kernel @", kernel.name, " extents [", base::Join(kernel.extents, ", "), "]");
  if (kernel.mapping == Mapping::kGroup) base::StrAppend(&text, " by group");
  base::StrAppend(&text, " of ", kernel.group_size, " {\n");
  for (size_t i = 0; i < kernel.buffers.size(); ++i) {
    const Buffer& buffer = kernel.buffers[i];
    base::StrAppend(&text, "  buffer", i, ": ", Name(buffer.role), " ", Name(buffer.element), "[",
                    buffer.size, "]\n");
  }
  AppendBlock(kernel, kernel.body, 1, &text);
  return text + "}\n";
}

}  // namespace eqsat::codegen
