#include "tools/sample_places.h"

#include <algorithm>
#include <set>

#include "ir/base/random.h"
#include "ir/ops/attributes.h"

namespace eqsat::tools {
namespace {

// Off by how much a rewrite may be that is nearly right.
constexpr int64_t kNear = 3;

void AddWindow(const ir::Window& window, std::set<int64_t>* landmarks) {
  for (const ir::WindowDimension& dimension : window) {
    landmarks->insert(dimension.padding_low);
    landmarks->insert(dimension.padding_high);
  }
}

void AddLandmarks(const ir::Attributes& attributes, std::set<int64_t>* landmarks) {
  if (const auto* pad = std::get_if<ir::PadAttributes>(&attributes)) {
    for (const ir::PaddingDimension& dimension : pad->padding) {
      landmarks->insert(dimension.low);
      landmarks->insert(dimension.high);
    }
  } else if (const auto* slice = std::get_if<ir::SliceAttributes>(&attributes)) {
    for (const ir::SliceRange& range : slice->slice) {
      landmarks->insert(range.start);
      landmarks->insert(range.limit);
    }
  } else if (const auto* window = std::get_if<ir::WindowAttributes>(&attributes)) {
    AddWindow(window->window, landmarks);
  }
}

int64_t Coordinate(int64_t size, absl::Span<const int64_t> landmarks, base::Random& random) {
  const int64_t last = size - 1;
  if (random.Chance(25)) return random.Between(0, last);
  int64_t place = 0;
  if (!landmarks.empty() && random.Chance(65))
    place = landmarks[random.Between(0, static_cast<int64_t>(landmarks.size()) - 1)];
  place += random.Between(-kNear, kNear);
  if (random.Chance(50)) place = last - place;
  return std::clamp<int64_t>(place, 0, last);
}

}  // namespace

std::vector<int64_t> Landmarks(const ir::Module& module) {
  std::set<int64_t> landmarks;
  for (const ir::Computation& computation : module.computations())
    for (const ir::Instruction& instruction : computation.instructions())
      AddLandmarks(instruction.Attrs(), &landmarks);
  return {landmarks.upper_bound(kNear), landmarks.end()};
}

std::vector<ir::DimensionVector> SamplePlaces(const ir::Shape& array,
                                              absl::Span<const int64_t> landmarks, int count,
                                              uint64_t seed) {
  base::Random random(seed);
  std::vector<ir::DimensionVector> places;
  for (int i = 0; i < count; ++i) {
    ir::DimensionVector& place = places.emplace_back();
    for (int64_t size : array.dimensions()) place.push_back(Coordinate(size, landmarks, random));
  }
  return places;
}

}  // namespace eqsat::tools
