#include "codegen/kernel_ir/builder.h"

#include <algorithm>
#include <utility>

#include "codegen/kernel_ir/scalar.h"
#include "ir/base/check.h"

namespace eqsat::codegen {
namespace {

// Marks what `block` needs, from its end to its start, and drops the rest.
class DeadCode {
 public:
  explicit DeadCode(size_t num_values) : used_(num_values, false) {}

  void Sweep(Block& block) {
    for (ValueId id : block.yields) used_[id.value()] = true;
    std::vector<Statement> kept;
    for (size_t i = block.statements.size(); i-- > 0;) {
      Statement& s = block.statements[i];
      if (!HasEffect(s) && !std::any_of(s.results.begin(), s.results.end(),
                                        [&](ValueId r) { return used_[r.value()]; }))
        continue;
      for (Block& inner : s.blocks) Sweep(inner);
      for (ValueId id : s.operands) used_[id.value()] = true;
      kept.push_back(std::move(s));
    }
    std::reverse(kept.begin(), kept.end());
    block.statements = std::move(kept);
  }

 private:
  static bool HasEffect(const Statement& s) {
    if (s.op == Op::kStore || s.op == Op::kBarrier) return true;
    for (const Block& block : s.blocks) {
      if (std::any_of(block.statements.begin(), block.statements.end(), HasEffect)) return true;
    }
    return false;
  }

