#include "ir/graph/module.h"

#include <algorithm>

#include "ir/base/check.h"
#include "ir/base/strings.h"

namespace eqsat::ir {

ComputationId Module::Add(Computation computation) {
  for (const Instruction& instruction : computation.instructions())
    for (ComputationId callee : instruction.called)
      EQSAT_CHECK(callee.valid() && callee.value() < computations_.size());
  computations_.push_back(std::move(computation));
  return ComputationId(computations_.size() - 1);
}

std::vector<ProgramShape> Module::RegionShapes(const Instruction& instruction) const {
  std::vector<ProgramShape> shapes;
  for (ComputationId callee : instruction.called) shapes.push_back((*this)[callee].program_shape());
  return shapes;
}

void StackFrameIndex::DropUnknownParents() {
  for (Frame& frame : stack_frames)
    if (frame.parent_frame_id < 0 ||
        frame.parent_frame_id > static_cast<int64_t>(stack_frames.size()))
      frame.parent_frame_id = 0;
}

std::string Module::SourcePlace(const Instruction& instruction) const {
  const OpMetadata& metadata = instruction.Notes().metadata;
  if (!metadata.source_file.empty())
    return base::StrCat(metadata.source_file, ":", metadata.source_line);
  const StackFrameIndex& index = header_.stack_frames;
  auto at = [](const auto& table, int64_t id) {
    return id >= 1 && id <= static_cast<int64_t>(table.size()) ? &table[id - 1] : nullptr;
  };
  const auto* frame = at(index.stack_frames, metadata.stack_frame_id);
  const auto* location = frame ? at(index.file_locations, frame->file_location_id) : nullptr;
  const auto* file = location ? at(index.file_names, location->file_name_id) : nullptr;
  return file ? base::StrCat(*file, ":", location->line) : "";
}

namespace {

std::string Differ(const Computation& computation, const Instruction& instruction,
                   std::string_view what) {
  return base::StrCat("computation ", computation.name(), ", instruction ", instruction.name, ": ",
                      what);
}

// Two constants of one shape whose values are not known: nothing tells them apart.
bool BothUnknown(const Instruction& a, const Instruction& b) {
  if (a.opcode != OpCode::kConstant) return false;
  const Literal& x = a.attr<ConstantAttributes>().literal;
  const Literal& y = b.attr<ConstantAttributes>().literal;
  return x.is_unknown() && y.is_unknown() && x.shape() == y.shape();
}

std::optional<std::string> CompareComputations(const Module& ma, const Module& mb,
                                               const Computation& a, const Computation& b) {
  if (a.name() != b.name())
    return base::StrCat("computations are named ", a.name(), " and ", b.name());
  if (a.size() != b.size()) {
    return base::StrCat("computation ", a.name(), " has ", a.size(), " and ", b.size(),
                        " instructions");
  }
  if (a.root() != b.root()) return base::StrCat("computation ", a.name(), " has different roots");
  if (a.execution_thread() != b.execution_thread())
    return base::StrCat("computation ", a.name(), " has different execution threads");
  for (size_t i = 0; i < a.size(); ++i) {
    const Instruction& x = a.instructions()[i];
    const Instruction& y = b.instructions()[i];
    if (x.name != y.name) return Differ(a, x, base::StrCat("the other is named ", y.name));
    if (x.opcode != y.opcode) return Differ(a, x, "opcodes differ");
    if (!(x.shape == y.shape))
      return Differ(a, x, base::StrCat(x.shape.ToString(), " and ", y.shape.ToString()));
    if (x.operands != y.operands) return Differ(a, x, "operands differ");
    if (x.Attrs() != y.Attrs() && !BothUnknown(x, y)) return Differ(a, x, "attributes differ");
    if (x.Notes() != y.Notes()) return Differ(a, x, "annotations differ");
    if (!std::ranges::equal(x.called, y.called, [&](ComputationId c, ComputationId d) {
          return ma[c].name() == mb[d].name();
        }))
      return Differ(a, x, "called computations differ");
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> FirstDifference(const Module& a, const Module& b) {
  if (!(a.header() == b.header())) return "module headers differ";
  if (a.computations().size() != b.computations().size()) {
    return base::StrCat("modules have ", a.computations().size(), " and ", b.computations().size(),
                        " computations");
  }
  if (a.entry_id() != b.entry_id()) return "entry computations differ";
  for (size_t i = 0; i < a.computations().size(); ++i) {
    if (auto difference = CompareComputations(a, b, a.computations()[i], b.computations()[i]))
      return difference;
  }
  return std::nullopt;
}

}  // namespace eqsat::ir
