// rng-bit-generator, bit for bit as XLA's expansion of it; rng and its state.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <numbers>
#include <utility>
#include <vector>

#include "ir/base/status.h"
#include "ir/interpret/compute_type.h"
#include "ir/interpret/counter_random.h"
#include "ir/interpret/elementwise.h"
#include "ir/interpret/evaluator.h"

namespace eqsat::ir {
namespace {

using Counter = __uint128_t;

// The state's words, whatever integers hold them.
std::vector<uint64_t> StateWords(const Literal& state) {
  absl::Span<const uint8_t> bytes = state.bytes();
  std::vector<uint64_t> words(bytes.size() / 8);
  if (!words.empty()) std::memcpy(words.data(), bytes.data(), words.size() * 8);
  return words;
}

Literal StateOf(const Shape& shape, const std::vector<uint64_t>& words) {
  std::vector<uint8_t> bytes(words.size() * 8);
  if (!words.empty()) std::memcpy(bytes.data(), words.data(), bytes.size());
  return Literal::FromBytes(shape, std::move(bytes));
}

// Elements of up to 64 bits from words of 32: narrow ones take a word each and keep its low bits.
Literal FromBits(const Shape& shape, const std::vector<uint64_t>& bits) {
  std::vector<int64_t> values(bits.begin(), bits.end());
  return Literal::FromInt64s(shape, values);
}

// --- ThreeFry ------------------------------------------------------------------------------------

// The dimension along which neighbours share a counter: the first even one, else the largest.
int64_t SplitDimension(const Shape& shape) {
  for (int64_t d = 0; d < shape.rank(); ++d)
    if (shape.dimension(d) % 2 == 0) return d;
  auto sizes = shape.dimensions();
  return std::ranges::max_element(sizes) - sizes.begin();
}

// Two words a counter. Moves the counter on.
std::vector<uint64_t> ThreeFryBits(uint64_t key, uint64_t& counter, const Shape& shape) {
  const int64_t count = shape.ElementCount();
  std::vector<uint64_t> bits(count);
  if (BitWidth(shape.element_type()) > 32) {
    for (uint64_t& element : bits) {
      const auto [low, high] = ThreeFry(key, counter++);
      element = low | uint64_t{high} << 32;
    }
    return bits;
  }
  if (shape.rank() == 0) {
    bits[0] = ThreeFry(key, counter++)[0];
    return bits;
  }
  const int64_t split = SplitDimension(shape);
  const int64_t size = shape.dimension(split);
  const int64_t half = (size + 1) / 2;
  const int64_t step = RowMajorStrides(shape.dimensions())[split];
  for (int64_t i = 0; i < count; ++i) {
    const int64_t along = i / step % size;
    const int64_t position = (i / step / size * half + along / 2) * step + i % step;
    bits[i] = ThreeFry(key, counter + position)[along % 2];
  }
  if (size > 0) counter += count / size * half;
  return bits;
}

// --- Philox --------------------------------------------------------------------------------------

// Four words a counter, in order. Moves the counter on.
std::vector<uint64_t> PhiloxBits(uint64_t key, Counter& counter, const Shape& shape) {
  const bool wide = BitWidth(shape.element_type()) > 32;
  const int64_t per_counter = wide ? 2 : 4;
  const int64_t count = shape.ElementCount();
  std::vector<uint64_t> bits;
  for (int64_t i = 0; i < count; i += per_counter) {
    const std::array<uint32_t, 4> words = Philox(key, counter++);
    for (int64_t k = 0; k < per_counter && i + k < count; ++k) {
      bits.push_back(wide ? words[2 * k] | uint64_t{words[2 * k + 1]} << 32 : words[k]);
    }
  }
  return bits;
}

// --- The ops -------------------------------------------------------------------------------------

absl::StatusOr<Literal> EvaluateRngBitGenerator(const OpCall& call) {
  const Shape& data = call.shape.IsTuple() ? call.shape.element(1) : call.shape;
  std::vector<uint64_t> state = StateWords(call.operands[0]);
  if (!IsInteger(data.element_type()) || state.size() < 2) {
    return base::Unimplemented("random bits as %s from a state %s", data.ToString(),
                               call.operand_shape(0).ToString());
  }
  std::vector<uint64_t> bits;
  if (call.attr<RngBitGeneratorAttributes>().algorithm == RandomAlgorithm::kThreeFry) {
    bits = ThreeFryBits(state[0], state[1], data);
  } else {
    // A state of two words is key and low counter; the key is the high counter then.
    const bool whole = state.size() >= 3;
    Counter counter = Counter{whole ? state[2] : state[0]} << 64 | state[1];
    bits = PhiloxBits(state[0], counter, data);
    state[1] = static_cast<uint64_t>(counter);
    if (whole) state[2] = static_cast<uint64_t>(counter >> 64);
  }
  Literal result = FromBits(data, bits);
  if (!call.shape.IsTuple()) return result;
  return Literal::Tuple({StateOf(call.operand_shape(0), state), std::move(result)});
}

absl::StatusOr<Literal> EvaluateRngState(const OpCall& call) {
  EQSAT_ASSIGN_OR_RETURN(Device * device, DeviceOf(call));
  const auto delta = static_cast<Counter>(call.attr<RngStateAttributes>().delta);
  const Counter state = device->AdvanceRandomState(delta);
  if (call.shape.ElementCount() != 2)
    return base::Unimplemented("a state of the shape %s", call.shape.ToString());
  return StateOf(call.shape, {static_cast<uint64_t>(state), static_cast<uint64_t>(state >> 64)});
}

// Uniform in [0, 1).
double UnitInterval(uint64_t bits) { return std::ldexp(static_cast<double>(bits >> 11), -53); }

// Any numbers of the distribution will do; these are the same on every run.
absl::StatusOr<Literal> EvaluateRng(const OpCall& call) {
  EQSAT_ASSIGN_OR_RETURN(Device * device, DeviceOf(call));
  const int64_t count = call.shape.ElementCount();
  Counter counter = device->AdvanceRandomState(count);
  const auto key = static_cast<uint64_t>(device->index());
  const ElementType type = call.shape.element_type();
  if (IsComplex(type)) return base::Unimplemented("rng of %s", Name(type));
  const bool normal = call.attr<RngAttributes>().distribution == RandomDistribution::kNormal;
  const double a = ConvertElements(call.operands[0], ElementType::kF64).AsDouble(0);
  const double b = ConvertElements(call.operands[1], ElementType::kF64).AsDouble(0);
  std::vector<double> values;
  for (int64_t i = 0; i < count; ++i) {
    const std::array<uint32_t, 4> words = Philox(key, counter++);
    const double x = UnitInterval(words[0] | uint64_t{words[1]} << 32);
    const double y = UnitInterval(words[2] | uint64_t{words[3]} << 32);
    // Box and Muller's transform; 1 - x is not 0.
    const double radius = std::sqrt(-2 * std::log1p(-x));
    values.push_back(normal ? a + b * radius * std::cos(2 * std::numbers::pi * y)
                            : a + x * (b - a));
    if (!normal && IsInteger(type)) values.back() = std::floor(values.back());
    if (!normal && type == ElementType::kPred) values.back() = x < 0.5 ? a : b;
  }
  return Literal::FromDoubles(call.shape, values);
}

}  // namespace

void AddRandom(EvaluatorTable& table) {
  table[OpCode::kRngBitGenerator].evaluate = EvaluateRngBitGenerator;
  table[OpCode::kRngGetAndUpdateState].evaluate = EvaluateRngState;
  table[OpCode::kRng].evaluate = EvaluateRng;
}

}  // namespace eqsat::ir
