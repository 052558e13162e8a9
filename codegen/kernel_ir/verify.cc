#include "codegen/kernel_ir/verify.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string_view>

#include "codegen/kernel_ir/print.h"
#include "codegen/kernel_ir/scalar.h"
#include "ir/base/status.h"

namespace eqsat::codegen {
namespace {

// What is known of an index: low <= value <= high. Doubles hold the indices of any real buffer.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  bool IsKnown() const { return std::isfinite(low) && std::isfinite(high); }
};

class Verifier {
 public:
  explicit Verifier(const Kernel& kernel)
      : kernel_(kernel),
        visible_(kernel.values.size(), false),
        defined_(kernel.values.size(), false),
        divergent_(kernel.values.size(), false),
        ranges_(kernel.values.size()) {}

  absl::Status Verify() {
    EQSAT_RETURN_IF_ERROR(VerifyHeader());
    for (size_t i = 0; i < kernel_.extents.size(); ++i)
      ranges_[kernel_.body.arguments[i].value()] = {0, static_cast<double>(kernel_.extents[i] - 1)};
    return VerifyBlock(kernel_.body, false);
  }

 private:
  absl::Status Failure(std::string_view what) {
    std::string place = current_ ? ": " + ToString(kernel_, *current_) : "";
    return absl::InternalError(absl::StrFormat("kernel %s%s: %s", kernel_.name, place, what));
  }

  absl::Status VerifyHeader() {
    if (kernel_.index_type != Scalar::kI32 && kernel_.index_type != Scalar::kI64)
      return Failure("indices are neither i32 nor i64");
    if (kernel_.body.arguments.size() != kernel_.extents.size())
      return Failure("the body does not take one index an extent");
    if (!kernel_.body.yields.empty()) return Failure("the body yields");
    for (int64_t extent : kernel_.extents) {
      if (extent <= 0) return Failure("an extent is not positive");
    }
    bool scratch = false;
    for (const Buffer& buffer : kernel_.buffers) {
      if (buffer.element == Scalar::kI1) return Failure("a buffer of i1");
      if (scratch && buffer.role != BufferRole::kScratch)
        return Failure("a parameter after a scratch buffer");
      scratch = buffer.role == BufferRole::kScratch;
    }
    for (ValueId id : kernel_.body.arguments) {
      if (kernel_.type(id) != Type(kernel_.index_type)) return Failure("an index of another type");
    }
    return absl::OkStatus();
  }

  absl::Status Define(ValueId id) {
    if (!id.valid() || id.value() >= kernel_.values.size()) return Failure("an unknown value");
    if (defined_[id.value()]) return Failure(absl::StrFormat("%%%d is defined twice", id.value()));
    defined_[id.value()] = visible_[id.value()] = true;
    return absl::OkStatus();
  }

  absl::Status Use(ValueId id) {
    if (!id.valid() || id.value() >= kernel_.values.size() || !visible_[id.value()])
      return Failure(absl::StrFormat("%%%d is used outside its scope", id.value()));
    return absl::OkStatus();
  }

  absl::Status VerifyBlock(const Block& block, bool divergent) {
    std::vector<ValueId> scope = block.arguments;
    for (ValueId id : block.arguments) EQSAT_RETURN_IF_ERROR(Define(id));
    for (const Statement& s : block.statements) {
      current_ = &s;
      for (ValueId id : s.operands) EQSAT_RETURN_IF_ERROR(Use(id));
      EQSAT_RETURN_IF_ERROR(VerifyStatement(s, divergent));
      current_ = &s;
      for (ValueId id : s.results) EQSAT_RETURN_IF_ERROR(Define(id));
      scope.insert(scope.end(), s.results.begin(), s.results.end());
      TrackRange(s);
    }
    for (ValueId id : block.yields) EQSAT_RETURN_IF_ERROR(Use(id));
    for (ValueId id : scope) visible_[id.value()] = false;
    return absl::OkStatus();
  }

  absl::Status VerifyStatement(const Statement& s, bool divergent) {
    if (Arity(s.op) >= 0 && static_cast<int>(s.operands.size()) != Arity(s.op))
      return Failure("wrong number of operands");
    bool depends = s.op == Op::kLane || s.op == Op::kLoad;
    for (ValueId id : s.operands) depends = depends || divergent_[id.value()];
    for (ValueId id : s.results)
      divergent_[id.value()] = (depends || divergent) && s.op != Op::kGroupReduce;
    switch (Family(s.op)) {
      case OpFamily::kMemory:
        return VerifyMemory(s, divergent);
      case OpFamily::kControl:
        return VerifyControl(s, divergent);
      default:
        if (s.results.size() != 1 || !s.blocks.empty()) return Failure("not one result");
        return VerifyPure(s, kernel_.type(s.results[0]));
    }
  }

