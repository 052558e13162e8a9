#include "codegen/kernel_ir/evaluate.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "codegen/kernel_ir/print.h"
#include "codegen/kernel_ir/scalar.h"
#include "ir/base/check.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::codegen {
namespace {

using Mask = std::vector<uint8_t>;

// Runs `lanes` work-items in lockstep: those of a group, or as many points. Every value holds
// lanes × width patterns; a statement acts on the lanes of a mask.
class Evaluator {
 public:
  Evaluator(const Kernel& kernel, absl::Span<const absl::Span<uint8_t>> buffers, int64_t lanes)
      : kernel_(kernel),
        buffers_(buffers),
        lanes_(lanes),
        shared_(kernel.mapping == Mapping::kGroup) {
    size_t end = 0;
    for (Type type : kernel.values) {
      offsets_.push_back(end);
      end += static_cast<size_t>(lanes * type.width);
    }
    values_.resize(end);
    for (const Buffer& buffer : kernel.buffers) {
      bool scratch = buffer.role == BufferRole::kScratch;
      int64_t bytes = buffer.size * ByteWidth(buffer.element) * (shared_ ? 1 : lanes);
      scratch_.emplace_back(scratch ? static_cast<size_t>(bytes) : 0, uint8_t{0xcd});
    }
  }

  // The points first, first + 1, …: one for all lanes of a group, else one a lane.
  absl::Status Run(int64_t first) {
    Mask mask(static_cast<size_t>(lanes_), 1);
    for (int64_t lane = 0; lane < lanes_; ++lane) {
      int64_t rest = shared_ ? first : first + lane;
      if (rest >= kernel_.NumPoints()) mask[lane] = 0;
      for (size_t i = kernel_.extents.size(); i-- > 0;) {
        *At(kernel_.body.arguments[i], lane) = static_cast<uint64_t>(rest % kernel_.extents[i]);
        rest /= kernel_.extents[i];
      }
    }
    return RunBlock(kernel_.body, mask);
  }

 private:
  uint64_t* At(ValueId id, int64_t lane) {
    return &values_[offsets_[id.value()] + static_cast<size_t>(lane * kernel_.type(id).width)];
  }
  int64_t Index(ValueId id, int64_t lane) {
    return SignExtend(kernel_.type(id).scalar, *At(id, lane));
  }
  void Copy(ValueId from, ValueId to, const Mask& mask) {
    for (int64_t lane = 0; lane < lanes_; ++lane) {
      if (mask[lane]) std::copy_n(At(from, lane), kernel_.type(to).width, At(to, lane));
    }
  }
  absl::Status Failure(const Statement& statement, std::string_view what) {
    return absl::InternalError(
        absl::StrFormat("kernel %s: %s: %s", kernel_.name, ToString(kernel_, statement), what));
  }

  absl::Status RunBlock(const Block& block, const Mask& mask) {
    for (const Statement& statement : block.statements)
      EQSAT_RETURN_IF_ERROR(RunStatement(statement, mask));
    return absl::OkStatus();
  }

  absl::Status RunStatement(const Statement& s, const Mask& mask) {
    switch (s.op) {
      case Op::kFor:
        return RunFor(s, mask);
      case Op::kIf:
        return RunIf(s, mask);
      case Op::kGroupReduce:
        return RunGroupReduce(s, mask);
      case Op::kBarrier:
        if (std::count(mask.begin(), mask.end(), 1) != lanes_)
          return Failure(s, "not all work-items arrive");
        return absl::OkStatus();
      case Op::kLoad:
      case Op::kStore:
        return RunAccess(s, mask);
      default:
        return RunPure(s, mask);
    }
  }

  absl::Status RunPure(const Statement& s, const Mask& mask) {
    ValueId result = s.results[0];
    Type type = kernel_.type(result);
    Scalar from = s.operands.empty() ? type.scalar : kernel_.type(s.operands.back()).scalar;
    uint64_t operands[3];
    for (int64_t lane = 0; lane < lanes_; ++lane) {
      if (!mask[lane]) continue;
      for (int e = 0; e < type.width; ++e) {
        uint64_t* out = At(result, lane) + e;
        if (s.op == Op::kConstant) {
          *out = s.bits;
        } else if (s.op == Op::kLane) {
          *out = static_cast<uint64_t>(lane);
        } else if (s.op == Op::kSplat) {
          *out = *At(s.operands[0], lane);
        } else if (s.op == Op::kPack) {
          *out = *At(s.operands[e], lane);
        } else if (s.op == Op::kExtract) {
          *out = At(s.operands[0], lane)[s.bits];
        } else {
          for (size_t i = 0; i < s.operands.size(); ++i) operands[i] = At(s.operands[i], lane)[e];
          std::optional<uint64_t> value = EvaluateScalar(
              s.op, from, type.scalar, absl::MakeConstSpan(operands, s.operands.size()));
          if (!value) return Failure(s, "undefined");
          *out = *value;
        }
      }
    }
    return absl::OkStatus();
  }

  absl::Status RunAccess(const Statement& s, const Mask& mask) {
    const Buffer& buffer = kernel_[s.buffer];
    int width = ByteWidth(buffer.element);
    ValueId value = s.op == Op::kLoad ? s.results[0] : s.operands[1];
    int elements = kernel_.type(value).width;
    for (int64_t lane = 0; lane < lanes_; ++lane) {
      if (!mask[lane]) continue;
      int64_t index = Index(s.operands[0], lane);
      if (index < 0 || index > buffer.size - elements) {
        return absl::OutOfRangeError(
            absl::StrFormat("kernel %s: %s: index %d, width %d, of %d elements", kernel_.name,
                            ToString(kernel_, s), index, elements, buffer.size));
      }
      for (int e = 0; e < elements; ++e) {
        uint8_t* address = Base(s.buffer, lane) + (index + e) * width;
        if (s.op == Op::kLoad) At(value, lane)[e] = 0;
        if (s.op == Op::kLoad) std::memcpy(At(value, lane) + e, address, width);
        if (s.op == Op::kStore) std::memcpy(address, At(value, lane) + e, width);
      }
    }
    return absl::OkStatus();
  }

