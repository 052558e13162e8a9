#include "ir/ops/device_mesh.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <numeric>
#include <utility>

#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/shape/shape.h"

namespace eqsat::ir {
namespace {

// Reads the text's parts in turn; what does not fit fails all that follows.
class MeshText {
 public:
  explicit MeshText(std::string_view text) : rest_(text) {}

  bool ok() const { return ok_; }
  bool AtEnd() const { return rest_.empty(); }

  // Moves behind `word` if it comes next, spaces and commas aside.
  bool Accept(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    SkipSeparators();
    return true;
  }
  void Expect(std::string_view word) { ok_ = ok_ && Accept(word); }
  std::string Name() {
    Expect("'");
    const size_t end = rest_.find('\'');
    ok_ = ok_ && end != std::string_view::npos && end > 0;
    if (!ok_) return "";
    std::string name(rest_.substr(0, end));
    rest_.remove_prefix(end);
    Expect("'");
    return name;
  }
  int64_t Number() {
    int64_t value = -1;
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    ok_ = ok_ && error == std::errc() && value >= 0;
    rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
    SkipSeparators();
    return value;
  }
  std::vector<int64_t> Numbers(std::string_view close) {
    std::vector<int64_t> numbers;
    while (ok_ && !Accept(close)) numbers.push_back(Number());
    return numbers;
  }

 private:
  void SkipSeparators() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" ,"), rest_.size()));
  }

  std::string_view rest_;
  bool ok_ = true;
};

void ReadDevices(MeshText& text, DeviceMesh* mesh) {
  text.Expect("(");
  if (!text.Accept("[")) {
    mesh->device_ids = text.Numbers(")");
    return;
  }
  mesh->iota_reshape = text.Numbers("]");
  if (text.Accept("T(")) mesh->iota_transpose = text.Numbers(")");
  text.Expect(")");
}

// Do two group axes of one axis share none of its parts?
bool AreApart(const DeviceMesh::GroupAxis& a, const DeviceMesh::GroupAxis& b) {
  if (a.size == 0 || b.size == 0) return false;
  const DeviceMesh::GroupAxis& low = a.before < b.before ? a : b;
  const DeviceMesh::GroupAxis& high = a.before < b.before ? b : a;
  return high.before % (low.before * low.size) == 0;
}

absl::Status CheckApart(const DeviceMesh& mesh) {
  for (size_t i = 0; i < mesh.group_axes.size(); ++i) {
    for (size_t j = 0; j < i; ++j) {
      const DeviceMesh::GroupAxis &a = mesh.group_axes[i], &b = mesh.group_axes[j];
      if (a.axis != b.axis || AreApart(a, b)) continue;
      return base::InvalidArgument("the groups name the axis %s twice", mesh.axes[a.axis].name);
    }
  }
  return absl::OkStatus();
}

absl::Status ReadGroupAxes(MeshText& text, DeviceMesh* mesh) {
  text.Expect("{");
  while (text.ok() && !text.Accept("}")) {
    const std::string name = text.Name();
    auto found = std::ranges::find(mesh->axes, name, &DeviceMesh::Axis::name);
    if (text.ok() && found == mesh->axes.end()) {
      return base::InvalidArgument("the mesh has no axis %s", name);
    }
    DeviceMesh::GroupAxis& axis = mesh->group_axes.emplace_back();
    axis.axis = found - mesh->axes.begin();
    if (!text.Accept(":(")) continue;
    axis.before = text.Number();
    text.Expect(")");
    axis.size = text.Number();
    const bool fits = axis.before > 0 && axis.size > 0 && axis.before <= found->size &&
                      found->size % axis.before == 0 && found->size / axis.before % axis.size == 0;
    if (text.ok() && !fits) {
      return base::InvalidArgument("the axis %s of size %d has no part (%d)%d", name, found->size,
                                   axis.before, axis.size);
    }
  }
  return absl::OkStatus();
}

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

bool IsPermutation(std::vector<int64_t> numbers, size_t rank) {
  std::ranges::sort(numbers);
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (numbers[i] != static_cast<int64_t>(i)) return false;
  }
  return numbers.size() == rank;
}

