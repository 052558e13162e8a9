#include "ir/interpret/random_inputs.h"

#include <complex>
#include <utility>

#include "ir/base/random.h"

namespace eqsat::ir {
namespace {

class Generator {
 public:
  explicit Generator(uint64_t seed) : random_(seed) {}

  uint64_t Next() { return random_.Bits(); }
  // In [0, bound), for small bounds.
  int64_t Below(int64_t bound) { return static_cast<int64_t>((Next() >> 32) % bound); }
  // A sum of four dice is near normal; one in sixteen is zero.
  double NearNormal() {
    if (Below(16) == 0) return 0;
    int64_t sum = 0;
    for (int i = 0; i < 4; ++i) sum += Below(65) - 32;
    return static_cast<double>(sum) / 64;
  }

 private:
  base::Random random_;
};

// Dynamic dimensions have their bound, those without one a few elements.
Shape StaticShape(const Shape& shape) {
  constexpr int64_t kFew = 2;
  DimensionVector sizes(shape.dimensions().begin(), shape.dimensions().end());
  for (int64_t& size : sizes)
    if (size == Shape::kUnbounded) size = kFew;
  return Shape(shape.element_type(), sizes);
}

Literal RandomValue(const Shape& shape, Generator& generator) {
  if (shape.IsArray() && shape.HasDynamicDimensions())
    return RandomValue(StaticShape(shape), generator);
  if (!shape.IsArray()) {
    if (!shape.IsTuple()) return Literal::Zero(shape);
    std::vector<Literal> elements;
    for (const Shape& element : shape.elements())
      elements.push_back(RandomValue(element, generator));
    return Literal::Tuple(std::move(elements));
  }
  const int64_t count = shape.ElementCount();
  switch (Kind(shape.element_type())) {
    case ElementKind::kComplex: {
      std::vector<std::complex<double>> values(count);
      for (std::complex<double>& value : values) {
        double real = generator.NearNormal();
        value = {real, generator.NearNormal()};
      }
      if (shape.element_type() == ElementType::kC128)
        return Literal::Of<std::complex<double>>(shape, values);
      return Literal::Of<std::complex<float>>(
          shape, std::vector<std::complex<float>>(values.begin(), values.end()));
    }
    case ElementKind::kFloat: {
      std::vector<double> values(count);
      for (double& value : values) value = generator.NearNormal();
      return Literal::FromDoubles(shape, values);
    }
    default: {
      std::vector<int64_t> values(count);
      const int64_t bound = shape.element_type() == ElementType::kPred ? 2 : 8;
      for (int64_t& value : values) value = generator.Below(bound);
      return Literal::FromInt64s(shape, values);
    }
  }
}

}  // namespace

Literal RandomLiteral(const Shape& shape, uint64_t seed) {
  Generator generator(seed);
  return RandomValue(shape, generator);
}

std::vector<Literal> RandomInputs(const Computation& computation, uint64_t seed) {
  Generator seeds(seed);
  std::vector<Literal> inputs;
  for (InstructionId parameter : computation.parameters())
    inputs.push_back(RandomLiteral(computation[parameter].shape, seeds.Next()));
  return inputs;
}

}  // namespace eqsat::ir
