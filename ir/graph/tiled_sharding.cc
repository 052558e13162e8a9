#include "ir/graph/tiled_sharding.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace eqsat::ir {
namespace {

// The axes of a mesh cut wherever a reference begins or ends, so that each is a run of pieces.
class Pieces {
 public:
  Pieces(const DeviceMesh& mesh, const std::vector<MeshAxisRef>& refs) {
    for (size_t axis = 0; axis < mesh.axes.size(); ++axis) {
      std::set<int64_t> cuts = {1, mesh.axes[axis].size};
      for (const MeshAxisRef& ref : refs) {
        if (ref.axis != static_cast<int64_t>(axis) || ref.size == 0) continue;
        cuts.insert({ref.before, ref.before * ref.size});
      }
      for (auto cut = cuts.begin(); std::next(cut) != cuts.end(); ++cut) {
        pieces_.push_back(
            {.axis = static_cast<int64_t>(axis), .before = *cut, .size = *std::next(cut) / *cut});
      }
    }
  }

  std::vector<int64_t> Sizes() const {
    std::vector<int64_t> sizes;
    for (const MeshAxisRef& piece : pieces_) sizes.push_back(piece.size);
    return sizes;
  }
  // Appends the pieces of `refs` to `order`; the product of their sizes.
  int64_t Append(const std::vector<MeshAxisRef>& refs, std::vector<int64_t>* order) const {
    int64_t count = 1;
    for (const MeshAxisRef& ref : refs) {
      for (size_t i = 0; i < pieces_.size(); ++i) {
        const MeshAxisRef& piece = pieces_[i];
        const bool is_part =
            piece.axis == ref.axis &&
            (ref.size == 0 || (piece.before >= ref.before && piece.before < ref.before * ref.size));
        if (!is_part) continue;
        order->push_back(static_cast<int64_t>(i));
        count *= piece.size;
      }
    }
    return count;
  }
  // The same with the pieces that `order` has not yet.
  int64_t AppendRest(std::vector<int64_t>* order) const {
    int64_t count = 1;
    std::vector<bool> is_used(pieces_.size());
    for (int64_t piece : *order) is_used[piece] = true;
    for (size_t i = 0; i < pieces_.size(); ++i) {
      if (is_used[i]) continue;
      order->push_back(static_cast<int64_t>(i));
      count *= pieces_[i].size;
    }
    return count;
  }

 private:
  std::vector<MeshAxisRef> pieces_;
};

// The shortest form of IotaDevices(reshape, transpose): neighbours that stay neighbours are one.
void SetIota(const std::vector<int64_t>& reshape, const std::vector<int64_t>& transpose,
             Sharding* sharding) {
  std::map<int64_t, int64_t> merged;  // by the first of the run: its size
  std::vector<int64_t> firsts;        // in the order of the transposition
  for (size_t i = 0; i < transpose.size(); ++i) {
    if (i > 0 && transpose[i] == transpose[i - 1] + 1) {
      merged[firsts.back()] *= reshape[transpose[i]];
    } else {
      firsts.push_back(transpose[i]);
      merged[transpose[i]] = reshape[transpose[i]];
    }
  }
  for (const auto& [first, size] : merged) sharding->iota_reshape.push_back(size);
  if (firsts.size() < 2) return;
  for (int64_t first : firsts) {
    sharding->iota_transpose.push_back(std::distance(merged.begin(), merged.find(first)));
  }
}

}  // namespace

Sharding TiledSharding(const NamedSharding& named) {
  using Kind = Sharding::Kind;
  if (named.maximal_device)
    return {.kind = Kind::kMaximal, .maximal_device = *named.maximal_device};
  std::vector<MeshAxisRef> refs = named.manual;
  refs.insert(refs.end(), named.unreduced.begin(), named.unreduced.end());
  for (const NamedSharding::Dimension& d : named.dimensions)
    refs.insert(refs.end(), d.axes.begin(), d.axes.end());
  const Pieces pieces(named.mesh, refs);
  Sharding sharding{.kind = Kind::kTiled};
  std::vector<int64_t> order;
  int64_t tiles = 1;
  for (const NamedSharding::Dimension& dimension : named.dimensions) {
    sharding.tile_dimensions.push_back(pieces.Append(dimension.axes, &order));
    tiles *= sharding.tile_dimensions.back();
  }
  std::vector<std::pair<std::string, int64_t>> groups = {
      {"manual", pieces.Append(named.manual, &order)},
      {"unreduced", pieces.Append(named.unreduced, &order)}};
  groups.emplace_back("replicated", pieces.AppendRest(&order));
  std::erase_if(groups, [](const auto& group) { return group.second == 1; });
  if (tiles == 1 && groups.size() < 2) {
    const std::string only = groups.empty() ? "replicated" : groups[0].first;
    return {.kind = only == "manual"      ? Kind::kManual
                    : only == "unreduced" ? Kind::kUnreduced
                                          : Kind::kReplicated};
  }
  sharding.replicate_on_last_tile_dim = groups.size() == 1 && groups[0].first == "replicated";
  for (const auto& [kind, count] : groups) {
    sharding.tile_dimensions.push_back(count);
    if (!sharding.replicate_on_last_tile_dim) sharding.last_tile_dims.push_back(kind);
  }
  const std::vector<int64_t> ids = named.mesh.Devices();
  if (std::ranges::is_sorted(ids)) {
    SetIota(pieces.Sizes(), order, &sharding);
  } else {
    for (int64_t place : IotaDevices(pieces.Sizes(), order)) sharding.devices.push_back(ids[place]);
  }
  return sharding;
}

}  // namespace eqsat::ir
