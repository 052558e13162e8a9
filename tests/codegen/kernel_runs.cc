#include "tests/codegen/kernel_runs.h"

#include <cmath>
#include <cstring>
#include <memory>
#include <random>
#include <utility>

#include "codegen/kernel_ir/evaluate.h"
#include "codegen/runtime/device.h"
#include "codegen/targets/backend.h"
#include "cost_models/targets/find_target.h"
#include "ir/base/status.h"
#include "ir/base/strings.h"
#include "ir/shape/float_format.h"
#include "tests/codegen/gpu_on_host.h"

namespace eqsat::codegen {
namespace {

ir::ElementType FloatType(Scalar scalar) {
  switch (scalar) {
    case Scalar::kF16:
      return ir::ElementType::kF16;
    case Scalar::kBF16:
      return ir::ElementType::kBF16;
    case Scalar::kF32:
      return ir::ElementType::kF32;
    default:
      return ir::ElementType::kF64;
  }
}

uint64_t ElementBits(const Bytes& bytes, size_t position, size_t width) {
  uint64_t bits = 0;
  std::memcpy(&bits, bytes.data() + position * width, width);
  return bits;
}

absl::StatusOr<std::unique_ptr<Device>> LoadKernel(std::string_view name, const Kernel& kernel) {
  EQSAT_ASSIGN_OR_RETURN(cost_models::Target target, cost_models::FindTarget(name));
  if (target.family != "cpu") return LoadGpuOnHost({&kernel, 1}, target);
  const Backend* backend = FindBackend(target.family);
  EQSAT_ASSIGN_OR_RETURN(Artifact artifact, backend->Compile({&kernel, 1}, target, 1));
  return backend->Load(artifact, target);
}

}  // namespace

absl::StatusOr<Buffers> EvaluateOn(const Kernel& kernel, Buffers buffers) {
  std::vector<absl::Span<uint8_t>> spans;
  for (Bytes& buffer : buffers) spans.push_back(absl::MakeSpan(buffer));
  EQSAT_RETURN_IF_ERROR(EvaluateKernel(kernel, spans));
  return buffers;
}

absl::StatusOr<Buffers> RunOn(std::string_view target, const Kernel& kernel, Buffers buffers) {
  EQSAT_ASSIGN_OR_RETURN(std::unique_ptr<Device> device, LoadKernel(target, kernel));
  std::vector<uint8_t*> addresses;
  for (const Bytes& buffer : buffers) {
    int64_t size = static_cast<int64_t>(buffer.size());
    EQSAT_ASSIGN_OR_RETURN(uint8_t* address, device->Allocate(size));
    addresses.push_back(address);
    EQSAT_RETURN_IF_ERROR(device->CopyIn(address, buffer.data(), size));
  }
  absl::Status status = device->Launch(0, addresses);
  for (size_t i = 0; i < buffers.size(); ++i) {
    status.Update(
        device->CopyOut(buffers[i].data(), addresses[i], static_cast<int64_t>(buffers[i].size())));
    device->Free(addresses[i]);
  }
  if (!status.ok()) return status;
  return buffers;
}

std::vector<std::string> TargetsToRun() {
  return {"cpu", "nvptx:sm_90", "amdgpu:gfx942", "amdgpu:gfx1100"};
}

Bytes Corners(Scalar element, int64_t size, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<double> floats = {
      0.0,      -0.0,      1.0,     -1.0,         0.5,        1.5,          2.5,           -2.5,
      1e-40,    65504.0,   65520.0, 3.4028234e38, 1e300,      2147483648.0, -2147483649.0, 9.3e18,
      INFINITY, -INFINITY, NAN,     1.00390625,   1.01171875, 0.3333333};
  std::vector<uint64_t> integers = {0,          1,          2,    ~uint64_t{0}, uint64_t{1} << 63,
                                    0x7fffffff, 0x80000000, 0x7f, 0x80,         0x7fff,
                                    0x8000,     255};
  size_t width = static_cast<size_t>(ByteWidth(element));
  Bytes bytes(static_cast<size_t>(size) * width);
  for (size_t i = 0; i < static_cast<size_t>(size); ++i) {
    uint64_t bits = (uint64_t{random()} << 32) | random();
    // The seed turns the corners against each other in different buffers.
    size_t corner = (i * (2 * seed + 1) + seed) % 64;
    if (IsFloat(element) && corner < floats.size()) {
      bits = ir::EncodeFloat(ir::FormatOf(FloatType(element)), floats[corner]);
    } else if (IsInteger(element) && corner < integers.size()) {
      bits = integers[corner];
    }
    std::memcpy(bytes.data() + i * width, &bits, width);
  }
  return bytes;
}

std::string Difference(Scalar element, const Bytes& expected, const Bytes& actual) {
  size_t width = static_cast<size_t>(ByteWidth(element));
  if (expected.size() != actual.size()) return "sizes differ";
  for (size_t i = 0; i < expected.size() / width; ++i) {
    uint64_t want = ElementBits(expected, i, width);
    uint64_t got = ElementBits(actual, i, width);
    if (want == got) continue;
    if (IsFloat(element)) {
      const ir::FloatFormat& format = ir::FormatOf(FloatType(element));
      double wanted = ir::DecodeFloat(format, want);
      double gotten = ir::DecodeFloat(format, got);
      if (std::isnan(wanted) && std::isnan(gotten)) continue;
      return base::StrCat("element ", i, ": expected ", wanted, " got ", gotten);
    }
    return base::StrCat("element ", i, ": expected ", absl::Hex(want), " got ", absl::Hex(got));
  }
  return "";
}

}  // namespace eqsat::codegen