  uint8_t* Base(BufferId id, int64_t lane) {
    const Buffer& buffer = kernel_[id];
    if (buffer.role != BufferRole::kScratch) return buffers_[id.value()].data();
    int64_t own = shared_ ? 0 : lane * buffer.size * ByteWidth(buffer.element);
    return scratch_[id.value()].data() + own;
  }

  absl::Status RunFor(const Statement& s, const Mask& mask) {
    const Block& block = s.blocks[0];
    size_t num_carried = s.results.size();
    for (size_t i = 0; i < num_carried; ++i) Copy(s.operands[3 + i], s.results[i], mask);
    Mask active = mask;
    std::vector<int64_t> next(static_cast<size_t>(lanes_));
    for (int64_t lane = 0; lane < lanes_; ++lane)
      next[lane] = mask[lane] ? Index(s.operands[0], lane) : 0;
    while (true) {
      bool any = false;
      for (int64_t lane = 0; lane < lanes_; ++lane) {
        active[lane] = active[lane] && next[lane] < Index(s.operands[1], lane);
        if (!active[lane]) continue;
        any = true;
        *At(block.arguments[0], lane) =
            LowBits(kernel_.index_type, static_cast<uint64_t>(next[lane]));
        next[lane] += Index(s.operands[2], lane);
      }
      if (!any) return absl::OkStatus();
      for (size_t i = 0; i < num_carried; ++i) Copy(s.results[i], block.arguments[1 + i], active);
      EQSAT_RETURN_IF_ERROR(RunBlock(block, active));
      for (size_t i = 0; i < num_carried; ++i) Copy(block.yields[i], s.results[i], active);
    }
  }

  absl::Status RunIf(const Statement& s, const Mask& mask) {
    for (int side : {0, 1}) {
      Mask active = mask;
      for (int64_t lane = 0; lane < lanes_; ++lane)
        active[lane] = mask[lane] && (*At(s.operands[0], lane) != 0) == (side == 0);
      if (std::find(active.begin(), active.end(), 1) == active.end()) continue;
      EQSAT_RETURN_IF_ERROR(RunBlock(s.blocks[side], active));
      for (size_t i = 0; i < s.results.size(); ++i)
        Copy(s.blocks[side].yields[i], s.results[i], active);
    }
    return absl::OkStatus();
  }

  // A tree over the lanes: lane i takes in lane i + stride.
  absl::Status RunGroupReduce(const Statement& s, const Mask& mask) {
    if (std::count(mask.begin(), mask.end(), 1) != lanes_)
      return Failure(s, "not all work-items arrive");
    const Block& block = s.blocks[0];
    size_t n = s.results.size();
    for (size_t i = 0; i < n; ++i) Copy(s.operands[i], s.results[i], mask);
    for (int64_t stride = 1; stride < lanes_; stride *= 2) {
      Mask active(mask.size(), 0);
      for (int64_t lane = 0; lane + stride < lanes_; lane += 2 * stride) {
        active[lane] = 1;
        for (size_t i = 0; i < n; ++i) {
          int width = kernel_.type(s.results[i]).width;
          std::copy_n(At(s.results[i], lane), width, At(block.arguments[i], lane));
          std::copy_n(At(s.results[i], lane + stride), width, At(block.arguments[n + i], lane));
        }
      }
      EQSAT_RETURN_IF_ERROR(RunBlock(block, active));
      for (size_t i = 0; i < n; ++i) Copy(block.yields[i], s.results[i], active);
    }
    for (size_t i = 0; i < n; ++i) {
      for (int64_t lane = 1; lane < lanes_; ++lane)
        std::copy_n(At(s.results[i], 0), kernel_.type(s.results[i]).width, At(s.results[i], lane));
    }
    return absl::OkStatus();
  }

  const Kernel& kernel_;
  absl::Span<const absl::Span<uint8_t>> buffers_;
  int64_t lanes_;
  bool shared_;
  std::vector<size_t> offsets_;
  std::vector<uint64_t> values_;
  std::vector<std::vector<uint8_t>> scratch_;
};

}  // namespace

absl::Status EvaluateKernel(const Kernel& kernel, absl::Span<const absl::Span<uint8_t>> buffers) {
  EQSAT_CHECK(static_cast<int64_t>(buffers.size()) == kernel.NumParameters());
  for (size_t i = 0; i < buffers.size(); ++i) {
    const Buffer& buffer = kernel.buffers[i];
    EQSAT_CHECK(static_cast<int64_t>(buffers[i].size()) == buffer.size * ByteWidth(buffer.element));
  }
  constexpr int64_t kPointsAtOnce = 256;
  bool group = kernel.mapping == Mapping::kGroup;
  int64_t lanes = group ? kernel.group_size : std::min(kPointsAtOnce, kernel.NumPoints());
  Evaluator evaluator(kernel, buffers, lanes);
  for (int64_t first = 0; first < kernel.NumPoints(); first += group ? 1 : lanes)
    EQSAT_RETURN_IF_ERROR(evaluator.Run(first));
  return absl::OkStatus();
}

}  // namespace eqsat::codegen