  std::vector<bool> used_;
};

}  // namespace

KernelBuilder::KernelBuilder(std::string name, std::vector<int64_t> extents, Scalar index_type) {
  kernel_.name = std::move(name);
  kernel_.extents = std::move(extents);
  kernel_.index_type = index_type;
  for (size_t i = 0; i < kernel_.extents.size(); ++i)
    kernel_.body.arguments.push_back(NewValue(index_type));
  Open(&kernel_.body);
}

ValueId KernelBuilder::NewValue(Type type) {
  ValueId id(kernel_.values.size());
  kernel_.values.push_back(type);
  constants_.push_back(std::nullopt);
  widened_from_.push_back(ValueId());
  return id;
}

BufferId KernelBuilder::AddBuffer(Scalar element, int64_t size, BufferRole role) {
  EQSAT_CHECK(element != Scalar::kI1 && size >= 0);
  EQSAT_CHECK(role == BufferRole::kScratch ||
              kernel_.NumParameters() == static_cast<int64_t>(kernel_.buffers.size()));
  kernel_.buffers.push_back({element, size, role});
  return BufferId(kernel_.buffers.size() - 1);
}

void KernelBuilder::SetMapping(Mapping mapping, int64_t group_size) {
  kernel_.mapping = mapping;
  kernel_.group_size = group_size;
}

bool KernelBuilder::IsOpen(uint32_t block) const {
  return std::any_of(open_.begin(), open_.end(),
                     [&](const OpenBlock& open) { return open.serial == block; });
}

// --- Values --------------------------------------------------------------------------------------

ValueId KernelBuilder::Bits(Type type, uint64_t bits) {
  return Pure(Op::kConstant, type, {}, LowBits(type.scalar, bits));
}

ValueId KernelBuilder::Int(Type type, int64_t value) {
  return Bits(type, static_cast<uint64_t>(value));
}

ValueId KernelBuilder::Float(Type type, double value) {
  return Bits(type, FromDouble(type.scalar, value));
}

ValueId KernelBuilder::Lane() {
  if (kernel_.mapping == Mapping::kItem) return Index(0);
  return Pure(Op::kLane, index_type(), {});
}

std::optional<uint64_t> KernelBuilder::AsBits(ValueId id) const { return constants_[id.value()]; }

std::optional<int64_t> KernelBuilder::AsInt(ValueId id) const {
  if (!constants_[id.value()]) return std::nullopt;
  return SignExtend(type(id).scalar, *constants_[id.value()]);
}

ValueId KernelBuilder::Binary(Op op, ValueId a, ValueId b) {
  OpFamily family = Family(op);
  bool compares = family == OpFamily::kCompareInteger || family == OpFamily::kCompareFloat;
  return Pure(op, compares ? type(a).With(Scalar::kI1) : type(a), {a, b});
}

void KernelBuilder::MarkReassociable(ValueId result, ValueId a, ValueId b) {
  std::vector<Statement>& statements = open_.back().block->statements;
  if (statements.empty()) return;
  Statement& last = statements.back();
  bool is_step = last.results.size() == 1 && last.results[0] == result && last.operands.size() == 2;
  if (!is_step) return;
  auto [x, y] = std::pair(last.operands[0], last.operands[1]);
  last.reassociate = (x == a && y == b) || (x == b && y == a);
}

ValueId KernelBuilder::Select(ValueId condition, ValueId a, ValueId b) {
  return Pure(Op::kSelect, type(a), {condition, a, b});
}

ValueId KernelBuilder::Splat(ValueId a, int width) {
  if (type(a).width == width) return a;
  if (std::optional<uint64_t> bits = AsBits(a)) return Bits({type(a).scalar, width}, *bits);
  return Pure(Op::kSplat, {type(a).scalar, width}, {a});
}

ValueId KernelBuilder::Pack(absl::Span<const ValueId> elements) {
  bool same =
      std::all_of(elements.begin(), elements.end(), [&](ValueId id) { return id == elements[0]; });
  int width = static_cast<int>(elements.size());
  if (same) return Splat(elements[0], width);
  return Pure(Op::kPack, {type(elements[0]).scalar, width}, elements);
}

ValueId KernelBuilder::Extract(ValueId a, int position) {
  if (type(a).width == 1) return a;
  return Pure(Op::kExtract, type(a).scalar, {a}, static_cast<uint64_t>(position));
}

ValueId KernelBuilder::Not(ValueId condition) {
  return Binary(Op::kXor, condition, Bits(type(condition), 1));
}

ValueId KernelBuilder::Pure(Op op, Type type, absl::Span<const ValueId> operands, uint64_t bits) {
  if (std::optional<ValueId> simpler = Simplify(op, type, operands)) return *simpler;
  Key key(op, type, bits, {});
  for (ValueId id : operands) std::get<3>(key).push_back(id.value());
  for (const OpenBlock& open : open_) {
    if (auto found = open.values.find(key); found != open.values.end()) return found->second;
  }
  ValueId result = NewValue(type);
  if (op == Op::kConstant) constants_[result.value()] = bits;
  if (op == Op::kFloatConvert && BitWidth(type.scalar) > BitWidth(kernel_.type(operands[0]).scalar))
    widened_from_[result.value()] = operands[0];
  Statement statement{.op = op, .bits = bits};
  statement.operands.assign(operands.begin(), operands.end());
  statement.results = {result};
  Append(std::move(statement));
  open_.back().values.emplace(std::move(key), result);
  return result;
}

std::optional<ValueId> KernelBuilder::Simplify(Op op, Type type,
                                               absl::Span<const ValueId> operands) {
  OpFamily family = Family(op);
  if (operands.empty() || family == OpFamily::kVector) return std::nullopt;
  if (op == Op::kSelect) {
    if (operands[1] == operands[2]) return operands[1];
    if (std::optional<uint64_t> c = AsBits(operands[0])) return operands[*c != 0 ? 1 : 2];
  }
  std::vector<uint64_t> constants;
  for (ValueId id : operands) {
    if (std::optional<uint64_t> c = AsBits(id)) constants.push_back(*c);
  }
  if (constants.size() == operands.size()) {
    Scalar from = kernel_.type(operands.back()).scalar;
    if (std::optional<uint64_t> folded = EvaluateScalar(op, from, type.scalar, constants))
      return Bits(type, *folded);
    return std::nullopt;
  }
  if (family == OpFamily::kConvert && kernel_.type(operands[0]) == type) return operands[0];
  if (ValueId narrow = widened_from_[operands[0].value()];
      op == Op::kFloatConvert && narrow.valid() && kernel_.type(narrow) == type)
    return narrow;
  if (family == OpFamily::kInteger && operands.size() == 2)
    return SimplifyInteger(op, type, operands[0], operands[1]);
  if ((op == Op::kFMul || op == Op::kFDiv) && AsBits(operands[1]) == FromDouble(type.scalar, 1.0))
    return operands[0];
  return std::nullopt;
}

std::optional<ValueId> KernelBuilder::SimplifyInteger(Op op, Type type, ValueId a, ValueId b) {
  bool commutes =
      op == Op::kAdd || op == Op::kMul || op == Op::kAnd || op == Op::kOr || op == Op::kXor;
  if (commutes && AsBits(a)) std::swap(a, b);
  std::optional<int64_t> c = AsInt(b);
  if (!c) return std::nullopt;
  int64_t ones = SignExtend(type.scalar, ~uint64_t{0});
  switch (op) {
    case Op::kAdd:
    case Op::kSub:
    case Op::kOr:
    case Op::kXor:
    case Op::kShl:
    case Op::kShrL:
    case Op::kShrA:
      if (*c == 0) return a;
      return op == Op::kOr && *c == ones ? std::optional(b) : std::nullopt;
    case Op::kAnd:
      if (*c == ones) return a;
      return *c == 0 ? std::optional(b) : std::nullopt;
    case Op::kMul:
      if (*c == 0) return b;
      [[fallthrough]];
    case Op::kDivS:
    case Op::kDivU:
      return AsBits(b) == uint64_t{1} && type.scalar != Scalar::kI1 ? std::optional(a)
                                                                    : std::nullopt;
    case Op::kRemS:
    case Op::kRemU:
      return AsBits(b) == uint64_t{1} ? std::optional(Bits(type, 0)) : std::nullopt;
    default:
      return std::nullopt;
  }
}

// --- Memory --------------------------------------------------------------------------------------

ValueId KernelBuilder::Load(BufferId buffer, ValueId index, int width) {
  ValueId result = NewValue({kernel_[buffer].element, width});
  Statement statement{.op = Op::kLoad, .buffer = buffer};
  statement.operands = {index};
  statement.results = {result};
  Append(std::move(statement));
  return result;
}

void KernelBuilder::Store(BufferId buffer, ValueId index, ValueId value) {
  Statement statement{.op = Op::kStore, .buffer = buffer};
  statement.operands = {index, value};
  Append(std::move(statement));
}

void KernelBuilder::Barrier() {
  if (kernel_.mapping == Mapping::kGroup) Append({.op = Op::kBarrier});
}

// --- Control -------------------------------------------------------------------------------------

KernelBuilder::Values KernelBuilder::For(ValueId begin, ValueId end, ValueId step,
                                         absl::Span<const ValueId> initial,
                                         const std::function<Values(ValueId, const Values&)>& body,
                                         LoopHint hint) {
  std::optional<int64_t> b = AsInt(begin), e = AsInt(end), s = AsInt(step);
  if (b && e && *b >= *e) return Values(initial.begin(), initial.end());
  if (b && e && s && *b + *s >= *e) return body(begin, Values(initial.begin(), initial.end()));
  Statement statement{.op = Op::kFor, .hint = hint};
  statement.operands = {begin, end, step};
  statement.operands.insert(statement.operands.end(), initial.begin(), initial.end());
  Block block;
  ValueId index = NewValue(index_type());
  block.arguments.push_back(index);
  Values carried;
  for (ValueId id : initial) {
    carried.push_back(NewValue(type(id)));
    block.arguments.push_back(carried.back());
  }
  Open(&block);
  block.yields = body(index, carried);
  Close();
  EQSAT_CHECK(block.yields.size() == initial.size());
  for (ValueId id : initial) statement.results.push_back(NewValue(type(id)));
  Values results(statement.results.begin(), statement.results.end());
  statement.blocks.push_back(std::move(block));
  Append(std::move(statement));
  return results;
}

KernelBuilder::Values KernelBuilder::For(int64_t extent, absl::Span<const ValueId> initial,
                                         const std::function<Values(ValueId, const Values&)>& body,
                                         LoopHint hint) {
  return For(Index(0), Index(extent), Index(1), initial, body, hint);
}

KernelBuilder::Values KernelBuilder::If(ValueId condition, const std::function<Values()>& then_body,
                                        const std::function<Values()>& else_body) {
  if (std::optional<uint64_t> known = AsBits(condition))
    return *known != 0 ? then_body() : else_body();
  Statement statement{.op = Op::kIf};
  statement.operands = {condition};
  statement.blocks.resize(2);
  for (int side : {0, 1}) {
    Block& block = statement.blocks[side];
    Open(&block);
    block.yields = side == 0 ? then_body() : else_body();
    Close();
  }
  EQSAT_CHECK(statement.blocks[0].yields.size() == statement.blocks[1].yields.size());
  for (ValueId id : statement.blocks[0].yields) statement.results.push_back(NewValue(type(id)));
  Values results(statement.results.begin(), statement.results.end());
  Append(std::move(statement));
  return results;
}

void KernelBuilder::If(ValueId condition, const std::function<void()>& then_body) {
  If(
      condition,
      [&] {
        then_body();
        return Values();
      },
      [] { return Values(); });
}

KernelBuilder::Values KernelBuilder::GroupReduce(
    absl::Span<const ValueId> values,
    const std::function<Values(const Values&, const Values&)>& combine) {
  if (kernel_.mapping == Mapping::kItem) return Values(values.begin(), values.end());
  Statement statement{.op = Op::kGroupReduce};
  statement.operands.assign(values.begin(), values.end());
  Block block;
  Values sides[2];
  for (Values& side : sides) {
    for (ValueId id : values) {
      side.push_back(NewValue(type(id)));
      block.arguments.push_back(side.back());
    }
  }
  Open(&block);
  block.yields = combine(sides[0], sides[1]);
  Close();
  for (ValueId id : values) statement.results.push_back(NewValue(type(id)));
  Values results(statement.results.begin(), statement.results.end());
  statement.blocks.push_back(std::move(block));
  Append(std::move(statement));
  return results;
}

Kernel KernelBuilder::Build() && {
  EQSAT_CHECK(open_.size() == 1);
  open_.clear();
  DeadCode(kernel_.values.size()).Sweep(kernel_.body);
  return std::move(kernel_);
}

}  // namespace eqsat::codegen
