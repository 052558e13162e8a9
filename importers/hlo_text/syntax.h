// HLO text once parsed, before names are resolved.
//
// Names view the text. Instructions stand in the order of the text, nested operands before their
// users.
#ifndef EQSAT_IMPORTERS_HLO_TEXT_SYNTAX_H_
#define EQSAT_IMPORTERS_HLO_TEXT_SYNTAX_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "importers/shared_values.h"
#include "ir/graph/annotations.h"
#include "ir/graph/module.h"
#include "ir/ops/attributes.h"
#include "ir/ops/opcode.h"
#include "ir/shape/shape.h"

namespace eqsat::importers {

struct SyntaxName {
  std::string_view text;
  size_t position = 0;
};

// `f32[2] %x`, `%t#1#0`, `f32[] constant(0)` or, in a lone instruction, `f32[2]`.
struct SyntaxOperand {
  SyntaxName name;                   // empty where nested or a bare shape
  std::unique_ptr<ir::Shape> shape;  // as declared; null: not
  std::vector<int64_t> tuple_path;   // {1, 0}
  int nested = -1;                   // index of the nested instruction
};

struct SyntaxCallee {
  SyntaxName name;       // empty where the computation stands inline
  int computation = -1;  // index of the inline computation
};

// `add-start` and its kin: the part of an asynchronous operation that wraps the opcode.
enum class AsyncPart : uint8_t { kNone, kStart, kUpdate, kDone };

struct SyntaxInstruction {
  SyntaxName name;  // empty text where anonymous
  std::optional<ir::Shape> shape;
  ir::OpCode opcode{};
  AsyncPart async = AsyncPart::kNone;
  std::vector<SyntaxOperand> operands;
  std::vector<SyntaxCallee> callees;
  std::shared_ptr<const ir::Attributes> attributes;  // null: the op's defaults
  ir::AsyncAttributes async_attributes;              // where async is not kNone
  std::shared_ptr<const ir::Annotations> annotations;
  std::vector<SyntaxName> control_predecessors;
};

struct SyntaxComputation {
  std::string name;
  size_t position = 0;
  bool is_inline = false;  // stands in an instruction; its name was made up
  std::vector<SyntaxInstruction> instructions;
  int root = -1;
  size_t root_position = 0;
  std::optional<ir::Shape> declared_result;
  std::string execution_thread;
};

struct SyntaxModule {
  ir::ModuleHeader header;
  std::vector<SyntaxComputation> computations;  // inline ones before their users
  int entry = -1;
  SharedValues shared;
};

}  // namespace eqsat::importers

#endif  // EQSAT_IMPORTERS_HLO_TEXT_SYNTAX_H_
