#include "ir/ops/mesh_text.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "absl/strings/ascii.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"

namespace eqsat::ir {
namespace {

// Do two references to one axis, the inner and the outer part, share none of its parts?
bool AreApart(const MeshAxisRef& low, const MeshAxisRef& high) {
  return low.size != 0 && high.size != 0 && high.before % (low.before * low.size) == 0;
}

}  // namespace

void MeshText::Fail(absl::Status error) {
  if (error_.ok()) error_ = std::move(error);
}

bool MeshText::Accept(std::string_view word) {
  if (!ok() || !rest_.starts_with(word)) return false;
  rest_.remove_prefix(word.size());
  SkipSeparators();
  return true;
}

void MeshText::Expect(std::string_view word) {
  if (Accept(word)) return;
  Fail(base::InvalidArgument("expected `%s`, found `%s`", std::string(word),
                             std::string(rest_.substr(0, 12))));
}

std::string MeshText::Name() {
  Expect("'");
  const size_t end = rest_.find('\'');
  if (!ok() || end == std::string_view::npos || end == 0) {
    Fail(base::InvalidArgument("expected the name of an axis"));
    return "";
  }
  std::string name(rest_.substr(0, end));
  rest_.remove_prefix(end);
  Expect("'");
  return name;
}

int64_t MeshText::Number() {
  int64_t value = -1;
  const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
  if (!ok() || error != std::errc() || value < 0) {
    Fail(base::InvalidArgument("expected a number, found `%s`", std::string(rest_.substr(0, 12))));
    return 1;
  }
  rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
  SkipSeparators();
  return value;
}

std::string MeshText::Word() {
  const auto end = std::ranges::find_if_not(rest_, absl::ascii_isalpha);
  std::string word(rest_.begin(), end);
  rest_.remove_prefix(word.size());
  return word;
}

std::vector<int64_t> MeshText::Numbers(std::string_view close) {
  std::vector<int64_t> numbers;
  while (ok() && !Accept(close)) numbers.push_back(Number());
  return numbers;
}

void MeshText::ReadDevices(DeviceMesh* mesh) {
  Expect("(");
  if (!Accept("[")) {
    mesh->device_ids = Numbers(")");
    return;
  }
  mesh->iota_reshape = Numbers("]");
  if (Accept("T(")) mesh->iota_transpose = Numbers(")");
  Expect(")");
}

DeviceMesh MeshText::Mesh() {
  DeviceMesh mesh;
  Expect("mesh[");
  bool closed = Accept("]");
  while (ok() && !closed && !Accept("device_ids=")) {
    DeviceMesh::Axis& axis = mesh.axes.emplace_back();
    axis.name = Name();
    Expect("=");
    axis.size = Number();
    closed = Accept("]");
  }
  // Within the brackets, as an older text has them, or after these.
  if (!closed) {
    ReadDevices(&mesh);
    Expect("]");
  } else if (Accept("device_ids=")) {
    ReadDevices(&mesh);
  }
  if (ok()) Fail(mesh.Check());
  return mesh;
}

MeshAxisRef MeshText::AxisRef(const DeviceMesh& mesh) {
  const std::string name = Name();
  auto found = std::ranges::find(mesh.axes, name, &DeviceMesh::Axis::name);
  if (ok() && found == mesh.axes.end()) {
    Fail(base::InvalidArgument("the mesh has no axis %s", name));
  }
  MeshAxisRef ref{.axis = found - mesh.axes.begin()};
  if (!Accept(":(")) return ref;
  ref.before = Number();
  Expect(")");
  ref.size = Number();
  if (ok()) Fail(CheckAxisRef(mesh, ref));
  return ref;
}

std::vector<MeshAxisRef> MeshText::AxisRefs(const DeviceMesh& mesh) {
  std::vector<MeshAxisRef> refs;
  while (ok() && rest_.starts_with('\'')) refs.push_back(AxisRef(mesh));
  return refs;
}

void MeshText::SkipSeparators() {
  rest_.remove_prefix(std::min(rest_.find_first_not_of(" ,\t\r\n"), rest_.size()));
}

std::string ToString(const DeviceMesh& mesh, const std::vector<MeshAxisRef>& axes,
                     std::string_view separator) {
  std::string out;
  for (const MeshAxisRef& ref : axes) {
    base::StrAppend(&out, out.empty() ? "" : separator, "'", mesh.axes[ref.axis].name, "'");
    if (ref.size > 0) base::StrAppend(&out, ":(", ref.before, ")", ref.size);
  }
  return out;
}

absl::Status CheckApart(const DeviceMesh& mesh, std::vector<MeshAxisRef> axes) {
  std::ranges::sort(axes, {},
                    [](const MeshAxisRef& ref) { return std::pair(ref.axis, ref.before); });
  auto share = [](const MeshAxisRef& a, const MeshAxisRef& b) {
    return a.axis == b.axis && !AreApart(a, b);
  };
  auto twice = std::ranges::adjacent_find(axes, share);
  if (twice == axes.end()) return absl::OkStatus();
  return base::InvalidArgument("the axis %s is named twice", mesh.axes[twice->axis].name);
}

}  // namespace eqsat::ir
