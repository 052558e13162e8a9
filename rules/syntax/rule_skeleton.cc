#include "rules/syntax/rule_skeleton.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/op_info.h"
#include "rules/compile/attribute_field.h"
#include "rules/compile/hlo_graph.h"
#include "rules/compile/vocabulary.h"
#include "rules/syntax/format.h"

namespace eqsat::rules {
namespace {

using ir::Instruction;
using ir::InstructionId;
using ir::OpCode;
using ir::Shape;

std::string ListText(const Ints& values) { return base::StrCat("[", base::Join(values, ","), "]"); }

// A value as a rule writes it; nothing where it has no text.
std::optional<std::string> TextOf(const Value& value) {
  if (const auto* list = std::get_if<Ints>(&value)) return ListText(*list);
  if (const auto* number = std::get_if<int64_t>(&value)) return base::StrCat(*number);
  if (const auto* word = std::get_if<std::string>(&value)) return *word;
  if (const auto* flag = std::get_if<bool>(&value)) return *flag ? "true" : "false";
  if (const auto* number = std::get_if<double>(&value)) return absl::StrFormat("%.17g", *number);
  return std::nullopt;
}

// The scalar that all elements are, as a number of the language.
std::optional<std::string> NumberText(const ir::Literal& literal) {
  const ir::Shape& shape = literal.shape();
  if (literal.is_unknown() || !shape.IsArray() || ir::IsComplex(shape.element_type()) ||
      shape.ElementCount() == 0 || !literal.IsSplat())
    return std::nullopt;
  if (shape.element_type() == ir::ElementType::kPred)
    return literal.AsInt64(0) != 0 ? "true" : "false";
  const double value = literal.AsDouble(0);
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  if (value == 0 && std::signbit(value)) return "-0";
  return absl::StrFormat("%.9g", value);
}

std::string DimsText(const Shape& shape, const std::map<int64_t, std::string>& sizes) {
  std::vector<std::string> dims;
  for (int64_t size : shape.dimensions()) {
    auto named = sizes.find(size);
    dims.push_back(named == sizes.end() ? base::StrCat(size) : named->second);
  }
  return base::StrCat("[", base::Join(dims, ", "), "]");
}

// One entry computation, and how its instructions read.
struct Side {
  const ir::Module* module;
  std::vector<std::string> texts;  // by instruction: spelt out, with parameters by number

  const ir::Computation& entry() const { return module->entry(); }
};

// The names that stand for what is general in the rule; without them, a term is as in the programs.
struct Names {
  std::map<std::string, std::string> terms;       // by spelt-out text
  std::map<std::string, std::string> attributes;  // by `name=value`
  std::map<int64_t, std::string> sizes;
};

class TermWriter {
 public:
  TermWriter(const Side& side, const Names& names) : side_(side), names_(names) {}

  absl::StatusOr<std::string> Write(InstructionId id) const {
    const Instruction& instruction = side_.entry()[id];
    if (id.value() < side_.texts.size()) {
      auto named = names_.terms.find(side_.texts[id.value()]);
      if (named != names_.terms.end()) return named->second;
    }
    if (auto number = Number(id)) return *number;
    std::string text = RuleNameOf(instruction.opcode);
    EQSAT_ASSIGN_OR_RETURN(std::string region, Region(instruction));
    std::vector<std::string> arguments;
    for (InstructionId operand : instruction.operands) {
      EQSAT_ASSIGN_OR_RETURN(std::string argument, Write(operand));
      arguments.push_back(std::move(argument));
    }
    if (instruction.opcode == OpCode::kConvert)
      arguments.emplace_back(RuleTypeName(instruction.shape));
    for (std::string& argument : Attributes(instruction)) arguments.push_back(std::move(argument));
    const bool is_root = id == side_.entry().root();
    if (NeedsShape(instruction) && !is_root)
      arguments.push_back(base::StrCat("shape=", DimsText(instruction.shape, names_.sizes)));
    if (instruction.opcode == OpCode::kIota && !is_root)
      arguments.push_back(base::StrCat("dtype=", RuleTypeName(instruction.shape)));
    return base::StrCat(text, region, "(", base::Join(arguments, ", "), ")");
  }

  static std::string RuleTypeName(const Shape& shape) {
    return std::string(ir::Name(shape.element_type()));
  }

 private:
  std::optional<std::string> Number(InstructionId id) const {
    const Instruction* instruction = &side_.entry()[id];
    if (instruction->opcode == OpCode::kBroadcast)
      instruction = &side_.entry()[instruction->operands[0]];
    if (instruction->opcode != OpCode::kConstant) return std::nullopt;
    return NumberText(instruction->attr<ir::ConstantAttributes>().literal);
  }

  static bool NeedsShape(const Instruction& instruction) {
    return instruction.opcode == OpCode::kReshape || instruction.opcode == OpCode::kBroadcast ||
           instruction.opcode == OpCode::kIota;
  }

