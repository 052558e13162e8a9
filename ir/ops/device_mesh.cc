#include "ir/ops/device_mesh.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/ops/mesh_text.h"
#include "ir/shape/permutation.h"
#include "ir/shape/shape.h"

namespace eqsat::ir {
namespace {

// False if a size is not positive or the product does not fit.
bool Product(const std::vector<int64_t>& sizes, int64_t* product) {
  *product = 1;
  return std::ranges::all_of(sizes, [product](int64_t size) {
    return size > 0 && !__builtin_mul_overflow(*product, size, product);
  });
}

std::vector<int64_t> SizesOf(const DeviceMesh& mesh) {
  std::vector<int64_t> sizes;
  for (const DeviceMesh::Axis& axis : mesh.axes) sizes.push_back(axis.size);
  return sizes;
}

absl::Status CheckDistinct(const DeviceMesh& mesh) {
  std::vector<std::string> names;
  for (const DeviceMesh::Axis& axis : mesh.axes) names.push_back(axis.name);
  std::ranges::sort(names);
  if (auto twin = std::ranges::adjacent_find(names); twin != names.end()) {
    return base::InvalidArgument("a mesh has two axes %s", *twin);
  }
  std::vector<int64_t> devices = mesh.device_ids;
  std::ranges::sort(devices);
  if (auto twin = std::ranges::adjacent_find(devices); twin != devices.end()) {
    return base::InvalidArgument("a mesh has the device %d twice", *twin);
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status SettleTranspose(size_t rank, std::vector<int64_t>* transpose) {
  if (!transpose->empty() && !IsPermutation(*transpose, rank)) {
    return base::InvalidArgument("T(%s) is no order of %d dimensions", base::Join(*transpose, ","),
                                 rank);
  }
  if (std::ranges::is_sorted(*transpose)) transpose->clear();
  return absl::OkStatus();
}

std::vector<int64_t> IotaDevices(const std::vector<int64_t>& reshape,
                                 const std::vector<int64_t>& transpose) {
  std::vector<int64_t> order = transpose;
  if (order.empty()) {
    order.resize(reshape.size());
    std::iota(order.begin(), order.end(), int64_t{0});
  }
  const DimensionVector strides = RowMajorStrides(reshape);
  DimensionVector transposed;
  for (int64_t d : order) transposed.push_back(reshape[d]);
  const DimensionVector positions = RowMajorStrides(transposed);
  int64_t count = 1;
  for (int64_t size : reshape) count *= size;
  std::vector<int64_t> devices(count);
  for (int64_t i = 0; i < count; ++i) {
    for (size_t d = 0; d < order.size(); ++d) {
      devices[i] += i / positions[d] % transposed[d] * strides[order[d]];
    }
  }
  return devices;
}

std::string DeviceMesh::ToString() const {
  std::vector<std::string> sizes;
  for (const Axis& axis : axes) sizes.push_back(base::StrCat("'", axis.name, "'=", axis.size));
  std::string out = base::StrCat("mesh[", base::Join(sizes, ","), "]");
  if (!device_ids.empty()) {
    base::StrAppend(&out, ", device_ids=(", base::Join(device_ids, ","), ")");
  } else if (!iota_reshape.empty()) {
    base::StrAppend(&out, ", device_ids=([", base::Join(iota_reshape, ","), "]");
    if (!iota_transpose.empty()) {
      base::StrAppend(&out, "T(", base::Join(iota_transpose, ","), ")");
    }
    out += ")";
  }
  return out;
}

int64_t DeviceMesh::device_count() const {
  int64_t count = 1;
  for (const Axis& axis : axes) count *= axis.size;
  return count;
}

std::vector<int64_t> DeviceMesh::Devices() const {
  if (!device_ids.empty()) return device_ids;
  return iota_reshape.empty() ? IotaDevices({device_count()}, {})
                              : IotaDevices(iota_reshape, iota_transpose);
}

absl::Status DeviceMesh::Check() const {
  int64_t count = 0;
  if (axes.size() > kMaxAxes || !Product(SizesOf(*this), &count) || count > kMaxDevices) {
    return base::InvalidArgument("a mesh has at most %d axes and %d devices, no axis of size 0",
                                 kMaxAxes, kMaxDevices);
  }
  if (!iota_transpose.empty() && !IsPermutation(iota_transpose, iota_reshape.size())) {
    return base::InvalidArgument("T(%s) is no order of %d dimensions",
                                 base::Join(iota_transpose, ","), iota_reshape.size());
  }
  EQSAT_RETURN_IF_ERROR(CheckDistinct(*this));
  if (device_ids.empty() && iota_reshape.empty()) return absl::OkStatus();
  auto listed = static_cast<int64_t>(device_ids.size());
  const bool any = listed > 0 || Product(iota_reshape, &listed);
  if (any && listed == count) return absl::OkStatus();
  return base::InvalidArgument("the mesh has %d devices, but its device_ids are %d", count, listed);
}

absl::Status CheckAxisRef(const DeviceMesh& mesh, const MeshAxisRef& ref) {
  const auto count = static_cast<int64_t>(mesh.axes.size());
  if (ref.axis < 0 || ref.axis >= count) {
    return base::InvalidArgument("a mesh of %d axes has no axis %d", count, ref.axis);
  }
  const DeviceMesh::Axis& axis = mesh.axes[ref.axis];
  if (ref.size == 0 && ref.before == 1) return absl::OkStatus();
  const bool fits = ref.before > 0 && ref.size > 0 && ref.before <= axis.size &&
                    axis.size % ref.before == 0 && axis.size / ref.before % ref.size == 0;
  if (fits) return absl::OkStatus();
  return base::InvalidArgument("the axis %s of size %d has no part (%d)%d", axis.name, axis.size,
                               ref.before, ref.size);
}

absl::StatusOr<MeshGroups> MeshGroups::Parse(std::string_view whole) {
  MeshText text(whole);
  MeshGroups groups;
  groups.mesh = text.Mesh();
  text.Expect("{");
  groups.axes = text.AxisRefs(groups.mesh);
  text.Expect("}");
  if (text.ok() && !text.AtEnd()) {
    text.Fail(
        base::InvalidArgument("%s is no mesh like mesh['x'=2,'y'=4] {'y'}", std::string(whole)));
  }
  EQSAT_RETURN_IF_ERROR(text.status());
  EQSAT_RETURN_IF_ERROR(CheckApart(groups.mesh, groups.axes));
  return groups;
}

std::string MeshGroups::ToString() const {
  return base::StrCat(mesh.ToString(), " {", ir::ToString(mesh, axes, ","), "}");
}

absl::Status MeshGroups::Check() const {
  EQSAT_RETURN_IF_ERROR(mesh.Check());
  for (const MeshAxisRef& ref : axes) EQSAT_RETURN_IF_ERROR(CheckAxisRef(mesh, ref));
  return CheckApart(mesh, axes);
}

int64_t MeshGroups::group_size() const {
  int64_t size = 1;
  for (const MeshAxisRef& ref : axes) size *= ref.size > 0 ? ref.size : mesh.axes[ref.axis].size;
  return size;
}

std::vector<std::vector<int64_t>> MeshGroups::Groups() const {
  const DimensionVector strides = RowMajorStrides(SizesOf(mesh));
  const std::vector<int64_t> ids = mesh.Devices();
  // By the group's first place in the mesh, then by the place in the group.
  std::map<int64_t, std::map<int64_t, int64_t>> placed;
  for (int64_t i = 0; i < mesh.device_count(); ++i) {
    int64_t first = i, place = 0;
    for (const MeshAxisRef& ref : axes) {
      const int64_t whole = mesh.axes[ref.axis].size;
      const int64_t size = ref.size > 0 ? ref.size : whole;
      const int64_t step = strides[ref.axis] * (whole / (ref.before * size));
      const int64_t at = i / step % size;
      first -= at * step;
      place = place * size + at;
    }
    placed[first][place] = ids[i];
  }
  std::vector<std::vector<int64_t>> groups;
  for (const auto& [first, members] : placed) {
    std::vector<int64_t>& group = groups.emplace_back();
    for (const auto& [place, id] : members) group.push_back(id);
  }
  return groups;
}

}  // namespace eqsat::ir