  absl::Status VerifyPure(const Statement& s, Type result) {
    std::vector<Type> types;
    for (ValueId id : s.operands) types.push_back(kernel_.type(id));
    OpFamily family = Family(s.op);
    if (family == OpFamily::kVector) return VerifyVector(s, types, result);
    if (s.op == Op::kLane && result != Type(kernel_.index_type)) return Failure("wrong type");
    if (s.op == Op::kConstant && LowBits(result.scalar, s.bits) != s.bits)
      return Failure("bits beyond the type");
    for (Type type : types) {
      if (type.width != result.width) return Failure("widths differ");
    }
    if (family == OpFamily::kConvert) return VerifyConvert(s.op, types[0].scalar, result.scalar);
    if (family == OpFamily::kSelect) {
      bool fits = types[0].scalar == Scalar::kI1 && types[1] == result && types[2] == result;
      return fits ? absl::OkStatus() : Failure("types do not fit");
    }
    bool compares = family == OpFamily::kCompareInteger || family == OpFamily::kCompareFloat;
    bool floats = family == OpFamily::kFloat || family == OpFamily::kCompareFloat;
    for (Type type : types) {
      if (type != types[0]) return Failure("operand types differ");
      if (floats ? type.scalar != Scalar::kF32 && type.scalar != Scalar::kF64
                 : !IsInteger(type.scalar))
        return Failure("operand type not allowed");
    }
    if (!types.empty() && result != (compares ? types[0].With(Scalar::kI1) : types[0]))
      return Failure("result type does not fit");
    return absl::OkStatus();
  }

  absl::Status VerifyVector(const Statement& s, absl::Span<const Type> types, Type result) {
    bool fits = !types.empty();
    for (Type type : types) fits = fits && type.scalar == result.scalar;
    if (s.op == Op::kExtract) {
      fits = fits && result.width == 1 && s.bits < static_cast<uint64_t>(types[0].width);
    } else {
      for (Type type : types) fits = fits && type.width == 1;
      if (s.op == Op::kPack) fits = fits && types.size() == static_cast<size_t>(result.width);
    }
    return fits ? absl::OkStatus() : Failure("types do not fit");
  }

  absl::Status VerifyConvert(Op op, Scalar from, Scalar to) {
    auto computes = [](Scalar s) { return s == Scalar::kF32 || s == Scalar::kF64; };
    bool fits = false;
    switch (op) {
      case Op::kTruncate:
        fits = IsInteger(from) && IsInteger(to) && BitWidth(to) < BitWidth(from);
        break;
      case Op::kSignExtend:
      case Op::kZeroExtend:
        fits = IsInteger(from) && IsInteger(to) && BitWidth(to) > BitWidth(from);
        break;
      case Op::kSignedToFloat:
      case Op::kUnsignedToFloat:
        fits = IsInteger(from) && computes(to);
        break;
      case Op::kFloatToSigned:
      case Op::kFloatToUnsigned:
        fits = computes(from) && IsInteger(to);
        break;
      case Op::kFloatConvert:
        fits = IsFloat(from) && IsFloat(to) && from != to;
        break;
      default:
        fits = BitWidth(from) == BitWidth(to);
    }
    return fits ? absl::OkStatus() : Failure("types do not fit");
  }

  absl::Status VerifyMemory(const Statement& s, bool divergent) {
    if (s.op == Op::kBarrier)
      return divergent ? Failure("under divergent control") : absl::OkStatus();
    if (!s.buffer.valid() || s.buffer.value() >= kernel_.buffers.size())
      return Failure("an unknown buffer");
    const Buffer& buffer = kernel_[s.buffer];
    if (s.op == Op::kStore && buffer.role == BufferRole::kIn) return Failure("stores to an input");
    if (s.op == Op::kLoad && buffer.role == BufferRole::kOut)
      return Failure("loads from an output");
    if (s.results.size() != (s.op == Op::kLoad ? 1 : 0)) return Failure("wrong number of results");
    Type type = kernel_.type(s.op == Op::kLoad ? s.results[0] : s.operands[1]);
    if (type.scalar != buffer.element) return Failure("not the buffer's element type");
    if (kernel_.type(s.operands[0]) != Type(kernel_.index_type)) return Failure("not an index");
    const Range& range = ranges_[s.operands[0].value()];
    if (range.IsKnown() && !guarded_ &&
        (range.low < 0 || range.high > static_cast<double>(buffer.size - type.width))) {
      return Failure(absl::StrFormat("index in [%d, %d], width %d, of %d elements",
                                     static_cast<int64_t>(range.low),
                                     static_cast<int64_t>(range.high), type.width, buffer.size));
    }
    return absl::OkStatus();
  }

  absl::Status SameTypes(absl::Span<const ValueId> a, absl::Span<const ValueId> b) {
    bool same = a.size() == b.size();
    for (size_t i = 0; same && i < a.size(); ++i) same = kernel_.type(a[i]) == kernel_.type(b[i]);
    return same ? absl::OkStatus() : Failure("carried, yielded or result types differ");
  }