  absl::StatusOr<std::string> Region(const Instruction& instruction) const {
    if (instruction.called.empty()) return "";
    ir::Module copy = *side_.module;
    const HloTerms terms(&copy);
    const Reducer reducer = ReducerOf(terms, instruction.called[0]);
    if (instruction.called.size() != 1 || !reducer.kind) {
      return base::InvalidArgument("%s calls a computation that is not one op on two values",
                                   instruction.name);
    }
    return base::StrCat("<", RuleNameOf(*reducer.kind), ">");
  }

  std::vector<std::string> Attributes(const Instruction& instruction) const {
    std::vector<std::string> arguments;
    for (const AttributeField& field : FieldsOf(instruction.opcode)) {
      if (!field.get || (!field.required && field.is_default(instruction.Attrs()))) continue;
      std::optional<std::string> text = TextOf(field.get(instruction.Attrs()));
      if (!text) continue;
      const std::string spelt = base::StrCat(field.name, "=", *text);
      auto named = names_.attributes.find(spelt);
      arguments.push_back(
          named == names_.attributes.end() ? spelt : base::StrCat(field.name, "=", named->second));
    }
    return arguments;
  }

  const Side& side_;
  const Names& names_;
};

// What the rule language cannot say.
absl::Status Sayable(const ir::Computation& entry) {
  for (const Instruction& instruction : entry.instructions()) {
    if (!instruction.shape.IsArray() && instruction.opcode != OpCode::kTuple)
      return base::InvalidArgument("%s is %s, and rules are about arrays", instruction.name,
                                   instruction.shape.ToString());
    if (instruction.opcode == OpCode::kParameter) continue;
    for (const AttributeField& field : FieldsOf(instruction.opcode)) {
      const bool is_constant = instruction.opcode == OpCode::kConstant;
      if (!field.get && !is_constant && !field.is_default(instruction.Attrs())) {
        return base::InvalidArgument("the %s of %s has no form in a rule: capture it with ..A",
                                     field.name, instruction.name);
      }
    }
  }
  return absl::OkStatus();
}

class Skeleton {
 public:
  Skeleton(const ir::Module& before, const ir::Module& after)
      : before_{&before, {}}, after_{&after, {}} {}

  absl::StatusOr<std::string> Write(const std::string& name) {
    for (Side* side : {&before_, &after_}) {
      EQSAT_RETURN_IF_ERROR(Sayable(side->entry()));
      EQSAT_RETURN_IF_ERROR(SpellOut(side));
    }
    if (TextOfRoot(before_) == TextOfRoot(after_))
      return base::InvalidArgument("both programs are the same: %s", TextOfRoot(before_));
    NameTerms();
    NameAttributes();
    NameSizes();
    EQSAT_ASSIGN_OR_RETURN(std::string match,
                           TermWriter(before_, general_).Write(before_.entry().root()));
    EQSAT_ASSIGN_OR_RETURN(std::string to,
                           TermWriter(after_, general_).Write(after_.entry().root()));
    std::string text =
        base::StrCat("language 1\n\nrule ", name, " {\n  doc \"\"\n  numerics exact\n");
    if (!givens_.empty()) base::StrAppend(&text, "given ", base::Join(givens_, ", "), "\n");
    base::StrAppend(&text, "match ", match, "\n");
    if (!guards_.empty()) base::StrAppend(&text, "where ", base::Join(guards_, ", "), "\n");
    base::StrAppend(&text, "to ", to, "\n");
    EQSAT_ASSIGN_OR_RETURN(std::string test, Test());
    base::StrAppend(&text, test, "}\n");
    return FormatRuleFile(SourceText(name, text));
  }

 private:
  static absl::Status SpellOut(Side* side) {
    // Parameters by number, and other constants than numbers by their bytes.
    Names numbered;
    for (size_t i = 0; i < side->entry().size(); ++i) {
      const InstructionId id(i);
      const Instruction& instruction = side->entry()[id];
      if (instruction.opcode == OpCode::kParameter) {
        side->texts.push_back(
            base::StrCat("parameter ", instruction.attr<ir::ParameterAttributes>().number));
      } else if (const auto* constant = std::get_if<ir::ConstantAttributes>(&instruction.Attrs());
                 constant && !NumberText(constant->literal)) {
        const auto bytes = constant->literal.bytes();
        side->texts.push_back(base::StrCat("constant ", instruction.shape.ToString(),
                                           std::string(bytes.begin(), bytes.end())));
      } else {
        for (InstructionId operand : instruction.operands) {
          const std::string& text = side->texts[operand.value()];
          numbered.terms[text] = text;
        }
        Side copy = *side;
        EQSAT_ASSIGN_OR_RETURN(std::string text, TermWriter(copy, numbered).Write(id));
        // The same op may give several shapes.
        side->texts.push_back(base::StrCat(text, ":", instruction.shape.ToString()));
      }
    }
    return absl::OkStatus();
  }

  static const std::string& TextOfRoot(const Side& side) {
    return side.texts[side.entry().root().value()];
  }

