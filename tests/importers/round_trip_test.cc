// A module is the same after any number of trips through text, protos and JSON.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "importers/export.h"
#include "importers/import.h"

namespace eqsat::importers {
namespace {

std::vector<std::string> Examples() {
  std::vector<std::string> paths;
  for (const auto& entry : std::filesystem::directory_iterator(EQSAT_SOURCE_DIR "/examples"))
    if (entry.path().extension() == ".hlo") paths.push_back(entry.path());
  std::ranges::sort(paths);
  return paths;
}

// Exports in each format, imports again and compares; the formats are detected.
void ExpectRoundTrips(const ir::Module& module) {
  for (Format format : {Format::kHloText, Format::kHloProto, Format::kHloJson}) {
    absl::StatusOr<std::string> bytes = Export(module, format);
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    EXPECT_EQ(DetectFormat(*bytes), format);
    absl::StatusOr<ir::Module> again = Import(*bytes);
    ASSERT_TRUE(again.ok()) << Name(format) << ": " << again.status();
    EXPECT_EQ(ir::FirstDifference(module, *again), std::nullopt) << Name(format);
    EXPECT_EQ(*Export(*again, format), *bytes) << Name(format);
  }
}

TEST(RoundTripTest, Examples) {
  ASSERT_FALSE(Examples().empty());
  for (const std::string& path : Examples()) {
    SCOPED_TRACE(path);
    absl::StatusOr<ir::Module> module = ImportFile(path);
    ASSERT_TRUE(module.ok()) << module.status();
    ExpectRoundTrips(*module);
  }
}

// Every kind of attribute and annotation.
constexpr char kEverything[] =
    R"(HloModule m, is_scheduled=true, input_output_alias={ {0}: (0, {}, may-alias) }, buffer_donor={ (1, {}) }, allow_spmd_sharding_propagation_to_output={true}, replica_count=2, frontend_attributes={b="1",a={x = 2}}, debug_attributes={ {"c"}:(x) }

FileNames
1 "f.py"

FunctionNames
1 "main"

FileLocations
1 {file_name_id=1 function_name_id=1 line=7 end_line=8 column=2 end_column=3}

StackFrames
1 {file_location_id=1 parent_frame_id=1}

add {
  x = f32[] parameter(0)
  y = f32[] parameter(1)
  ROOT s = f32[] add(x, y)
}
ENTRY e {
  p = f32[4,4]{0,1:T(8,128)S(1)} parameter(0), sharding={devices=[2,2]<=[2,2]T(1,0)}, metadata={op_name="n" stack_frame_id=1}
  q = f32[4,4] parameter(1), parameter_replication={true}, sharding={mesh['x'=2] [{'x'}, {}]}
  c = f32[2,3]{0,1} constant({ {1, -0, inf}, {4, 5, 6} })
  u = f32[100] constant({...})
  k = s4[3] constant({-8, 0, 7})
  cc = c64[2] constant({(1, 2), (-inf, 0.5)})
  b = bf16[2] constant({1.5, -inf})
  t = f32[4,4] tanh(q), result_accuracy={tolerance={atol=0.1,rtol=0.5,ulps=2}}
  d = f32[4,4] dot(p, t), lhs_contracting_dims={1}, rhs_contracting_dims={0}, operand_precision={high,default}, algorithm=dot_bf16_bf16_f32
  z = f32[] constant(0)
  r = f32[4] reduce(d, z), dimensions={1}, to_apply=add, control-predecessors={t}
  ar = f32[4] all-reduce(r), channel_id=1, replica_groups=[2,4]<=[8], use_global_device_ids=true, to_apply=add
  ag = f32[8] all-gather(ar), replica_groups={{0,1},{2,3}}, dimensions={0}, backend_config={"a":{"b":1}}
  mesh = f32[8] all-gather(ar), replica_groups=mesh['a'=2,'b'=2] {'b'}, dimensions={0}
  pd = f32[5,6] pad(d, z), padding=1_0x-1_0_1
  sl = f32[2,2] slice(d), slice={[0:2], [0:4:2]}
  cmp = pred[4,4] compare(d, q), direction=LT, type=TOTALORDER
  rw = f32[3,3] reduce-window(d, z), window={size=2x2 pad=0_0x0_0}, to_apply=add
  srt = f32[4] sort(r), dimensions={0}, is_stable=true, to_apply={
    x = f32[] parameter(0)
    y = f32[] parameter(1)
    ROOT lt = pred[] compare(x, y), direction=LT
  }
  cs = f32[4] custom-call(r), custom_call_target="a\"b", operand_layout_constraints={f32[4]{0}}, output_to_operand_aliasing={{}: (0, {})}, api_version=API_VERSION_TYPED_FFI, backend_config="\001x"
  ROOT o = (f32[4]) tuple(cs), origin={{"v"}}, statistics={visualizing_index=0,stat-0=0.5}
})";

TEST(RoundTripTest, EveryKindOfAttribute) {
  absl::StatusOr<ir::Module> module = Import(kEverything);
  ASSERT_TRUE(module.ok()) << module.status();
  ExpectRoundTrips(*module);
}

}  // namespace
}  // namespace eqsat::importers