  absl::Status VerifyControl(const Statement& s, bool divergent) {
    if (s.blocks.size() != (s.op == Op::kIf ? 2 : 1)) return Failure("wrong number of blocks");
    if (s.op == Op::kIf) return VerifyIf(s, divergent);
    absl::Span<const ValueId> arguments = s.blocks[0].arguments;
    bool inner = divergent;
    if (s.op == Op::kFor) {
      if (s.operands.size() < 3 || arguments.size() != s.operands.size() - 2)
        return Failure("wrong number of operands");
      for (int i : {0, 1, 2}) {
        if (kernel_.type(s.operands[i]) != Type(kernel_.index_type)) return Failure("not an index");
        inner = inner || divergent_[s.operands[i].value()];
      }
      EQSAT_RETURN_IF_ERROR(SameTypes(absl::MakeConstSpan(s.operands).subspan(3), s.results));
      EQSAT_RETURN_IF_ERROR(SameTypes(arguments.subspan(1), s.results));
      BoundLoop(s);
      for (ValueId id : arguments) divergent_[id.value()] = true;
      divergent_[arguments[0].value()] = inner;
    } else {
      if (divergent) return Failure("under divergent control");
      if (arguments.size() != 2 * s.operands.size()) return Failure("wrong number of arguments");
      EQSAT_RETURN_IF_ERROR(SameTypes(s.operands, s.results));
      EQSAT_RETURN_IF_ERROR(SameTypes(arguments.subspan(0, s.operands.size()), s.results));
      EQSAT_RETURN_IF_ERROR(SameTypes(arguments.subspan(s.operands.size()), s.results));
    }
    EQSAT_RETURN_IF_ERROR(VerifyBlock(s.blocks[0], inner));
    return SameTypes(s.blocks[0].yields, s.results);
  }

  absl::Status VerifyIf(const Statement& s, bool divergent) {
    if (kernel_.type(s.operands[0]) != Type(Scalar::kI1)) return Failure("not a truth value");
    bool inner = divergent || divergent_[s.operands[0].value()];
    // A condition may bound indices in ways that ranges do not follow.
    ++guarded_;
    for (const Block& block : s.blocks) {
      if (!block.arguments.empty()) return Failure("a side takes arguments");
      EQSAT_RETURN_IF_ERROR(VerifyBlock(block, inner));
      current_ = &s;
      EQSAT_RETURN_IF_ERROR(SameTypes(block.yields, s.results));
    }
    --guarded_;
    return absl::OkStatus();
  }

  // index in [begin, end - 1]; with begin and step constant, the last one that is reached.
  void BoundLoop(const Statement& s) {
    Range begin = ranges_[s.operands[0].value()], end = ranges_[s.operands[1].value()],
          step = ranges_[s.operands[2].value()];
    if (!begin.IsKnown() || !end.IsKnown()) return;
    Range range{begin.low, end.high - 1};
    bool exact = begin.low == begin.high && step.IsKnown() && step.low == step.high && step.low > 0;
    if (exact && range.high >= range.low)
      range.high = range.low + std::floor((range.high - range.low) / step.low) * step.low;
    ranges_[s.blocks[0].arguments[0].value()] = range;
  }

  void TrackRange(const Statement& s) {
    if (s.results.size() != 1 || kernel_.type(s.results[0]) != Type(kernel_.index_type)) return;
    Range& out = ranges_[s.results[0].value()];
    if (s.op == Op::kConstant) {
      out.low = out.high = static_cast<double>(SignExtend(kernel_.index_type, s.bits));
    } else if (s.op == Op::kLane) {
      out = {0, static_cast<double>(kernel_.group_size - 1)};
    } else if (s.operands.size() == 2) {
      Combine(s.op, ranges_[s.operands[0].value()], ranges_[s.operands[1].value()], &out);
    }
  }

  static void Combine(Op op, const Range& a, const Range& b, Range* out) {
    if (!b.IsKnown()) return;
    bool known = a.IsKnown();
    if (op == Op::kAdd && known) *out = {a.low + b.low, a.high + b.high};
    if (op == Op::kSub && known) *out = {a.low - b.high, a.high - b.low};
    if (op == Op::kMul && known) {
      double ends[] = {a.low * b.low, a.low * b.high, a.high * b.low, a.high * b.high};
      *out = {*std::min_element(ends, ends + 4), *std::max_element(ends, ends + 4)};
    }
    bool nonnegative = known && a.low >= 0 && b.low > 0 && b.low == b.high;
    if ((op == Op::kDivU || op == Op::kDivS) && nonnegative)
      *out = {std::floor(a.low / b.low), std::floor(a.high / b.low)};
    if ((op == Op::kRemU || op == Op::kRemS) && nonnegative)
      *out = {0, std::min(a.high, b.low - 1)};
    if (op == Op::kMinS && known) *out = {std::min(a.low, b.low), std::min(a.high, b.high)};
    if (op == Op::kMaxS && known) *out = {std::max(a.low, b.low), std::max(a.high, b.high)};
  }

  const Kernel& kernel_;
  const Statement* current_ = nullptr;
  int guarded_ = 0;
  std::vector<bool> visible_;
  std::vector<bool> defined_;
  std::vector<bool> divergent_;  // may differ between the work-items of a group
  std::vector<Range> ranges_;
};

}  // namespace

absl::Status VerifyKernel(const Kernel& kernel) { return Verifier(kernel).Verify(); }

}  // namespace eqsat::codegen
