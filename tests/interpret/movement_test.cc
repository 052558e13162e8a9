// Ops that move elements, static and dynamic, gathers and scatters.
#include "tests/interpret/interpret_testing.h"

namespace eqsat::ir {
namespace {

TEST(MovementTest, BroadcastAndIota) {
  ExpectEntry(R"(a = s32[2] constant({7, 8})
                 ROOT r = s32[2,3] broadcast(a), dimensions={0})",
              "s32[2,3]", "{{7, 7, 7}, {8, 8, 8}}");
  ExpectEntry(R"(a = f16[] constant(3)
                 ROOT r = f16[2] broadcast(a), dimensions={})",
              "f16[2]", "{3, 3}");
  ExpectEntry("ROOT r = f32[2,3] iota(), iota_dimension=1", "f32[2,3]", "{{0, 1, 2}, {0, 1, 2}}");
}

TEST(MovementTest, TransposeReverseReshape) {
  constexpr std::string_view kA = "a = s8[2,3] constant({{1, 2, 3}, {4, 5, 6}})\n";
  ExpectEntry(base::StrCat(kA, "ROOT r = s8[3,2] transpose(a), dimensions={1,0}"), "s8[3,2]",
              "{{1, 4}, {2, 5}, {3, 6}}");
  ExpectEntry(base::StrCat(kA, "ROOT r = s8[2,3] reverse(a), dimensions={1}"), "s8[2,3]",
              "{{3, 2, 1}, {6, 5, 4}}");
  ExpectEntry(base::StrCat(kA, "ROOT r = s8[3,2] reshape(a)"), "s8[3,2]",
              "{{1, 2}, {3, 4}, {5, 6}}");
  // transpose's dimensions name the operand's: result[i,j,k] = a[j,k,i].
  ExpectEntry(R"(a = s32[2,1,3] constant({{{1, 2, 3}}, {{4, 5, 6}}})
                 ROOT r = s32[3,2,1] transpose(a), dimensions={2,0,1})",
              "s32[3,2,1]", "{{{1}, {4}}, {{2}, {5}}, {{3}, {6}}}");
}

TEST(MovementTest, SliceConcatenatePad) {
  ExpectEntry(R"(a = f64[6] constant({0, 1, 2, 3, 4, 5})
                 ROOT r = f64[2] slice(a), slice={[1:5:2]})",
              "f64[2]", "{1, 3}");
  ExpectEntry(R"(a = s32[2,1] constant({{1}, {2}})
                 b = s32[2,2] constant({{3, 4}, {5, 6}})
                 ROOT r = s32[2,3] concatenate(a, b), dimensions={1})",
              "s32[2,3]", "{{1, 3, 4}, {2, 5, 6}}");
  ExpectEntry(R"(a = s32[3] constant({1, 2, 3})
                 z = s32[] constant(9)
                 ROOT r = s32[8] pad(a, z), padding=1_2_1)",
              "s32[8]", "{9, 1, 9, 2, 9, 3, 9, 9}");
  ExpectEntry(R"(a = s32[2,2] constant({{1, 2}, {3, 4}})
                 z = s32[] constant(0)
                 ROOT r = s32[3,1] pad(a, z), padding=0_1x-1_0)",
              "s32[3,1]", "{{2}, {4}, {0}}");
}

TEST(MovementTest, DynamicSlicesClampTheirStart) {
  ExpectEntry(R"(a = s32[5] constant({0, 1, 2, 3, 4})
                 i = s32[] constant(4)
                 ROOT r = s32[3] dynamic-slice(a, i), dynamic_slice_sizes={3})",
              "s32[3]", "{2, 3, 4}");
  ExpectEntry(R"(a = s32[2,3] constant({{1, 2, 3}, {4, 5, 6}})
                 u = s32[1,2] constant({{8, 9}})
                 i = s32[] constant(1)
                 j = s32[] constant(-5)
                 ROOT r = s32[2,3] dynamic-update-slice(a, u, i, j))",
              "s32[2,3]", "{{1, 2, 3}, {8, 9, 6}}");
}

TEST(MovementTest, GatherRowsAndClamp) {
  ExpectEntry(R"(a = s32[3,2] constant({{1, 2}, {3, 4}, {5, 6}})
                 i = s32[3] constant({2, 0, 7})
                 ROOT r = s32[3,2] gather(a, i), offset_dims={1}, collapsed_slice_dims={0},
                   start_index_map={0}, index_vector_dim=1, slice_sizes={1,2})",
              "s32[3,2]", "{{5, 6}, {1, 2}, {5, 6}}");
}

TEST(MovementTest, GatherWithBatchingDimensions) {
  ExpectEntry(R"(a = s32[2,3] constant({{1, 2, 3}, {4, 5, 6}})
                 i = s32[2,1] constant({{2}, {0}})
                 ROOT r = s32[2] gather(a, i), offset_dims={}, collapsed_slice_dims={1},
                   operand_batching_dims={0}, start_indices_batching_dims={0},
                   start_index_map={1}, index_vector_dim=1, slice_sizes={1,1})",
              "s32[2]", "{3, 4}");
}

constexpr std::string_view kScatterRegions = R"(
assign { p0 = s32[] parameter(0)  ROOT p1 = s32[] parameter(1) }
sum { p0 = s32[] parameter(0)  p1 = s32[] parameter(1)  ROOT r = s32[] add(p0, p1) }
)";

TEST(MovementTest, ScatterCombinesAndDropsWhatIsOutside) {
  ExpectRun(base::StrCat(kScatterRegions, R"(ENTRY e {
      a = s32[3] constant({10, 20, 30})
      i = s32[4] constant({1, 1, 5, 0})
      u = s32[4] constant({1, 2, 3, 4})
      ROOT r = s32[3] scatter(a, i, u), to_apply=sum, update_window_dims={},
        inserted_window_dims={0}, scatter_dims_to_operand_dims={0}, index_vector_dim=1 })"),
            "s32[3]", "{14, 23, 30}");
  ExpectRun(base::StrCat(kScatterRegions, R"(ENTRY e {
      a = s32[3,2] constant({{1, 2}, {3, 4}, {5, 6}})
      i = s32[1] constant({2})
      u = s32[1,2] constant({{8, 9}})
      ROOT r = s32[3,2] scatter(a, i, u), to_apply=assign, update_window_dims={1},
        inserted_window_dims={0}, scatter_dims_to_operand_dims={0}, index_vector_dim=1 })"),
            "s32[3,2]", "{{1, 2}, {3, 4}, {8, 9}}");
}

TEST(MovementTest, EmptyArrays) {
  ExpectEntry(R"(a = f32[0,3] constant({})
                 ROOT r = f32[3,0] transpose(a), dimensions={1,0})",
              "f32[3,0]", "{{}, {}, {}}");
}

}  // namespace
}  // namespace eqsat::ir