  // Top down, what is on both sides; the root of the left has to be taken apart.
  void NameTerms() {
    std::set<std::string> right(after_.texts.begin(), after_.texts.end());
    std::set<std::string> left(before_.texts.begin(), before_.texts.end());
    const InstructionId root = before_.entry().root();
    Visit(before_, root, right, /*may_name=*/false);
    Visit(after_, after_.entry().root(), left, /*may_name=*/true);
  }

  void Visit(const Side& side, InstructionId id, const std::set<std::string>& others,
             bool may_name) {
    const Instruction& instruction = side.entry()[id];
    const std::string& text = side.texts[id.value()];
    if (general_.terms.contains(text)) return;
    const bool is_number =
        instruction.opcode == OpCode::kConstant &&
        NumberText(instruction.attr<ir::ConstantAttributes>().literal).has_value();
    const bool is_leaf = instruction.operands.empty() && instruction.opcode != OpCode::kIota;
    if (is_number) return;
    if (is_leaf || (may_name && others.contains(text))) {
      Name(instruction, text);
      return;
    }
    for (InstructionId operand : instruction.operands) Visit(side, operand, others, true);
  }

  void Name(const Instruction& instruction, const std::string& text) {
    const std::string name = FreshName(instruction.opcode == OpCode::kParameter
                                           ? instruction.name
                                           : std::string(ir::Name(instruction.opcode)));
    general_.terms[text] = name;
    variables_.emplace_back(name, instruction.shape);
    if (instruction.opcode == OpCode::kConstant)
      guards_.push_back(base::StrCat("is_constant(", name, ")"));
  }

  // `wanted` as a name of the language, and no other's.
  std::string FreshName(std::string_view wanted) {
    std::string stem;
    for (char c : wanted) {
      const bool fits = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9' && !stem.empty());
      stem += fits ? c : '_';
    }
    std::string name = stem;
    for (int i = 2; !taken_.insert(name).second; ++i) name = base::StrCat(stem, "_", i);
    return name;
  }

  // Lists of dimensions that both sides hold under one name. Words say what an op does.
  void NameAttributes() {
    auto lists_of = [](const Side& side) {
      std::map<std::string, std::string> lists;  // `name=value` to the name
      for (const Instruction& instruction : side.entry().instructions()) {
        for (const AttributeField& field : FieldsOf(instruction.opcode)) {
          if (!field.get || (!field.required && field.is_default(instruction.Attrs()))) continue;
          const Value value = field.get(instruction.Attrs());
          const auto* list = std::get_if<Ints>(&value);
          if (list && !list->empty())
            lists.emplace(base::StrCat(field.name, "=", ListText(*list)), field.name);
        }
      }
      return lists;
    };
    const auto left = lists_of(before_);
    for (const auto& [text, field] : lists_of(after_))
      if (left.contains(text)) general_.attributes[text] = FreshName(field.substr(0, 1));
  }

  void NameSizes() {
    std::set<ir::ElementType> types;
    for (const auto& [name, shape] : variables_) types.insert(shape.element_type());
    for (const auto& [name, shape] : variables_) {
      for (int64_t size : shape.dimensions()) {
        if (size <= 1 || general_.sizes.contains(size)) continue;
        general_.sizes[size] = FreshName(base::StrCat("N", general_.sizes.size()));
      }
      const std::string type =
          types.size() == 1 ? std::string("T") : TermWriter::RuleTypeName(shape);
      givens_.push_back(base::StrCat(name, ": ", type, DimsText(shape, general_.sizes)));
    }
  }

  // The programs themselves.
  absl::StatusOr<std::string> Test() const {
    Names plain;
    plain.terms = general_.terms;
    std::vector<std::string> inputs;
    for (const auto& [name, shape] : variables_)
      inputs.push_back(base::StrCat(name, ": ", shape.WithoutLayout().ToString()));
    EQSAT_ASSIGN_OR_RETURN(std::string left,
                           TermWriter(before_, plain).Write(before_.entry().root()));
    EQSAT_ASSIGN_OR_RETURN(std::string right,
                           TermWriter(after_, plain).Write(after_.entry().root()));
    // Constants are inputs there, so the rule's own guards would refuse them.
    if (!guards_.empty()) return "";
    return base::StrCat("test { ", base::Join(inputs, ", "), "\n", left, "\n=> ", right, " }\n");
  }

  Side before_;
  Side after_;
  Names general_;
  std::vector<std::pair<std::string, Shape>> variables_;
  std::vector<std::string> givens_;
  std::vector<std::string> guards_;
  // Words that read otherwise in a rule.
  std::set<std::string> taken_ = {"T",    "and", "or",  "not",  "in",   "each",
                                  "when", "inf", "nan", "true", "else", "false"};
};

}  // namespace

absl::StatusOr<std::string> RuleFromPrograms(const ir::Module& before, const ir::Module& after,
                                             const std::string& name) {
  return Skeleton(before, after).Write(name);
}

}  // namespace eqsat::rules