absl::Status CheckDevices(const DeviceMesh& mesh) {
  int64_t count = 0, listed = 0;
  if (!Product(SizesOf(mesh), &count)) {
    return base::InvalidArgument("the axes of a mesh are not of such sizes");
  }
  if (!mesh.iota_transpose.empty() &&
      !IsPermutation(mesh.iota_transpose, mesh.iota_reshape.size())) {
    return base::InvalidArgument("T(%s) is no order of %d dimensions",
                                 base::Join(mesh.iota_transpose, ","), mesh.iota_reshape.size());
  }
  if (mesh.device_ids.empty() && mesh.iota_reshape.empty()) return absl::OkStatus();
  listed = static_cast<int64_t>(mesh.device_ids.size());
  const bool any = listed > 0 || Product(mesh.iota_reshape, &listed);
  if (any && listed == count) return absl::OkStatus();
  return base::InvalidArgument("the mesh has %d devices, but its device_ids are %d", count, listed);
}

}  // namespace

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

absl::StatusOr<DeviceMesh> DeviceMesh::Parse(std::string_view whole) {
  MeshText text(whole);
  DeviceMesh mesh;
  text.Expect("mesh[");
  bool closed = text.Accept("]");
  while (text.ok() && !closed && !text.Accept("device_ids=")) {
    Axis& axis = mesh.axes.emplace_back();
    axis.name = text.Name();
    text.Expect("=");
    axis.size = text.Number();
    closed = text.Accept("]");
  }
  // Within the brackets, as an older text has them, or after these.
  if (!closed) {
    ReadDevices(text, &mesh);
    text.Expect("]");
  } else if (text.Accept("device_ids=")) {
    ReadDevices(text, &mesh);
  }
  EQSAT_RETURN_IF_ERROR(ReadGroupAxes(text, &mesh));
  if (!text.ok() || !text.AtEnd()) {
    return base::InvalidArgument("%s is no mesh like mesh['x'=2,'y'=4] {'y'}", std::string(whole));
  }
  EQSAT_RETURN_IF_ERROR(CheckDevices(mesh));
  EQSAT_RETURN_IF_ERROR(CheckApart(mesh));
  return mesh;
}

std::string DeviceMesh::ToString() const {
  std::vector<std::string> sizes, groups;
  for (const Axis& axis : axes) sizes.push_back(base::StrCat("'", axis.name, "'=", axis.size));
  for (const GroupAxis& group : group_axes) {
    std::string& text = groups.emplace_back(base::StrCat("'", axes[group.axis].name, "'"));
    if (group.size > 0) base::StrAppend(&text, ":(", group.before, ")", group.size);
  }
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
  return base::StrCat(out, " {", base::Join(groups, ","), "}");
}

int64_t DeviceMesh::device_count() const {
  int64_t count = 1;
  for (const Axis& axis : axes) count *= axis.size;
  return count;
}

int64_t DeviceMesh::group_size() const {
  int64_t size = 1;
  for (const GroupAxis& group : group_axes) {
    size *= group.size > 0 ? group.size : axes[group.axis].size;
  }
  return size;
}

std::vector<std::vector<int64_t>> DeviceMesh::Groups() const {
  const DimensionVector strides = RowMajorStrides(SizesOf(*this));
  const std::vector<int64_t> iota =
      iota_reshape.empty() ? std::vector<int64_t>() : IotaDevices(iota_reshape, iota_transpose);
  const std::vector<int64_t>& ids = device_ids.empty() ? iota : device_ids;
  // By the group's first place in the mesh, then by the place in the group.
  std::map<int64_t, std::map<int64_t, int64_t>> placed;
  for (int64_t i = 0; i < device_count(); ++i) {
    int64_t first = i, place = 0;
    for (const GroupAxis& group : group_axes) {
      const int64_t whole = axes[group.axis].size;
      const int64_t size = group.size > 0 ? group.size : whole;
      const int64_t step = strides[group.axis] * (whole / (group.before * size));
      const int64_t at = i / step % size;
      first -= at * step;
      place = place * size + at;
    }
    placed[first][place] = ids.empty() ? i : ids[i];
  }
  std::vector<std::vector<int64_t>> groups;
  for (const auto& [first, members] : placed) {
    std::vector<int64_t>& group = groups.emplace_back();
    for (const auto& [place, id] : members) group.push_back(id);
  }
  return groups;
}

}  // namespace eqsat::ir
