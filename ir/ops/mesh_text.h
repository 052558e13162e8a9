// Reads the texts of meshes, of groups along their axes and of shardings by them.
#ifndef EQSAT_IR_OPS_MESH_TEXT_H_
#define EQSAT_IR_OPS_MESH_TEXT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "ir/ops/device_mesh.h"

namespace eqsat::ir {

// Reads a text's parts in turn, passing over spaces and commas between them. The first part that
// does not fit is kept as the error, and everything after it reads as nothing.
class MeshText {
 public:
  explicit MeshText(std::string_view text) : text_(text), rest_(text) {}

  bool ok() const { return error_.ok(); }
  bool AtEnd() const { return rest_.empty(); }
  size_t position() const { return text_.size() - rest_.size(); }
  const absl::Status& status() const { return error_; }
  void Fail(absl::Status error);

  // Moves behind `word` if it comes next.
  bool Accept(std::string_view word);
  void Expect(std::string_view word);
  int64_t Number();
  std::string Word();  // letters, or empty

  // `mesh['x'=2,'y'=4], device_ids=([2,4]T(1,0))`
  DeviceMesh Mesh();
  // The axes named next, as `'x', 'y':(1)2`.
  std::vector<MeshAxisRef> AxisRefs(const DeviceMesh& mesh);

 private:
  std::string Name();
  std::vector<int64_t> Numbers(std::string_view close);
  void ReadDevices(DeviceMesh* mesh);
  MeshAxisRef AxisRef(const DeviceMesh& mesh);
  void SkipSeparators();

  std::string_view text_;
  std::string_view rest_;
  absl::Status error_;
};

// `'x', 'y':(1)2`, where `separator` is a comma and a space.
std::string ToString(const DeviceMesh& mesh, const std::vector<MeshAxisRef>& axes,
                     std::string_view separator);

// InvalidArgument if two of `axes` share a part of an axis.
absl::Status CheckApart(const DeviceMesh& mesh, std::vector<MeshAxisRef> axes);

}  // namespace eqsat::ir

#endif  // EQSAT_IR_OPS_MESH_TEXT_H_
